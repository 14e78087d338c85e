"""Conversations that live in a global of one process."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from prodworthy.circumstances import Shared
from prodworthy.resolve import settings
from prodworthy.resolve.clients import IsHandler
from prodworthy.resolve.find import Found
from prodworthy.resolve.index import ModuleIndex
from prodworthy.resolve.outward import Step
from prodworthy.resolve.values import ScopeNode

if TYPE_CHECKING:
    from prodworthy.resolve.resolver import Resolver


def shared(
    r: Resolver, module: ModuleIndex, found: Found, around: list[Step], is_handler: IsHandler
) -> Shared | None:
    """The global list or dict that a request handler's call takes its messages from and adds to."""
    name = _global_of(r, module, found)
    if name is None or not _grows(module, name):
        return None
    for step in around:
        if step.function is not None and is_handler(step.module, step.function):
            binding = module.scope(module.tree).bindings[name][0]
            return Shared(name, module.source.span(binding.statement))
    return None


def _global_of(r: Resolver, module: ModuleIndex, found: Found) -> str | None:
    for role in ("messages", "user_prompt"):
        reading = settings.read(r, found.endpoint, found.given, role)
        if reading.site is not None and reading.site.frame.module is module:
            for node in ast.walk(reading.site.node):
                if isinstance(node, ast.Name):
                    name = _root(module, node, module.scope_of(found.node), 3)
                    if name is not None:
                        return name
    return None


def _root(module: ModuleIndex, node: ast.Name, scope: ScopeNode, depth: int) -> str | None:
    """The global list or dict that a name is, or was taken from (``history = sessions[key]``)."""
    table = module.scope(scope)
    if scope is not module.tree and node.id in table.bindings and node.id not in table.outside:
        for binding in table.bindings[node.id]:
            value = binding.node
            if binding.kind != "assign" or not depth:
                continue
            if isinstance(value, ast.Call) and isinstance(value.func, ast.Attribute):
                value = value.func.value if value.func.attr in ("get", "setdefault") else value
            elif isinstance(value, ast.Subscript):
                value = value.value
            if isinstance(value, ast.Name) and value.id != node.id:
                return _root(module, value, scope, depth - 1)
        return None
    bindings = module.scope(module.tree).bindings.get(node.id, ())
    return node.id if any(_is_store(b.node) for b in bindings if b.kind == "assign") else None


def _is_store(value: ast.AST) -> bool:
    """``[]``, ``{}``, ``defaultdict(list)``, or a list that begins with a system message."""
    if isinstance(value, ast.Call):
        return isinstance(value.func, ast.Name) and value.func.id in ("dict", "list", "defaultdict", "deque")
    return isinstance(value, (ast.List, ast.Dict))


def _grows(module: ModuleIndex, name: str) -> bool:
    """Whether a function adds to the global ``name``, or to what it holds."""
    for scope, table in module.scopes.items():
        if scope is module.tree:
            continue
        if name in table.changes and name not in table.bindings:
            return True
        if name in table.outside:
            return True
        for local, bindings in table.bindings.items():
            taken = any(isinstance(n, ast.Name) and n.id == name for b in bindings for n in ast.walk(b.node))
            if taken and local in table.changes:
                return True
    return False
