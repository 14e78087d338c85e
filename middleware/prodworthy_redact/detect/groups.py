"""Nationalities, religions and parties, where they are said of somebody: `she is Irish`, `a Muslim woman`.

The adjective alone is no personal data: a language, a dish, a government.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache

from prodworthy_redact.detect.entity import Entity
from prodworthy_redact.detect.screen import Screen
from prodworthy_redact.detect.tokens import Words
from prodworthy_redact.names.lexicon import lexicon

KIND = "NRP"

_SOMEBODY = (
    r"(?:citizens?|citizenship|nationals?|nationality|man|men|woman|women|boys?|girls?|lady|guy|person|people|immigrants?"
    r"|refugees?|expats?|famil(?:y|ies)|couple|passport|descent|origin|heritage|ancestry|background|parents?|mother|father|mom"
    r"|dad|husband|wife|spouse|girlfriend|boyfriend|grandmother|grandfather|patients?|male|female|voters?|faith|community)\b"
)
_BEFORE = (
    r"(?:\b(?:I|he|she|they|we|you|who)(?:['\u2019](?:m|s|re)|\s(?:am|is|are|was|were))"
    r"(?:\s(?:an?|also|originally|half|part|proud(?:ly)?|devout|practi[cs]ing|not|born|raised|registered)){0,3}\s"
    r"|\bproud\s|\bdevout\s|\bpracti[cs]ing\s"
    r"|\b(?:nationality|citizenship|religion|ethnicity|race|faith|denomination|political\s(?:party|affiliation))"
    r"\**\s?(?:[:=]|is|was)\**\s{1,3})"
)
_WORD = re.compile(r"[^\W\d_]+")
_END = r"(?=\s?(?:[.,;!?)\n]|$)|\s(?:and|but|or|by|from|who)\b)"


def find(screen: Screen, _: Words) -> list[Entity]:
    """The groups in the text that somebody is said to belong to."""
    return list(_found(screen.text))


def _found(text: str) -> Iterator[Entity]:
    if _beginnings().isdisjoint(_WORD.findall(text.lower())):  # a look-up costs a tenth of the expressions
        return
    for expression, why in _expressions():
        for match in expression.finditer(text):
            yield Entity(*match.span("group"), KIND, 0.6, "groups", why)


@cache
def _beginnings() -> frozenset[str]:
    """The first words of the groups, one or many."""
    firsts = [_WORD.findall(group.lower())[0] for group in lexicon().groups]
    return frozenset((*firsts, *(f"{first}s" for first in firsts)))


@cache
def _expressions() -> tuple[tuple[re.Pattern[str], str], ...]:
    longest_first = sorted(lexicon().groups, key=len, reverse=True)
    group = rf"(?P<group>(?:{'|'.join(map(re.escape, longest_first))})s?)"
    return (
        (re.compile(rf"{_BEFORE}{group}(?:{_END}|(?=\s{_SOMEBODY}))", re.IGNORECASE), "said of somebody"),
        (re.compile(rf"\b{group}(?=[\s-](?:\w+[\s-])?{_SOMEBODY})", re.IGNORECASE), "followed by a person"),
    )
