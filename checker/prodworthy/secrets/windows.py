"""Where in a file a secret can stand: around long tokens and around a few telling words.

Credentials are long runs of few kinds of characters. Such runs are found with three searches that the
standard library does at memory speed, so that expressions read only what stands around them: a few
hundred characters of a line, however long the line is.
"""

from __future__ import annotations

import string
from collections.abc import Iterator
from dataclasses import dataclass

BEFORE, AFTER = 200, 160
"""How much of the line around a token is shown to the detectors, in bytes."""
LONGEST = 4_096
"""A longer run of characters is data (an image, a model), not a credential; in bytes."""
_SHORTEST = 16
_ALPHABET = (string.ascii_letters + string.digits + "_-+/").encode()
_TABLE = bytes(0x61 if byte in _ALPHABET else 0x20 for byte in range(256))
_LETTERS_ONLY = (b"hf_", b"api_org_")
"""How keys begin that are drawn from letters alone."""
_ROW = 40
_LINE_END = (b"\n", b"\r", b"")
_ROWS_OF_KEYS = tuple(b"AIza ABSK AKIA dapi eyJ c2st Z3Nr aGZf QUl6 cGNz eGFp Z2hw".split())
"""How keys begin that hold neither ``-`` nor ``_``, as they are or in base64."""
_INNER = b"JQQJ99"
_STEP = 60
_SCHEME = b"://"
_TELLING = (_SCHEME, b"PRIVATE KEY", b"PuTTY-User-Key-File")


@dataclass(frozen=True, slots=True)
class Window:
    """A stretch of one line, as text with one character for each byte.

    Attributes:
        start: where it begins in the chunk, in bytes.
        text: latin-1, so that positions stay those of the bytes.
        tokens: (start, end) of the long tokens in ``text``.
    """

    start: int
    text: str
    tokens: tuple[tuple[int, int], ...]


def windows(chunk: bytes) -> Iterator[Window]:
    """The windows of ``chunk``, from left to right; none overlaps the one before."""
    first = last = -1
    tokens: list[tuple[int, int]] = []
    for start, end, is_token in sorted([*_tokens(chunk), *_words(chunk)]):
        low = max(chunk.rfind(b"\n", max(start - BEFORE, 0), start) + 1, start - BEFORE, 0)
        high = chunk.find(b"\n", end, end + AFTER)
        high = min(end + AFTER, len(chunk)) if high < 0 else high
        if low >= last:
            if last >= 0:
                yield _window(chunk, first, last, tokens)
            first, last, tokens = low, high, []
        last = max(last, high)
        if is_token:
            tokens.append((start, end))
    if last >= 0:
        yield _window(chunk, first, last, tokens)


def _window(chunk: bytes, first: int, last: int, tokens: list[tuple[int, int]]) -> Window:
    text = chunk[first:last].decode("latin-1")
    return Window(first, text, tuple((start - first, end - first) for start, end in tokens))


def _tokens(chunk: bytes) -> Iterator[tuple[int, int, bool]]:
    mapped = chunk.translate(_TABLE) + b" "
    run = b"a" * _SHORTEST
    start = mapped.find(run)
    while start >= 0:
        end = mapped.find(b" ", start + _SHORTEST)
        token = chunk[start : min(end, start + LONGEST + 1)]
        is_row = len(token) >= _ROW and _fills_line(chunk, start, end) and _is_data(token)
        if len(token) <= LONGEST and _is_of_interest(token) and not is_row:
            yield start, end, True
        start = mapped.find(run, end)


def _is_of_interest(token: bytes) -> bool:
    """Whether a run is more than names in a row: it holds a digit, as chance has it, or needs none.

    Small letters with slashes between them are a path: base64 would hold capitals.
    """
    if b"/" in token and token.islower():
        return False
    return not token.translate(None, b"_-/+").isalpha() or token.startswith(_LETTERS_ONLY)


def _fills_line(chunk: bytes, start: int, end: int) -> bool:
    return chunk[end : end + 1] in _LINE_END and chunk[start - 1 : start] in _LINE_END and start > 0


def _is_data(row: bytes) -> bool:
    """Whether a line that is one run of characters is a row of base64 or hex, and begins as no key does."""
    if b"-" in row or b"_" in row or _INNER in row:
        return False
    return not row.startswith(_ROWS_OF_KEYS)


def _words(chunk: bytes) -> Iterator[tuple[int, int, bool]]:
    for word in _TELLING:
        at = chunk.find(word)
        while at >= 0:
            if word != _SCHEME or chunk.find(b"@", at, at + AFTER) >= 0:
                yield at, at + len(word), False
            at = chunk.find(word, at + _STEP)
