"""Any GLiNER model, from a folder on this machine."""

from __future__ import annotations

import importlib.util
import os

from prodworthy_redact.detect.entity import Entity
from prodworthy_redact.names.model import Piece, joined

_KINDS = {"person": "PERSON", "location": "LOCATION", "address": "LOCATION", "organization": "ORGANIZATION"}
_STEP, _OVERLAP = 1200, 100


def is_installed() -> bool:
    """Whether the library is there."""
    return importlib.util.find_spec("gliner") is not None


class Gliner:
    """A model, loaded; nothing is fetched.

    Args:
        path: its folder.
    """

    def __init__(self, path: str) -> None:
        os.environ.setdefault("HF_HUB_OFFLINE", "1")
        from gliner import GLiNER

        self.name = path
        self._model = GLiNER.from_pretrained(path, local_files_only=True)

    def find(self, text: str) -> list[Entity]:
        """Names of people, places and organisations."""
        pieces = [
            Piece(at + int(f["start"]), at + int(f["end"]), _KINDS[f["label"]], float(f["score"]))
            for at in range(0, len(text), _STEP - _OVERLAP)
            for f in self._model.predict_entities(text[at : at + _STEP], list(_KINDS), threshold=0.4)
        ]
        return joined(text, pieces, self.name)
