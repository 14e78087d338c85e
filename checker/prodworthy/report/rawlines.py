"""The lines of the file itself, for formats whose readers show files and know nothing of cells."""

from __future__ import annotations

from bisect import bisect_left
from itertools import accumulate

from prodworthy.errors import SourceError
from prodworthy.files import Files
from prodworthy.finding import Span
from prodworthy.source.text import is_notebook


def raw_lines(files: Files, span: Span) -> tuple[int, int]:
    """The first and last line of a notebook's JSON that hold ``span``; those of the file for any other.

    Line 1 where the file cannot be read or its lines cannot be told.
    """
    if not span.cell:
        return (1, 1) if is_notebook(span.path) else (span.line, span.end_line)
    from prodworthy.source.layout import sources

    try:
        raw = files.content(span.path)
        pieces = sources(raw)[span.cell].pieces
    except (SourceError, KeyError, ValueError, IndexError):
        return 1, 1
    ends = list(accumulate(piece.text.count("\n") for piece in pieces))
    first, last = (pieces[min(bisect_left(ends, n), len(pieces) - 1)] for n in (span.line, span.end_line))
    return raw.count("\n", 0, first.start) + 1, raw.count("\n", 0, last.start) + 1
