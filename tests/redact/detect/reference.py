"""Presidio itself, as the judge: its recognizers, its enhancer, spaCy's tokens."""

from __future__ import annotations

from collections.abc import Iterable
from functools import cache
from typing import cast

import spacy
from presidio_analyzer import EntityRecognizer, RecognizerResult
from presidio_analyzer.context_aware_enhancers import LemmaContextAwareEnhancer
from presidio_analyzer.nlp_engine import NlpArtifacts, SpacyNlpEngine
from spacy.language import Language

from prodworthy_redact.detect import presidio
from prodworthy_redact.kinds import catalogue

Found = set[tuple[int, int, str, float]]


class Presidio:
    """Presidio's recognizers of some regions, with context, as its analyzer engine runs them."""

    def __init__(self, regions: Iterable[str], kinds: Iterable[str] = ()) -> None:
        wanted, asked = set(regions), set(kinds)
        self._recognizers: list[EntityRecognizer] = [
            cast(EntityRecognizer, presidio.build(entry, "en"))
            for entry in catalogue().recognizers
            if (not entry.region or entry.region in wanted) and (not entry.on_request or entry.kind in asked)
        ]
        self._enhancer = LemmaContextAwareEnhancer()
        self._engine = SpacyNlpEngine(models=[{"lang_code": "en", "model_name": "none"}])
        vars(self._engine)["nlp"] = {"en": blank()}

    def analyze(self, text: str, threshold: float = 0.0) -> Found:
        artifacts = self._artifacts(text)
        raw: list[RecognizerResult] = []
        for recognizer in self._recognizers:
            results = recognizer.analyze(text, recognizer.supported_entities, artifacts)
            for result in results:
                result.recognition_metadata = {
                    "recognizer_name": str(vars(recognizer)["name"]),
                    "recognizer_identifier": recognizer.id,
                }
            raw.extend(results)
        enhanced = self._enhancer.enhance_using_context(text, raw, artifacts, self._recognizers)
        kept = EntityRecognizer.remove_duplicates([r for r in enhanced if r.score >= threshold])
        return {(r.start, r.end, r.entity_type, round(r.score, 4)) for r in kept}

    def _artifacts(self, text: str) -> NlpArtifacts:
        document = blank()(text)
        lemmas = [token.text.lower() for token in document]
        return NlpArtifacts([], document, [token.idx for token in document], lemmas, self._engine, "en")


@cache
def blank() -> Language:
    return spacy.blank("en")
