"""Who calls a function of the project, and with what."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from typing import TYPE_CHECKING

from prodworthy.resolve import (
    lookup,
    mappings,
    objects,
    passing,
    wellknown,
)
from prodworthy.resolve.index import FUNCTIONS, ModuleIndex, tail
from prodworthy.resolve.values import (
    NOTHING,
    Arguments,
    Class,
    Frame,
    Function,
    Value,
    Values,
)

if TYPE_CHECKING:
    from prodworthy.resolve.resolver import Resolver

CALL_SITES = 12
"""Callers of one function that are looked at."""

LEVELS = 3
"""Callers of callers that are asked what they pass."""

CallSite = tuple[Arguments, Value | None]
"""A call of a function, with the object it is called on."""


def passed_by_callers(r: Resolver, ident: str, frame: Frame) -> Values:
    """What the project's own calls of the function pass for the parameter ``ident``."""
    node = frame.scope
    assert isinstance(node, FUNCTIONS)
    if isinstance(node, ast.Lambda):
        return NOTHING
    return r.outward(LEVELS, lambda: _passed(r, ident, frame, node))


def _passed(r: Resolver, ident: str, frame: Frame, node: ast.FunctionDef | ast.AsyncFunctionDef) -> Values:
    found: Values = NOTHING
    for given, receiver in calls_of(r, frame.module, node):
        function = Function(frame.module, node, frame.parent or frame.module.frame, receiver)
        slot = r.remember(
            (node, "bound", ident, given.node),
            given.frame,
            lambda f=function, g=given: passing.bind(r, f, g).get(ident, NOTHING),  # type: ignore[misc]
        )
        found += slot
    kwarg = node.args.kwarg
    if kwarg is not None and kwarg.arg == ident and not node.name.startswith("_"):
        # whoever else calls a public function may pass more
        found = mappings.opened(found)
    return found


def calls_of(
    r: Resolver, module: ModuleIndex, node: ast.FunctionDef | ast.AsyncFunctionDef
) -> list[CallSite]:
    """The calls of a function in the project, with the receiver for a method."""
    nothing: list[CallSite] = []
    return r.derived(("calls of", node), lambda: _calls_of(r, module, node), nothing)


def _calls_of(
    r: Resolver, module: ModuleIndex, node: ast.FunctionDef | ast.AsyncFunctionDef
) -> list[CallSite]:
    owner = module.class_of(node)
    name = owner.name if owner is not None and node.name == "__init__" else node.name
    found: list[CallSite] = []
    if not name.startswith("__"):
        for place in _places(r, name, module, node, owner):
            for call_node, skipped in _mentions(place, name):
                if len(found) >= CALL_SITES:
                    break
                frame = lookup.frame_of(r, place, place.scope_of(call_node))
                callee = call_node.args[skipped - 1] if skipped else call_node.func
                matched, receiver = _calls(r, callee, frame, node, owner, module)
                if matched:
                    found.append((passing.without(passing.arguments(call_node, frame), skipped), receiver))
    if owner is not None and node.name == "__init__":
        found += _inner_constructions(r, module, owner)
    return found


def _places(
    r: Resolver, name: str, module: ModuleIndex, node: ast.AST, owner: ast.ClassDef | None
) -> Iterator[ModuleIndex]:
    """The modules that may call a function; a base class calls what its subclasses override."""
    method = owner is not None and getattr(node, "name", "") != "__init__"
    seen: set[ModuleIndex] = set()
    for place in r.project.callers(name, module, method):
        seen.add(place)
        yield place
    if owner is not None and method:
        for base in objects.mro(r, Class(module, owner, module.frame))[1:]:
            if isinstance(base, Class) and base.module not in seen:
                seen.add(base.module)
                yield base.module


def _mentions(place: ModuleIndex, name: str) -> list[tuple[ast.Call, int]]:
    """Calls of ``name``, and calls that hand it on, with the number of leading arguments to skip."""
    direct = [(node, 0) for node in place.calls_by_tail.get(name, ())]
    handed = [
        (node, at + 1) for node, at in place.handed.get(name, ()) if tail(node.func) in wellknown.HANDED_ON
    ]
    return direct + handed


def _inner_constructions(r: Resolver, module: ModuleIndex, owner: ast.ClassDef) -> list[CallSite]:
    """``cls(...)`` in the class's own methods and ``super().__init__(...)`` in subclasses beside it."""
    found: list[CallSite] = []
    for call_node in module.calls_by_tail.get("cls", ()):
        function = module.function_of(call_node)
        if function is not None and module.class_of(function) is owner:
            frame = lookup.frame_of(r, module, module.scope_of(call_node))
            found.append((passing.arguments(call_node, frame), None))
    for call_node in module.calls_by_tail.get("__init__", ()):
        function = module.function_of(call_node)
        subclass = module.class_of(function) if function is not None else None
        if subclass is not None and subclass is not owner and owner.name in {tail(b) for b in subclass.bases}:
            frame = lookup.frame_of(r, module, module.scope_of(call_node))
            found.append((passing.arguments(call_node, frame), frame.receiver))
    return found[:CALL_SITES]


def _overrides(
    r: Resolver, owner: ast.ClassDef, module: ModuleIndex, home: ModuleIndex, target: ast.AST
) -> bool:
    """Whether ``owner`` extends the class whose method ``target`` is: a call of it may mean the override."""
    base = home.class_of(target)
    cls = Class(module, owner, module.frame)
    return base is not None and any(isinstance(b, Class) and b.node is base for b in objects.mro(r, cls)[1:])


def _calls(
    r: Resolver,
    callee: ast.expr,
    frame: Frame,
    node: ast.AST,
    owner: ast.ClassDef | None,
    module: ModuleIndex,
) -> tuple[bool, Value | None]:
    for value in r.values(callee, frame):
        match value:
            case Function(node=target, receiver=receiver) if target is node:
                return True, receiver
            case Function(node=ast.FunctionDef() | ast.AsyncFunctionDef() as target, module=home) if (
                owner is not None
                and target.name == getattr(node, "name", "")
                and _overrides(r, owner, module, home, target)
            ):
                return True, None
            case Class(node=target) if target is owner:
                return True, None
            case Class() if owner is not None and getattr(node, "name", "") == "__init__":
                if any(isinstance(b, Class) and b.node is owner for b in objects.mro(r, value)):
                    init = objects.own_member(r, value, "__init__", None)
                    if not init:
                        return True, None
    return False, None
