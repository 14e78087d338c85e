"""An import, added where isort would have it."""

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
    """What has to be edited so that a module or name can be used; nothing if it already can."""

    edits: tuple[Edit, ...] = ()


def ensure_import(text: Text, tree: ast.Module, module: str, line: int, name: str = "") -> Added | None:
    """Make ``module``, or ``name`` of it, known under its own name at ``line``; None if that is taken.

    Args:
        text: the file.
        tree: its syntax tree.
        module: a module without a dot: of the standard library, or somebody else's.
        line: where it is to be used, from 1.
        name: what to import from it; empty for the module itself.
    """
    if any(_rebinds(n, name or module) and not _imports(n, module, name) for n in ast.walk(tree)):
        return None
    if any(_imports(node, module, name) and node.lineno < line for node in tree.body):
        return Added()
    body = [node for node in tree.body if not _is_preamble(tree, node)]
    if not body:
        return None
    at, content = _place(text, tree, body, module, name)
    if any(node.lineno < at <= (node.end_lineno or node.lineno) for node in body) or at > text.lines:
        return None
    if at > line:
        return None
    start = text.offset(at, 1)
    return Added((text.edit(start, start, content),))


def _place(text: Text, tree: ast.Module, body: Sequence[ast.stmt], module: str, name: str) -> tuple[int, str]:
    """The line that the import goes above, and the import with the blank lines that it needs."""
    newline = text.newline
    line = f"from {module} import {name}{newline}" if name else f"import {module}{newline}"
    block = list(_leading_imports(body))
    if not block:
        return _without_imports(text, tree, body[0], line)
    if module not in sys.stdlib_module_names:
        return _among_others(text, block, module, line)
    standard = [node for node in block if _root(node) in sys.stdlib_module_names]
    if not standard or standard[0] is not block[0]:
        return block[0].lineno, line + newline
    for node in standard:
        if isinstance(node, ast.ImportFrom) or _root(node) > module:
            return node.lineno, line
    return (standard[-1].end_lineno or standard[-1].lineno) + 1, line


def _among_others(text: Text, block: Sequence[_Import], module: str, line: str) -> tuple[int, str]:
    """Among the imports of other people's packages, by name; below all imports where there are none."""
    groups: list[list[_Import]] = [[]]
    for node in block:
        if groups[-1] and node.lineno > (groups[-1][-1].end_lineno or 0) + 1:
            groups.append([])
        groups[-1].append(node)
    for group in groups:
        if any(_root(node) not in ("", *sys.stdlib_module_names) for node in group):
            for node in group:
                if isinstance(node, ast.ImportFrom) and _root(node) > module:
                    return node.lineno, line
            return (group[-1].end_lineno or group[-1].lineno) + 1, line
    return (block[-1].end_lineno or block[-1].lineno) + 1, text.newline + line


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


def _imports(node: ast.AST, module: str, name: str) -> bool:
    if name:
        return (
            isinstance(node, ast.ImportFrom)
            and node.module == module
            and any(a.name == name and a.asname is None for a in node.names)
        )
    return isinstance(node, ast.Import) and any(
        a.name.partition(".")[0] == module and a.asname is None for a in node.names
    )


def _rebinds(node: ast.AST, module: str) -> bool:
    """Whether ``node`` gives the name another meaning somewhere in the file."""
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
