"""What the SDKs that are installed here really offer: names, parameters and defaults, without network."""

from __future__ import annotations

import dataclasses
import fnmatch
import importlib
import importlib.util
import inspect
import pkgutil
import re
import warnings
from collections.abc import Callable, Iterator
from functools import cache
from pathlib import Path

Built = object | None

FAKES: dict[str, object] = {
    "access_token": "x",
    "api_key": "x",
    "api_token": "x",
    "api_version": "2024-10-21",
    "aws_access_key": "x",
    "aws_region": "us-east-1",
    "aws_secret_key": "x",
    "azure_endpoint": "https://example.openai.azure.com",
    "client_name": "test",
    "deployment_name": "test",
    "engine": "test",
    "model": "test-model-1",
    "model_id": "anthropic.test-model-1",
    "name": "test",
    "project": "test",
    "project_id": "test",
    "region": "us-east5",
    "resource": "test",
    "workspace_id": "test",
}
"""What a constructor is given where it has a parameter of that name."""


@cache
def installed(root: str) -> bool:
    """Whether an import root can be found."""
    try:
        return importlib.util.find_spec(root) is not None
    except (ImportError, ValueError):
        return False


@cache
def find(name: str) -> tuple[object, ...]:
    """The objects a qualified name or glob stands for; none where its package is not installed.

    A glob is looked for in the sources of every installed package that its first segment matches.
    """
    first, *rest = name.split(".")
    if "*" not in name:
        found = _attribute(name)
        return () if found is None else (found,)
    middle, tail = rest[: rest.index("*")], rest[rest.index("*") + 1 :]
    if len(tail) > 2 or not tail:
        return ()
    objects = []
    packages = fnmatch.filter(_packages(), first) if "*" in first else [first] if installed(first) else []
    for package in packages:
        prefix = ".".join([package, *middle])
        for module in sorted(_definitions(package).get(tail[0], ()), key=len):
            if module.startswith(prefix):
                found = _attribute(".".join([module, *tail]))
                if found is not None:
                    objects.append(found)
    return tuple(dict.fromkeys(objects))


def defined(name: str) -> bool:
    """Whether the sources define the name, though it cannot be imported without an optional dependency."""
    first, *_, last = name.split(".")
    return last in _definitions(first)


def attribute(holder: object, name: str) -> object | None:
    """An attribute that may not be there, or not without more than fake credentials."""
    try:
        found: object | None = getattr(holder, name, None)
    except Exception:
        return None
    return found


def accepts(callable_: object) -> set[str] | None:
    """The keyword names that a class or function takes; None where it takes any."""
    names: set[str] = set()
    fields = getattr(callable_, "model_fields", None)
    if isinstance(callable_, type) and isinstance(fields, dict):
        for key, field in fields.items():
            names |= {key, *_aliases(field)}
    parameters = _parameters(callable_)
    if not fields and any(p.kind is p.VAR_KEYWORD for p in parameters):
        return None
    return names | {p.name for p in parameters if p.kind in (p.POSITIONAL_OR_KEYWORD, p.KEYWORD_ONLY)}


def in_order(callable_: object) -> list[str]:
    """The names of the parameters that can be given without them."""
    return [p.name for p in _parameters(callable_) if p.kind in (p.POSITIONAL_ONLY, p.POSITIONAL_OR_KEYWORD)]


def signature_default(callable_: object, name: str) -> object:
    """What a parameter is when nobody gives it; None where nothing can be read."""
    for parameter in _parameters(callable_):
        if parameter.name == name and parameter.default is not parameter.empty:
            return parameter.default
    return None


@cache
def build(constructor: Callable[..., object]) -> Built:
    """An instance with fake credentials; None where it cannot be had without more than that."""
    names = accepts(constructor)
    wanted = FAKES if names is None else {k: v for k, v in FAKES.items() if k in names}
    least = {k: v for k, v in wanted.items() if k in {"api_key", "model"}}
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        for arguments in (wanted, least, {"api_key": "x"}, {}):
            try:
                return constructor(**arguments)
            except Exception:
                continue
    return None


def member(constructor: object, path: str) -> object | None:
    """What an attribute path leads to on the client that ``constructor`` makes, else on its class."""
    starts: list[object | None] = [constructor]
    if callable(constructor) and not inspect.ismodule(constructor):
        starts.insert(0, build(constructor))
    for start in starts:
        here: object | None = start
        for segment in path.split("."):
            if here is None:
                break
            if segment == "__call__" and isinstance(here, type):
                here = here.__dict__.get("__call__") or _inherited(here, "__call__")
                continue
            here = attribute(here, segment)
        if here is not None and (callable(here) or inspect.ismodule(here)):
            return here
    return None


def seconds(value: object) -> float | None:
    """A timeout as a number, -1 for none at all."""
    if value is None:
        return -1
    for name in ("read", "total", "timeout"):
        if hasattr(value, name):
            return seconds(getattr(value, name))
    return float(value) if isinstance(value, (int, float)) and not isinstance(value, bool) else None


def _inherited(cls: type, name: str) -> object | None:
    owners = [c for c in cls.__mro__ if name in c.__dict__]
    return owners[0].__dict__[name] if owners else None


def _attribute(name: str) -> object | None:
    parts = name.split(".")
    for length in range(len(parts), 0, -1):
        try:
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")
                here: object = importlib.import_module(".".join(parts[:length]))
        except Exception:
            continue
        for segment in parts[length:]:
            try:
                here = getattr(here, segment)
            except Exception:
                return None
        return here
    return None


def _parameters(callable_: object) -> list[inspect.Parameter]:
    try:
        found = list(inspect.signature(callable_).parameters.values())  # type: ignore[arg-type]
    except (TypeError, ValueError):
        return [inspect.Parameter("anything", inspect.Parameter.VAR_KEYWORD)]
    if found and found[0].name == "self":
        found = found[1:]
    if dataclasses.is_dataclass(callable_) and found and found[-1].kind is inspect.Parameter.VAR_KEYWORD:
        found = found[:-1]
    return found


def _aliases(field: object) -> Iterator[str]:
    for key in ("alias", "validation_alias"):
        alias = getattr(field, key, None)
        if isinstance(alias, str):
            yield alias
        for choice in getattr(alias, "choices", ()):
            if isinstance(choice, str):
                yield choice


@cache
def _packages() -> tuple[str, ...]:
    return tuple(m.name for m in pkgutil.iter_modules() if m.ispkg)


_DEFINITION = re.compile(r"^(?:class|def|async def) (\w+)", re.MULTILINE)


@cache
def _definitions(package: str) -> dict[str, list[str]]:
    """Names that the modules of a package define -> those modules."""
    spec = importlib.util.find_spec(package)
    table: dict[str, list[str]] = {}
    for folder in (spec and spec.submodule_search_locations) or ():
        for source in Path(folder).rglob("*.py"):
            parts = [package, *source.relative_to(folder).with_suffix("").parts]
            module = ".".join(parts[:-1] if parts[-1] == "__init__" else parts)
            for name in _DEFINITION.findall(source.read_text(encoding="utf-8", errors="replace")):
                table.setdefault(name, []).append(module)
    return table
