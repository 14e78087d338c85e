"""The stretch of source that a finding is shown with."""

from __future__ import annotations

from dataclasses import dataclass, replace

from prodworthy.environments.names import kind_of
from prodworthy.errors import SourceError
from prodworthy.files import Files
from prodworthy.finding import Finding, Span
from prodworthy.report.layout import cells, cut
from prodworthy.report.masking import VALUES, shown_lines, shown_text
from prodworthy.source.text import is_python

_BEFORE = 2
_LONGEST = 6
WIDEST = 160
"""Columns of an excerpt where no terminal is narrower."""
_LINE = 2_000
_TAB = "    "
_UNPRINTABLE = "\N{REPLACEMENT CHARACTER}"


@dataclass(frozen=True, slots=True)
class Line:
    """A line of an excerpt; ``mark`` is what stands below it, empty for none."""

    number: int
    text: str
    mark: str = ""


def excerpt(files: Files, finding: Finding, widest: int = WIDEST) -> tuple[Line, ...]:
    """The lines around ``finding``, masked, without control characters, with its first line marked.

    Empty where the file cannot be shown.
    """
    if not is_python(finding.path) and finding.code in VALUES:
        return _of_text(files, finding.span, widest)
    if kind_of(finding.path):  # settings: their values stand without quotes, so nothing would mask them
        return ()
    try:
        source = files.source(finding.path)
    except SourceError:
        return ()
    span, above = source.flat(finding.span), source.above(finding.span)
    if not 1 <= span.line <= len(source.lines) or (source.cells and not finding.span.cell):
        return ()
    last = min(span.end_line, span.line + _LONGEST - 1)
    first = max(above + 1, span.line - _BEFORE)
    lines = shown_lines(source, finding.code, first, last, finding.span)
    while first < span.line and not lines[first].strip():
        first += 1
    end = len(source.written(finding.span)[0].rstrip())
    return tuple(_line(lines[n], n - above, finding.span, end, widest) for n in range(first, last + 1))


def printable(text: str) -> str:
    """``text`` without what would steer a terminal."""
    if text.isprintable():
        return text
    return "".join(c if c.isprintable() else _TAB if c == "\t" else _UNPRINTABLE for c in text)


def _of_text(files: Files, span: Span, widest: int) -> tuple[Line, ...]:
    """The lines around ``span`` in a file that is not Python; of a very long line the part around it."""
    first = max(1, span.line - _BEFORE)
    lines = dict(enumerate(files.lines(span.path, first, span.line), first))
    if span.line not in lines:
        return ()
    skipped = max(span.column - WIDEST, 0)
    if skipped or len(lines[span.line]) > _LINE:
        part = lines[span.line][skipped : span.end_column + WIDEST]
        lines = {span.line: part}
        span = replace(span, column=span.column - skipped, end_column=span.end_column - skipped)
    shown = shown_text(lines, span.path, span)
    return tuple(
        _line(text, number, span, 0, widest)
        for number, text in shown.items()
        if number == span.line or text.strip()
    )


def _line(text: str, number: int, span: Span, line_end: int, widest: int) -> Line:
    if number != span.line:
        return Line(number, cut(printable(text), widest))
    start = span.column - 1
    end = span.end_column - 1 if span.end_line == span.line else line_end
    before, marked, after = (printable(part) for part in (text[:start], text[start:end], text[end:]))
    if cells(before) > widest // 2:
        before = "..." + before[-widest // 4 :]
    marked = cut(marked, max(widest - cells(before), widest // 4))
    after = cut(after, max(widest - cells(before) - cells(marked), 3))
    return Line(number, before + marked + after, " " * cells(before) + "^" * max(cells(marked), 1))
