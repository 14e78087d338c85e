"""Attributes, items and elements of values."""

from __future__ import annotations

import ast
from dataclasses import replace
from typing import TYPE_CHECKING

from prodworthy.resolve import (
    declared,
    invoke,
    kept,
    lookup,
    mappings,
    objects,
    passing,
)
from prodworthy.resolve.values import (
    NOTHING,
    Answer,
    Class,
    Client,
    Const,
    Endpoint,
    External,
    Frame,
    Function,
    Instance,
    Made,
    Mapping,
    Method,
    ProjectModule,
    Sequence,
    Super,
    Unknown,
    Value,
    Values,
)

if TYPE_CHECKING:
    from prodworthy.resolve.resolver import Resolver


def member(r: Resolver, base: Value, attr: str) -> Values:
    """What ``base.attr`` is."""
    match base:
        case External(name=name):
            return (External(f"{name}.{attr}"),)
        case ProjectModule(module=module):
            return lookup.module_member(r, module, attr)
        case Client():
            return client_member(r, base, attr)
        case Instance():
            return objects.of_instance(r, base, attr)
        case Super():
            return _of_super(r, base, attr)
        case Class():
            return objects.of_class(r, base, attr, None)
        case Made():
            return _of_made(base, attr)
        case Mapping():
            return (Method(base, attr),)
        case Sequence() | Const():
            return (Method(base, attr),) if not isinstance(base, Const) or base.value is not None else NOTHING
        case Function():
            return (Method(base, attr),)
        case Answer():
            return (base,)
        case Endpoint():
            return (Unknown("attribute of a call"),)
    return (Unknown("attribute"),)


def client_member(r: Resolver, client: Client, attr: str) -> Values:
    """An attribute path of a client: the client again, a call, or a step further."""
    model = client.model
    path = f"{client.path}.{attr}" if client.path else attr
    if attr in model.same or path in model.same:
        return (
            (replace(client, path=client.path),)
            if attr not in _callable_same(model.same)
            else (replace(client, path=path),)
        )
    call = r.catalogue.method(client.sdk, model, path)
    if call is not None:
        return (Endpoint(client.sdk, call, client, path),)
    if model.wraps and client.inner is not None:
        # a wrapper hands on what it does not know
        forwarded = r.catalogue.method(client.inner.sdk, client.inner.model, path)
        if forwarded is not None:
            return (Endpoint(client.inner.sdk, forwarded, client.inner, path),)
    return (replace(client, path=path),)


def _callable_same(same: list[str]) -> set[str]:
    # with_raw_response and its like are attributes; the rest of `same` are methods
    return {s for s in same if not s.endswith("_response")}


def _of_made(base: Made, attr: str) -> Values:
    site = base.call.keyword(attr)
    if site is not None:
        return (Method(base, attr),)
    return (External(f"{base.name}().{attr}"),)


def _of_super(r: Resolver, base: Super, attr: str) -> Values:
    for cls in objects.mro(r, base.cls)[1:]:
        found = objects.own_member(r, cls, attr, base.receiver) if isinstance(cls, Class) else NOTHING
        if found:
            return found
    receiver = base.receiver
    if isinstance(receiver, Instance):
        for client in objects.external_bases(r, receiver, base.cls):
            return client_member(r, client, attr)
    return (Unknown("super"),)


def subscript(r: Resolver, node: ast.Subscript, frame: Frame) -> Values:
    """What ``base[key]`` is."""
    found: Values = NOTHING
    bases = r.values(node.value, frame)
    keys = r.values(node.slice, frame) if not isinstance(node.slice, ast.Slice) else NOTHING
    for base in bases:
        match base:
            case Mapping():
                found += mappings.item(r, base, keys)
            case Sequence():
                if isinstance(node.slice, ast.Slice):
                    found += (replace(base, closed=False),)
                else:
                    found += _element(r, base, keys)
            case External(name=name) if declared.is_form(name):
                found += (declared.alias(node, frame),)
            case External(name=name):
                key = next((str(k.value) for k in keys if isinstance(k, Const)), "")
                found += kept.kept_items(r, node.value, key, frame) or (External(f"{name}[{key}]"),)
            case Answer():
                found += (base,)
            case Class():
                found += _enum_item(r, base, keys)
            case Instance():
                getter = objects.members_named(r, base, "__getitem__")
                found += tuple(v for g in getter for v in invoke.invoke(r, g, passing.no_arguments(frame)))
            case Const(value=str()):
                found += (Unknown("part of a text", optional=False),)
            case _:
                found += (Unknown("item"),)
    return found


def _enum_item(r: Resolver, cls: Class, keys: Values) -> Values:
    for key in keys:
        if isinstance(key, Const) and isinstance(key.value, str):
            return objects.of_class(r, cls, key.value, None)
    return (cls,)


def _element(r: Resolver, base: Sequence, keys: Values) -> Values:
    for key in keys:
        if (
            isinstance(key, Const)
            and isinstance(key.value, int)
            and -len(base.items) <= key.value < len(base.items)
        ):
            return r.site(base.items[key.value])
    return tuple(v for site in base.items[:8] for v in r.site(site)) or (Unknown("element"),)


def elements(r: Resolver, values: Values) -> Values:
    """What iterating over ``values`` gives."""
    found: Values = NOTHING
    for value in values:
        match value:
            case Sequence(items=items) if items:
                found += tuple(v for site in items[:8] for v in r.site(site))
            case Mapping(entries=entries):
                found += tuple(Const(key) for key in list(entries)[:8])
            case Method(owner=Mapping(), name="items" | "values"):
                found += (Unknown("item"),)
            case Answer():
                found += (value,)
            case External(name=name):
                found += (External(f"{name}[]"),)
            case Made(name=name):
                found += (External(f"{name}()[]"),)
            case _:
                found += (Unknown("element"),)
    return found


def entered(r: Resolver, value: Value, frame: Frame) -> Values:
    """What ``with value as x`` binds."""
    match value:
        case Instance():
            for name in ("__enter__", "__aenter__"):
                methods = objects.members_named(r, value, name)
                if methods:
                    return tuple(v for m in methods for v in invoke.invoke(r, m, passing.no_arguments(frame)))
            return (value,)
        case Made(name=name):
            return (value, External(f"{name}().__enter__()"))
    return (value,)
