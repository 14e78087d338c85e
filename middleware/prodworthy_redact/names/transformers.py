"""Any token classifier of the ``transformers`` library, from a folder on this machine."""

from __future__ import annotations

import importlib.util
import os
from collections.abc import Iterator

from prodworthy_redact.detect.entity import Entity
from prodworthy_redact.names.labels import kind_of_label
from prodworthy_redact.names.model import Piece, joined
from prodworthy_redact.names.windows import Window, windows

_SIZE, _OVERLAP, _BATCH = 480, 80, 8
_LEAST = 0.3


def is_installed() -> bool:
    """Whether the library is there."""
    return importlib.util.find_spec("transformers") is not None


class Transformers:
    """A model, loaded; nothing is fetched.

    Args:
        path: its folder.

    Raises:
        ValueError: none of its labels is of a name, a place, an organisation or a group.
    """

    def __init__(self, path: str) -> None:
        os.environ.setdefault("HF_HUB_OFFLINE", "1")
        from transformers import pipeline

        self.name = path
        self._classify = pipeline("token-classification", model=path, aggregation_strategy="simple")
        config = self._classify.model.config
        labels = [str(label) for label in config.id2label.values()]
        if not any(map(kind_of_label, labels)):
            raise ValueError(f"none of its labels is known: {', '.join(labels[:20])}")
        self._tokens = min(
            self._classify.tokenizer.model_max_length, getattr(config, "max_position_embeddings", 512)
        )

    def find(self, text: str) -> list[Entity]:
        """Names of people, places, organisations and groups."""
        parts = [part for window in windows(text, _SIZE, _OVERLAP) for part in self._fitting(text, window)]
        found = self._classify([text[low:high] for low, high in parts], batch_size=_BATCH) if parts else []
        pieces = [
            Piece(low + int(f["start"]), low + int(f["end"]), kind, float(f["score"]))
            for (low, _), labelled in zip(parts, found, strict=True)
            for f in labelled
            if (kind := kind_of_label(str(f["entity_group"]))) and float(f["score"]) >= _LEAST
        ]
        return joined(text, pieces, self.name)

    def _fitting(self, text: str, window: Window) -> Iterator[Window]:
        """The window, in parts where one character is many tokens: the library would cut it off."""
        low, high = window
        middle = (low + high) // 2
        if middle == low or len(self._classify.tokenizer(text[low:high])["input_ids"]) <= self._tokens:
            yield window
        else:
            yield from self._fitting(text, (low, middle))
            yield from self._fitting(text, (middle, high))
