"""Names in a text: the model's without developers' words, with titles, large places, further mentions."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path

from prodworthy_redact.detect.entity import Entity
from prodworthy_redact.detect.screen import Screen
from prodworthy_redact.detect.tokens import Words
from prodworthy_redact.errors import DetectionError
from prodworthy_redact.names.model import Model
from prodworthy_redact.policy import Policy

_WORD = re.compile(r"[^\W_]+(?:[.'\u2019-][^\W_]+)*")
_SURE = 0.8


class Names:
    """Runs a model under a policy; loads it when first needed.

    Args:
        load: what loads the model.
        policy: which kinds are wanted, and from which score on.
    """

    def __init__(self, load: Callable[[], Model], policy: Policy) -> None:
        self._model = load()
        self._policy = policy

    def find(self, screen: Screen, _: Words) -> list[Entity]:
        """The names in the text.

        Raises:
            DetectionError: the model failed.
        """
        text = screen.text
        try:
            found = self._model.find(text)
        except Exception as error:
            raise DetectionError(f"{self._model.name} failed: {type(error).__name__}") from error
        names = [_with_title(text, e) for e in found if not _is_developers(text[e.start : e.end])]
        names += _further(text, names)
        names += _places(text)
        return [e for e in names if self._policy.wants(e.kind) and e.score >= self._policy.of(e.kind)[1]]


@dataclass(frozen=True, slots=True)
class Lexicon:
    """What ``lexicon.toml`` says, as expressions."""

    developer: frozenset[str]
    places: re.Pattern[str]
    title_before: re.Pattern[str]


@cache
def lexicon() -> Lexicon:
    """The knowledge file, read once."""
    data = tomllib.loads(Path(__file__).with_name("lexicon.toml").read_text(encoding="utf-8"))
    longest_first = sorted([*data["countries"], *data["places"]], key=len, reverse=True)
    return Lexicon(
        developer=frozenset(data["developer"]),
        places=re.compile(rf"\b(?:{'|'.join(map(re.escape, longest_first))})\b"),
        title_before=re.compile(rf"\b(?:{'|'.join(data['titles'])})\.?\s{{1,2}}$", re.IGNORECASE),
    )


def _is_developers(value: str) -> bool:
    words = lexicon().developer
    lowered = " ".join(value.lower().split())
    return lowered in words or all(word in words for word in _WORD.findall(lowered))


def _with_title(text: str, entity: Entity) -> Entity:
    if entity.kind != "PERSON":
        return entity
    title = lexicon().title_before.search(text[max(0, entity.start - 12) : entity.start])
    return replace(entity, start=entity.start - len(title.group())) if title else entity


def _further(text: str, names: Iterable[Entity]) -> Iterator[Entity]:
    """Further mentions, word for word, of people that the model is sure of."""
    seen = {(e.start, e.end) for e in names}
    for value in {text[e.start : e.end] for e in names if e.kind == "PERSON" and e.score >= _SURE}:
        if len(value) < 4 or not value[0].isupper():
            continue
        for match in re.finditer(rf"(?<!\w){re.escape(value)}(?!\w)", text):
            if match.span() not in seen:
                yield Entity(*match.span(), "PERSON", _SURE, "names", "named elsewhere in the text")


def _places(text: str) -> Iterator[Entity]:
    for match in lexicon().places.finditer(text):
        yield Entity(*match.span(), "LOCATION", 0.6, "names", "a country or a large place")
