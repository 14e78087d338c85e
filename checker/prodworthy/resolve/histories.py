"""Conversations that grow: messages that code adds to and nothing ever shortens."""

from __future__ import annotations

import ast
import re
from typing import TYPE_CHECKING

from prodworthy.circumstances import Shared
from prodworthy.resolve import settings
from prodworthy.resolve.find import Found
from prodworthy.resolve.index import FUNCTIONS, ModuleIndex, dotted, tail
from prodworthy.resolve.outward import Step, own

if TYPE_CHECKING:
    from prodworthy.resolve.resolver import Resolver

_ADDING = frozenset({"append", "extend", "insert"})
_REMOVING = frozenset({"pop", "popleft", "clear", "remove"})
_SHORTENING = re.compile(
    r"trim|trunc|summar|compact|window|prune|shorten|reduce|squash|limit|count_tokens|num_tokens|slice|maxlen",
    re.IGNORECASE,
)


def growing(r: Resolver, module: ModuleIndex, found: Found, around: list[Step]) -> Shared | None:
    """The list of messages that the call sends and that outlives the turn."""
    reading = settings.read(r, found.endpoint, found.given, "messages")
    if reading.site is None or reading.site.frame.module is not module:
        return None
    node = reading.site.node
    name = dotted(node) if isinstance(node, (ast.Name, ast.Attribute)) else ""
    if not name or "<" in name:
        return None
    body = _lifetime(module, node, found.node, name, around)
    if body is None:
        return None
    added = _first_addition(body, name)
    if added is None or _shortened(module, body, name):
        return None
    return Shared(name, module.source.span(added))


def _lifetime(
    module: ModuleIndex, node: ast.expr, call: ast.Call, name: str, around: list[Step]
) -> list[ast.stmt] | None:
    """The code over which the list outlives a turn: a class, a module, or a loop without a count."""
    function = module.function_of(call)
    if isinstance(node, ast.Attribute):
        owner = module.class_of(function) if function is not None else None
        receiver = module.receiver_name(function) if function is not None else None
        return owner.body if owner is not None and name.startswith(f"{receiver}.") else None
    scope = module.scope_of(call)
    table = module.scope(scope)
    if scope is not module.tree and name not in table.bindings:
        arguments = scope.args if isinstance(scope, FUNCTIONS) else None
        given = {a.arg for a in ast.walk(arguments) if isinstance(a, ast.arg)} if arguments else set()
        known = name in module.scope(module.tree).bindings and name not in given
        return module.tree.body if known else None
    for step in around:
        if step.level or step.function is not None:
            return None
        if isinstance(step.node, ast.While) and step.loop is not None:
            renewed = any(
                isinstance(n, ast.Assign) and any(dotted(t) == name for t in n.targets)
                for n in own(step.node.body)
            )
            return None if renewed else step.node.body
    return None


def _first_addition(body: list[ast.stmt], name: str) -> ast.AST | None:
    for statement in body:
        for node in ast.walk(statement):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
                if node.func.attr in _ADDING and dotted(node.func.value) == name:
                    return node
            elif isinstance(node, ast.AugAssign) and dotted(node.target) == name:
                return node
    return None


def _shortened(module: ModuleIndex, body: list[ast.stmt], name: str) -> bool:
    """Whether anything cuts the list, counts it, or hands it to something that does."""
    last = name.rpartition(".")[2]
    for statement in body:
        for node in ast.walk(statement):
            match node:
                case ast.Subscript(value=value, slice=ast.Slice()) if dotted(value) == name:
                    return True
                case ast.Delete(targets=targets) if any(name in ast.unparse(t) for t in targets):
                    return True
                case ast.Call(func=ast.Attribute(value=value, attr=attr)) if (
                    attr in _REMOVING and dotted(value) == name
                ):
                    return True
                case ast.Call() if tail(node.func) in ("len", "deque") or _SHORTENING.search(
                    dotted(node.func)
                ):
                    if last in ast.unparse(node) or tail(node.func) == "deque":
                        return True
                case ast.Assign(targets=targets) if any(dotted(t) == name for t in targets):
                    if not _begins(module, node):
                        return True
    return False


def _begins(module: ModuleIndex, assignment: ast.Assign) -> bool:
    """``self.messages = [...]`` where the object begins; anywhere else it begins the conversation anew."""
    function = module.function_of(assignment)
    if function is None:
        return True
    return getattr(function, "name", "") in ("__init__", "__post_init__")
