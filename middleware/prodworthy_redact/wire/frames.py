"""Event streams of AWS: binary frames with checksums, read and written.

A frame is its length, the length of its headers and a checksum of both (4 bytes each, most significant
first), the headers, the payload, and a checksum of all before it.
Source: https://docs.aws.amazon.com/transcribe/latest/dg/streaming-setting-up.html#streaming-event-stream
"""

from __future__ import annotations

import base64
import binascii
import json
import struct
import zlib
from dataclasses import dataclass

from prodworthy_redact.errors import TransportError
from prodworthy_redact.wire.events import Events

_PRELUDE = struct.Struct("!III")
_CHECKSUM = struct.Struct("!I")
_LEAST = _PRELUDE.size + _CHECKSUM.size
_MOST = 24 * 1024 * 1024


@dataclass(frozen=True, slots=True)
class Envelope:
    """The headers of a frame, and how its payload holds the event: as it is, or in base64 beside others."""

    headers: bytes
    around: dict[str, object] | None

    def frame(self, value: object, *, alone: bool) -> bytes:
        """A frame with ``value`` in it."""
        if self.around is None:
            return framed(self.headers, json.dumps(value).encode())
        inner = base64.b64encode(json.dumps(value).encode()).decode()
        outer = {} if alone else self.around
        return framed(self.headers, json.dumps({**outer, "bytes": inner}).encode())


class FrameStream:
    """Restores an event stream of Bedrock."""

    def __init__(self, events: Events[Envelope]) -> None:
        self._events = events
        self._buffer = b""

    def feed(self, chunk: bytes) -> bytes:
        """The frames that are complete after ``chunk``.

        Raises:
            TransportError: a checksum or a length is wrong.
        """
        self._buffer += chunk
        out: list[bytes] = []
        at = 0
        while len(self._buffer) - at >= _PRELUDE.size:
            size, headers = _lengths(self._buffer, at)
            if len(self._buffer) - at < size:
                break
            out.append(self._frame(self._buffer[at : at + size], headers))
            at += size
        self._buffer = self._buffer[at:]
        return b"".join(out)

    def finish(self) -> bytes:
        """The rest, at the end of the stream."""
        rest, self._buffer = self._buffer, b""
        return _all(self._events.rest()) + rest

    def _frame(self, raw: bytes, size: int) -> bytes:
        if zlib.crc32(raw[: -_CHECKSUM.size]) != _CHECKSUM.unpack(raw[-_CHECKSUM.size :])[0]:
            raise _broken("the checksum of a frame is wrong")
        start = _PRELUDE.size + size
        headers, payload = raw[_PRELUDE.size : start], raw[start : -_CHECKSUM.size]
        try:
            value = json.loads(payload)
        except (ValueError, RecursionError):
            return raw
        around = value if isinstance(value, dict) and isinstance(value.get("bytes"), str) else None
        if around is not None:
            try:
                value = json.loads(base64.b64decode(str(around["bytes"]), validate=True))
            except (binascii.Error, ValueError, RecursionError):
                return raw
        envelope = Envelope(headers, around)
        before, out, changed = self._events.event(value, envelope)
        return _all(before) + (envelope.frame(out, alone=False) if changed else raw)


def framed(headers: bytes, payload: bytes) -> bytes:
    """A frame with these headers, as they are encoded, and this payload."""
    lengths = struct.pack("!II", _LEAST + len(headers) + len(payload), len(headers))
    frame = lengths + _CHECKSUM.pack(zlib.crc32(lengths)) + headers + payload
    return frame + _CHECKSUM.pack(zlib.crc32(frame))


def _lengths(buffer: bytes, at: int) -> tuple[int, int]:
    size, headers, checksum = _PRELUDE.unpack_from(buffer, at)
    if zlib.crc32(buffer[at : at + 8]) != checksum or not _LEAST + headers <= size <= _MOST:
        raise _broken("the head of a frame is wrong")
    return size, headers


def _broken(what: str) -> TransportError:
    return TransportError(f"the event stream of the answer cannot be read: {what}")


def _all(events: list[tuple[Envelope, object]]) -> bytes:
    return b"".join(envelope.frame(value, alone=True) for envelope, value in events)
