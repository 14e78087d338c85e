"""Places in a text as editors count them: from 0, and in code units of the encoding that was agreed on."""

from __future__ import annotations

from lsprotocol import types
from pygls.workspace import PositionCodec

from prodworthy.finding import Span
from prodworthy.fix.text import Text

Encoding = types.PositionEncodingKind | str


class Places:
    """The places of ``text``, whose lines end where both Python and editors end them, and nowhere else.

    Everything beyond the end of a line or of the text is its end, as the protocol wants it.
    """

    def __init__(self, text: str, encoding: Encoding) -> None:
        self.text = text
        self._text = Text("", text)
        self._codec = PositionCodec(encoding)

    def range(self, span: Span) -> types.Range:
        """Where ``span`` stands."""
        return types.Range(
            self.position(span.line, span.column), self.position(span.end_line, span.end_column)
        )

    def first_line(self, span: Span) -> types.Range:
        """Where the first line of ``span`` stands: a call of twenty lines is not underlined as a whole."""
        if span.end_line == span.line or not 1 <= span.line <= self._text.lines:
            return self.range(span)
        end = len(self._text.line(span.line).rstrip()) + 1
        return types.Range(
            self.position(span.line, span.column), self.position(span.line, max(end, span.column))
        )

    def position(self, line: int, column: int) -> types.Position:
        """A line and column, both from 1 and in characters, as the editor counts them."""
        if line > self._text.lines:
            line, column = self._text.lines, len(self.text)
        before = self._text.line(line)[: column - 1]
        units = len(before) if before.isascii() else self._codec.client_num_units(before)
        return types.Position(line - 1, units)

    def place(self, position: types.Position) -> tuple[int, int]:
        """The line and column, both from 1 and in characters, of an editor's position."""
        if position.line >= self._text.lines:
            return self._text.lines, len(self._text.line(self._text.lines)) + 1
        line = self._text.line(position.line + 1)
        if line.isascii():
            return position.line + 1, min(position.character, len(line)) + 1
        units = 0
        for column, character in enumerate(line, 1):
            if units >= position.character:
                return position.line + 1, column
            units += self._codec.client_num_units(character)
        return position.line + 1, len(line) + 1

    def replaced(self, at: types.Range, content: str) -> str:
        """The text with ``content`` in place of what stands ``at`` a range."""
        start, end = (self._text.offset(*self.place(position)) for position in (at.start, at.end))
        return self.text[:start] + content + self.text[max(start, end) :]
