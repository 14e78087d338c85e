"""Read the knowledge files into their dataclasses.

Every key is checked against the schema, so a slip in a shipped file stops the run by name; pydantic
judges the same shapes more strictly in the tests and wherever a user writes them.
"""

from __future__ import annotations

import re
import typing
from collections.abc import Iterator
from dataclasses import MISSING, fields, is_dataclass
from typing import TYPE_CHECKING, TypeVar

import tomli

from prodworthy.errors import ModelError
from prodworthy.model.schema import SdkModel

if TYPE_CHECKING:
    from importlib.resources.abc import Traversable

T = TypeVar("T")
_HINTS: dict[type, dict[str, object]] = {}
_ROOTS = re.compile(r"^roots\s*=\s*\[([^\]]*)\]", re.MULTILINE)
_WORD = re.compile(r"""["']([^"']+)["']""")


def load(source: Traversable, shape: type[T]) -> T:
    """The knowledge file ``source`` as ``shape``.

    Raises:
        ModelError: it is no TOML, or has a key or type that ``shape`` has not.
    """
    try:
        data = tomli.loads(source.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, tomli.TOMLDecodeError) as error:
        raise ModelError(f"{source}: {error}") from error
    return build(shape, data, str(source))


def roots(source: Traversable) -> tuple[str, ...]:
    """The import roots of a model file, read without parsing the rest (start-up time)."""
    match = _ROOTS.search(source.read_text(encoding="utf-8"))
    if match is None:
        raise ModelError(f"{source}: no `roots = [...]` line")
    return tuple(_WORD.findall(match[1]))


def files(folder: Traversable) -> Iterator[Traversable]:
    """The model files of a folder, in the order of their names."""
    yield from sorted((f for f in folder.iterdir() if f.name.endswith(".toml")), key=lambda f: f.name)


def sdk_models(folder: Traversable) -> Iterator[SdkModel]:
    """Every SDK model of a pack."""
    for source in files(folder):
        yield load(source, SdkModel)


def build(shape: type[T], data: object, where: str) -> T:
    """``data`` (as TOML gives it) as an instance of the dataclass ``shape``.

    Raises:
        ModelError: names the place inside the file.
    """
    if not isinstance(data, dict):
        raise ModelError(f"{where}: expected a table, found {type(data).__name__}")
    known = _hints(shape)
    if unknown := sorted(set(data) - set(known)):
        raise ModelError(f"{where}: unknown key {unknown[0]!r}; known are {', '.join(known)}")
    values = {key: _convert(known[key], value, f"{where}: {key}") for key, value in data.items()}
    for required in _required(shape):
        if required not in values:
            raise ModelError(f"{where}: {required!r} is missing")
    return shape(**values)


def _hints(shape: type) -> dict[str, object]:
    known = _HINTS.get(shape)
    if known is None:
        known = _HINTS[shape] = typing.get_type_hints(shape)
    return known


def _required(shape: type) -> tuple[str, ...]:
    assert is_dataclass(shape)
    return tuple(f.name for f in fields(shape) if f.default is MISSING and f.default_factory is MISSING)


def _convert(kind: object, value: object, where: str) -> object:
    origin, arguments = typing.get_origin(kind), typing.get_args(kind)
    if origin is list:
        if not isinstance(value, list):
            raise ModelError(f"{where}: expected a list")
        return [_convert(arguments[0], item, f"{where}[{i}]") for i, item in enumerate(value)]
    if origin is dict:
        if not isinstance(value, dict):
            raise ModelError(f"{where}: expected a table")
        return {key: _convert(arguments[1], item, f"{where}.{key}") for key, item in value.items()}
    if isinstance(kind, type) and is_dataclass(kind):
        return build(kind, value, where)
    if kind is float and isinstance(value, int) and not isinstance(value, bool):
        return value
    if type(value) is kind:
        return value
    raise ModelError(f"{where}: expected {getattr(kind, '__name__', kind)}, found {value!r}")
