"""The configuration: every key of every table, from the models that judge it."""

from __future__ import annotations

import types
import typing
from collections.abc import Iterator
from dataclasses import MISSING, fields, is_dataclass
from datetime import date
from enum import Enum

from pydantic import BaseModel
from pydantic.fields import FieldInfo

from _generate.markdown import entries, plain
from prodworthy import attributes
from prodworthy.config import Config
from prodworthy.config import Policy as Values
from prodworthy.configfile import ConfigTable, PolicyTable
from prodworthy.readiness.attestations import Attestation, AttestationTable
from prodworthy_redact.gateway.config import Gateway
from prodworthy_redact.policy import Policy
from prodworthy_redact.privacy import PrivacyTable
from prodworthy_redact.usage.config import Budget

OTHERS: dict[str, type[BaseModel]] = {
    "redact": Policy,
    "privacy": PrivacyTable,
    "budget": Budget,
    "gateway": Gateway,
    "attestations.NAME": AttestationTable,
}
"""Tables that other components judge: name below ``tool.prodworthy`` -> the model."""

TWINS: dict[type, type] = {ConfigTable: Config, PolicyTable: Values, AttestationTable: Attestation}
"""Model -> the dataclass that it becomes, which has the defaults and may describe the keys."""

_SIMPLE = ((str, "text"), (int, "integer"), (float, "number"), (bool, "boolean"), (date, "date"))
HEAD = ("key", "type", "default", "meaning")


def pages() -> Iterator[tuple[str, str]]:
    """One page: a section for every table."""
    parts = ["""# Configuration

`[tool.prodworthy]` in `pyproject.toml`, or the same tables without the prefix in `prodworthy.toml`. The
nearest file to what is checked wins, and `extend` inherits from another one. An unknown key is an error
that names the nearest known one. `prodworthy config schema` prints all of it as a JSON schema.
Keys are written with hyphens; tables of the redactor take underscores as well.
"""]  # fmt: skip
    parts += _sections("tool.prodworthy", ConfigTable)
    for name, model in OTHERS.items():
        parts += _sections(f"tool.prodworthy.{name}", model)
    yield "reference/configuration.md", "\n".join(parts)


def _sections(name: str, model: type[BaseModel]) -> Iterator[str]:
    """The keys of a table, then those of the tables in it."""
    twin = TWINS.get(model, object)
    texts, usual = descriptions(twin) | descriptions(model), _usual(twin)
    rows, inner = [], []
    for key, field in model.model_fields.items():
        shown = field.alias or key.replace("_", "-")
        told = field.description or texts.get(key, "")
        rows.append((f"`{shown}`", f"`{_type(field.annotation)}`", _default(field, usual.get(key)), told))
        inner += [(f"{name}.{shown}{of}", inner_table) for inner_table, of in _tables(field.annotation)]
    yield f"## [{name}]\n\n{entries(HEAD, rows)}"
    for inside, one in inner:
        yield from _sections(inside, one)


def _tables(kind: object, of: str = "") -> Iterator[tuple[type[BaseModel], str]]:
    """The tables that a key's value is made of, each with what stands between its name and the key's."""
    if isinstance(kind, type) and issubclass(kind, BaseModel):
        yield kind, of
    inside = ".NAME" if typing.get_origin(kind) is dict else of
    for argument in typing.get_args(kind):
        yield from _tables(argument, inside)


def _usual(twin: type) -> dict[str, object]:
    """What holds where no file says anything; of tables, nothing."""
    known = fields(twin) if is_dataclass(twin) else ()
    return {
        one.name: one.default for one in known if not is_dataclass(one.default) and one.default is not MISSING
    }


def descriptions(documented: type) -> dict[str, str]:
    """What the ``Attributes:`` of a class's docstring, and of those it stands on, say of each."""
    return {name: plain(told) for name, told in attributes.descriptions(documented).items()}


def _default(field: FieldInfo, usual: object) -> str:
    if field.is_required():
        return "required"
    value = field.get_default(call_default_factory=True)
    value = usual if value is None else value
    if value is None or value in ((), {}, [], ""):
        return ""
    return f"`{_toml(value)}`"


def _toml(value: object) -> str:
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, tuple):
        return f"[{', '.join(map(_toml, value))}]"
    return f'"{value}"' if isinstance(value, str) else f"{value:_}"


def _type(kind: object) -> str:
    """A type by TOML's names."""
    origin, arguments = typing.get_origin(kind), typing.get_args(kind)
    if origin is typing.Annotated:
        return _type(arguments[0])
    if origin in (types.UnionType, typing.Union):
        return " or ".join(_type(one) for one in arguments if one is not types.NoneType)
    if origin is typing.Literal:
        return " or ".join(f'"{one}"' for one in arguments)
    if isinstance(kind, type) and issubclass(kind, Enum):
        return " or ".join(f'"{one.value}"' for one in kind)
    if origin in (list, tuple):
        return f"list of {_type(arguments[0])}"
    if origin is dict:
        return f"table of {_type(arguments[1])}"
    if isinstance(kind, type) and issubclass(kind, BaseModel):
        return "table"
    return next((name for one, name in _SIMPLE if kind is one), "any")
