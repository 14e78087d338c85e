"""What ``isinstance`` tests around an expression say that it is."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from prodworthy.resolve import declared
from prodworthy.resolve.index import ModuleIndex, dotted
from prodworthy.resolve.values import NOTHING, Frame, Values

if TYPE_CHECKING:
    from prodworthy.resolve.resolver import Resolver

_LEAVES = (ast.Raise, ast.Return, ast.Continue, ast.Break)


def narrowed(r: Resolver, node: ast.Name | ast.Attribute, frame: Frame) -> Values:
    """The objects that a test before ``node``, in the same function, leaves for it; nothing without one."""
    module = frame.module
    tests = module.calls_by_tail.get("isinstance")
    if not tests:
        return NOTHING
    name, scope = dotted(node), module.scope_of(node)
    for test in tests:
        if (
            len(test.args) == 2
            and test.lineno <= node.lineno
            and test.args[0] is not node
            and dotted(test.args[0]) == name
            and module.scope_of(test) is scope
            and _holds(module, test, node)
        ):
            return _types(r, test.args[1], frame)
    return NOTHING


def _types(r: Resolver, node: ast.expr, frame: Frame) -> Values:
    if isinstance(node, ast.Tuple):
        return tuple(v for element in node.elts for v in _types(r, element, frame))
    return declared.values(r, node, frame)


def _holds(module: ModuleIndex, test: ast.Call, node: ast.AST) -> bool:
    """Whether ``test`` is known to be true where ``node`` stands."""
    child, parent = test, module.parents.get(test)
    negated = False
    while isinstance(parent, (ast.UnaryOp, ast.BoolOp)):
        if isinstance(parent, ast.UnaryOp) and isinstance(parent.op, ast.Not):
            negated = not negated
        child, parent = parent, module.parents.get(parent)  # type: ignore[assignment]
    if isinstance(parent, ast.Assert):
        return not negated
    if isinstance(parent, ast.IfExp) and child is parent.test:
        return _within(module, node, parent.orelse if negated else parent.body)
    if not isinstance(parent, (ast.If, ast.While)) or child is not parent.test:
        return False
    inside = parent.orelse if negated else parent.body
    if any(_within(module, node, statement) for statement in inside):
        return True
    # `if not isinstance(x, T): raise`
    return negated and isinstance(parent.body[-1], _LEAVES) and not _within(module, node, parent)


def _within(module: ModuleIndex, node: ast.AST, ancestor: ast.AST) -> bool:
    at: ast.AST | None = node
    while at is not None and at is not ancestor:
        at = module.parents.get(at)
    return at is not None
