"""Whether a string was drawn at random or typed by a person: a key, or an example of one."""

from __future__ import annotations

import math
import re
from collections import Counter
from itertools import pairwise

_STEPS = {1: 0, -9: 0, -1: 1, 9: 1, 0: 2}
"""Which way a step between character codes counts: up (9 to 0 too), down, not at all."""
_KEYBOARD = ("qwertyuiop", "asdfghjkl", "zxcvbnm", "1234567890")
_WALKS = frozenset(
    row[at : at + 4][::way] for row in _KEYBOARD for at in range(len(row) - 3) for way in (1, -1)
)
_STEADY = re.compile(rb"[\x01\xf7]{3}|[\xff\x09]{3}|\x00{3}")
"""Three steps one way, as differences of character codes: no run is shorter."""
_WORDLIKE = re.compile(r"[A-Z]?[a-z]{3,}|[A-Z]{4,}")
_WORD = re.compile(r"[A-Z]?[a-z]{3,}")
_SEPARATORS = re.compile(r"[^A-Za-z0-9]+")
_CONSONANTS = re.compile(r"[bcdfghjklmnpqrstvwxz]{4}|[jqxz][bcdfghjklmnpqrstvwxz]", re.IGNORECASE)
_VOWEL = re.compile(r"[aeiouy]", re.IGNORECASE)


def is_random(text: str) -> bool:
    """Whether ``text`` (16 characters or more) has the spread, the mixture and the disorder of chance.

    A generated key of the usual alphabets (hex, base 36, base 62, base 64) passes but for about one in
    some thousands; words, counting, keyboard walks, repeats and patterns do not.
    """
    return (
        len(text) >= 16
        and entropy(text) >= _least_entropy(text)
        and _mixes(text)
        and ordered_share(text) < 0.25
        and not _repeats(text)
        and not _is_slug(text)
        and word_share(text) < _most_words(text)
    )


def _most_words(text: str) -> float:
    """Capitals anywhere make three letters in a row look like a word more often than they are one."""
    if text.isupper():
        return 0.85
    return 0.68 if text.isalnum() and not text.islower() and _mixes(text) else 0.55


def entropy(text: str) -> float:
    """Shannon entropy in bits for each character, by the frequencies in ``text`` itself."""
    return -sum(n / len(text) * math.log2(n / len(text)) for n in Counter(text).values())


def ordered_share(text: str) -> float:
    """The share of characters that stand in runs: ``abcd``, ``4321``, ``aaaa``, ``a1b2c3``, ``qwer``."""
    covered: set[int] = set()
    lowered = text.lower()
    for stride in (1, 2):
        covered |= _runs(lowered, stride)
    if any(lowered[at : at + 4] in _WALKS for at in range(len(lowered) - 3)):
        for walk in _WALKS:
            covered |= _occurrences(lowered, walk)
    return len(covered) / len(text) if text else 0.0


def word_share(text: str) -> float:
    """The share of characters in pieces that can be pronounced: ``MyDefaultKey``, ``some-long-name``."""
    words = (match.group() for match in _WORDLIKE.finditer(text))
    return (
        sum(len(w) for w in words if _VOWEL.search(w) and not _CONSONANTS.search(w)) / len(text)
        if text
        else 0.0
    )


def _least_entropy(text: str) -> float:
    hexadecimal = re.fullmatch(r"[0-9a-fA-F-]+", text) is not None
    return 2.8 if hexadecimal or len(text) < 20 else 3.2


def _mixes(text: str) -> bool:
    """Whether digits, capitals and small letters take turns: they do so in no name and no `word123`."""
    kinds = ["0" if c.isdigit() else "A" if c.isupper() else "a" for c in text if c.isalnum()]
    turns = sum(a != b for a, b in pairwise(kinds))
    if text.isupper():
        return turns >= 1 or word_share(text) < 0.5
    return turns >= max(2, len(text) / (9 if text.islower() else 6))


def _runs(text: str, stride: int) -> set[int]:
    """Positions in runs of four characters (six at stride 2) or more that count up, count down or repeat."""
    least = 4 if stride == 1 else 6
    covered: set[int] = set()
    start, going = 0, -1
    codes = [ord(character) for character in text]
    if not _STEADY.search(bytes([b - a & 0xFF for a, b in zip(codes, codes[stride:], strict=False)])):
        return covered
    steps = [_STEPS.get(b - a, -1) for a, b in zip(codes, codes[stride:], strict=False)]
    for i, step in enumerate([*steps, -1], stride):
        if step == going != -1:
            continue
        if going != -1 and i - start >= least:
            covered.update(range(start, i))
        start, going = i - stride, step
    return covered


def _occurrences(text: str, part: str) -> set[int]:
    covered: set[int] = set()
    at = text.find(part)
    while at >= 0:
        covered.update(range(at, at + len(part)))
        at = text.find(part, at + 1)
    return covered


def _is_slug(text: str) -> bool:
    """Whether it is three pieces or more between separators, some of them words: ``some-name-2024``."""
    pieces = _SEPARATORS.split(text)
    words = [len(piece) for piece in pieces if _WORD.fullmatch(piece) and word_share(piece) == 1]
    return len(pieces) > 2 and (len(words) > 1 or sum(words) >= 0.3 * len(text))


def _repeats(text: str) -> bool:
    """Whether pieces of five characters that come back make up a third of the text."""
    pieces = Counter(text[i : i + 5] for i in range(len(text) - 4))
    again = sum(n for n in pieces.values() if n > 1)
    return again * 3 >= len(text)
