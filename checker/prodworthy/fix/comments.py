"""One code less in a suppression comment, or the comment gone."""

from __future__ import annotations

import re

from prodworthy.finding import Edit, Span
from prodworthy.fix.text import Text

_LISTED = re.compile(r"(?P<open>\[|:)[ \t]*(?P<words>[\w-]+(?:[ \t]*[, \t][ \t]*[\w-]+)*)")


def without_word(text: Text, comment: Span, word: str) -> tuple[Edit, ...]:
    """The edits that take ``word`` out of the suppression at ``comment``; none where it is not found.

    With its only word the suppression goes, its reason too, and with that a line that holds nothing
    else. Other comments on the line stay.
    """
    start, end = text.offsets(comment)
    written = text.text[start:end]
    listed = [m for m in _LISTED.finditer(written) if word.lower() in _words(m["words"])]
    if len(listed) != 1 or written.count("#") != 1:
        return ()
    words = listed[0]["words"]
    if len(_words(words)) > 1:
        first, last = (start + offset for offset in listed[0].span("words"))
        return (text.edit(first, last, _less(words, word)),)
    return (_removal(text, start, end),)


def _words(listed: str) -> list[str]:
    return [word.lower() for word in re.split(r"[,\s]+", listed) if word]


def _less(words: str, word: str) -> str:
    found = re.escape(word)
    for pattern in (rf"(?<![\w-]){found}(?![\w-])[ \t]*[, \t][ \t]*", rf"[ \t]*[, \t][ \t]*{found}(?![\w-])"):
        less, count = re.subn(pattern, "", words, count=1, flags=re.IGNORECASE)
        if count:
            return less
    return words


def _removal(text: Text, start: int, end: int) -> Edit:
    """The edit that takes out a comment and its reason, up to the next comment of the line."""
    number, _ = text.place(start)
    line = text.line(number)
    first = text.offset(number, 1)
    following = line.find("#", end - first)
    rest = line[following:] if following >= 0 else ""
    before = line[: start - first]
    if rest or before.strip():
        gap = before if rest else before.rstrip()
        return text.edit(first, first + len(line), gap + rest)
    last = text.offset(number + 1, 1) if number < text.lines else first + len(line)
    return text.edit(first, last, "")
