"""A Python source: its text, its syntax tree, and where each node stands."""

from __future__ import annotations

import ast
import re
import warnings
from dataclasses import dataclass
from pathlib import Path
from typing import cast

from prodworthy.errors import SourceError
from prodworthy.finding import Span
from prodworthy.source.text import DEFAULT_LIMIT, read_text

_LINE_END = re.compile(r"\r\n|\r|\n")
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
        text: the whole text, without a byte order mark.
        lines: the text by line, without line ends; line 1 is ``lines[0]``.
        tree: the syntax tree. Its positions are those of ``text`` even where the running
            interpreter could only read a rewritten form.
    """

    path: str
    text: str
    lines: tuple[str, ...]
    tree: ast.Module

    def span(self, node: ast.AST) -> Span:
        """Where ``node`` stands, in characters; the whole first line for a node without a position."""
        placed = cast(ast.expr, node)
        line = getattr(node, "lineno", 1)
        end_line = getattr(node, "end_lineno", None) or line
        column = getattr(node, "col_offset", 0)
        end = placed.end_col_offset if getattr(node, "end_col_offset", None) is not None else column
        return Span(
            self.path,
            line,
            self._character(line, column) + 1,
            end_line,
            self._character(end_line, end or 0) + 1,
        )

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
    """``text`` as a source named ``path``.

    Python that is newer than the running interpreter is parsed too.

    Raises:
        SourceError: it is not Python, or is nested too deeply.
    """
    text = text.removeprefix("\ufeff")
    if "\0" in text:
        raise SourceError(
            path, "holds null bytes, so it is not Python source", text.count("\n", 0, text.index("\0")) + 1
        )
    return Source(path, text, tuple(_LINE_END.split(text)), _parse(path, text))


def _parse(path: str, text: str) -> ast.Module:
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
