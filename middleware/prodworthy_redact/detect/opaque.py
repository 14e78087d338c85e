"""Recognizers with an ``analyze`` of their own: asked as presidio asks them."""

from __future__ import annotations

import re

from prodworthy_redact.detect import context
from prodworthy_redact.detect.entity import Entity
from prodworthy_redact.detect.own import Artifacts
from prodworthy_redact.detect.presidio import Built
from prodworthy_redact.detect.resolve import without_contained
from prodworthy_redact.detect.screen import Screen
from prodworthy_redact.detect.tokens import Words, is_punctuation, stop_words, tokenize
from prodworthy_redact.errors import DetectionError
from prodworthy_redact.policy import Policy

_CHUNK = re.compile(r"\S+")


class Opaque:
    """One such recognizer.

    Args:
        built: of any class with presidio's interface.
        policy: which of its kinds are wanted, and from which score on.
    """

    def __init__(self, built: Built, policy: Policy) -> None:
        self._built, self._policy = built, policy
        self.name = built.name
        self._context = tuple(word.lower() for word in built.context or ())

    def find(self, screen: Screen, words: Words) -> list[Entity]:
        """What it finds, above the thresholds.

        Raises:
            DetectionError: it failed.
        """
        text = screen.text
        try:
            if not self._built.is_loaded:
                self._built.load()
                self._built.is_loaded = True
            kinds = list(self._built.supported_entities)
            artifacts = _artifacts(text, self._policy.languages)
            results = self._built.analyze(text, kinds, artifacts)
        except Exception as error:
            raise DetectionError(f"{self.name} failed: {type(error).__name__}") from error
        found = (Entity(r.start, r.end, r.entity_type, r.score, self.name) for r in results or ())
        kept = [self._with_context(entity, words) for entity in without_contained(found)]
        return [e for e in kept if self._policy.wants(e.kind) and e.score >= self._policy.of(e.kind)[1]]

    def _with_context(self, entity: Entity, words: Words) -> Entity:
        score, word = entity.score, ""
        if self._context:
            score, word = context.enhanced(entity.score, entity.start, words, self._context)
        why = f"near `{word}`" if word else ""
        return Entity(entity.start, entity.end, entity.kind, score, entity.recognizer, why)


def _artifacts(text: str, languages: tuple[str, ...]) -> Artifacts:
    pairs = [(token, m.start() + at) for m in _CHUNK.finditer(text) for token, at in tokenize(m.group())]
    lemmas = [token.lower() for token, _ in pairs]
    stop = stop_words(languages)
    keywords = [word for word in lemmas if word not in stop and not is_punctuation(word)]
    tokens, starts = [token for token, _ in pairs], [at for _, at in pairs]
    return Artifacts(tokens, starts, lemmas, keywords, language=languages[0])
