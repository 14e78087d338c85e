"""Jupyter notebooks: the code cells in order, as the text of one module.

Read with json alone: nbformat and IPython's transformer would each take 0.3 s to load, the one tells no
places in the file, and the other moves the code it transforms.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import TypeGuard

from prodworthy.errors import SourceError
from prodworthy.source.magics import python_of

SEPARATOR = "\n\n"
"""What follows every cell in the module's text: its last line's end and an empty line."""

Json = dict[str, object]
_LINE_END = re.compile(r"\r\n|\r|\n")
_PYTHON = re.compile(r"i?python|pypy|xpython", re.IGNORECASE)
_POINTER = "version https://git-lfs.github.com/"


@dataclass(frozen=True, slots=True)
class Cell:
    """A code cell.

    Attributes:
        number: its place among all cells, Markdown included, from 1.
        first: the line of the module's text that it begins in, from 1.
        text: what is written in it.
        code: the same as plain Python, line for line.
    """

    number: int
    first: int
    text: str
    code: str

    @property
    def lines(self) -> int:
        """How many lines it has."""
        return len(_LINE_END.findall(self.text)) + 1


@dataclass(frozen=True, slots=True)
class Notebook:
    """A notebook as the checker sees it.

    Attributes:
        language: of its kernel; a notebook of another language than Python has no cells here.
    """

    path: str
    cells: tuple[Cell, ...]
    language: str = "python"

    @property
    def is_python(self) -> bool:
        """Whether its kernel runs Python."""
        return _PYTHON.match(self.language) is not None

    @property
    def text(self) -> str:
        """The code cells as one module, as they are written."""
        return "".join(cell.text + SEPARATOR for cell in self.cells)

    @property
    def code(self) -> str:
        """The code cells as one module of plain Python, line for line as ``text``."""
        return "".join(cell.code + SEPARATOR for cell in self.cells)


def read_notebook(path: str, raw: str) -> Notebook:
    """The notebook that a file's text ``raw`` holds: nbformat 3 or 4.

    Raises:
        SourceError: it is not JSON, or no notebook.
    """
    if not raw.strip("\ufeff \t\r\n"):
        return Notebook(path, ())  # as empty as an empty module
    data = _json(path, raw)
    language = _language(data)
    if _PYTHON.match(language) is None:
        return Notebook(path, (), language)
    found: list[Cell] = []
    line = 1
    for number, cell in enumerate(_cells(path, data), 1):
        text = _code(cell)
        if text is not None:
            found.append(Cell(number, line, text, python_of(text)))
            line += found[-1].lines + 1
    return Notebook(path, tuple(found), language)


def _json(path: str, raw: str) -> Json:
    text = raw.removeprefix("\ufeff")
    if text.startswith(_POINTER):
        raise SourceError(path, "is a pointer of Git LFS: its content was not fetched (`git lfs pull`)")
    try:
        data = json.loads(text)
    except json.JSONDecodeError as error:
        raise SourceError(path, f"not valid JSON, so not a notebook: {error.msg}", error.lineno) from error
    except (ValueError, RecursionError) as error:
        told = "nested too deeply" if isinstance(error, RecursionError) else str(error)
        raise SourceError(path, f"cannot be read as JSON: {told}") from error
    if not _is_table(data):
        raise SourceError(path, "is JSON, but not a notebook: there are no `cells`")
    return data


def _cells(path: str, data: Json) -> Iterator[Json]:
    sheets = data.get("worksheets")  # before nbformat 4
    holders = sheets if "cells" not in data and isinstance(sheets, list) else [data]
    for holder in holders:
        cells = holder.get("cells") if _is_table(holder) else None
        if not isinstance(cells, list):
            raise SourceError(path, "is JSON, but not a notebook: there are no `cells`")
        yield from (cell if _is_table(cell) else {} for cell in cells)


def _code(cell: Json) -> str | None:
    """The text of a Python cell; None for any other."""
    if cell.get("cell_type") != "code" or _PYTHON.match(_cell_language(cell)) is None:
        return None
    source = cell.get("source", cell.get("input"))
    if isinstance(source, list):
        source = "".join(part for part in source if isinstance(part, str))
    return source if isinstance(source, str) else None


def _language(data: Json) -> str:
    """The language of the kernel, as far as it is told; Python where nothing is."""
    metadata = _table(data.get("metadata"))
    kernel, info = _table(metadata.get("kernelspec")), _table(metadata.get("language_info"))
    for told in (info.get("name"), kernel.get("language")):
        if isinstance(told, str) and told:
            return told
    return "python"


def _cell_language(cell: Json) -> str:
    """The language of a cell where it tells one of its own (nbformat 3, polyglot notebooks)."""
    metadata = _table(cell.get("metadata"))
    told = (cell.get("language"), _table(metadata.get("vscode")).get("languageId"))
    return next((word for word in told if isinstance(word, str) and word), "python")


def _table(value: object) -> Json:
    return value if _is_table(value) else {}


def _is_table(value: object) -> TypeGuard[Json]:
    return isinstance(value, dict)
