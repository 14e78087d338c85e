"""The effective settings of a call: the call itself, then what its client was given, then what that wraps."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from prodworthy.call import Scalar
from prodworthy.model.schema import ClientModel, Params
from prodworthy.resolve import members, passing
from prodworthy.resolve.index import dotted
from prodworthy.resolve.values import (
    ABSENT,
    NOTHING,
    OPAQUE,
    Arguments,
    Class,
    Client,
    Const,
    Endpoint,
    Instance,
    Made,
    Mapping,
    Option,
    Partial,
    Sequence,
    Site,
    Unknown,
    Value,
    Values,
)

if TYPE_CHECKING:
    from prodworthy.resolve.resolver import Resolver


_SENDING = frozenset({"retries", "timeout", "api_key", "base_url", "http_client", "headers"})
"""Roles that say how a request is sent, not what stands in it."""


@dataclass(frozen=True, slots=True)
class Level:
    """One call that sets options: the request, ``with_options``, a constructor.

    ``given`` is None for a construction that nobody saw.
    """

    given: Arguments | None
    params: Params
    positional: list[str]


@dataclass(frozen=True, slots=True)
class Reading:
    """What a role holds over all levels.

    Attributes:
        status: ``set``, ``none`` (explicitly None), ``absent`` or ``unknown``.
        named: for ``unknown``, somebody passes the parameter but its value is not known (rather
            than: it may stand in keyword arguments that nobody knows).
        value: the constant, where there is one.
        site: where it is set.
        values: everything it can be.
        shown: every path in view sets it; what is unknown is what callers out of view pass instead.
    """

    status: str
    named: bool = False
    value: Scalar = None
    site: Site | None = None
    values: Values = NOTHING
    shown: bool = False


def levels(endpoint: Endpoint, given: Arguments) -> Iterator[Level]:
    """Every level of a call, the strongest first."""
    call = endpoint.model
    yield Level(given, call.params, call.positional)
    client = endpoint.client
    while client is not None:
        model = client.model
        for layer in client.layers:
            yield Level(layer, _params(model, layer), model.positional)
        if not client.seen:
            yield Level(None, model.params, model.positional)
        client = client.inner


def _params(model: ClientModel, layer: Arguments) -> Params:
    """Where a call that sets options of a client has them."""
    method = layer.node.func.attr if layer.node and isinstance(layer.node.func, ast.Attribute) else ""
    places = model.configured_by.get(method)
    if not places:
        return model.params
    return {
        role: [*paths, *(f"{place}.{path}" for place in places for path in paths)]
        for role, paths in model.params.items()
    }


def read(r: Resolver, endpoint: Endpoint, given: Arguments, role: str) -> Reading:
    """The effective value of ``role``."""
    pending: list[Reading] = []
    for level in levels(endpoint, given):
        paths = level.params.get(role)
        if not paths:
            continue
        if level.given is None:
            pending.append(Reading("unknown"))
            continue
        here = _level(r, level.given, level, role)
        if here.status == "absent":
            continue
        if here.status == "mixed" or (here.status == "unknown" and not here.named):
            pending.append(here)
            continue
        return _combined([*pending, here])
    return _combined([*pending, Reading("absent")])


def every(r: Resolver, endpoint: Endpoint, given: Arguments, role: str) -> Values:
    """What ``role`` can be at any level, stronger ones first."""
    found: Values = NOTHING
    for level in levels(endpoint, given):
        if level.given is not None and level.params.get(role):
            found += _level(r, level.given, level, role).values
    return found


def default(endpoint: Endpoint, role: str) -> float | None:
    """What holds for ``role`` when nobody sets it, as far as the models know."""
    if role in endpoint.model.defaults:
        return endpoint.model.defaults[role]
    client = endpoint.client
    while client is not None:
        if role in client.model.defaults:
            return client.model.defaults[role]
        client = client.inner
    return None


def _combined(readings: list[Reading]) -> Reading:
    last = readings[-1]
    if len(readings) == 1:
        return last
    values = tuple(v for x in readings for v in x.values)
    first = next((x for x in readings if x.site is not None), last)
    named = any(x.named for x in readings)
    if last.status == "set" and all(x.status == "mixed" or not x.named for x in readings[:-1]):
        return Reading("set", named, first.value, first.site, values)
    return Reading("unknown", named, None, first.site, values)


def _level(r: Resolver, given: Arguments, level: Level, role: str) -> Reading:
    outcomes = [
        _in_seconds(path, outcome(r, options(r, given, path, level.positional)))
        for path in level.params[role]
    ]
    for extra in level.params.get("settings", ()):
        inside_extra = [
            outcome(r, options(r, given, f"{extra}.{path}", level.positional)) for path in level.params[role]
        ]
        # a body that nobody knows may hold a cap, but not how the client sends it
        outcomes += [o for o in inside_extra if o.status == "set" or role not in _SENDING]
    for found in outcomes:
        if found.status == "set":
            return found
    held = [o for o in outcomes if o.status != "absent"]
    if not held:
        return Reading("absent")
    if len(held) == 1 or len({o.status for o in held}) == 1:
        return held[0]
    none = [o for o in held if o.status == "none"]
    mixed = [o for o in held if o.status != "none"]
    return mixed[0] if mixed else none[0]


def _in_seconds(path: str, reading: Reading) -> Reading:
    if path.endswith(("_ms", ":ms")) and isinstance(reading.value, (int, float)):
        return replace(reading, value=reading.value / 1000)
    return reading


def outcome(r: Resolver, found: tuple[Option, ...]) -> Reading:
    """What a list of options amounts to."""
    kinds: set[str] = set()
    named = False
    value: Scalar = None
    site: Site | None = None
    every: Values = NOTHING
    for option in found:
        if option.kind != "value":
            kinds.add(option.kind)
            continue
        values = r.option(option)
        every += values
        site = site or option.site
        for v in values or (Unknown(),):
            kind = _kind(v)
            named = named or kind != "none"
            kinds.add(kind)
            if isinstance(v, Const) and v.value is not None and value is None:
                value = v.value
                site = v.site if option.site is None else site
    if kinds == {"set"}:
        return Reading("set", True, value, site, every)
    if kinds <= {"none"} and kinds:
        return Reading("none", True, None, site, every)
    if kinds <= {"absent"}:
        return Reading("absent")
    if "unknown" in kinds:
        shown = kinds == {"unknown", "set"} and not any(o.kind == "unknown" for o in found)
        return Reading("unknown", named, value, site, every, shown)
    if kinds == {"none", "absent"}:
        return Reading("absent")
    # set on one path, missing on another
    return Reading("mixed" if "absent" in kinds else "unknown", named, value, site, every)


def _kind(value: Value) -> str:
    if isinstance(value, Unknown):
        return "unknown" if value.optional else "set"
    if isinstance(value, Const) and value.value is None:
        return "none"
    return "set"


def options(r: Resolver, given: Arguments, path: str, positional: list[str]) -> tuple[Option, ...]:
    """What can stand at a parameter path of a call."""
    first, *rest = path.removesuffix(":ms").split(".")
    return walk(r, _argument(r, given, first, positional), rest)


def walk(r: Resolver, found: tuple[Option, ...], path: list[str]) -> tuple[Option, ...]:
    """What can stand at ``path`` inside the values of some options."""
    for segment in path:
        deeper: tuple[Option, ...] = ()
        for option in found:
            if option.kind != "value":
                deeper += (option,)
                continue
            for value in r.option(option) or (Unknown(),):
                deeper += inside(r, value, segment)
        found = deeper
    return found


def _argument(r: Resolver, given: Arguments, name: str, positional: list[str]) -> tuple[Option, ...]:
    site = passing.argument(given, name, positional)
    if site is not None:
        return (Option("value", site),)
    found: tuple[Option, ...] = (ABSENT,)
    for mapping in passing.unpacked(r, given):
        here = mapping.options(name)
        absent = any(o.kind == "absent" for o in here)
        found = tuple(o for o in here if o.kind != "absent") + (found if absent else ())
    if given.starred and name in positional and positional.index(name) >= len(given.positional):
        found = (*found, OPAQUE)
    return found


def _stored(call: Arguments, key: str) -> tuple[Option, ...]:
    """``config.key = value`` after ``config = Config()``, in the same function."""
    module = call.frame.module
    statement = module.statement_of(call.node) if call.node is not None else None
    if not isinstance(statement, (ast.Assign, ast.AnnAssign)) or statement.value is not call.node:
        return ()
    targets = statement.targets if isinstance(statement, ast.Assign) else [statement.target]
    found: tuple[Option, ...] = ()
    for target in targets:
        for binding in module.stores.get((dotted(target), key), ()):
            if isinstance(binding.node, ast.expr) and module.scope_of(binding.statement) is call.frame.scope:
                sure = module.parents.get(binding.statement) is module.parents.get(statement)
                found = (Option("value", Site(binding.node, call.frame)), *(() if sure else (ABSENT,)))
    return found


def inside(r: Resolver, value: Value, key: str) -> tuple[Option, ...]:
    """What can stand under ``key`` of a dict, a data object or a config object's arguments."""
    match value:
        case Mapping():
            return value.options(key)
        case Made(name=name) if name.rpartition(".")[2].lstrip("_")[:1].islower():
            return (OPAQUE,)  # a function's result holds more than what it was given: `config_list_from_json`
        case Made(call=call) | Partial(call=call):
            return _stored(call, key) or _argument(r, call, key, [])
        case Instance():
            found = members.member(r, value, key)
            if found and all(isinstance(v, Unknown) and v.reason.startswith("attribute") for v in found):
                return (ABSENT,) if isinstance(value.cls, Class) and value.call is not None else (OPAQUE,)
            return (Option("value", values=found),)
        case Client(layers=layers) if layers:
            return _argument(r, layers[0], key, value.model.positional)
        case Sequence(items=items):
            return tuple(o for site in items[:4] for v in r.site(site) for o in inside(r, v, key)) or (
                ABSENT,
            )
        case Const(value=None):
            return (ABSENT,)
        case Const():
            return (ABSENT,)
    return (OPAQUE,)
