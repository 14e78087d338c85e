"""The body of an answer, by its content type: streams of events, lines and frames, JSON, texts."""

from __future__ import annotations

import json
from typing import Protocol

from prodworthy_redact.answer import Answer
from prodworthy_redact.wire.body import dumped, is_json, is_lines, media_type, text_of
from prodworthy_redact.wire.events import Events, Observer
from prodworthy_redact.wire.frames import FrameStream
from prodworthy_redact.wire.lines import JsonLines
from prodworthy_redact.wire.sse import EventSource

_TEXT = ("application/xml", "application/yaml", "application/javascript", "application/csv")
_UNKNOWN = ("", "application/octet-stream", "binary/octet-stream")


class Restoring(Protocol):
    """Restores a body piece by piece."""

    def feed(self, chunk: bytes) -> bytes:
        """What is certain after ``chunk``."""

    def finish(self) -> bytes:
        """The rest, at the end of the body."""


def restoring(content_type: str, answer: Answer, observe: Observer | None = None) -> Restoring | None:
    """What restores a body of this type; None if it holds no text.

    Args:
        content_type: its header.
        answer: restores.
        observe: is shown the JSON of the body, or of each of its events.
    """
    kind = media_type(content_type)
    if kind == "text/event-stream":
        return EventSource(Events(answer, observe))
    if kind == "application/vnd.amazon.eventstream":
        return FrameStream(Events(answer, observe))
    if is_lines(kind):
        return JsonLines(Events(answer, observe))
    if is_json(kind):
        return _Whole(answer, observe)
    if kind in _UNKNOWN:
        return _Whole(answer, observe)
    if kind.startswith("text/") or kind in _TEXT or kind.endswith("+xml"):
        charset = content_type.lower().partition("charset=")[2].strip("\"' ;")
        return _Text(answer) if charset.partition(";")[0] in ("", "utf-8", "utf8", "us-ascii") else None
    return None


class _Whole:
    """A body that is read to its end: JSON, or what may be JSON, lines or a text."""

    def __init__(self, answer: Answer, observe: Observer | None) -> None:
        self._answer = answer
        self._observe = observe
        self._chunks: list[bytes] = []

    def feed(self, chunk: bytes) -> bytes:
        self._chunks.append(chunk)
        return b""

    def finish(self) -> bytes:
        data = b"".join(self._chunks)
        text = text_of(data)
        if not text:
            return data
        try:
            value = json.loads(text)
        except (ValueError, RecursionError):
            return self._lines(data, text)
        if self._observe:
            self._observe(value)
        out = self._answer.value(value)
        return data if out == value else dumped(out)

    def _lines(self, data: bytes, text: str) -> bytes:
        lines = text.split("\n")
        out = [self._answer.value(line) for line in lines]
        return data if out == lines else "\n".join(out).encode("utf-8", "surrogatepass")


class _Text:
    """A text, in pieces."""

    def __init__(self, answer: Answer) -> None:
        self._pieces = answer.pieces()

    def feed(self, chunk: bytes) -> bytes:
        return self._pieces.feed(chunk).encode("utf-8", "surrogatepass")

    def finish(self) -> bytes:
        return self._pieces.flush().encode("utf-8", "surrogatepass")
