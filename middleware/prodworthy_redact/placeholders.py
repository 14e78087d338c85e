r"""Placeholders: how they are written, and how a model may write them back.

``<PERSON_1>`` is a person; ``<PERSON_1_B>`` is the same person, written in the conversation in a second
way (``Maria`` for ``Maria Gonzalez``, or another spelling). The model sees that both are one, and restoring
still gives back exactly the characters that stood there. A model that drops the ``_B`` names the first way.

`find` accepts what models make of a placeholder: another case, ``\_``, HTML entities, spaces, hyphens, bold
markers, a possessive inside the brackets, and no brackets at all where the name stands alone and in
capitals. The same function finds what a *user* wrote in that shape, so nothing is restored that was not
put there.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

MOST = 999_999

_NAME = re.compile(r"([A-Z][A-Z0-9]*(?:_[A-Z0-9]+)*)_([1-9][0-9]{0,5})(?:_([A-Z]{1,3}))?")
_OPEN = r"<|&lt;|&\#60;|&\#[xX]3[cC];|\\{1,4}u003[cC]|\uff1c"
_CLOSE = r">|&gt;|&\#62;|&\#[xX]3[eE];|\\{1,4}u003[eE]|\uff1e"
_BODY = r"[A-Za-z0-9_\\*`\u00a0\ -]"
_START = re.compile("[<&\\\\_\uff1c]")
_BRACKETED = re.compile(
    rf"""
      \\<(?P<escaped>{_BODY}{{1,96}}?)\\>
    | (?:{_OPEN})(?P<body>{_BODY}{{1,96}}?)(?P<owner>['\u2019]s)?\ {{0,2}}(?:{_CLOSE})
    | <(?P<sealed>[A-Z][A-Z0-9_]*~[A-Za-z0-9.-]{{20,1400}})>
    """,
    re.VERBOSE,
)
_BARE = re.compile(r"(?<![\w>])[A-Z][A-Z0-9]*(?:\\{0,2}_[A-Z0-9]+)+(?![\w<]|\\{1,2}_)")
_BARE_BEFORE = re.compile(r"(?<![\w>])[A-Z][A-Z0-9]{0,96}\\{0,2}\Z")
_BEGUN = re.compile(
    rf"""
      (?:\\{{1,4}}(?:u|u0|u00|u003)?|&(?:l|lt|\#[xX]?|\#6|\#60|\#[xX]3|\#[xX]3[cC])?)\Z
    | (?:\\?<|{_OPEN})(?P<body>{_BODY}{{0,120}})(?:['\u2019]s?)?\ {{0,2}}
      (?:&(?:g|gt|\#[xX]?|\#6|\#62|\#[xX]3|\#[xX]3[eE])?|\\{{1,4}}(?:u|u0|u00|u003)?)?\Z
    | (?<![\w>])(?P<bare>[A-Z][A-Z0-9_\\]{{0,120}})\Z
    | <(?P<sealed>[A-Z][A-Z0-9_]*~[A-Za-z0-9.-]{{0,1400}})\Z
    """,
    re.VERBOSE,
)
_SEPARATORS = re.compile(r"[_\u00a0 -]+")
_DROPPED = str.maketrans("", "", "\\*`")
_LONGEST, _LONGEST_SEALED = 160, 1_500
SEALED = re.compile(r"([A-Z][A-Z0-9]*(?:_[A-Z0-9]+)*)~([A-Za-z0-9.-]{20,1400})")


@dataclass(frozen=True, slots=True)
class Placeholder:
    """Who is meant (``kind`` and ``number``), and which way of writing them (``form``, from 1)."""

    kind: str
    number: int
    form: int = 1

    @property
    def name(self) -> str:
        """Without brackets: ``PERSON_1_B``."""
        return f"{self.kind}_{self.number}{'_' + _letters(self.form) if self.form > 1 else ''}"

    def __str__(self) -> str:
        return f"<{self.name}>"


@dataclass(frozen=True, slots=True)
class Written:
    """A placeholder as it stands in a text, from ``start`` to ``end``.

    Attributes:
        name: what it names, in the one way that the redactor writes it, without brackets.
        owner: a possessive that stood inside the brackets.
    """

    start: int
    end: int
    name: str
    owner: str = ""


def parse(name: str) -> Placeholder | None:
    """``PERSON_1_B`` as a placeholder; None if it is none."""
    match = _NAME.fullmatch(name)
    if match is None or match[3] == "A":
        return None
    return Placeholder(match[1], int(match[2]), _number(match[3]) if match[3] else 1)


def kind_of(kind: str) -> str:
    """A kind as it may stand in a placeholder: capitals, digits and single underscores."""
    return re.sub(r"[^A-Z0-9]+", "_", kind.upper()).strip("_").lstrip("0123456789_") or "VALUE"


def may_hold(text: str) -> bool:
    """Whether a placeholder, in whatever way of writing, can stand in ``text`` at all."""
    return _START.search(text) is not None


def find(text: str, known: Callable[[str], bool], start: int = 0) -> Iterator[Written]:
    """What stands in ``text`` from ``start`` on and has a name that ``known`` accepts.

    A name without brackets counts only where no letter and no placeholder touches it: what it touches in a
    user's text may be replaced, and the name must not come to stand alone by that.
    """
    at = start
    while sign := _START.search(text, at):
        found = _bare(text, start, sign.start()) if sign.group() == "_" else _bracketed(text, sign.start())
        if found is not None and known(found.name):
            yield found
            at = start = found.end
        else:
            at = sign.end()


def _bracketed(text: str, start: int) -> Written | None:
    match = _BRACKETED.match(text, start)
    if match is None:
        return None
    name = match["sealed"] or _name(match["body"] or match["escaped"])
    return Written(start, match.end(), name, match["owner"] or "")


def _bare(text: str, start: int, underscore: int) -> Written | None:
    """The name without brackets that has its first underscore here."""
    before = _BARE_BEFORE.search(text, max(start, underscore - 98), underscore)
    match = _BARE.match(text, before.start()) if before else None
    return Written(match.start(), match.end(), _name(match.group())) if match else None


def begun(text: str, start: int, names: Sequence[str], sealed: bool = False) -> int:
    """Where in ``text`` something starts that further text may make a placeholder of ``names``.

    Args:
        text: what has arrived.
        start: where to begin.
        names: the known names, sorted.
        sealed: whether encrypted tokens are known too.

    Returns:
        An index from ``start`` on, or the length of the text.
    """
    start = max(start, len(text) - (_LONGEST_SEALED if sealed else _LONGEST))
    while match := _BEGUN.search(text, start):
        if match["sealed"] is not None:
            if sealed:
                return match.start()
        elif match["body"] is None and match["bare"] is None:
            return match.start()
        else:
            name = _name(match["body"] if match["body"] is not None else match["bare"])
            at = bisect_left(names, name)
            if at < len(names) and names[at].startswith(name):
                return match.start()
            if sealed and match["body"] is not None:  # so far a kind, and `~` may follow
                return match.start()
        start = match.start() + 1
    return len(text)


def _name(body: str) -> str:
    return _SEPARATORS.sub("_", body.translate(_DROPPED)).strip("_").upper()


def _letters(number: int) -> str:
    letters = ""
    while number:
        number, rest = divmod(number - 1, 26)
        letters = chr(ord("A") + rest) + letters
    return letters


def _number(letters: str) -> int:
    number = 0
    for letter in letters:
        number = number * 26 + ord(letter) - ord("A") + 1
    return number
