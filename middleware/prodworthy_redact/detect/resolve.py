"""From everything that was found to what stands: duplicates, then overlaps."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable, Iterator
from dataclasses import replace
from itertools import groupby, islice
from operator import attrgetter

from prodworthy_redact.detect.entity import Entity


def without_contained(entities: Iterable[Entity]) -> list[Entity]:
    """Without what another of the same kind contains and outscores; presidio's own rule."""
    ordered = sorted(entities, key=lambda e: (e.kind, e.start, -e.end, -e.score))
    kept: list[Entity] = []
    for _, same_kind in groupby(ordered, key=lambda e: e.kind):
        active: list[Entity] = []
        for entity in same_kind:
            active = [other for other in active if other.end >= entity.start]
            if not any(entity.end <= other.end and entity.score <= other.score for other in active):
                active.append(entity)
                kept.append(entity)
    return kept


def without_overlaps(text: str, entities: Iterable[Entity]) -> list[Entity]:
    """Entities that do not overlap, from left to right, covering all that was found.

    The surer one stands, the longer of two equals; of the other remains what it does not share, unless
    that is no more than a character or punctuation.
    """
    taken = _Taken()
    for entity in sorted(entities, key=lambda e: (-e.score, e.start - e.end, e.start, e.kind)):
        for start, end in list(taken.free(entity.start, entity.end)):
            if (start, end) == (entity.start, entity.end):
                taken.add(entity)
            elif (piece := _trimmed(text, start, end)) is not None:
                taken.add(replace(entity, start=piece[0], end=piece[1]))
    return taken.entities


class _Taken:
    """Entities in order of their place."""

    def __init__(self) -> None:
        self.entities: list[Entity] = []

    def add(self, entity: Entity) -> None:
        self.entities.insert(self._index(entity.start), entity)

    def free(self, start: int, end: int) -> Iterator[tuple[int, int]]:
        """The stretches between ``start`` and ``end`` that no entity has."""
        index = self._index(start)
        if index and self.entities[index - 1].end > start:
            start = self.entities[index - 1].end
        for entity in islice(self.entities, index, None):
            if entity.start >= end:
                break
            if entity.start > start:
                yield start, entity.start
            start = max(start, entity.end)
        if start < end:
            yield start, end

    def _index(self, start: int) -> int:
        return bisect_left(self.entities, start, key=attrgetter("start"))


def _trimmed(text: str, start: int, end: int) -> tuple[int, int] | None:
    while start < end and not text[start].isalnum():
        start += 1
    while start < end and not text[end - 1].isalnum():
        end -= 1
    return (start, end) if end - start > 1 else None
