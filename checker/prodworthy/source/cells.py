"""A notebook's code cells as one module; a cell that does not parse does not hide the others."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator

from prodworthy.errors import SourceError
from prodworthy.source.notebook import SEPARATOR, Cell, Notebook
from prodworthy.source.python import LINE_END, Source, parse_module, parse_tree

_INDENTED = re.compile(r"(?:[ \t]*(?:#[^\n]*)?\n)*[ \t]+[^\s#]")
_BLOCK = "if 1:\n"
"""Put above a cell whose lines are all indented, as IPython runs such cells too."""


def parse_notebook(notebook: Notebook) -> Source:
    """The module that the code cells of ``notebook`` form."""
    tree = _at_once(notebook)
    broken: tuple[SourceError, ...] = ()
    if tree is None:
        tree, broken = _one_by_one(notebook)
    text = notebook.text
    return Source(notebook.path, text, tuple(LINE_END.split(text)), tree, notebook.cells, broken)


def _at_once(notebook: Notebook) -> ast.Module | None:
    """The tree of all cells together; None where a cell is not a piece of Python by itself."""
    try:
        tree = parse_tree(notebook.code)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return None
    ends = iter([(cell.first, cell.first + cell.lines) for cell in notebook.cells])
    first, last = next(ends, (1, 1))
    for statement in tree.body:
        while statement.lineno >= last:
            first, last = next(ends)
        if statement.lineno < first or (statement.end_lineno or 0) >= last:
            return None
    return tree


def _one_by_one(notebook: Notebook) -> tuple[ast.Module, tuple[SourceError, ...]]:
    tree = ast.Module([], [])
    broken: list[SourceError] = []
    for cell in notebook.cells:
        try:
            tree.body += _statements(notebook.path, cell)
        except SourceError as error:
            broken.append(SourceError(error.path, error.message, error.line, cell.number))
    return tree, tuple(broken)


def _statements(path: str, cell: Cell) -> Iterator[ast.stmt]:
    above = _BLOCK if _INDENTED.match(cell.code) else ""
    try:
        body = parse_module(path, above + cell.code + SEPARATOR).body
    except SourceError as error:
        line = error.line - bool(above) if error.line else None
        raise SourceError(path, error.message, min(line, cell.lines) if line else None) from error
    if above:
        outer = body[0]
        body = [*outer.body, *body[1:]] if isinstance(outer, ast.If) else body
    shift = cell.first - 1 - bool(above)
    for statement in body:
        ast.increment_lineno(statement, shift)
    return iter(body)
