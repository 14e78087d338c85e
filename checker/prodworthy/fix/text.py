"""Spans to offsets in a text and back, and edits applied to it."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterable
from dataclasses import dataclass

from prodworthy.finding import Edit, Span
from prodworthy.source.python import Source

_DEFAULT_WIDTH, _WIDEST = 88, 120
_LINE_END = re.compile(r"\r\n|\r|\n")


@dataclass(frozen=True, slots=True)
class Layout:
    """How the text around a call is written.

    Attributes:
        newline: how its lines end.
        indentation: what the line begins with on which the call begins.
        before, after: how many characters stand before the call on its first line, and after it
            on its last.
        width: how long a line may become.
        inside: whether the call begins inside brackets that are opened on the same line, so that
            spreading it would not make it tidier.
    """

    newline: str = "\n"
    indentation: str = ""
    before: int = 0
    after: int = 0
    width: int = 88
    inside: bool = False


class Text:
    """A text with the places of its lines, which end as Python lets them."""

    def __init__(self, path: str, text: str, source: Source | None = None) -> None:
        self.path = path
        self.text = text
        self._source = source
        self._starts = [0, *(match.end() for match in _LINE_END.finditer(text))]

    @classmethod
    def of(cls, source: Source) -> Text:
        """The text of a source; spans and edits name the cells of a notebook."""
        return cls(source.path, source.text, source)

    @property
    def newline(self) -> str:
        """How the first line ends; a line feed where there is but one."""
        match = _LINE_END.search(self.text)
        return match[0] if match else "\n"

    @property
    def lines(self) -> int:
        """How many lines there are, the empty one after the last line end included."""
        return len(self._starts)

    def offsets(self, span: Span) -> tuple[int, int]:
        """Where ``span`` begins and ends."""
        span = self._flat(span)
        return self.offset(span.line, span.column), self.offset(span.end_line, span.end_column)

    def offset(self, line: int, column: int) -> int:
        """The offset of a line and column, both from 1."""
        return self._starts[line - 1] + column - 1

    def place(self, offset: int) -> tuple[int, int]:
        """The line and column, both from 1, of an offset."""
        line = bisect_right(self._starts, offset)
        return line, offset - self._starts[line - 1] + 1

    def line(self, number: int) -> str:
        """A line (from 1) without its end."""
        start = self._starts[number - 1]
        end = self._starts[number] if number < len(self._starts) else len(self.text)
        return self.text[start:end].rstrip("\r\n")

    def layout(self, call: Span) -> Layout:
        """How the file is written around a call."""
        call = self._flat(call)
        first, last = self.line(call.line), self.line(call.end_line)
        before = first[: call.column - 1]
        longest = max(len(self.line(number)) for number in range(1, self.lines + 1))
        return Layout(
            newline=self.newline,
            indentation=first[: len(first) - len(first.lstrip())],
            before=call.column - 1,
            after=len(last) - call.end_column + 1,
            width=min(max(longest, _DEFAULT_WIDTH), _WIDEST),
            inside=sum(map(before.count, "([{")) > sum(map(before.count, ")]}")),
        )

    def edit(self, start: int, end: int, content: str) -> Edit:
        """The edit that puts ``content`` in place of a stretch, without what both have in common."""
        old = self.text[start:end]
        head = _common(old, content)
        tail = _common(old[head:][::-1], content[head:][::-1])
        content = content[head : len(content) - tail]
        start, end, content = self._from_line_start(start + head, end - tail, content)
        first, last = self.place(start), self.place(end)
        placed = self._source.span_between(first, last) if self._source else Span(self.path, *first, *last)
        return Edit(placed, content)

    def _flat(self, span: Span) -> Span:
        return self._source.flat(span) if self._source else span

    def _from_line_start(self, start: int, end: int, content: str) -> tuple[int, int, str]:
        """The same insertion or removal, of whole lines where it can be told so."""
        line_start = self._starts[self.place(start)[0] - 1]
        shift = start - line_start
        moved = self.text[line_start:start]
        if start == end and content.endswith(moved):
            return line_start, line_start, moved + content[: len(content) - shift]
        if not content and self.text[line_start:end].endswith(moved):
            return line_start, end - shift, ""
        return start, end, content

    def apply(self, edits: Iterable[Edit]) -> str:
        """The text after ``edits``, which must not overlap."""
        text = self.text
        for start, end, content in sorted(((*self.offsets(e.span), e.content) for e in edits), reverse=True):
            text = text[:start] + content + text[end:]
        return text


def overlap(first: Span, second: Span) -> bool:
    """Whether two edits there could get in each other's way: they share a character or touch."""
    if (first.path, first.cell) != (second.path, second.cell):
        return False
    starts, ends = (first.line, first.column), (first.end_line, first.end_column)
    starts2, ends2 = (second.line, second.column), (second.end_line, second.end_column)
    return starts <= ends2 and starts2 <= ends


def _common(first: str, second: str) -> int:
    """How many characters two texts begin with alike."""
    limit = min(len(first), len(second))
    return next((n for n in range(limit) if first[n] != second[n]), limit)
