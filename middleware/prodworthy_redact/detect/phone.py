"""Telephone numbers: presidio's recognizer, reading only around digits.

Presidio lets the matcher of `phonenumbers` read the whole text once for each of eight regions. What is a
candidate does not depend on the region, and once one region accepts a whole candidate the others can only
add what it contains; so candidates are cut once, and most are judged once. The verdict is the matcher's own.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from phonenumbers.phonenumbermatcher import (  # type: ignore[attr-defined]  # the steps of its matcher
    _PATTERN,
    _SECOND_NUMBER_START_PATTERN,
)

from prodworthy_redact.detect import context
from prodworthy_redact.detect.entity import Entity
from prodworthy_redact.detect.phone_region import Candidate, Region, Regions
from prodworthy_redact.detect.resolve import without_contained
from prodworthy_redact.detect.screen import Screen
from prodworthy_redact.detect.tokens import Words

KIND = "PHONE_NUMBER"
REGIONS = ("US", "GB", "DE", "FR", "IL", "IN", "CA", "BR")
CONTEXT = ("phone", "number", "telephone", "cell", "cellphone", "mobile", "call")
SCORE = 0.4

_FEWEST_DIGITS = 4
_LEAD, _GAP, _EXTENSION = 16, 4, 64
Span = tuple[int, int]


class PhoneNumbers:
    """Finds what presidio's ``PhoneRecognizer`` finds.

    Args:
        threshold: the least score that counts.
        regions, context_words, score: as the recognizer has them.
    """

    name = "PhoneRecognizer"

    def __init__(
        self,
        threshold: float,
        regions: Sequence[str] = REGIONS,
        context_words: Sequence[str] = CONTEXT,
        score: float = SCORE,
        kind: str = KIND,
    ) -> None:
        self._threshold, self._score, self._kind = threshold, score, kind
        self._regions = Regions(regions)
        self._context = tuple(word.lower() for word in context_words)

    def find(self, screen: Screen, words: Words) -> list[Entity]:
        """The telephone numbers in the text, above the threshold."""
        if self._score < self._threshold and not screen.has(self._context):
            return []
        spans = set(self._spans(screen))
        found = [Entity(*span, self._kind, self._score, self.name, "a valid number") for span in spans]
        settled = []
        for entity in without_contained(found):
            score, word = context.enhanced(entity.score, entity.start, words, self._context)
            if score >= self._threshold:
                why = f"{entity.why}, near `{word}`" if word else entity.why
                settled.append(Entity(entity.start, entity.end, self._kind, score, self.name, why))
        return settled

    def _spans(self, screen: Screen) -> Iterator[Span]:
        text = screen.text
        for low, high in _stretches(screen):
            candidates = list(_candidates(text, low, high))
            following = [*(start for start, _ in candidates[1:]), high]
            for span, limit in zip(candidates, following, strict=False):
                yield from self._accepted(text, span, limit, high)

    def _accepted(self, text: str, span: Span, limit: int, high: int) -> Iterator[Span]:
        """The numbers in a candidate: itself where one region takes it whole, else what each region takes."""
        candidate = Candidate(text, *span)
        if candidate.is_no_number:
            return
        whole = candidate.whole
        if any(region.is_valid(candidate, whole) for region in self._regions.possible(whole)):
            yield span
            return
        accepting: dict[Region, None] = {}
        for piece in candidate.pieces():
            for region in self._regions.possible(piece):
                if region not in accepting and region.is_valid(candidate, piece):
                    accepting[region] = None
        for region in accepting:
            yield from _sequence(text, span[0], limit, high, region)


def _stretches(screen: Screen) -> Iterator[Span]:
    """Digits that may belong together, with room for what may stand before and after them.

    Blocks of one number stand at most four characters apart, and one number has four digits or more.
    """
    size, low, high, near, enough = len(screen.text), -1, -1, 0, False
    for start, end in screen.runs:
        if low >= 0 and start - high > _EXTENSION:
            if enough:
                yield max(0, low - _LEAD), min(size, high + _EXTENSION)
            low, enough = -1, False
        near = end - start + (near if low >= 0 and start - high <= _GAP else 0)
        enough = enough or near >= _FEWEST_DIGITS
        low, high = start if low < 0 else low, end
    if enough:
        yield max(0, low - _LEAD), min(size, high + _EXTENSION)


def _candidates(text: str, low: int, high: int) -> Iterator[Span]:
    """Candidates as the matcher cuts them as long as it accepts none."""
    index = low
    while (span := _next_candidate(text, index, high)) is not None:
        if sum(map(str.isdigit, text[span[0] : span[1]])) >= _FEWEST_DIGITS:
            yield span
        index = span[1]


def _sequence(text: str, low: int, limit: int, high: int, region: Region) -> Iterator[Span]:
    """The numbers that start between ``low`` and ``limit``, step by step as the matcher takes them."""
    index = low
    while (span := _next_candidate(text, index, high)) is not None and span[0] < limit:
        candidate = Candidate(text, *span)
        found = None if candidate.is_no_number else region.first(candidate)
        if found is not None:
            yield found
        index = found[1] if found else span[1]


def _next_candidate(text: str, index: int, high: int) -> Span | None:
    match = _PATTERN.search(text, index, high)
    if match is None:
        return None
    second = _SECOND_NUMBER_START_PATTERN.search(match.group())
    return match.start(), match.start() + second.start() if second else match.end()
