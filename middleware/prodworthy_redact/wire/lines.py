"""JSON lines: Ollama's streams, files of batches."""

from __future__ import annotations

import json

from prodworthy_redact.wire.events import Events


class JsonLines:
    """Restores a stream of one JSON value a line."""

    def __init__(self, events: Events[None]) -> None:
        self._events = events
        self._buffer = b""

    def feed(self, chunk: bytes) -> bytes:
        """The lines that are complete after ``chunk``."""
        *lines, self._buffer = (self._buffer + chunk).split(b"\n")
        return b"".join([self._line(line + b"\n") for line in lines])

    def finish(self) -> bytes:
        """The rest, at the end of the stream."""
        rest, self._buffer = self._buffer, b""
        return (self._line(rest) if rest else b"") + _all(self._events.rest())

    def _line(self, raw: bytes) -> bytes:
        text = raw.decode("utf-8", "replace")
        if not text.strip():
            return raw
        end = text[len(text.rstrip("\r\n")) :]
        try:
            value = json.loads(text)
        except (ValueError, RecursionError):
            out = self._events.text(text, None)
            return raw if out == text else out.encode("utf-8", "surrogatepass")
        before, value, changed = self._events.event(value, None)
        return _all(before) + ((json.dumps(value) + end).encode() if changed else raw)


def _all(events: list[tuple[None, object]]) -> bytes:
    told = (value if isinstance(value, str) else json.dumps(value) + "\n" for _, value in events)
    return "".join(told).encode("utf-8", "surrogatepass")
