"""``[tool.prodworthy.models]``: what users say of their own wrappers, judged before anything reads it."""

from __future__ import annotations

import difflib
import json
import typing
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import fields, is_dataclass
from pathlib import Path

from pydantic import ConfigDict, TypeAdapter, ValidationError

from prodworthy.errors import ConfigError
from prodworthy.model.schema import APIS, ROLES, CallModel, ClientModel, SdkModel

Place = tuple[int | str, ...]
DEFAULTS = ("output_cap", "retries", "timeout", "max_steps", "n")
"""Roles for which a default says something."""


def judge(origin: Path, tables: Mapping[str, Mapping[str, object]]) -> None:
    """Check the tables of a configuration file, which ``origin`` names.

    Raises:
        ConfigError: a key is unknown (the nearest known one is named), a value is of the wrong kind, or
            something refers to nothing.
    """
    adapter = TypeAdapter(list[SdkModel], config=ConfigDict(extra="forbid", strict=True))
    complaints: list[str] = []
    for name, table in tables.items():
        if name in ("sanitizers", "sources"):
            continue
        try:
            document = json.dumps([{"name": name, "docs": "", "roots": [], **table}], default=str)
            (model,) = adapter.validate_json(document)
        except ValidationError as error:
            told = [_complaint((name, *e["loc"][1:]), e["type"], e["msg"]) for e in error.errors()]
            complaints += told
        else:
            complaints += _contradictions(name, model)
    if complaints:
        raise ConfigError("\n".join(f"{origin}: models.{complaint}" for complaint in complaints))


def _complaint(place: Place, kind: str, message: str) -> str:
    match kind:
        case "unexpected_keyword_argument" | "extra_forbidden":
            known = [f.name for f in fields(_shape(place[1:-1])) if f.name != "name"]
            return f"{_dotted(place[:-1])}: unknown key `{place[-1]}`{_nearest(str(place[-1]), known)}"
        case "missing" | "missing_argument":
            return f"{_dotted(place[:-1])}: `{place[-1]}` is missing"
    return f"{_dotted(place)}: {message[:1].lower()}{message[1:]}"


def _shape(place: Place) -> type:
    """The shape of the table at ``place`` of a model."""
    shape: type = SdkModel
    for key in place:
        if isinstance(key, str):
            kind = typing.get_type_hints(shape).get(key)
            shape = next((a for a in typing.get_args(kind) if isinstance(a, type) and is_dataclass(a)), shape)
    return shape


def _contradictions(name: str, model: SdkModel) -> Iterator[str]:
    """What has the right form and cannot mean anything."""
    ids = [client.id for client in model.client]
    if not model.client and not model.call:
        yield f"{name}: describes no client and no call"
    if double := sorted({i for i in ids if ids.count(i) > 1}):
        yield f"{name}: two clients have the id `{double[0]}`"
    for number, client in enumerate(model.client):
        yield from _of_roles(f"{name}.client[{number}]", client)
        if not client.constructors and not client.made_by:
            yield f"{name}.client[{number}]: nothing makes this client; name its class in `constructors`"
    for number, call in enumerate(model.call):
        place = f"{name}.call[{number}]"
        yield from _of_roles(place, call)
        if call.api not in APIS:
            yield f"{place}: unknown api `{call.api}`{_nearest(call.api, APIS)}"
        if not call.paths:
            yield f"{place}: `paths` names no method or function"
        yield from (
            f"{place}: `on` names `{owner}`, which is no client's id{_nearest(owner, ids)}"
            for owner in call.on
            if owner not in ids
        )
        if not call.on and (short := [path for path in call.paths if "." not in path]):
            yield f"{place}: write the module of `{short[0]}` too, or say in `on` whose method it is"


def _of_roles(place: str, level: ClientModel | CallModel) -> Iterator[str]:
    for role in level.params:
        if role not in ROLES:
            yield f"{place}.params: unknown role `{role}`{_nearest(role, ROLES)}"
    for role in level.defaults:
        if role not in DEFAULTS:
            yield f"{place}.defaults: `{role}` has no default that matters{_nearest(role, DEFAULTS)}"


def _nearest(word: str, known: Iterable[str]) -> str:
    close = difflib.get_close_matches(word, list(known), 1, 0.5)
    return f"; did you mean `{close[0]}`?" if close else f"; known are {', '.join(known)}"


def _dotted(place: Place) -> str:
    return "".join(f"[{part}]" if isinstance(part, int) else f".{part}" for part in place)[1:]
