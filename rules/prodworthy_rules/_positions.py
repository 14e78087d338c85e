"""Where a piece of text stands inside a literal that may run over many lines."""

from __future__ import annotations

from dataclasses import replace

from prodworthy.finding import Span
from prodworthy.rule import Module


def within(module: Module, literal: Span, piece: str) -> Span:
    """The span of ``piece`` in ``literal`` (in ``module``); the literal's own where escapes hide it."""
    for number, text in enumerate(module.written(literal), start=literal.line):
        begin = literal.column - 1 if number == literal.line else 0
        end = literal.end_column - 1 if number == literal.end_line else len(text)
        at = text.find(piece, begin, end)
        if at >= 0:
            return replace(
                literal, line=number, column=at + 1, end_line=number, end_column=at + 1 + len(piece)
            )
    return literal
