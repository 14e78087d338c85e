"""Checks that every path to a use has passed: ``if len(q) > 2000: raise``."""

from __future__ import annotations

import ast
from collections.abc import Callable

from prodworthy.resolve.index import FUNCTIONS, ModuleIndex, dotted, tail

_LEAVING = frozenset({"abort", "exit", "fail", "error", "redirect", "HTTPException", "bad_request"})
_MATCHERS = frozenset(
    {"match", "fullmatch", "search", "isalnum", "isalpha", "isdigit", "isdecimal", "isidentifier"}
)


def guarded(module: ModuleIndex, use: ast.AST, text: str, validates: Callable[[ast.Call], bool]) -> bool:
    """Whether the value written ``text`` has been checked on every path to ``use``.

    Args:
        module: where it all stands.
        use: the node that uses the value.
        text: the value as the code writes it (``body.question``).
        validates: tells whether a call is a declared validator or moderation.
    """
    child: ast.AST = use
    parent = module.parents.get(child)
    while parent is not None and not isinstance(child, FUNCTIONS):
        if isinstance(parent, (ast.If, ast.While)) and _in(parent.body, child) and _holds(parent.test, text):
            return True
        if isinstance(parent, ast.IfExp) and child is parent.body and _holds(parent.test, text):
            return True
        for name in ("body", "orelse", "finalbody"):
            block = getattr(parent, name, None)
            if isinstance(block, list) and child in block:
                for statement in block[: block.index(child)]:
                    if _checks(statement, text, validates):
                        return True
        child, parent = parent, module.parents.get(parent)
    return False


def _in(block: list[ast.stmt], node: ast.AST) -> bool:
    return node in block


def _checks(statement: ast.stmt, text: str, validates: Callable[[ast.Call], bool]) -> bool:
    """Whether a statement leaves, or changes the value, unless the value is as it should be."""
    match statement:
        case ast.If(test=test, body=body) if _rejects(test, text):
            return _leaves(body) or _assigns(body, text)
        case ast.If(test=test, body=body) if _leaves(body):
            return any(
                isinstance(n, ast.Call) and _mentions_argument(n, text) and validates(n)
                for n in ast.walk(test)
            )
        case ast.Assert(test=test):
            return _holds(test, text)
        case ast.Expr(value=ast.Await(value=ast.Call() as call)) | ast.Expr(value=ast.Call() as call):
            return _mentions_argument(call, text) and validates(call)
        case ast.Assign(value=ast.Await(value=ast.Call() as call)) | ast.Assign(value=ast.Call() as call):
            return _mentions_argument(call, text) and validates(call)
        case ast.Try(body=body):
            return any(_checks(s, text, validates) for s in body)
        case ast.With(body=body) | ast.AsyncWith(body=body):
            return any(_checks(s, text, validates) for s in body)
    return False


def _holds(test: ast.expr, text: str) -> bool:
    """Whether a true ``test`` says something about the length, form or membership of ``text``."""
    match test:
        case ast.BoolOp(op=ast.And(), values=values):
            return any(_holds(v, text) for v in values)
        case ast.UnaryOp(op=ast.Not(), operand=operand):
            return _rejects(operand, text)
        case ast.Compare(ops=[ast.In() | ast.Eq(), *_]):
            return _is(test.left, text)
        case ast.Compare():
            return _measures(test, text)
        case ast.Call():
            return _matches(test, text)
    return False


def _rejects(test: ast.expr, text: str) -> bool:
    """Whether a false ``test`` says something about the length, form or membership of ``text``."""
    match test:
        case ast.BoolOp(op=ast.Or(), values=values):
            return any(_rejects(v, text) for v in values)
        case ast.UnaryOp(op=ast.Not(), operand=operand):
            return _holds(operand, text)
        case ast.Compare(ops=[ast.NotIn() | ast.NotEq(), *_]):
            return _is(test.left, text) or _measures(test, text)
        case ast.Compare(ops=[ast.In(), *_]):
            return False
        case ast.Compare():
            return _measures(test, text)
    return False


def _measures(test: ast.Compare, text: str) -> bool:
    """``len(text)`` in a comparison with something other than nothing."""
    sides = [test.left, *test.comparators]
    if all(isinstance(s, ast.Constant) and s.value in (0, 1) for s in sides if not _is_length(s, text)):
        return False
    return any(_is_length(s, text) for s in sides)


def _is_length(node: ast.expr, text: str) -> bool:
    for child in ast.walk(node):
        if isinstance(child, ast.Call) and child.args and _refers(child.args[0], text):
            name = tail(child.func)
            if name == "len" or "count" in name or "length" in name or "tokens" in name:
                return True
    return False


def _matches(call: ast.Call, text: str) -> bool:
    name = tail(call.func)
    if name not in _MATCHERS:
        return False
    arguments = [*call.args, call.func.value] if isinstance(call.func, ast.Attribute) else call.args
    return any(_refers(a, text) for a in arguments)


def _is(node: ast.expr, text: str) -> bool:
    if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and not node.args:
        node = node.func.value  # text.lower() in ALLOWED
    return dotted(node) == text


def _refers(node: ast.expr, text: str) -> bool:
    return any(
        dotted(n) == text for n in ast.walk(node) if isinstance(n, (ast.Name, ast.Attribute, ast.Subscript))
    )


def _mentions_argument(call: ast.Call, text: str) -> bool:
    return any(_refers(a, text) for a in (*call.args, *(k.value for k in call.keywords)))


def _assigns(body: list[ast.stmt], text: str) -> bool:
    """``if len(q) > 2000: q = q[:2000]``."""
    return any(isinstance(s, ast.Assign) and any(dotted(t) == text for t in s.targets) for s in body)


def _leaves(body: list[ast.stmt]) -> bool:
    last = body[-1] if body else None
    if isinstance(last, (ast.Raise, ast.Return, ast.Continue, ast.Break)):
        return True
    if isinstance(last, ast.Expr):
        call = last.value.value if isinstance(last.value, ast.Await) else last.value
        return isinstance(call, ast.Call) and tail(call.func) in _LEAVING
    return False
