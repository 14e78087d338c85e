"""The SDK models against the SDKs that are installed here: names, parameters, defaults, release.

Globs name classes of many packages and releases; what can be found of them is held to their parameters.
"""

from __future__ import annotations

import inspect
import socket
from collections.abc import Callable, Iterator
from importlib.metadata import PackageNotFoundError, version
from importlib.resources import files

import pytest
from model.installed import (
    accepts,
    attribute,
    build,
    defined,
    find,
    in_order,
    installed,
    member,
    seconds,
    signature_default,
)

from prodworthy.model import load
from prodworthy.model.schema import CallModel, ClientModel, SdkModel

SDKS = list(load.sdk_models(files("prodworthy_rules") / "models" / "sdks"))
INNER: dict[str, Callable[[object], object]] = {
    "langchain:openai": lambda model: getattr(model, "root_client", None),
    "langchain:azure": lambda model: getattr(model, "root_client", None),
    "langchain:openai-llm": lambda model: model.client._client,  # type: ignore[attr-defined]
    "langchain:openai-embeddings": lambda model: model.client._client,  # type: ignore[attr-defined]
    "langchain:anthropic": lambda model: model._client,  # type: ignore[attr-defined]
}
"""Where a client keeps the one whose retries and timeout hold."""


@pytest.fixture(scope="module", autouse=True)
def no_network() -> Iterator[None]:
    def refuse(*_: object) -> None:
        raise OSError("the drift test stays offline")

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(socket.socket, "connect", refuse)
        patch.setattr(socket, "getaddrinfo", refuse)
        patch.setenv("LITELLM_LOCAL_MODEL_COST_MAP", "True")
        patch.setenv("AWS_DEFAULT_REGION", "us-east-1")
        yield


@pytest.fixture(params=SDKS, ids=lambda sdk: sdk.name)
def sdk(request: pytest.FixtureRequest) -> SdkModel:
    model: SdkModel = request.param
    if model.distribution:
        _release(model)
    elif not any(installed(root.split(".")[0]) for root in model.roots):
        pytest.skip(f"none of {', '.join(model.roots)} is installed")
    return model


def test_the_release_was_checked(sdk: SdkModel) -> None:
    if not sdk.distribution:
        assert sdk.checked == ""
        return
    here = _release(sdk)
    known = [release.strip() for release in sdk.checked.split(",")]
    assert any(here == r or here.startswith(f"{r}.") for r in known), (
        f"{sdk.distribution} {here}, not {sdk.checked}"
    )


def test_constructors_can_be_imported(sdk: SdkModel) -> None:
    names = [n for client in sdk.client for n in (*client.constructors, *client.modules)]
    missing = _missing(sdk, names)
    assert not missing, "\n".join(missing)


def test_functions_can_be_imported(sdk: SdkModel) -> None:
    missing = _missing(sdk, [p for call in sdk.call if not call.on and not call.removed for p in call.paths])
    assert not missing, "\n".join(missing)


def test_clients_have_the_methods(sdk: SdkModel) -> None:
    gone: list[str] = []
    for call in sdk.call:
        for path in () if call.removed else call.paths:
            if path in sdk.legacy:
                continue
            owners = {i: [c for c in _constructors(sdk, i) if _checkable(c, path)] for i in call.on}
            exact = [i for i in call.on if owners[i] and not _globs(_client(sdk, i))]
            gone += [f"{i}: {path}" for i in exact if not _methods(sdk, i, path)]
            held = [i for i in call.on if owners[i]]
            if held and not exact and not any(_methods(sdk, i, path) for i in held):
                gone.append(f"{', '.join(held)}: {path}")
    assert not gone, "\n".join(gone)


def test_made_clients_are_made(sdk: SdkModel) -> None:
    gone = []
    for client in sdk.client:
        for made in client.made_by:
            owner, _, path = made.partition(":")
            if path not in sdk.legacy and _constructors(sdk, owner) and not _methods(sdk, owner, path):
                gone.append(made)
    assert not gone, "\n".join(gone)


def test_parameters_exist(sdk: SdkModel) -> None:
    wrong: list[str] = []
    for client in sdk.client:
        if _complete(sdk, client):
            wrong += _unknown(sdk, client, _makers(sdk, client), client.id)
    for call in sdk.call:
        if not call.removed:
            wrong += _unknown(sdk, call, _callables(sdk, call), call.paths[0])
    assert not wrong, "\n".join(wrong)


def test_positional_parameters_are_in_order(sdk: SdkModel) -> None:
    wrong: list[str] = []
    for client in sdk.client:
        wrong += _disordered(client, _makers(sdk, client), client.id)
    for call in sdk.call:
        if not call.removed:
            wrong += _disordered(call, _callables(sdk, call), call.paths[0])
    assert not wrong, "\n".join(wrong)


def test_defaults_are_the_sdks(sdk: SdkModel) -> None:
    wrong: list[str] = []
    for client in sdk.client:
        for constructor in _constructors(sdk, client.id):
            for role, real in _real_defaults(sdk, client, constructor):
                if role in client.defaults and client.defaults[role] != real:
                    wrong.append(f"{client.id}: {role} is {real} in {_label(constructor)}")
    for call in sdk.call:
        for function in () if call.on or call.removed else _callables(sdk, call):
            for name in call.params.get("timeout", ()):
                given = signature_default(function, name)
                real_timeout = None if given is None else seconds(given)
                if real_timeout is not None and call.defaults.get("timeout", real_timeout) != real_timeout:
                    wrong.append(f"{call.paths[0]}: timeout is {real_timeout}")
    assert not wrong, "\n".join(wrong)


