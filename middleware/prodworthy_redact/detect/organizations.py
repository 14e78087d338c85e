"""Organisations that can be told without a model: by a legal form, by a last word, by what is said of them.

A model's label for organisations is wrong too often to change a prompt by default; these are not.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from prodworthy_redact.detect.entity import Entity
from prodworthy_redact.detect.screen import Screen
from prodworthy_redact.detect.tokens import Words
from prodworthy_redact.names.lexicon import lexicon

KIND = "ORGANIZATION"

_WORD = r"(?:[^\W\d_a-z][\w'\u2019.-]*[\w]|[^\W\d_a-z]|\d+[A-Z]\w*)"
_LAST_NAME = re.compile(rf"(?:(?:{_WORD}),?[^\S\n](?:(?:and|&|of|the|de|van|von|for)[^\S\n])?){{0,5}}$")
_NAME = rf"{_WORD}(?:[^\S\n](?:(?:and|&|of|the|de)[^\S\n])?{_WORD}){{0,4}}"
_SUBJECT = re.compile(
    r"(?<!\w)(?:I|[Hh]e|[Ss]he|[Tt]hey|[Ww]ho|[Uu]sed\sto|[^\W\d_a-z][^\W\d_A-Z]+)"
    r"(?:['\u2019](?:m|s|re|ve)|\s(?:am|is|was|are|were|have|has|got))?"
    r"(?:\s(?:been|currently|now|also|previously|used\sto|still))?\s$"
)
_ANYBODY = re.compile(r"")
_NAMED = rf"\s{{1,3}}(?:the\s)?(?P<name>{_NAME})"
# what must stand in the text; what says it; what must stand before that
_SAID = (
    (
        ("work", "intern", "stud"),
        rf"(?:work(?:s|ed|ing)?|intern(?:s|ed|ing)?|stud(?:y|ies|ied|ying))\s(?:for|at|by){_NAMED}",
        _SUBJECT,
    ),
    (("employed",), rf"employed\s(?:by|at){_NAMED}", _ANYBODY),
    (
        ("hired", "fired", "laid off", "recruited"),
        rf"(?:hired|fired|laid\soff|recruited)\s(?:by|from|at){_NAMED}",
        _SUBJECT,
    ),
    (("behalf of", "mployee of", "mployees of"), rf"(?:on\sbehalf|[Ee]mployees?)\sof{_NAMED}", _ANYBODY),
    (
        ("O of", "O at", "ounder of", "chair", "resident of", "wner of"),
        rf"(?:C[A-Z]O|[Ff]ounder|[Cc]hairman|[Cc]hairwoman|[Pp]resident|[Oo]wner)\s(?:of|at){_NAMED}",
        _ANYBODY,
    ),
    (
        ("ffice of", "ffices of", "lient of", "ustomer of", "ubsidiary of"),
        rf"(?:[Oo]ffices?|[Cc]lients?|[Cc]ustomers?|[Ss]ubsidiary)\sof\s(?=\w+\s(?:&|and)\s[A-Z])(?P<name>{_NAME})",
        _ANYBODY,
    ),
    (
        ("er at ", "or at ", "nt at ", "st at ", "se at ", "ey at "),
        (
            rf"(?:engineer|manager|director|consultant|analyst|partner|nurse|teacher|professor|accountant|lawyer|attorney"
            rf"|developer|assistant)\sat{_NAMED}"
        ),
        _ANYBODY,
    ),
    (("y employer", "y company", "y firm"), rf"[Mm]y\s(?:employer|company|firm)(?:,|\sis){_NAMED}", _ANYBODY),
    (
        (":",),
        (
            rf"(?:[Cc]ompany(?:\s[Nn]ame)?|[Ee]mployer(?:\s[Nn]ame)?|[Oo]rgani[sz]ation|[Bb]ank(?:\s[Nn]ame)?"
            rf"|[Cc]onsignee|[Cc]onsignor|[Cc]arrier|[Ii]nsurer|[Ss]hipper|[Ff]reight\s[Ff]orwarder|[Nn]otify\sParty"
            rf"|[Vv]endor|[Ss]upplier|[Uu]niversity)\**\s?:\**\s{{0,3}}(?P<name>{_NAME})"
        ),
        _ANYBODY,
    ),
    (
        (" support", " service", " care", " sales", " recruiting"),
        rf"from\s(?P<name>{_NAME})(?=(?:'s)?\s(?:customer\s)?(?:support|service|care|sales|recruiting)\b)",
        _ANYBODY,
    ),
)
_LONGEST, _SUBJECT_LENGTH = 80, 48


def find(screen: Screen, _: Words) -> list[Entity]:
    """The organisations in the text that show themselves, and further mentions of them."""
    found = [*_ending(screen.text), *_said(screen.text)]
    return [*found, *_further(screen.text, found)] if found else []


def _ending(text: str) -> Iterator[Entity]:
    endings, holds = _endings(), text.__contains__
    if any(map(holds, endings.forms)) or endings.short.search(text):
        for match in endings.legal.finditer(text):
            if entity := _before(text, match, 1.0, "a legal form"):
                yield entity
    if any(map(holds, endings.words)):
        for match in endings.heads.finditer(text):
            if entity := _before(text, match, 0.9, "the last word of its name"):
                yield entity


def _before(text: str, ending: re.Match[str], score: float, why: str) -> Entity | None:
    """The capitalised words before an ending, and it."""
    low = max(text.rfind("\n", 0, ending.start()) + 1, ending.start() - _LONGEST)
    match = _LAST_NAME.search(text, low, ending.start())
    if match is None or match.start() == match.end():
        return None
    start = _start(text, match.start(), ending.start())
    return None if start is None else Entity(start, ending.end(), KIND, score, "organizations", why)


def _start(text: str, low: int, high: int) -> int | None:
    """Where the name begins: behind verbs and articles; None where no word of it names anybody."""
    words = [(m.group(), m.start()) for m in re.finditer(r"[\w'\u2019.&-]+", text[low:high])]
    known, plain = lexicon(), _endings().plain
    while words and words[0][0].lower() in known.common | {"&"}:
        words = words[1:]
    if not words or all(w.lower() in plain or w.lower() in known.developer or len(w) < 2 for w, _ in words):
        return None
    return low + words[0][1]


def _said(text: str) -> Iterator[Entity]:
    known, plain = lexicon(), _endings().plain
    nobody = (known.common, known.developer, known.groups, plain)
    for needles, expression, before in _sayings():
        if not any(map(text.__contains__, needles)):
            continue
        for match in expression.finditer(text):
            start, name = match.start("name"), match["name"].rstrip(".'\u2019-")
            first = name.split()[0].lower().strip(".,")
            if any(first in words for words in nobody):
                continue
            if before.search(text[max(0, match.start() - _SUBJECT_LENGTH) : match.start()]):
                why = "said of an employer or a company"
                yield Entity(start, start + len(name), KIND, 0.85, "organizations", why)


def _further(text: str, found: list[Entity]) -> Iterator[Entity]:
    """The same names again, with their legal form or without."""
    names = {text[e.start : e.end] for e in found}
    names |= {bare for name in names if (bare := _endings().last.sub("", name)) and _names_somebody(bare)}
    for name in names:
        for match in re.finditer(rf"(?<!\w){re.escape(name)}(?!\w)", text):
            yield Entity(*match.span(), KIND, 0.6, "organizations", "named elsewhere in the text")


def _names_somebody(name: str) -> bool:
    known = lexicon()
    return len(name) > 3 and not all(
        w.lower() in _endings().plain or w.lower() in known.developer or w.lower() in known.ambiguous
        for w in name.split()
    )


@cache
def _sayings() -> tuple[tuple[tuple[str, ...], re.Pattern[str], re.Pattern[str]], ...]:
    return tuple((needles, re.compile(rf"\b{text}"), before) for needles, text, before in _SAID)


@dataclass(frozen=True, slots=True)
class _Endings:
    legal: re.Pattern[str]
    heads: re.Pattern[str]
    last: re.Pattern[str]
    plain: frozenset[str]
    forms: tuple[str, ...]
    short: re.Pattern[str]
    words: tuple[str, ...]


@cache
def _endings() -> _Endings:
    data = tomllib.loads(Path(__file__).with_name("organizations.toml").read_text(encoding="utf-8"))
    legal, heads = _any_of(data["legal"]), _any_of(data["heads"])
    return _Endings(
        legal=re.compile(rf"(?<=[\w,.] )(?:{legal})(?:\s(?:Ltd|KG|LLC|Inc)\b)?(?!\w)\.?(?=\W|$)"),
        heads=re.compile(rf"(?<=\w )(?:{heads})(?!\w|['\u2019]s?\s[A-Z]|[^\S\n][A-Z])"),
        last=re.compile(rf",?\s(?:{legal})(?:\s(?:Ltd|KG))?\.?$"),
        plain=frozenset(data["plain"]),
        forms=tuple(f" {form}" for form in data["legal"] if len(form) > 3),
        short=re.compile(rf" (?:{_any_of([form for form in data['legal'] if len(form) <= 3])})(?!\w)"),
        words=tuple(dict.fromkeys(f" {head.split()[0]}" for head in data["heads"])),
    )


def _any_of(values: list[str]) -> str:
    return "|".join(re.escape(value) for value in sorted(values, key=len, reverse=True))
