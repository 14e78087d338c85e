"""A Python source: its text, its syntax tree, and where each node stands."""

from __future__ import annotations

import ast
import re
import warnings
from bisect import bisect_right
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, cast

from prodworthy.errors import SourceError
from prodworthy.finding import Span
from prodworthy.source.text import DEFAULT_LIMIT, is_notebook, read_text

if TYPE_CHECKING:
    from prodworthy.source.notebook import Cell

LINE_END = re.compile(r"\r\n|\r|\n")
_NESTING = ("too many nested", "too many statically nested", "too many levels of indentation")
_OF_NEWER_PYTHON = (
    "f-string",
    "invalid syntax",
    "unterminated string",
    "expected '('",
    "multiple exception types",
)
"""How the running interpreter may complain of a line that a newer one accepts."""
TOO_DEEP = "nested too deeply to be analysed; split the expression or statement, or exclude the file"


@dataclass(frozen=True, slots=True)
class Source:
    """A parsed file.

    Attributes:
        path: relative to the project root, with ``/``.
        text: the whole text, without a byte order mark; of a notebook its code cells in order.
        lines: the text by line, without line ends; line 1 is ``lines[0]``.
        tree: the syntax tree. Its positions are those of ``text`` even where the running
            interpreter could only read a rewritten form.
        cells: of a notebook; spans then name the cell and count their lines within it.
        broken: the cells that do not parse; the tree is without them.
    """

    path: str
    text: str
    lines: tuple[str, ...]
    tree: ast.Module
    cells: tuple[Cell, ...] = ()
    broken: tuple[SourceError, ...] = ()

    def span(self, node: ast.AST) -> Span:
        """Where ``node`` stands, in characters; the whole first line for a node without a position."""
        placed = cast(ast.expr, node)
        line = getattr(node, "lineno", 1)
        end_line = getattr(node, "end_lineno", None) or line
        column = getattr(node, "col_offset", 0)
        end = placed.end_col_offset if getattr(node, "end_col_offset", None) is not None else column
        start = line, self._character(line, column) + 1
        return self.span_between(start, (end_line, self._character(end_line, end or 0) + 1))

    def span_between(self, start: tuple[int, int], end: tuple[int, int]) -> Span:
        """The stretch between two places (line and column from 1) of ``text``."""
        if not self.cells:
            return Span(self.path, *start, *end)
        cell = self.cells[max(bisect_right(self.cells, start[0], key=lambda cell: cell.first), 1) - 1]
        above = cell.first - 1
        return Span(self.path, start[0] - above, start[1], end[0] - above, end[1], cell=cell.number)

    def above(self, span: Span) -> int:
        """How many lines of ``text`` stand above the one that ``span`` counts as its first."""
        return next((c.first - 1 for c in self.cells if c.number == span.cell), 0)

    def flat(self, span: Span) -> Span:
        """``span`` with the lines of ``text``, whatever cell it stands in."""
        above = self.above(span)
        return Span(span.path, span.line + above, span.column, span.end_line + above, span.end_column)

    def written(self, span: Span) -> tuple[str, ...]:
        """The lines that ``span`` stands on."""
        above = self.above(span)
        return self.lines[above + span.line - 1 : above + span.end_line]

    def _character(self, line: int, offset: int) -> int:
        """The column in characters of a UTF-8 byte offset."""
        if line > len(self.lines):
            return offset
        text = self.lines[line - 1]
        if text.isascii():
            return offset
        return len(text.encode("utf-8", "surrogatepass")[:offset].decode("utf-8", "ignore"))


def read_source(root: Path, path: str, limit: int = DEFAULT_LIMIT) -> Source:
    """The Python file ``path`` (relative to ``root``), read and parsed.

    Raises:
        SourceError: it cannot be read, is larger than ``limit`` bytes, is not text, or is not Python.
    """
    return parse_source(path, read_text(root, path, limit))


def parse_source(path: str, text: str) -> Source:
    """``text``, the content of a file, as a source named ``path``.

    Python that is newer than the running interpreter is parsed too. A notebook is one by its name.

    Raises:
        SourceError: it is not Python or no notebook, or is nested too deeply.
    """
    if is_notebook(path):
        from prodworthy.source.cells import parse_notebook
        from prodworthy.source.notebook import read_notebook

        return parse_notebook(read_notebook(path, text))
    text = text.removeprefix("\ufeff")
    return Source(path, text, tuple(LINE_END.split(text)), parse_module(path, text))


def parse_module(path: str, text: str) -> ast.Module:
    """The tree of ``text``, which stands in ``path``.

    Raises:
        SourceError: it is not Python, or is nested too deeply.
    """
    if "\0" in text:
        raise SourceError(
            path, "holds null bytes, so it is not Python source", text.count("\n", 0, text.index("\0")) + 1
        )
    try:
        return parse_tree(text)
    except SyntaxError as error:
        if any(sign in (error.msg or "") for sign in _NESTING):
            raise SourceError(path, TOO_DEEP, error.lineno) from error
        return _parse_newer(path, text, error)
    except (RecursionError, MemoryError) as error:
        raise SourceError(path, TOO_DEEP) from error
    except ValueError as error:
        raise SourceError(path, str(error)) from error


def parse_tree(text: str) -> ast.Module:
    """The tree of ``text`` as the running interpreter reads it, without its warnings."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return ast.parse(text)


def _parse_newer(path: str, text: str, first: SyntaxError) -> ast.Module:
    from prodworthy.source.newer import parse_newer

    try:
        return parse_newer(text)
    except SyntaxError as error:
        trusted = (
            first if not (first.msg or "").startswith(_OF_NEWER_PYTHON) or error.lineno is None else error
        )
        told = first.msg if trusted.lineno == first.lineno else trusted.msg
        raise SourceError(path, f"not valid Python: {told}", trusted.lineno) from first
    except (RecursionError, MemoryError) as error:
        raise SourceError(path, TOO_DEEP) from error
