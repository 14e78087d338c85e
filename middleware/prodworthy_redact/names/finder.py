"""Names in a text: the model's, without what is none, with titles, large places, further mentions."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace

from prodworthy_redact.detect.entity import Entity
from prodworthy_redact.detect.screen import Screen
from prodworthy_redact.detect.tokens import Words
from prodworthy_redact.errors import DetectionError, NamesUnavailable
from prodworthy_redact.names.doubts import REGIONAL, Doubts
from prodworthy_redact.names.lexicon import lexicon
from prodworthy_redact.names.mentions import further, introduced
from prodworthy_redact.names.model import Model
from prodworthy_redact.policy import Policy


class Names:
    """Runs a model under a policy; loads it when first needed.

    Args:
        load: what loads the model.
        policy: which kinds are wanted, and from which score on.

    Raises:
        NamesUnavailable: it cannot be loaded.
    """

    def __init__(self, load: Callable[[], Model], policy: Policy) -> None:
        try:
            self._model = load()
        except Exception as error:
            raise NamesUnavailable(f"`names_model`: the model cannot be loaded: {error}") from error
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
        doubts = Doubts(text, found)
        wanted = (e for e in found if self._policy.wants_all(e.kind))
        names = [_with_title(text, entity) for entity in wanted if not doubts.reject(entity)]
        names += introduced(text, names)
        names += further(text, names)
        names += _places(text)
        return [e for e in names if self._policy.wants(e.kind) and e.score >= self._policy.of(e.kind)[1]]


def _with_title(text: str, entity: Entity) -> Entity:
    if entity.kind != "PERSON":
        return entity
    title = lexicon().title_before.search(text[max(0, entity.start - 12) : entity.start])
    return replace(entity, start=entity.start - len(title.group())) if title else entity


def _places(text: str) -> Iterator[Entity]:
    """Countries and large places, but for names of regions of machines and of time zones."""
    known = lexicon()
    places = known.places if any(map(str.isupper, text)) else known.small_places
    for match in places.finditer(text):
        if not REGIONAL.match(text, match.end()) and not text.startswith("/", match.start() - 1):
            yield Entity(*match.span(), "LOCATION", 0.6, "names", "a country or a large place")
