"""Any token classifier of the ``transformers`` library, from a folder on this machine."""

from __future__ import annotations

import importlib.util
import os

from prodworthy_redact.detect.entity import Entity
from prodworthy_redact.names.model import Piece, joined

_KINDS = {
    "PER": "PERSON",
    "PERSON": "PERSON",
    "LOC": "LOCATION",
    "GPE": "LOCATION",
    "ORG": "ORGANIZATION",
    "NORP": "NRP",
}
_STEP, _OVERLAP = 1200, 100


def is_installed() -> bool:
    """Whether the library is there."""
    return importlib.util.find_spec("transformers") is not None


class Transformers:
    """A model, loaded; nothing is fetched.

    Args:
        path: its folder.
    """

    def __init__(self, path: str) -> None:
        os.environ.setdefault("HF_HUB_OFFLINE", "1")
        from transformers import pipeline

        self.name = path
        self._classify = pipeline("token-classification", model=path, aggregation_strategy="simple")

    def find(self, text: str) -> list[Entity]:
        """Names of people, places, organisations and groups."""
        pieces = [
            Piece(at + int(f["start"]), at + int(f["end"]), kind, float(f["score"]))
            for at in range(0, len(text), _STEP - _OVERLAP)
            for f in self._classify(text[at : at + _STEP])
            if (kind := _KINDS.get(str(f["entity_group"]).rpartition("-")[2].upper()))
        ]
        return joined(text, pieces, self.name)
