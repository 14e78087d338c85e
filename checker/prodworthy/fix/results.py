"""Where an answer goes that was a dictionary and becomes an object: its keys become attributes."""

from __future__ import annotations

import ast
from collections.abc import Container, Mapping

from prodworthy.finding import Edit
from prodworthy.fix.text import Text
from prodworthy.source.python import Source

_SCOPES = ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda | ast.Module
_ALONE = ast.Return | ast.Assign | ast.AugAssign | ast.Yield | ast.keyword | ast.NamedExpr | ast.Expr
"""Where an expression may stand as it is, whatever binds in it."""

_DEEPEST = 12

Holders = Mapping[ast.AST, ast.AST]


def as_attributes(
    source: Source, text: Text, holders: Holders, answer: ast.expr, leaves: Container[str]
) -> list[Edit] | None:
    """The edits that read ``answer`` by attributes all the way; None if it goes where nobody sees it read.

    Args:
        source: the file.
        text: its text.
        holders: each node's parent.
        answer: the expression that gives the answer.
        leaves: fields whose values are texts and numbers, which may go anywhere.
    """
    reader = _Reader(source, text, holders, leaves)
    return reader.edits if reader.follows(answer, _DEEPEST) and not reader.lost else None


class _Reader:
    def __init__(self, source: Source, text: Text, holders: Holders, leaves: Container[str]) -> None:
        self.edits: list[Edit] = []
        self.lost = False
        self._source, self._text, self._holders, self._leaves = source, text, holders, leaves

    def follows(self, node: ast.expr, depth: int) -> bool:
        """Whether every reading of what ``node`` holds is by names that are in view; collects the edits."""
        start = node
        while True:
            holder = self._holders.get(node)
            if isinstance(holder, ast.Subscript) and holder.value is node:
                name = _key(holder.slice)
                if name is not None:
                    self._put(node, holder, f".{name}")
                elif not isinstance(holder.slice, ast.Constant | ast.Name | ast.UnaryOp):
                    return False
                node = holder
            elif isinstance(holder, ast.Attribute) and holder.value is node:
                got = self._got(start, node, holder)
                if got is not None:
                    return got
                name, node = holder.attr, holder
            else:
                return self._kept(node, holder, depth)
            if name in self._leaves:
                return not _is_written(node)

    def _got(self, start: ast.expr, node: ast.expr, attribute: ast.Attribute) -> bool | None:
        """``delta.get("content", "")``, the last step: whether it is fine; None if it is no such call."""
        call = self._holders.get(attribute)
        if attribute.attr != "get" or not isinstance(call, ast.Call) or call.func is not attribute:
            return None
        match call.args:
            case [ast.Constant(value=str(name))] if name in self._leaves:
                self._put(node, call, f".{name}")
                return True
            case [ast.Constant(value=str(name)), ast.Constant() as default] if name in self._leaves:
                shown = ast.get_source_segment(self._source.text, default) or repr(default.value)
                alone = isinstance(self._holders.get(call), _ALONE)
                if not alone:
                    first, _ = self._text.offsets(self._source.span(start))
                    self.edits.append(self._text.edit(first, first, "("))
                self._put(node, call, f".{name} or {shown}" + ("" if alone else ")"))
                return True
        return False

    def _kept(self, node: ast.expr, holder: ast.AST | None, depth: int) -> bool:
        """Whether an object that is kept, iterated or dropped is read in view only."""
        if depth <= 0:
            return False
        match holder:
            case ast.Expr():
                return True
            case ast.Assign(targets=[ast.Name() as name], value=value) if value is node:
                return self._named(name, depth)
            case (
                ast.For(target=ast.Name() as name, iter=value)
                | ast.comprehension(target=ast.Name() as name, iter=value)
            ) if value is node:
                return self._named(name, depth)
        return False

    def _named(self, name: ast.Name, depth: int) -> bool:
        scope: ast.AST = name
        while not isinstance(scope, _SCOPES):
            scope = self._holders[scope]
        same = [n for n in ast.walk(scope) if isinstance(n, ast.Name) and n.id == name.id]
        stored = [n for n in same if not isinstance(n.ctx, ast.Load)]
        shared = any(isinstance(n, ast.Global | ast.Nonlocal) and name.id in n.names for n in ast.walk(scope))
        if stored != [name] or shared or (isinstance(scope, ast.Module) and self._source.cells):
            return False
        return all(self.follows(n, depth - 1) for n in same if n is not name)

    def _put(self, node: ast.expr, holder: ast.expr, content: str) -> None:
        """Put ``content`` in place of what follows ``node`` in ``holder``."""
        _, start = self._text.offsets(self._source.span(node))
        _, end = self._text.offsets(self._source.span(holder))
        self.lost = self.lost or self._text.text[start] not in "[."  # in brackets, or on a line of its own
        self.edits.append(self._text.edit(start, end, content))


def _key(index: ast.expr) -> str | None:
    match index:
        case ast.Constant(value=str(name)) if name.isidentifier():
            return name
    return None


def _is_written(node: ast.expr) -> bool:
    return not isinstance(getattr(node, "ctx", ast.Load()), ast.Load)
