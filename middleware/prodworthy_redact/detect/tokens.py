"""Words before a place in a text, cut as spaCy's tokenizer cuts them, without spaCy.

Presidio raises a score where a context word stands among the few words before a match. It takes tokens and
lemmas from spaCy; here tokens are cut by the same rules (but for the long list of exceptions) and the lemma
is the token in small letters, which is what context words are compared with.
"""

from __future__ import annotations

import importlib.util
import re
import unicodedata
from bisect import bisect_right
from collections.abc import Iterator
from functools import cache
from operator import itemgetter
from pathlib import Path

_CHUNK = re.compile(r"\S+")
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
_BLOCK, _FAR = 256, 600
Token = tuple[str, int, int]


class Words:
    """The words of one text that count as context: no punctuation, no stop words, in small letters.

    Args:
        text: the text.
        languages: whose stop words are left out.
    """

    __slots__ = ("_around", "_blocks", "_edges", "_near", "_stop", "_text", "_words")

    def __init__(self, text: str, languages: tuple[str, ...] = ("en",)) -> None:
        self._text = text
        self._stop = stop_words(languages)
        self._words: dict[str, tuple[Token, ...]] = {}
        self._blocks: dict[int, list[Token]] = {}
        self._edges: dict[int, int] = {}
        self._near: dict[int, str] = {}
        self._around: dict[tuple[int, int], list[str]] = {}

    def near(self, at: int) -> str:
        """The text around ``at`` in small letters: what holds no context word needs no words."""
        at = at // _FAR * _FAR
        known = self._near.get(at)
        if known is None:
            known = self._near[at] = self._text[max(0, at - _FAR) : at + 2 * _FAR].lower()
        return known

    def around(self, at: int, before: int) -> list[str]:
        """The word at ``at`` (or the first after it that counts) and as many words before it, nearest first.

        A word with a colon in it is compared but not counted: presidio means to look at its parts, but
        does not find them again.
        """
        known = self._around.get((at, before))
        if known is None:
            known = self._around[at, before] = self._words_around(at, before)
        return known

    def _words_around(self, at: int, before: int) -> list[str]:
        found: list[str] = []
        counted = 0
        for word in self._backward(at):
            found.append(word)
            counted += ":" not in word
            if counted > before:
                break
        after = next((word for word in self._forward(at) if ":" not in word), None)
        return found if after is None else [*found, after]

    def _backward(self, at: int) -> Iterator[str]:
        """Words from the token that covers ``at`` (or the next one after a space) to the left."""
        number, index = self._place(at)
        block = self._block(number)[: index + 1]
        while True:
            yield from (word for word, _, _ in reversed(block) if word)
            number -= 1
            if number < 0:
                return
            block = self._block(number)

    def _forward(self, at: int) -> Iterator[str]:
        number, index = self._place(at)
        block = self._block(number)[index:]
        while True:
            yield from (word for word, _, _ in block if word)
            number += 1
            if number * _BLOCK >= len(self._text):
                return
            block = self._block(number)

    def _place(self, at: int) -> tuple[int, int]:
        """The block and in it the index of the first token that ends after ``at``."""
        number, last = at // _BLOCK, (len(self._text) - 1) // _BLOCK
        while number < last and self._edge(number + 1) <= at:
            number += 1
        while True:
            block = self._block(number)
            index = bisect_right(block, at, key=itemgetter(2))
            if index < len(block) or number >= last:
                return number, index
            number += 1

    def _block(self, number: int) -> list[Token]:
        """The tokens that start in a stretch of text: the word where it counts, start and end."""
        known = self._blocks.get(number)
        if known is None:
            known = self._blocks[number] = self._tokens(self._edge(number), self._edge(number + 1))
        return known

    def _edge(self, number: int) -> int:
        """Where a block starts: at a word, unless that is longer than any value."""
        known = self._edges.get(number)
        if known is None:
            at = min(number * _BLOCK, len(self._text))
            known = self._edges[number] = at if at == len(self._text) else _start_of_chunk(self._text, at)
        return known

    def _tokens(self, low: int, high: int) -> list[Token]:
        """Spaces are a token of their own, but for the one after a word."""
        text, known, tokens, end = self._text, self._words, list[Token](), low
        for match in _CHUNK.finditer(text, low, high):
            start, stop = match.span()
            if start - end != 1 or not end or text[end] != " ":
                self._spaces(end, start, tokens)
            chunk = match.group()
            for word, offset, after in known.get(chunk) or self._cut(chunk):
                tokens.append((word, start + offset, start + after))
            end = stop
        self._spaces(end, high, tokens)
        return tokens

    def _spaces(self, start: int, end: int, tokens: list[Token]) -> None:
        first = start + 1 if start and self._text[start : start + 1] == " " else start
        if first < end:
            tokens.append((self._text[first:end], first, end))

    def _cut(self, chunk: str) -> tuple[Token, ...]:
        marked = chunk[-1] in ",;:!?"
        body = chunk[:-1] if marked else chunk
        if body.isascii() and (body.isalpha() or body.isdigit()):
            word, size = body.lower(), len(body)
            cut: tuple[Token, ...] = (("" if word in self._stop or word == "be" else word, 0, size),)
            cut = (*cut, ("", size, size + 1)) if marked else cut
        else:
            cut = tuple((self._counting(token), at, at + len(token)) for token, at in tokenize(chunk))
        self._words[chunk] = cut
        return cut

    def _counting(self, token: str) -> str:
        word = token.lower()
        return "" if word in self._stop or word == "be" or is_punctuation(word) else word


def tokenize(chunk: str) -> Iterator[tuple[str, int]]:
    """The tokens of a piece of text without spaces, and where in it they start."""
    low, high = 0, len(chunk)
    if chunk.isascii() and chunk.isalpha():
        yield chunk, 0
        return
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


def _start_of_chunk(text: str, at: int) -> int:
    """The nearest place at or before ``at`` where a word begins after a space; ``at`` where it is too far."""
    place, floor = at, max(0, at - _FAR)
    while place > floor and (text[place - 1 : place + 1].isspace() or not text[place - 1].isspace()):
        place -= 1
    return place if place > floor or not place else at
