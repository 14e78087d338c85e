"""The knowledge files say what they mean: right shape, no contradictions, names that exist."""

from __future__ import annotations

import fnmatch
import importlib
import importlib.util
import inspect
import json
import re
import tomllib
from collections import Counter
from collections.abc import Iterator
from dataclasses import asdict
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from pydantic import ConfigDict, TypeAdapter

import prodworthy_rules
from prodworthy.model.knowledge import SANITIZER_KINDS, SOURCE_KINDS
from prodworthy.model.load import load, roots
from prodworthy.model.schema import (
    APIS,
    ROLES,
    AliasModels,
    FrameworkModel,
    LocalPackages,
    PersonalDataModel,
    RetiredModels,
    RetryModel,
    SanitizersModel,
    SdkModel,
    SinksModel,
    SourceModel,
)

MODELS = Path(prodworthy_rules.__file__).parent / "models"
SDKS = sorted((MODELS / "sdks").glob("*.toml"))
FRAMEWORKS = sorted((MODELS / "frameworks").glob("*.toml"))
SHAPES: dict[Path, type] = {
    **dict.fromkeys(SDKS, SdkModel),
    **dict.fromkeys(FRAMEWORKS, FrameworkModel),
    MODELS / "sanitizers.toml": SanitizersModel,
    MODELS / "personal_data.toml": PersonalDataModel,
    MODELS / "retry.toml": RetryModel,
    MODELS / "sinks.toml": SinksModel,
    MODELS / "retired.toml": RetiredModels,
    MODELS / "aliases.toml": AliasModels,
    MODELS / "local.toml": LocalPackages,
}
SINKS = {
    *("code", "shell", "deserialize", "template", "sql", "html", "path", "url"),
    *("log", "debug", "trouble", "print", "parse"),
}
KINDS = {"argv", "environment", "file", "input", *SOURCE_KINDS, "task", "state", "tool"}
QUALIFIED = re.compile(r"[A-Za-z_]\w*\*?(\.([A-Za-z_]\w*|\*))+")
SNAKE = re.compile(r"[a-z][a-z0-9]*(_[a-z0-9]+)*")

each_file = pytest.mark.parametrize("path", SHAPES, ids=lambda path: path.stem)
each_sdk = pytest.mark.parametrize("path", SDKS, ids=lambda path: path.stem)
each_framework = pytest.mark.parametrize("path", FRAMEWORKS, ids=lambda path: path.stem)

SANITIZERS = load(MODELS / "sanitizers.toml", SanitizersModel)
PERSONAL = load(MODELS / "personal_data.toml", PersonalDataModel)
RETRY = load(MODELS / "retry.toml", RetryModel)


@each_file
def test_loader_and_pydantic_read_the_same(path: Path) -> None:
    shape = SHAPES[path]
    strict = TypeAdapter(list[shape], config=ConfigDict(extra="forbid", strict=True))  # type: ignore[valid-type]
    document = json.dumps([tomllib.loads(path.read_text("utf-8"))])
    assert [asdict(model) for model in strict.validate_json(document)] == [asdict(load(path, shape))]


@each_file
def test_every_reference_is_https(path: Path) -> None:
    links = [value for key, value in _pairs(tomllib.loads(path.read_text("utf-8"))) if key == "docs"]
    assert links or path.stem in ("personal_data", "local")
    assert [link for link in links if not link.startswith("https://")] == []


@each_file
def test_no_list_repeats_itself(path: Path) -> None:
    data = tomllib.loads(path.read_text("utf-8"))
    lists = [(key, value) for key, value in _pairs(data) if isinstance(value, list)]
    repeated = [
        (key, word)
        for key, words in lists
        for word, count in Counter(w for w in words if isinstance(w, str)).items()
        if count > 1
    ]
    assert repeated == []


@each_sdk
def test_sdk_file_is_named_after_its_sdk_and_shows_its_roots_in_one_line(path: Path) -> None:
    model = load(path, SdkModel)
    assert model.name == path.stem
    assert roots(path) == tuple(model.roots)
    assert len(roots(path)) > 0


