"""People that the words around introduce, and further mentions of people who were found."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from functools import cache

from prodworthy_redact.detect.entity import Entity
from prodworthy_redact.names.lexicon import WORD, lexicon

_SURE, _SCORE = 0.8, 0.6
_PART = r"(?:[^\W\d_a-z][^\W\d_]*(?:[-'\u2019][^\W\d_]+)*|[^\W\d_a-z]\.)"
_FULL = rf"{_PART}(?:\s{_PART}){{1,3}}"
_SHORTEST = 3


def introduced(text: str, known: Iterable[Entity]) -> Iterator[Entity]:
    """People behind a title, a label or an introduction, whom the model did not see."""
    taken = [(e.start, e.end) for e in known if e.kind == "PERSON"]
    for expression in _introductions():
        for match in expression.finditer(text):
            start, end = match.span("name")
            if any(low < end and start < high for low, high in taken) or _is_no_name(match["name"]):
                continue
            taken.append((start, end))
            yield Entity(start, end, "PERSON", _SCORE, "names", "introduced by the words before it")


def further(text: str, names: Iterable[Entity]) -> Iterator[Entity]:
    """Further mentions, word for word, of people that the model is sure of, and of parts of their names."""
    people = [e for e in names if e.kind == "PERSON"]
    taken = [(e.start, e.end) for e in people]
    wanted = dict.fromkeys(name for e in people if e.score >= _SURE for name in _ways(text, e))
    for name in sorted(wanted, key=len, reverse=True):
        for match in re.finditer(rf"(?<!\w){re.escape(name)}(?!\w)", text):
            start, end = match.span()
            if not any(low < end and start < high for low, high in taken):
                taken.append((start, end))
                yield Entity(start, end, "PERSON", _SURE, "names", "named elsewhere in the text")


def _ways(text: str, entity: Entity) -> Iterator[str]:
    """The ways in which a person is written again: the whole name, and each word of it that is no other."""
    name = lexicon().title.sub("", text[entity.start : entity.end])
    if len(name) > _SHORTEST and name[0].isupper():
        yield name
    words = WORD.findall(name)
    if len(words) > 1:
        yield from (word for word in words if _stands_alone(text, word))


def _stands_alone(text: str, word: str) -> bool:
    known, low = lexicon(), word.lower()
    if len(word) < _SHORTEST or not word[0].isupper() or low in known.groups or low in known.ambiguous:
        return False
    return low not in known.developer and low not in known.common and f" {low} " not in text


def _is_no_name(name: str) -> bool:
    known = lexicon()
    words = [word.lower() for word in WORD.findall(name)]
    return any(w in known.developer or w in known.common or w in known.generic for w in words)


@cache
def _introductions() -> tuple[re.Pattern[str], ...]:
    known = lexicon()
    return (
        re.compile(
            rf"\b(?P<name>(?i:{known.titles})\.?\s(?!(?i:{known.titles})\b){_PART}(?:\s{_PART}){{0,2}})"
        ),
        re.compile(
            rf"\b(?i:my\sname\sis|my\sname['\u2019]s|(?:everyone\s)?calls?\sme|is\scalled|named)\s"
            rf"(?P<name>{_PART}(?:\s{_PART}){{0,3}})"
        ),
        re.compile(
            r"\b(?:(?i:my|his|her|our|their)\s(?i:wife|husband|spouse|son|daughter|brother|sister|mother|father|mom|dad|boss|colleague"
            r"|co-?worker|friend|neighbou?r|girlfriend|boyfriend|fianc[e\u00e9]e?|roommate|uncle|aunt|cousin|nephew|niece)"
            rf"|President|Senator|Governor|Justice|Detective|Sergeant|Uncle|Aunt),?\s(?P<name>{_PART}(?:\s{_PART}){{0,2}})"
        ),
        re.compile(
            rf"(?im:^|[\s(*])(?i:{known.labels})\**\s?:\**[^\S\n]{{0,3}}(?P<name>{_FULL})(?=[^\S\n]*(?:$|[\n,;|(<]))",
            re.MULTILINE,
        ),
    )
