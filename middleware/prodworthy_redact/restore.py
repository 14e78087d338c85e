"""Where in an answer the placeholders of a session stand, and what belongs in their place."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from prodworthy_redact.book import Known, begins
from prodworthy_redact.escapes import Nesting, escaped
from prodworthy_redact.placeholders import begun, find
from prodworthy_redact.vault import Entry

_WORD = re.compile(r'(?<!\w)\w+|(?<!\\)\\*"<')
_LETTER = re.compile(r"\w")
_LONGEST_LITERAL = 240


@dataclass(frozen=True, slots=True)
class Hit:
    """What stands in a text from ``start`` to ``end`` for a value.

    Attributes:
        name: of the placeholder, or nothing for an invented value.
        entry: what it stands for; None if nothing is known under that name.
        owner: a possessive, which stays.
    """

    start: int
    end: int
    name: str
    entry: Entry | None
    owner: str = ""

    def value(self, depth: int) -> str:
        """What belongs here, as it is spelled in ``depth`` JSON strings."""
        if self.entry is None:
            return ""
        if self.entry.role == "number":
            return self.entry.text
        if self.entry.spelling and self.entry.depth == depth:
            return self.entry.spelling + self.owner
        return escaped(self.entry.text, depth) + self.owner


def hits(
    known: Known, text: str, start: int = 0, named: Callable[[str], bool] | None = None
) -> Iterator[Hit]:
    """The placeholders and invented values in ``text``, leftmost first and the longest of those.

    Args:
        known: what the session knows.
        text: an answer, or what a user wrote.
        start: where to begin.
        named: which names count; by default, those that the session knows.
    """
    names = find(text, named or known.knows, start) if named or known.by_name or known.sealer else iter(())
    others = _literals(known, text, start) if known.literals else iter(())
    one, other = next(names, None), next(others, None)
    while one or other:
        if other is None or (one and (one.start, -one.end) < (other.start, -other.end)):
            assert one is not None
            if one.start >= start:
                yield Hit(one.start, one.end, one.name, known.entry(one.name), one.owner)
                start = one.end
            one = next(names, None)
        else:
            if other.start >= start:
                yield other
                start = other.end
            other = next(others, None)


def _literals(known: Known, text: str, start: int) -> Iterator[Hit]:
    for word in _WORD.finditer(text, start):
        for literal in known.by_word.get(word.group(), ()):
            end = word.start() + len(literal)
            if text.startswith(literal, word.start()) and not _goes_on(literal, text, end):
                yield Hit(word.start(), end, "", known.by_literal[literal])
                break


def _goes_on(literal: str, text: str, end: int) -> bool:
    return end < len(text) and _in_word(literal, -1) and _in_word(text, end)


def _in_word(text: str, index: int) -> bool:
    return _LETTER.fullmatch(text[index]) is not None


def unfinished(known: Known, text: str, start: int) -> int:
    """Where in ``text`` something begins that further text may complete; its length if nothing does."""
    at = (
        begun(text, start, known.names, known.sealer is not None)
        if known.names or known.sealer
        else len(text)
    )
    if known.literals:
        for index in range(max(start, len(text) - _LONGEST_LITERAL), at):
            if (index == 0 or not (_in_word(text, index - 1) and _in_word(text, index))) and begins(
                known.literals, text[index:]
            ):
                return index
    return at


def restored(known: Known, text: str) -> str:
    """``text`` with every value in its place."""
    return Restorer(known).feed(text, last=True)


class Restorer:
    """Puts values back into a text that arrives in pieces.

    It holds back only what may still become a placeholder: less than 130 characters, or 1,500 where a
    policy encrypts.
    """

    def __init__(self, known: Known) -> None:
        self._known = known
        self._nesting = Nesting()
        self._before = ""  # the character before what is held back
        self._held = ""
        self.restored = 0

    def __repr__(self) -> str:
        return f"Restorer({len(self._held)} characters held back)"

    def feed(self, text: str, *, last: bool = False) -> str:
        """What can be given out after ``text``."""
        buffer = self._before + self._held + text
        at = len(self._before)
        hold = len(buffer) if last else unfinished(self._known, buffer, at)
        out: list[str] = []
        for hit in hits(self._known, buffer, at):
            if hit.start >= hold:
                break
            out += (self._pass(buffer[at : hit.start]), hit.value(self._nesting.depth))
            self._nesting.advance(buffer[hit.start : hit.end])
            self.restored += 1
            at = hit.end
            if hold < at:
                hold = unfinished(self._known, buffer, at)
        out.append(self._pass(buffer[at:hold]))
        self._before, self._held = buffer[hold - 1 : hold], buffer[hold:]
        return "".join(out)

    def _pass(self, text: str) -> str:
        self._nesting.advance(text)
        return text
