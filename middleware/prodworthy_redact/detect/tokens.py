"""Words before a place in a text, cut as spaCy's tokenizer cuts them, without spaCy.

Presidio raises a score where a context word stands among the few words before a match. It takes tokens and
lemmas from spaCy; here tokens are cut by the same rules (but for the long list of exceptions) and the lemma
is the token in small letters, which is what context words are compared with.
"""

from __future__ import annotations

import importlib.util
import re
import unicodedata
from collections.abc import Iterable, Iterator
from functools import cache
from pathlib import Path

_PIECE = re.compile(r"\s+|\S+")
_MARKS = r"…,:;!?¿؟¡()\[\]{}<>_#*&。？！，、；：～·।،۔؛٪"
_QUOTES = "'\"”“`‘´’‚„»«「」『』（）〔〕【】《》〈〉⟦⟧"
_MONEY = "$£€¥฿₽﷼₠-₿"
_ICONS = "¦©®°\u2190-\u23ff\u2500-\u27bf\u2b00-\u2bff\U0001f000-\U0001faff"
_UNITS = "km²|km³|km|m²|m³|dm|cm|mm|ha|µm|nm|yd|in|ft|kg|mg|µg|lb|oz|hPa|Pa|mbar|[mMkKgGtT][bB]|[mgtTGMK%]"
_LETTER = r"[^\W\d_]"

_PREFIX = re.compile(rf"[§%=—–{_MARKS}{_QUOTES}{_MONEY}{_ICONS}]|\+(?!\d)|\.\.+")
_SUFFIX = re.compile(
    rf"(?:\.\.+|[—–{_MARKS}{_QUOTES}{_ICONS}]|['’][sS]|(?<=\d)(?:[+{_MONEY}]|{_UNITS})"
    rf"|(?<=[\d%²+\-|{_MARKS}{_QUOTES}])\.|(?<=[^\W\d_A-Z])\.|(?<=[A-Z][A-Z])\.)$"
)
_INFIX = re.compile(
    rf"\.\.+|…|[{_ICONS}]|(?<=\d)[+*^-](?=[\d-])|(?<=[^\W\d_A-Z])\.(?=[A-Z{_QUOTES}])"
    rf"|(?<=[{_QUOTES}])\.(?=[A-Z{_QUOTES}])|(?<={_LETTER}),(?={_LETTER})"
    rf"|(?<=[^\W_])(?:--|——|---|[-–—~])(?={_LETTER})|(?<=[^\W_])[:<>=/](?={_LETTER})"
)
_URL = re.compile(
    r"(?:[\w+.-]{2,}://)?(?:\S+(?::\S*)?@)?(?:\d{1,3}(?:\.\d{1,3}){3}|(?:[^\W_](?:[\w-]{0,61}[^\W_])?\.)+[a-z]{2,})"
    r"(?::\d{2,5})?(?:[/?#]\S*)?"
)
_SHORTENED = re.compile(
    r"(?i)(?:mr|mrs|ms|dr|st|prof|jr|sr|inc|co|corp|ltd|no|vs|[a-z])\.|(?:e\.g|i\.e|[ap]\.m|p\.o)\."
)
_CLIPPED = re.compile(r"(?i)(?:n['’]t|['’](?:m|re|ve|ll|d))$")
_NEAR = 160


