"""Where in a text an expression can match at all, by its facts."""

from __future__ import annotations

import re
from bisect import bisect_left
from functools import cache, cached_property

import regex

from prodworthy_redact.detect.facts import Facts

Window = tuple[int, int]
Counted = tuple[int, int, int]

_RUNS = regex.compile(r"\d+")
_BREAK = re.compile(r"[ \t\n\r]")
_REACH = 2048
_GAP, _QUICK_GAP = 12, 400
_SPARSE, _FEW = 60, 3


class Screen:
    """One text; what is asked twice is computed once. Not shared between threads."""

    def __init__(self, text: str) -> None:
        self.text = text
        self._hits: dict[str, list[int]] = {}
        self._windows: dict[tuple[str, int, int], list[Window]] = {}
        self._counted: dict[int, tuple[int, list[Counted]]] = {}
        self._has: dict[tuple[str, ...], bool] = {}

    def windows(self, facts: Facts) -> list[Window]:
        """Stretches, from left to right and apart, that hold every possible match; none: no match."""
        digits, needs = facts.digits, facts.needs
        if digits:
            windows = self._by_digits(facts)
            if windows is not None:
                return _joined(windows, facts.quick) if windows and (not needs or self.hits(needs)) else []
        if needs:
            if not self.hits(needs):
                return []
            if facts.reach is not None:
                return _joined(self._around_hits(needs, facts.reach), facts.quick)
            if facts.solid:
                return _joined(self._chunks(needs), facts.quick)
        return [(0, len(self.text))]

    @cached_property
    def _is_dense(self) -> bool:
        """Whether digits are everywhere, so that leaving out what is between them saves nothing."""
        return len(self.runs) * _SPARSE > len(self.text) > _SPARSE

    def _by_digits(self, facts: Facts) -> list[Window] | None:
        if self._is_dense and (facts.quick or (facts.digits <= _FEW and not facts.solid)):
            return [(0, len(self.text))]
        if facts.solid:
            most, longest, _ = self._words
            if longest <= _REACH:
                if most < facts.digits or longest < facts.least:
                    return []
                return self._digit_words(facts.digits, facts.least)
        return None if facts.reach is None else self._around_digits(facts.digits, facts.reach)

    @cached_property
    def runs(self) -> list[Window]:
        """The runs of digits."""
        return [match.span() for match in _RUNS.finditer(self.text)]

    @cached_property
    def digits(self) -> int:
        """How many digits there are."""
        return sum(end - start for start, end in self.runs)

    @property
    def extent(self) -> Window:
        """The most digits and the most characters of a word that has digits."""
        return self._words[0], self._words[1]

    @cached_property
    def _words(self) -> tuple[int, int, list[Counted]]:
        """The words (between spaces) with digits, how many; and the most digits and characters of one."""
        found: list[Counted] = []
        text, size = self.text, len(self.text)
        high, digits, most, longest = -1, 0, 0, 0
        for start, end in self.runs:
            if start < high:
                digits += end - start
                low = found[-1][0]
                found[-1] = (low, high, digits)
            else:
                low, digits = self._left(start, max(0, high)), end - start
                match = _BREAK.search(text, end)
                high = match.start() if match else size
                found.append((low, high, digits))
            most, longest = max(most, digits), max(longest, high - low)
        return most, longest, found

    def _digit_words(self, digits: int, least: int) -> list[Window]:
        words = self._words[2]
        key = ("words", digits, least)
        known = self._windows.get(key)
        if known is None:
            known = self._windows[key] = [
                (low, high) for low, high, count in words if count >= digits and high - low >= least
            ]
        return known

    def hits(self, needs: str) -> list[int]:
        """Where the fragment stands."""
        found = self._hits.get(needs)
        if found is None:
            found = self._hits[needs] = [match.start() for match in _compiled(needs).finditer(self.text)]
        return found

    def has(self, words: tuple[str, ...]) -> bool:
        """Whether one of the words (in small letters) stands anywhere in the text, in any case."""
        known = self._has.get(words)
        if known is None:
            known = self._has[words] = any(word in self._lowered for word in words)
        return known

    @cached_property
    def _lowered(self) -> str:
        return self.text.casefold()

    def _around_digits(self, digits: int, width: int) -> list[Window]:
        """So many digits within so many characters, and as far around them as a match can reach."""
        counted = self._counted.get(width)
        if counted is None:
            counted = self._counted[width] = self._count(width)
        most, runs = counted
        if most < digits:
            return []
        key = ("", digits, width)
        known = self._windows.get(key)
        if known is None:
            dense = [(start, end) for start, end, count in runs if count >= digits]
            known = self._windows[key] = self._merged(dense, width)
        return known

    def _count(self, width: int) -> tuple[int, list[Counted]]:
        """The runs with the number of digits that a match could hold which ends in them, and the largest."""
        found: list[Counted] = []
        runs, first, count, most = self.runs, 0, 0, 0
        for start, end in runs:
            count += end - start
            while start - runs[first][1] + 2 > width:
                count -= runs[first][1] - runs[first][0]
                first += 1
            found.append((start, end, count))
            most = max(most, count)
        return most, found

    def _around_hits(self, needs: str, width: int) -> list[Window]:
        key = (needs, 0, width)
        known = self._windows.get(key)
        if known is None:
            hits = [(at, at + 1) for at in self.hits(needs)]
            known = self._windows[key] = self._merged(hits, width)
        return known

    def _merged(self, places: list[Window], width: int) -> list[Window]:
        merged: list[Window] = []
        size = len(self.text)
        for start, end in places:
            low, high = max(0, start - width), min(size, end + width)
            if merged and low <= merged[-1][1]:
                merged[-1] = (merged[-1][0], high)
            else:
                merged.append((low, high))
        return merged

    def _chunks(self, needs: str) -> list[Window]:
        """The words (between spaces) with the fragment in them, cut where they are longer than any value."""
        key = (needs, 0, 0)
        known = self._windows.get(key)
        if known is not None:
            return known
        found: list[Window] = []
        hits = self.hits(needs)
        index = 0
        while index < len(hits):
            at = hits[index]
            low = self._left(at, found[-1][1] if found else 0)
            match = _BREAK.search(self.text, at)
            high = min(match.start() if match else len(self.text), at + _REACH)
            if found and low <= found[-1][1]:
                found[-1] = (found[-1][0], high)
            else:
                found.append((low, high))
            index = max(index + 1, bisect_left(hits, high))
        self._windows[key] = found
        return found

    def _left(self, at: int, floor: int) -> int:
        floor = max(floor, at - _REACH)
        return 1 + max([self.text.rfind(mark, floor, at) for mark in self._breaks], default=-1) or floor

    @cached_property
    def _breaks(self) -> list[str]:
        return [mark for mark in " \t\n\r" if mark in self.text]


def _joined(windows: list[Window], quick: bool) -> list[Window]:
    """Windows with the gaps closed that cost less to search than one more call costs."""
    if len(windows) < 2:
        return windows
    gap = _QUICK_GAP if quick else _GAP
    joined = windows[:1]
    for low, high in windows[1:]:
        if low - joined[-1][1] <= gap:
            joined[-1] = (joined[-1][0], high)
        else:
            joined.append((low, high))
    return joined


@cache
def _compiled(needs: str) -> re.Pattern[str]:
    return re.compile(needs)
