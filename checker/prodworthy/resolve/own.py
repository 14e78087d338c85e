"""Wrappers of the project that the user describes in ``[tool.prodworthy.models]``."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from typing import TYPE_CHECKING

from prodworthy.resolve import objects, passing
from prodworthy.resolve.values import Arguments, Class, Client, Endpoint, Function, Instance, Value

if TYPE_CHECKING:
    from prodworthy.resolve.resolver import Resolver


def clients(r: Resolver, instance: Instance, cls: Class | None = None) -> list[Client]:
    """The described clients that an object of a project class is, by its class or a base of it."""
    if not r.catalogue.knowledge.own:
        return []
    found: list[Client] = []
    for base in objects.mro(r, cls or instance.cls):
        if isinstance(base, Class):
            # a subclass may take other arguments than the class that is described
            own = instance.call is not None and base.node is instance.cls.node
            layers = (_construction(r, base, instance.call),) if own and instance.call else ()
            found += [
                Client(sdk, model, layers, seen=bool(layers), qualified=model.constructors[0])
                for sdk, model in r.catalogue.own_clients(base.module.path, base.node.name)
            ]
    return found


def endpoints(r: Resolver, value: Value, given: Arguments) -> Iterator[tuple[Endpoint, Arguments]]:
    """The described call that calling a project function, method or object is."""
    if isinstance(value, Instance):
        yield from _methods(r, value, "__call__", given)
    if not isinstance(value, Function) or isinstance(value.node, ast.Lambda):
        return
    owner = value.receiver
    given = passing.spelled(value.module, value.node, value.parent, given)
    if isinstance(owner, Instance | Class):
        yield from _methods(
            r, owner if isinstance(owner, Instance) else Instance(owner), value.node.name, given
        )
    described = r.catalogue.own_function(value.module.path, _name(value)) if _name(value) else None
    if described is not None:
        sdk, model, path = described
        yield Endpoint(sdk, model, None, path), given


def made(r: Resolver, function: Function, given: Arguments) -> list[Client]:
    """The described clients that calling a factory of the project gives."""
    if not r.catalogue.knowledge.own or isinstance(function.node, ast.Lambda) or not _name(function):
        return []
    layers = (passing.spelled(function.module, function.node, function.parent, given),)
    return [
        Client(sdk, model, layers, qualified=model.constructors[0])
        for sdk, model in r.catalogue.own_clients(function.module.path, _name(function))
    ]


def _name(function: Function) -> str:
    """``complete`` of a function of the module, ``LLM.create`` of a method, empty of any other."""
    node, module = function.node, function.module
    if isinstance(node, ast.Lambda):
        return ""
    holder = module.parents.get(node)
    if isinstance(holder, ast.ClassDef):
        return f"{holder.name}.{node.name}"
    return node.name if holder is module.tree else ""


def _construction(r: Resolver, cls: Class, given: Arguments) -> Arguments:
    """The arguments of a construction, as the class's own ``__init__`` names them."""
    for init in objects.own_member(r, cls, "__init__", Instance(cls)):
        if isinstance(init, Function):
            return passing.spelled(init.module, init.node, init.parent, given)
    return given


def _methods(
    r: Resolver, owner: Instance, name: str, given: Arguments
) -> Iterator[tuple[Endpoint, Arguments]]:
    for client in clients(r, owner):
        model = r.catalogue.method(client.sdk, client.model, name)
        if model is not None:
            yield Endpoint(client.sdk, model, client, name), given
