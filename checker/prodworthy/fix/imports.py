"""An import of the standard library, added where isort would have it."""

from __future__ import annotations

import ast
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from prodworthy.finding import Edit
from prodworthy.fix.text import Text

_Import = ast.Import | ast.ImportFrom


@dataclass(frozen=True, slots=True)
class Added:
    """What has to be edited so that a module can be used by its name; nothing if it already can."""

    edits: tuple[Edit, ...] = ()


def ensure_import(text: Text, tree: ast.Module, module: str, line: int) -> Added | None:
    """Make ``module`` known under its own name at ``line``; None where that name is something else.

    Args:
        text: the file.
        tree: its syntax tree.
        module: a module of the standard library without a dot.
        line: where it is to be used, from 1.
    """
    if any(_rebinds(node, module) for node in ast.walk(tree)):
        return None
    if any(_imports(node, module) and node.lineno < line for node in tree.body):
        return Added()
    body = [node for node in tree.body if not _is_preamble(tree, node)]
    if not body:
        return None
    at, content = _place(text, tree, body, module)
    if any(node.lineno < at <= (node.end_lineno or node.lineno) for node in body) or at > text.lines:
        return None
    start = text.offset(at, 1)
    return Added((text.edit(start, start, content),))


def _place(text: Text, tree: ast.Module, body: Sequence[ast.stmt], module: str) -> tuple[int, str]:
    """The line that the import goes above, and the import with the blank lines that it needs."""
    newline = text.newline
    line = f"import {module}{newline}"
    block = list(_leading_imports(body))
    if not block:
        return _without_imports(text, tree, body[0], line)
    standard = [node for node in block if _root(node) in sys.stdlib_module_names]
    if not standard or standard[0] is not block[0]:
        return block[0].lineno, line + newline
    for node in standard:
        if isinstance(node, ast.ImportFrom) or _root(node) > module:
            return node.lineno, line
    return (standard[-1].end_lineno or standard[-1].lineno) + 1, line


def _without_imports(text: Text, tree: ast.Module, first: ast.stmt, line: str) -> tuple[int, str]:
    """Below the docstring, or else above the first statement and the comments that belong to it."""
    newline = text.newline
    preamble = [node for node in tree.body if node.lineno < first.lineno]
    if preamble:
        below = (preamble[-1].end_lineno or preamble[-1].lineno) + 1
        return below, newline + line + ("" if not text.line(below).strip() else newline)
    at = _first_line(first)
    above = at
    while above > 1 and text.line(above - 1).startswith("#"):
        above -= 1
    is_block = isinstance(first, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef)
    return (above if above > 1 else at), line + newline * (2 if is_block else 1)


def _leading_imports(body: Sequence[ast.stmt]) -> Iterator[_Import]:
    for node in body:
        if not isinstance(node, _Import):
            return
        yield node


def _first_line(node: ast.stmt) -> int:
    decorators = getattr(node, "decorator_list", None)
    return int(decorators[0].lineno) if decorators else node.lineno


def _root(node: _Import) -> str:
    if isinstance(node, ast.ImportFrom):
        return "" if node.level else (node.module or "").partition(".")[0]
    return node.names[0].name.partition(".")[0]


def _imports(node: ast.stmt, module: str) -> bool:
    return isinstance(node, ast.Import) and any(
        a.name.partition(".")[0] == module and a.asname is None for a in node.names
    )


def _rebinds(node: ast.AST, module: str) -> bool:
    """Whether ``node`` gives the module's name another meaning somewhere in the file."""
    match node:
        case ast.Name(id=name, ctx=ast.Store() | ast.Del()) | ast.arg(arg=name):
            return name == module
        case ast.FunctionDef(name=name) | ast.AsyncFunctionDef(name=name) | ast.ClassDef(name=name):
            return name == module
        case ast.Import(names=names):
            return any(a.asname == module and a.name != module for a in names)
        case ast.ImportFrom(names=names):
            return any((a.asname or a.name) == module for a in names)
    return False


def _is_preamble(tree: ast.Module, node: ast.stmt) -> bool:
    """Whether ``node`` has to stay above imports: the docstring, or an import from ``__future__``."""
    match node:
        case ast.ImportFrom(module="__future__"):
            return True
        case ast.Expr(value=ast.Constant(value=str())):
            return node is tree.body[0]
    return False
