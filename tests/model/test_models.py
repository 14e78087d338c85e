"""Every knowledge file of an SDK says what the schema lets it say, and nothing that contradicts itself."""

from __future__ import annotations

import json
import tomllib
from collections.abc import Iterator
from dataclasses import asdict, is_dataclass
from importlib.resources import files
from importlib.resources.abc import Traversable
from pathlib import Path
from typing import TypeVar

import pytest
from pydantic import TypeAdapter, ValidationError

import prodworthy.model.schema
from prodworthy.errors import ModelError
from prodworthy.model import load
from prodworthy.model.schema import APIS, ROLES, CallModel, ClientModel, HostsModel, Params, SdkModel

T = TypeVar("T")
MODELS = files("prodworthy_rules") / "models"
SOURCES = list(load.files(MODELS / "sdks"))


def by_name(source: object) -> str:
    return getattr(source, "name", str(source))


@pytest.fixture(autouse=True)
def strict_shapes(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let pydantic refuse unknown keys and conversions in every shape of the schema."""
    strict = {"extra": "forbid", "strict": True}
    for shape in vars(prodworthy.model.schema).values():
        if isinstance(shape, type) and is_dataclass(shape):
            monkeypatch.setattr(shape, "__pydantic_config__", strict, raising=False)


@pytest.fixture(params=SOURCES, ids=by_name)
def source(request: pytest.FixtureRequest) -> Traversable:
    found: Traversable = request.param
    return found


@pytest.fixture
def model(source: Traversable) -> SdkModel:
    return load.load(source, SdkModel)


def test_the_file_has_the_name_of_its_sdk(source: Traversable, model: SdkModel) -> None:
    assert source.name == f"{model.name}.toml"


def test_the_loader_and_pydantic_agree(source: Traversable, model: SdkModel) -> None:
    assert asdict(judged(source.read_text(encoding="utf-8"), SdkModel)) == asdict(model)


def test_hosts_load_in_both() -> None:
    source = MODELS / "hosts.toml"
    assert asdict(judged(source.read_text(encoding="utf-8"), HostsModel)) == asdict(
        load.load(source, HostsModel)
    )


@pytest.mark.parametrize("slip", ["paramz = 1", "client = 3", "roots = 'x'"])
def test_both_refuse_a_slip(slip: str, tmp_path: Path) -> None:
    roots = "" if slip.startswith("roots") else 'roots = ["x"]'
    text = f'name = "x"\ndocs = "https://x"\n{slip}\n{roots}\n'
    path = tmp_path / "x.toml"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(ModelError, match=r"x\.toml"):
        load.load(path, SdkModel)
    with pytest.raises(ValidationError):
        judged(text, SdkModel)


def test_the_roots_read_at_start_up_are_the_roots(source: Traversable, model: SdkModel) -> None:
    assert list(load.roots(source)) == model.roots
    assert model.roots


def test_constructors_and_functions_stand_under_a_root(model: SdkModel) -> None:
    names = [n for c in model.client for n in (*c.constructors, *c.modules)]
    names += [p for c in model.call if not c.on for p in c.paths]
    stray = [n for n in names if not any(_under(n, root) for root in model.roots)]
    assert stray == []


def test_every_id_exists_once(model: SdkModel) -> None:
    ids = [c.id for c in model.client]
    assert len(ids) == len(set(ids))
    named = {i for c in model.call for i in c.on}
    named |= {m.partition(":")[0] for c in model.client for m in c.made_by}
    assert named <= set(ids)


def test_a_path_means_one_call(model: SdkModel) -> None:
    seen: dict[tuple[str, str], int] = {}
    for call in model.call:
        for owner in call.on or [""]:
            for path in call.paths:
                seen[owner, path] = seen.get((owner, path), 0) + 1
    assert [key for key, count in seen.items() if count > 1] == []


def test_apis_are_those_of_the_inventory(model: SdkModel) -> None:
    assert {c.api for c in model.call} <= set(APIS)


def test_roles_exist_and_paths_are_said_once(model: SdkModel) -> None:
    for params in _params(model):
        assert set(params) <= set(ROLES)
        for paths in params.values():
            assert paths
            assert len(paths) == len(set(paths))


def test_defaults_are_of_known_roles(model: SdkModel) -> None:
    for level in _levels(model):
        assert set(level.defaults) <= set(ROLES)


def test_asynchronous_constructors_are_constructors(model: SdkModel) -> None:
    for client in model.client:
        assert set(client.asynchronous) <= set(client.constructors)


def test_nothing_is_called_on_nobody(model: SdkModel) -> None:
    """Every client is made somehow and has a call, directly or by the clients it makes."""
    useful = {i for c in model.call for i in c.on}
    while more := {m.partition(":")[0] for c in model.client if c.id in useful for m in c.made_by} - useful:
        useful |= more
    wrapping = any(level.wraps for level in _levels(model))
    for client in model.client:
        assert client.constructors or client.modules or client.made_by, client.id
        assert client.id in useful or wrapping or _is_wrapped(client), client.id


def test_hosts_and_endpoints_use_known_words() -> None:
    hosts = load.load(MODELS / "hosts.toml", HostsModel)
    assert {e.api for e in hosts.endpoint} <= set(APIS)
    assert all(set(e.params) <= set(ROLES) for e in hosts.endpoint)
    names = [h for host in hosts.host for h in host.hosts]
    assert len(names) == len(set(names))
    assert not [n for n in names if "/" in n]
    suffixes = [s for e in hosts.endpoint for s in e.suffixes]
    assert len(suffixes) == len(set(suffixes))
    assert all(s[0] in "/:" for s in suffixes)


def judged(text: str, shape: type[T]) -> T:
    """TOML as pydantic sees it; by way of JSON, where strict means types and not classes."""
    return TypeAdapter(shape).validate_json(json.dumps(tomllib.loads(text)))


def _is_wrapped(client: ClientModel) -> bool:
    return bool(client.params)


def _params(model: SdkModel) -> Iterator[Params]:
    for level in _levels(model):
        yield level.params


def _levels(model: SdkModel) -> list[ClientModel | CallModel]:
    return [*model.client, *model.call]


def _under(name: str, root: str) -> bool:
    first = name.split(".")
    parts = root.split(".")
    if "*" in first[0]:
        return parts[0].startswith(first[0].split("*")[0])
    return first[: len(parts)] == parts
