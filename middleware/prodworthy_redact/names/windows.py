"""Long texts in pieces of the length that models read well."""

from __future__ import annotations

import re
from collections.abc import Iterator

Window = tuple[int, int]

_END = re.compile(r"[.!?][\"')\]]?\s+(?=[\W\d]*[A-Z])|\n\s*")


def windows(text: str, size: int, overlap: int) -> Iterator[Window]:
    """Pieces of ``text`` that hold letters, cut where a sentence or a line ends; others overlap.

    Args:
        text: the text.
        size: characters in a piece at most.
        overlap: characters that a piece shares with the one before it, if that ends within a sentence.
    """
    low, end = 0, len(text)
    while low < end:
        high = min(end, low + size)
        following = high
        if high < end:
            ends = [match.end() for match in _END.finditer(text, low + size // 2, high)]
            if ends:
                high = following = ends[-1]
            else:
                cut = max(text.rfind(" ", low + size // 2, high), text.rfind("\n", low + size // 2, high))
                high = cut if cut > low else high
                back = text.find(" ", max(low + 1, high - overlap), high)
                following = back + 1 if back >= 0 else high
        if any(map(str.isalpha, text[low:high])):
            yield low, high
        if high >= end:
            return
        low = following
