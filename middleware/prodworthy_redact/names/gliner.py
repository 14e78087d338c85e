"""Any GLiNER model, from a folder on this machine."""

from __future__ import annotations

import importlib.util
import os

from prodworthy_redact.detect.entity import Entity
from prodworthy_redact.names.model import Piece, joined
from prodworthy_redact.names.windows import windows

_KINDS = {
    "person": "PERSON",
    "location": "LOCATION",
    "address": "LOCATION",
    "organization": "ORGANIZATION",
    "nationality or religion": "NRP",
}
_SIZE, _OVERLAP = 480, 80
_LEAST = 0.3


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
        # a word or a mark is a character at least, and what is longer than its limit is cut off
        self._size = max(16, min(_SIZE, int(getattr(self._model.config, "max_len", _SIZE))))

    def find(self, text: str) -> list[Entity]:
        """Names of people, places, organisations and groups."""
        pieces = [
            Piece(low + int(f["start"]), low + int(f["end"]), _KINDS[f["label"]], float(f["score"]))
            for low, high in windows(text, self._size, min(_OVERLAP, self._size // 4))
            for f in self._model.predict_entities(text[low:high], list(_KINDS), threshold=_LEAST)
        ]
        return joined(text, pieces, self.name)
