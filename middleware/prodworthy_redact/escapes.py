"""JSON and percent escapes: what they say, and in how many JSON strings a place in a text is."""

from __future__ import annotations

import json
import re
from bisect import bisect_right
from collections.abc import Callable

_OUTSIDE = re.compile(r"[\s\[\]{},:0-9+.eEtrufalsnNIity-]*")
_BRACKET = re.compile(r"[\[\]{}]")
_INSIDE = re.compile(r'[^"\\]*')
_ESCAPE = re.compile(r'\\(?:["\\/bfnrt]|u[0-9a-fA-F]{4})')
_UNFINISHED = re.compile(r"\\(?:u[0-9a-fA-F]{0,3})?")
_SPECIAL = re.compile(r'["\\\x00-\x1f\ud800-\udfff]')
_PERCENT = re.compile(  # one character of UTF-8
    "%[0-7]X|%[cCdD]X%[89abAB]X|%[eE]X(?:%[89abAB]X){2}|%[fF][0-4](?:%[89abAB]X){3}".replace(
        "X", "[0-9a-fA-F]"
    )
)
_PAIR = re.compile(r"\\u[dD][89abAB][0-9a-fA-F]{2}\\u[dD][c-fC-F][0-9a-fA-F]{2}|" + _ESCAPE.pattern)


def escaped(text: str, depth: int = 1) -> str:
    """``text`` as it is written in ``depth`` JSON strings, one inside the other, with the fewest escapes."""
    for _ in range(depth):
        text = _SPECIAL.sub(lambda match: json.dumps(match.group())[1:-1], text)
    return text


class Decoded:
    """What an encoded text says, and where each of its characters stood.

    Attributes:
        text: without escapes.
    """

    __slots__ = ("_raw", "_said", "text")

    def __init__(self, raw: str, escape: re.Pattern[str], decode: Callable[[str], str]) -> None:
        self._said: list[int] = [0]
        self._raw: list[int] = [0]
        parts: list[str] = []
        length, end = 0, 0
        for match in escape.finditer(raw):
            said = decode(match.group())
            parts += (raw[end : match.start()], said)
            length += match.start() - end
            self._said += (length, length + len(said))
            self._raw += (match.start(), match.end())
            length, end = length + len(said), match.end()
        self.text = "".join((*parts, raw[end:]))

    def place(self, index: int) -> int:
        """Where the character ``index`` of ``text`` stood."""
        at = bisect_right(self._said, index) - 1
        return self._raw[at] + index - self._said[at]


def unescaped(raw: str) -> Decoded:
    """The inside of a JSON string."""
    return Decoded(raw, _PAIR, lambda escape: str(json.loads(f'"{escape}"')))


def unquoted(raw: str) -> Decoded | None:
    """A text with percent escapes, as URLs have them; None if it has none."""
    return Decoded(raw, _PERCENT, _unquote) if _PERCENT.search(raw) else None


def _unquote(escape: str) -> str:
    return bytes.fromhex(escape.replace("%", "")).decode(errors="replace")


class Nesting:
    """Follows a text and tells in how many JSON strings the next character stands.

    A text that begins with ``{`` or ``[`` counts as JSON until it proves not to be. What a JSON string says
    is a text in turn, so that tool arguments, which are JSON inside a string, count twice.
    """

    __slots__ = ("_inner", "_last", "_open", "_pending", "_state")

    def __init__(self) -> None:
        self._state = "start"
        self._open = 0
        self._last = ""
        self._pending = ""
        self._inner: Nesting | None = None

    @property
    def depth(self) -> int:
        """0 in plain text and between JSON strings."""
        return 0 if self._inner is None else 1 + self._inner.depth

    def advance(self, text: str) -> None:
        """Go on behind ``text``."""
        if self._state == "plain":
            return
        text, self._pending = self._pending + text, ""
        at = 0
        while at < len(text) and self._state != "plain":
            at = self._string(text, at, self._inner) if self._inner is not None else self._between(text, at)

    def _between(self, text: str, at: int) -> int:
        if self._state == "start":
            at += len(text[at:]) - len(text[at:].lstrip())
            if at < len(text):
                self._state = "json" if text[at] in "{[" else "plain"
            return at
        match = _OUTSIDE.match(text, at)
        assert match is not None
        end = match.end()
        for bracket in _BRACKET.finditer(text, at, end):
            self._open += 1 if bracket.group() in "{[" else -1
            if self._open <= 0:
                self._state, self._open, self._last = "start", 0, ""  # a further document may follow
                return bracket.end()
        self._last = text[at:end].rstrip()[-1:] or self._last
        if end < len(text):
            if text[end] == '"' and self._last and self._last in "[{,:":
                self._inner = Nesting()
            else:
                self._state = "plain"
            end += 1
        return end

    def _string(self, text: str, at: int, inner: Nesting) -> int:
        run = _INSIDE.match(text, at)
        assert run is not None
        inner.advance(run.group())
        at = run.end()
        if at == len(text):
            return at
        if text[at] == '"':
            self._inner, self._last = None, '"'
            return at + 1
        if escape := _ESCAPE.match(text, at):
            inner.advance(json.loads(f'"{escape.group()}"'))
            return escape.end()
        unfinished = _UNFINISHED.match(text, at)
        if unfinished is not None and unfinished.end() == len(text):
            self._pending = text[at:]
        else:
            self._state, self._inner = "plain", None
        return len(text)