class Words:
    """The words of one text that count as context: no punctuation, no stop words, in small letters.

    Args:
        text: the text.
        languages: whose stop words are left out.
    """

    __slots__ = ("_chunks", "_stop", "_text")

    def __init__(self, text: str, languages: tuple[str, ...] = ("en",)) -> None:
        self._text = text
        self._stop = stop_words(languages)
        self._chunks: dict[str, tuple[tuple[str, int], ...]] = {}

    def around(self, at: int, before: int) -> list[str]:
        """The word at ``at`` (or the first after it that counts) and as many words before it, nearest first.

        A word with a colon in it is compared but not counted: presidio means to look at its parts, but
        does not find them again.
        """
        found: list[str] = []
        counted = 0
        place, following = self._split(at)
        for word in self._backward(place):
            found.append(word)
            counted += ":" not in word
            if counted > before:
                break
        after = next((word for word in self._forward(following) if ":" not in word), None)
        return found if after is None else [*found, after]

    def _split(self, at: int) -> tuple[int, int]:
        """The end and the start of the token that covers ``at``, or the next one after a space."""
        low, high = _chunk_at(self._text, at)
        for _, start, end in self._tokens(low, high):
            if at < end:
                return end, start
        return high, high

    def _backward(self, place: int) -> Iterator[str]:
        high, reach = place, _NEAR
        while high > 0:
            low = _start_of_chunk(self._text, max(0, high - reach))
            tokens = [
                token for token, _, end in self._tokens(low, _end_of_chunk(self._text, high)) if end <= high
            ]
            yield from (word for token in reversed(tokens) for word in self._counting(token))
            high, reach = low, reach * 4

    def _forward(self, place: int) -> Iterator[str]:
        low, reach = place, _NEAR
        while low < len(self._text):
            high = _end_of_chunk(self._text, min(len(self._text), low + reach))
            start = _start_of_chunk(self._text, low)
            yield from (
                word
                for token, at, _ in self._tokens(start, high)
                if at >= low
                for word in self._counting(token)
            )
            low, reach = high, reach * 4

    def _tokens(self, low: int, high: int) -> Iterator[tuple[str, int, int]]:
        """Tokens with start and end; spaces are one of their own, but for the one after a word."""
        for match in _PIECE.finditer(self._text, low, high):
            piece, start = match.group(), match.start()
            if not piece.isspace():
                for token, offset in self._cut(piece):
                    yield token, start + offset, start + offset + len(token)
            elif extra := piece[1:] if start and piece[0] == " " else piece:
                yield extra, match.end() - len(extra), match.end()

    def _cut(self, chunk: str) -> tuple[tuple[str, int], ...]:
        known = self._chunks.get(chunk)
        if known is None:
            known = self._chunks[chunk] = tuple(tokenize(chunk))
        return known

    def _counting(self, token: str) -> Iterable[str]:
        word = token.lower()
        if word in self._stop or word == "be" or is_punctuation(word):
            return ()
        return (word,)


def tokenize(chunk: str) -> Iterator[tuple[str, int]]:
    """The tokens of a piece of text without spaces, and where in it they start."""
    low, high = 0, len(chunk)
    while low < high and (match := _PREFIX.match(chunk, low, high)):
        yield match.group(), low
        low = match.end()
    tail: list[tuple[str, int]] = []
    while low < high and not _SHORTENED.fullmatch(chunk, low, high):
        match = _SUFFIX.search(chunk, low, high)
        if match is None or match.start() == low:
            break
        tail.append((match.group(), match.start()))
        high = match.start()
    if match := _CLIPPED.search(chunk, low, high):
        tail.append((match.group(), match.start()))
        high = match.start()
    if not _URL.fullmatch(chunk, low, high):
        for match in _INFIX.finditer(chunk, low, high):
            if match.start() > low:
                yield chunk[low : match.start()], low
            yield match.group(), match.start()
            low = match.end()
    if low < high:
        yield chunk[low:high], low
    yield from reversed(tail)


@cache
def is_punctuation(word: str) -> bool:
    """Whether every character is punctuation in Unicode's sense, as spaCy judges it."""
    return all(unicodedata.category(character).startswith("P") for character in word)


@cache
def stop_words(languages: tuple[str, ...]) -> frozenset[str]:
    """SpaCy's stop words, read from its files: importing spaCy for them would take seconds."""
    return frozenset().union(*(_stop_words(language) for language in languages))


def _stop_words(language: str) -> frozenset[str]:
    package = importlib.util.find_spec("spacy")
    if package is None or package.origin is None:
        return frozenset()
    file = Path(package.origin).parent / "lang" / language / "stop_words.py"
    spec = importlib.util.spec_from_file_location(f"_stop_words_{language}", file)
    if not file.is_file() or spec is None or spec.loader is None:
        return frozenset()
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return frozenset(module.STOP_WORDS)


def _chunk_at(text: str, at: int) -> tuple[int, int]:
    """The piece of text without spaces around ``at``, with the spaces before it and the piece after them."""
    return _start_of_chunk(text, at), _end_of_chunk(text, at + 1)


def _start_of_chunk(text: str, at: int) -> int:
    """The nearest place at or before ``at`` where a word begins after a space."""
    while at > 0 and (text[at - 1 : at + 1].isspace() or not text[at - 1].isspace()):
        at -= 1
    return at


def _end_of_chunk(text: str, at: int) -> int:
    """The nearest place at or after ``at`` where a word ends."""
    size = len(text)
    while at < size and (text[at - 1 : at].isspace() or not text[at].isspace()):
        at += 1
    return at
