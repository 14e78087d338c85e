"""Where the source lines of a notebook's cells stand in its JSON, found with json's own scanner."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from dataclasses import dataclass

_SPACE = re.compile(r"[ \t\r\n]*")
_DECODER = json.JSONDecoder()

Visit = Callable[[str | int, int], int | None]
"""Given the key or index of a value and where it begins: where it ends, or None to have it passed over."""


@dataclass(frozen=True, slots=True)
class Piece:
    """A JSON string of a cell's source: where it begins and ends, quotes included, and what it says."""

    start: int
    end: int
    text: str


@dataclass(frozen=True, slots=True)
class Written:
    """How the source of a cell is written.

    Attributes:
        start, end: the value in the JSON text.
        pieces: the strings of a list, or the one string.
        listed: whether it is a list.
    """

    start: int
    end: int
    pieces: tuple[Piece, ...]
    listed: bool


def sources(raw: str) -> dict[int, Written]:
    """The sources of all cells of a notebook by the number of the cell (from 1, Markdown included).

    ``raw`` is text that is known to be a notebook.
    """
    found: dict[int, Written] = {}
    count = 0

    def cell(_: str | int, at: int) -> int:
        nonlocal count
        count += 1

        def member(key: str | int, start: int) -> int | None:
            if key in ("source", "input"):
                found[count] = _written(raw, start)
                return found[count].end
            return None

        return _object(raw, at, member)

    def top(key: str | int, start: int) -> int | None:
        if key == "cells":
            return _array(raw, start, cell)
        if key == "worksheets":
            return _array(raw, start, lambda _, at: _object(raw, at, top))
        return None

    _object(raw, _skip(raw, raw.startswith("\ufeff")), top)
    return found


def _written(raw: str, start: int) -> Written:
    if raw[start] == '"':
        text, end = _text(raw, start)
        return Written(start, end, (Piece(start, end, text),), False)
    pieces: list[Piece] = []

    def piece(_: str | int, at: int) -> int | None:
        if raw[at] != '"':
            return None
        text, end = _text(raw, at)
        pieces.append(Piece(at, end, text))
        return end

    end = _array(raw, start, piece)
    return Written(start, end, tuple(pieces), True)


def _object(raw: str, at: int, visit: Visit) -> int:
    """Visit the members of the object at ``at``; where it ends. Anything else is passed over."""
    if raw[at] != "{":
        return _value(raw, at)
    at = _skip(raw, at + 1)
    while raw[at] != "}":
        key, at = _text(raw, at)
        at = _skip(raw, _skip(raw, at) + 1)  # over the colon
        at = _after(raw, at, key, visit)
    return at + 1


def _array(raw: str, at: int, visit: Visit) -> int:
    """Visit the items of the array at ``at``; where it ends. Anything else is passed over."""
    if raw[at] != "[":
        return _value(raw, at)
    at = _skip(raw, at + 1)
    index = 0
    while raw[at] != "]":
        at = _after(raw, at, index, visit)
        index += 1
    return at + 1


def _after(raw: str, at: int, key: str | int, visit: Visit) -> int:
    """Where the next member or item begins, or the container ends."""
    end = visit(key, at)
    at = _skip(raw, _value(raw, at) if end is None else end)
    return _skip(raw, at + 1) if raw[at] == "," else at


def _value(raw: str, at: int) -> int:
    return _DECODER.raw_decode(raw, at)[1]


def _text(raw: str, at: int) -> tuple[str, int]:
    value, end = _DECODER.raw_decode(raw, at)
    return str(value), end


def _skip(raw: str, at: int) -> int:
    match = _SPACE.match(raw, at)
    return match.end() if match else at