@each_sdk
def test_sdk_parts_fit_together(path: Path) -> None:
    model = load(path, SdkModel)
    ids = [client.id for client in model.client]
    assert len(ids) == len(set(ids))
    for client in model.client:
        assert client.constructors or client.made_by or client.modules, client.id
        assert set(client.asynchronous) <= set(client.constructors), client.id
        assert {made.partition(":")[0] for made in client.made_by} <= set(ids), client.id
        assert set(client.params) <= set(ROLES), client.id
        assert set(client.defaults) <= set(ROLES), client.id
    for call in model.call:
        assert call.api in APIS, call.paths
        assert call.paths
        assert set(call.on) <= set(ids), call.paths
        assert set(call.params) <= set(ROLES), call.paths
        assert set(call.defaults) <= set(ROLES), call.paths


@each_sdk
def test_no_sdk_describes_a_call_twice(path: Path) -> None:
    calls = Counter(
        (client, name)
        for call in load(path, SdkModel).call
        for name in call.paths
        for client in call.on or [""]
    )
    assert [call for call, count in calls.items() if count > 1] == []


@each_framework
def test_framework_sources_say_what_and_from_where(path: Path) -> None:
    model = load(path, FrameworkModel)
    assert model.name == path.stem
    assert model.roots
    assert model.source
    for source in model.source:
        assert source.kind in KINDS
        names = _entries(source)
        assert names or source.parameters or source.shapes
        assert [name for name in names if not QUALIFIED.fullmatch(name)] == []
        known = _known_roots(model)
        assert all(fnmatch.filter(known, name.partition(".")[0]) for name in names), path.stem


@pytest.mark.filterwarnings("ignore::DeprecationWarning")
@each_framework
def test_framework_names_exist(path: Path) -> None:
    model = load(path, FrameworkModel)
    # What subclasses define and what lives on instances and proxies cannot be looked up on a class.
    names = [n for s in model.source for n in (*s.calls, *s.annotations, *s.callbacks, *s.skip, *s.validated)]
    assert [name for name in names if _missing(name)] == []


def test_what_a_framework_guarantees_is_never_free_text() -> None:
    free = {"builtins.str", "builtins.bytes", "builtins.dict", "builtins.list", "typing.Any"}
    for path in FRAMEWORKS:
        for source in load(path, FrameworkModel).source:
            assert free.isdisjoint(source.validated), path.stem


def test_sanitizers_say_one_thing_each() -> None:
    calls = Counter(call for s in SANITIZERS.sanitizer for call in s.calls)
    names = Counter(name for s in SANITIZERS.sanitizer for name in s.names)
    assert {s.kind for s in SANITIZERS.sanitizer} <= set(SANITIZER_KINDS)
    assert [call for call, count in calls.items() if count > 1] == []
    assert [name for name, count in names.items() if count > 1] == []
    assert [call for call in calls if not QUALIFIED.fullmatch(call)] == []
    assert [name for name in names if not SNAKE.fullmatch(name.removesuffix("*").rstrip("_"))] == []


def test_sanitizer_calls_exist() -> None:
    assert [call for s in SANITIZERS.sanitizer for call in s.calls if _missing(call)] == []


def test_escaping_for_html_sanitizes_no_prompt() -> None:
    kinds = {s.kind for s in SANITIZERS.sanitizer if "html.escape" in s.calls or "bleach.clean" in s.calls}
    assert kinds == {"html"}


def test_sinks_say_what_matters() -> None:
    for sink in load(MODELS / "sinks.toml", SinksModel).sink:
        assert sink.kind in SINKS, sink.calls
        assert sink.calls or sink.methods
        assert [call for call in sink.calls if not QUALIFIED.fullmatch(call) or _missing(call)] == []


def test_personal_types_exist() -> None:
    assert [name for element in PERSONAL.element for name in element.types if _missing(name)] == []


def test_a_retired_model_has_one_day_and_comes_from_its_provider() -> None:
    data = load(MODELS / "retired.toml", RetiredModels)
    names = Counter((entry.provider, name) for entry in data.retired for name in entry.models)
    assert [name for name, count in names.items() if count > 1] == []
    assert date.fromisoformat(data.checked)
    for entry in data.retired:
        assert date.fromisoformat(entry.date), entry.models
        assert not entry.announced or entry.announced < entry.date, entry.models
        assert entry.announced <= data.checked, entry.models
        assert entry.docs.startswith("https://"), entry.models
        assert entry.clients, entry.models
        assert entry.instead not in entry.models


