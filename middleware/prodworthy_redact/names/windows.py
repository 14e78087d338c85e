"""Long texts in pieces of the length that models read well."""

from __future__ import annotations

from collections.abc import Iterator

Window = tuple[int, int]


def windows(text: str, size: int, overlap: int) -> Iterator[Window]:
    """Overlapping pieces of ``text``, cut at spaces where there are any, without those with no letter."""
    low, end = 0, len(text)
    while low < end:
        high = min(end, low + size)
        if high < end:
            cut = max(text.rfind(" ", low + size // 2, high), text.rfind("\n", low + size // 2, high))
            high = cut if cut > low else high
        if any(map(str.isalpha, text[low:high])):
            yield low, high
        if high >= end:
            return
        back = text.find(" ", max(low + 1, high - overlap), high)
        low = back + 1 if back >= 0 else high
