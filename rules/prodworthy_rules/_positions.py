"""Where a piece of text stands inside a literal that may run over many lines."""

from __future__ import annotations

from dataclasses import replace

from prodworthy.finding import Span


def within(source: str, literal: Span, piece: str) -> Span:
    """The span of ``piece`` in the source of ``literal``; the literal's own span where escapes hide it.

    ``source`` is the whole file; a notebook's cell is not looked into.
    """
    if literal.cell:
        return literal
    lines = source.splitlines()[literal.line - 1 : literal.end_line]
    for number, text in enumerate(lines, start=literal.line):
        begin = literal.column - 1 if number == literal.line else 0
        end = literal.end_column - 1 if number == literal.end_line else len(text)
        at = text.find(piece, begin, end)
        if at >= 0:
            return replace(
                literal, line=number, column=at + 1, end_line=number, end_column=at + 1 + len(piece)
            )
    return literal