def test_a_snapshot_is_dated_and_no_alias_itself() -> None:
    snapshot = load(MODELS / "aliases.toml", AliasModels).snapshot
    assert [name for name in snapshot.values() if name in snapshot or not re.search(r"\d{4}", name)] == []


def test_retry_policies_are_well_formed() -> None:
    for policy in RETRY.policy:
        assert policy.kind in {"decorator", "loop", "caller", "transport"}, policy.calls
        assert policy.counts in {"attempts", "retries"}, policy.calls
        assert policy.default_wait in {"none", "fixed", "growing"}, policy.calls
        assert policy.default_attempts >= -1, policy.calls
        assert bool(policy.installed_by) <= (policy.kind == "transport"), policy.calls
        assert policy.attempts or policy.deadline, policy.calls
    claims = Counter((policy.kind, call) for policy in RETRY.policy for call in policy.calls)
    assert [claim for claim, count in claims.items() if count > 1] == []


def test_retry_strategies_are_well_formed() -> None:
    for strategy in RETRY.strategy:
        assert strategy.kind in {"stop", "wait", "exceptions"}, strategy.calls
        assert strategy.kind == "wait" or not strategy.grows, strategy.calls
        assert strategy.kind == "stop" or not (strategy.endless or strategy.attempts), strategy.calls
        if strategy.kind == "stop":
            assert strategy.endless != bool(strategy.attempts or strategy.seconds), strategy.calls
    for deadline in RETRY.deadline:
        assert deadline.kind in {"context", "call", "decorator"}, deadline.calls
        assert deadline.seconds, deadline.calls


def test_retry_names_exist_with_these_parameters() -> None:
    groups = (RETRY.policy, RETRY.strategy, RETRY.deadline, RETRY.pause)
    entries = [(call, entry.positional) for group in groups for entry in group for call in entry.calls]
    assert [call for call, _ in entries if _missing(call)] == []
    for call, positional in entries:
        known = _signature(call)
        if known is not None:
            assert known[: len(positional)] == positional, call


def _pairs(value: object, key: str = "") -> Iterator[tuple[str, Any]]:
    """Every key of a TOML document with its value, at any depth."""
    if isinstance(value, dict):
        for name, inner in value.items():
            yield name, inner
            yield from _pairs(inner, name)
    elif isinstance(value, list):
        for inner in value:
            yield from _pairs(inner, key)


def _entries(source: SourceModel) -> list[str]:
    return [
        *source.values,
        *source.calls,
        *source.annotations,
        *source.handlers,
        *source.methods,
        *source.callbacks,
    ]


def _known_roots(model: FrameworkModel) -> set[str]:
    standard = {"builtins", "getpass", "codecs", "gzip", "csv"} if model.name == "stdlib" else {"werkzeug"}
    return {*model.roots, *standard}


def _missing(name: str) -> bool:
    """Whether the package of ``name`` is installed here and has no such thing."""
    parts = name.split(".")
    if "*" in name or not _installed(parts[0]):
        return False
    return _object(parts) is None and not _absent_extra(parts)


def _absent_extra(parts: list[str]) -> bool:
    """A distribution of a namespace package (``google.cloud.dlp_v2``) that is not installed."""
    package = importlib.import_module(parts[0])
    return getattr(package, "__file__", None) is None and _module(parts[:3]) is None


def _object(parts: list[str]) -> object | None:
    for length in range(len(parts), 0, -1):
        found: object | None = _module(parts[:length])
        if found is None:
            continue
        for attribute in parts[length:]:
            found = getattr(found, attribute, None)
        return found
    return None


def _module(parts: list[str]) -> object | None:
    try:
        return importlib.import_module(".".join(parts))
    except ImportError:
        return None


def _installed(root: str) -> bool:
    return importlib.util.find_spec(root) is not None


def _signature(name: str) -> list[str] | None:
    """The parameters of what ``name`` names, where it is installed and says them."""
    parts = name.split(".")
    found = _object(parts) if "*" not in parts and _installed(parts[0]) else None
    if found is None or not callable(found):
        return None
    try:
        parameters = inspect.signature(found).parameters.values()
    except ValueError:
        return None
    if any(p.kind in (p.VAR_POSITIONAL, p.POSITIONAL_ONLY) for p in parameters):
        return None  # what nobody can name has another name in every release of Python
    return [p.name for p in parameters if p.name != "self"]