def test_legacy_names_are_gone(sdk: SdkModel) -> None:
    """A name that the installed release has is not one of older releases only."""
    functions = {path for call in sdk.call if not call.on for path in call.paths}
    constructors = {name for client in sdk.client for name in client.constructors}
    alive = [n for n in sdk.legacy if n in functions | constructors and "*" not in n and find(n)]
    for call in sdk.call:
        alive += [p for p in call.paths if p in sdk.legacy and any(_methods(sdk, i, p) for i in call.on)]
    assert not alive, "\n".join(alive)


def test_legacy_names_are_used(sdk: SdkModel) -> None:
    levels: list[ClientModel | CallModel] = [*sdk.client, *sdk.call]
    used = {path.split(".")[0] for level in levels for paths in level.params.values() for path in paths}
    used |= {n for level in levels for n in level.positional}
    used |= {n for client in sdk.client for n in (*client.constructors, *client.made_by)}
    used |= {path for call in sdk.call for path in call.paths} | set(sdk.errors) | set(sdk.results)
    assert set(sdk.legacy) <= used


def _release(sdk: SdkModel) -> str:
    try:
        return version(sdk.distribution)
    except PackageNotFoundError:
        pytest.skip(f"{sdk.distribution} is not installed")


def _missing(sdk: SdkModel, names: list[str]) -> list[str]:
    plain = [n for n in names if "*" not in n and n not in sdk.legacy and installed(n.split(".")[0])]
    return [n for n in plain if not find(n) and not defined(n) and _reachable(n)]


def _reachable(name: str) -> bool:
    """Namespace packages (google, llama_index) are there as soon as one of their parts is."""
    parts = name.split(".")
    return installed(".".join(parts[:2])) if parts[0] in {"google", "llama_index"} else True


def _client(sdk: SdkModel, name: str) -> ClientModel:
    return next(c for c in sdk.client if c.id == name)


def _globs(client: ClientModel) -> bool:
    return all("*" in name for name in client.constructors)


def _constructors(sdk: SdkModel, name: str) -> list[object]:
    client = _client(sdk, name)
    found = [o for n in client.constructors if n not in sdk.legacy for o in find(n)]
    for made in client.made_by:
        owner, _, path = made.partition(":")
        found += [m for m in _methods(sdk, owner, path) if not client.constructors]
    return list(dict.fromkeys(found))


def _complete(sdk: SdkModel, client: ClientModel) -> bool:
    """Whether all that the parameters are about is installed, and none of it left to subclasses."""
    names = [n for n in client.constructors if n not in sdk.legacy]
    found = [find(n) for n in names]
    return all(found) and not any(inspect.isabstract(o) for objects in found for o in objects)


def _makers(sdk: SdkModel, client: ClientModel) -> list[object]:
    """Everything that takes the client's settings: its constructors, what makes it, what copies it."""
    found = _constructors(sdk, client.id)
    for made in client.made_by:
        owner, _, path = made.partition(":")
        found += _methods(sdk, owner, path)
    return found


def _checkable(constructor: object, path: str) -> bool:
    """Whether the client is at hand: built, or a class whose own method it is."""
    if isinstance(constructor, type) and ("." not in path or build(constructor) is not None):
        return True
    return callable(constructor) and build(constructor) is not None


def _methods(sdk: SdkModel, name: str, path: str) -> list[object]:
    found = [member(c, path) for c in _constructors(sdk, name)]
    return [m for m in found if m is not None]


def _callables(sdk: SdkModel, call: CallModel) -> list[object]:
    if not call.on:
        return [o for path in call.paths if path not in sdk.legacy for o in find(path)]
    return [m for owner in call.on for path in call.paths for m in _methods(sdk, owner, path)]


def _unknown(sdk: SdkModel, level: ClientModel | CallModel, holders: list[object], label: str) -> list[str]:
    """Parameters that none of ``holders`` takes."""
    sets = [accepts(h) for h in holders]
    if not sets or any(s is None for s in sets):
        return []
    known = {name for s in sets if s is not None for name in s}
    named = [path.split(".")[0] for paths in level.params.values() for path in paths]
    named += [name.split(".")[0] for name in level.wraps]
    return [
        f"{label}: {n}"
        for n in dict.fromkeys(named)
        if n[0] != "#" and n not in known and n not in sdk.legacy
    ]


def _disordered(level: ClientModel | CallModel, holders: list[object], label: str) -> list[str]:
    """Names that stand in another place in all of ``holders``; those that need their keyword have none."""
    wanted = level.positional
    orders = [in_order(h) for h in holders]
    if not orders or any(all(o.index(n) == i for i, n in enumerate(wanted) if n in o) for o in orders):
        return []
    return [f"{label}: {wanted}, really {orders[0]}"]


def _real_defaults(sdk: SdkModel, client: ClientModel, constructor: object) -> Iterator[tuple[str, float]]:
    made = build(constructor) if callable(constructor) else None
    inner = INNER.get(f"{sdk.name}:{client.id}")
    if made is not None and inner is not None:
        made = inner(made)
    if made is None:
        return
    for name in client.params.get("retries", ()):
        value = attribute(made, name)
        if isinstance(value, int) and not isinstance(value, bool):
            yield "retries", value
            break
    for name in client.params.get("timeout", ()):
        given = attribute(made, name)
        if given is not None or (inner is not None and hasattr(made, name)):
            limit = seconds(given)
            if limit is not None:
                yield "timeout", limit
                break


def _label(constructor: object) -> str:
    return getattr(constructor, "__qualname__", str(constructor))
