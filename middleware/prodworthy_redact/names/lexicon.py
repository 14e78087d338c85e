"""Words about names, from ``lexicon.toml``: what is none, what is a place, what describes a person."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from pathlib import Path

WORD = re.compile(r"[^\W_]+(?:[.'\u2019-][^\W_]+)*")


@dataclass(frozen=True, slots=True)
class Lexicon:
    """What the file says, as sets and expressions.

    Attributes:
        developer: words of developers that are no names.
        common: words that begin a sentence in front of a name and are no part of it.
        ambiguous: given names and surnames that are words as well.
        groups: nationalities, religions and parties, as adjectives and nouns, in small letters.
        places: countries and large places; ``small_places`` the same for texts without capitals.
        generic: what stands behind a label where no value does.
        labels: of people, as an expression; a name stands behind them and a colon.
        titles: the same of titles; ``title`` one that begins a name, ``title_before`` one right before it.
    """

    developer: frozenset[str]
    common: frozenset[str]
    ambiguous: frozenset[str]
    groups: frozenset[str]
    places: re.Pattern[str]
    small_places: re.Pattern[str]
    generic: frozenset[str]
    labels: str
    titles: str
    title: re.Pattern[str]
    title_before: re.Pattern[str]


@cache
def lexicon() -> Lexicon:
    """The knowledge file, read once."""
    data = tomllib.loads(Path(__file__).with_name("lexicon.toml").read_text(encoding="utf-8"))
    places, words = [*data["countries"], *data["places"]], frozenset(data["words"])
    titles = "|".join(data["titles"])
    return Lexicon(
        developer=frozenset(data["developer"]),
        common=frozenset(data["common"]),
        ambiguous=frozenset(data["ambiguous"]),
        groups=frozenset(data["groups"]),
        places=_any_of(places),
        small_places=_any_of(low for place in places if (low := place.lower()) not in words),
        generic=frozenset(data["generic"]),
        labels=f"(?:{'|'.join(sorted(data['labels'], key=len, reverse=True))})",
        titles=titles,
        title=re.compile(rf"^(?:{titles})\b\.?\s{{1,2}}", re.IGNORECASE),
        title_before=re.compile(rf"\b(?:{titles})\.?\s{{1,2}}$", re.IGNORECASE),
    )


def _any_of(values: Iterable[str]) -> re.Pattern[str]:
    longest_first = sorted(values, key=len, reverse=True)
    return re.compile(rf"\b(?:{'|'.join(map(re.escape, longest_first))})(?!\w)")
