"""What a model for names does, and how pieces that it labels become entities."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Protocol

from prodworthy_redact.detect.entity import Entity

_BETWEEN = {
    "PERSON": re.compile(r"(?:\s{1,2}|\.\s?|\s?[-'\u2019]\s?|\s(?:[A-Z]\.)\s)?"),
    "LOCATION": re.compile(r"[\s,.#/'\u2019-]{0,3}"),
}
_ADJOINING = re.compile(r"\s{0,2}")


class Model(Protocol):
    """Finds names in a text; safe to share between threads."""

    name: str

    def find(self, text: str) -> list[Entity]:
        """The names in the text, from left to right."""
        ...


class Together:
    """Several models as one; where they overlap, the surer one is kept later."""

    def __init__(self, models: tuple[Model, ...]) -> None:
        self.name = "+".join(model.name for model in models)
        self._models = models

    def find(self, text: str) -> list[Entity]:
        """What any of them finds."""
        return [entity for model in self._models for entity in model.find(text)]


@dataclass(frozen=True, slots=True)
class Piece:
    """A stretch of text with a label, as a model gives it."""

    start: int
    end: int
    kind: str
    score: float


def joined(text: str, pieces: Iterable[Piece], name: str) -> list[Entity]:
    """Entities from pieces: neighbours of one kind are one value, as sure as the surest; no word is cut."""
    found: list[list[Piece]] = []
    for piece in sorted((_whole_words(text, p) for p in pieces), key=lambda p: p.start):
        last = found[-1][-1] if found else None
        if last is not None and last.kind == piece.kind and _adjoin(text, last, piece):
            found[-1].append(piece)
        else:
            found.append([piece])
    return [
        Entity(g[0].start, max(p.end for p in g), g[0].kind, round(max(p.score for p in g), 3), name)
        for g in found
    ]


def _adjoin(text: str, last: Piece, piece: Piece) -> bool:
    if piece.start <= last.end:
        return True
    return _BETWEEN.get(piece.kind, _ADJOINING).fullmatch(text, last.end, piece.start) is not None


def _whole_words(text: str, piece: Piece) -> Piece:
    start, end = piece.start, piece.end
    while start > 0 and text[start - 1].isalnum() and text[start].isalnum():
        start -= 1
    while end < len(text) and text[end].isalnum() and text[end - 1].isalnum():
        end += 1
    return Piece(start, end, piece.kind, piece.score)
