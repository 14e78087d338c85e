"""What a caller sends and is sent, over ASGI."""

from __future__ import annotations

import asyncio
import gzip
import json
import zlib
from collections.abc import Sequence

from prodworthy_redact.gateway import shapes
from prodworthy_redact.gateway.config import Api
from prodworthy_redact.gateway.shapes import Problem
from prodworthy_redact.integrations.asgi import Receive, Send


class Gone(Exception):  # noqa: N818 - says what happened
    """The caller has hung up."""


class Caller:
    """The other side of one request.

    Attributes:
        status: of the answer; 499 if the caller hung up before there was one.
        begun: whether a part of the answer has been sent.
        streams: whether more may be sent in events.
        gone: whether the caller has hung up while it was watched.
    """

    def __init__(self, receive: Receive, send: Send) -> None:
        self._receive = receive
        self._send = send
        self._watch: asyncio.Task[None] | None = None
        self.gone = False
        self.status = 499
        self.begun = False
        self.streams = False

    async def body(self, most: int, encoding: str) -> bytes:
        """The whole body.

        Raises:
            Problem: it is larger than ``most`` bytes, or encoded in a way that is not known.
            Gone: it did not arrive.
        """
        parts: list[bytes] = []
        size = 0
        while True:
            message = await self._receive()
            if message["type"] == "http.disconnect":
                raise Gone
            part: bytes = message.get("body", b"")
            size += len(part)
            if size > most:
                raise _too_large(most)
            parts.append(part)
            if not message.get("more_body", False):
                break
        return _decoded(b"".join(parts), encoding, most)

    def watch(self) -> None:
        """From here on, cancel the current task when the caller hangs up, and set ``gone``."""
        task = asyncio.current_task()
        assert task is not None
        self._watch = asyncio.create_task(self._cancel_when_gone(task))

    async def begin(
        self, status: int, headers: Sequence[tuple[bytes, bytes]], *, streams: bool = False
    ) -> None:
        """Send the head of an answer."""
        self.status, self.begun, self.streams = status, True, streams
        await self._send({"type": "http.response.start", "status": status, "headers": list(headers)})

    async def more(self, data: bytes) -> None:
        """Send a part of a stream."""
        if data:
            await self._send({"type": "http.response.body", "body": data, "more_body": True})

    async def end(self, data: bytes = b"") -> None:
        """Send the rest."""
        self.close()
        await self._send({"type": "http.response.body", "body": data})

    async def answer(self, status: int, headers: Sequence[tuple[bytes, bytes]], data: bytes) -> None:
        """Send a whole answer."""
        await self.begin(status, [*headers, (b"content-length", str(len(data)).encode())])
        await self.end(data)

    async def problem(self, api: Api, problem: Problem) -> None:
        """Send an error: as an answer, or as the last event of a stream that has begun."""
        if not self.begun:
            await self.answer(problem.status, shapes.headers(problem), shapes.body(api, problem))
        elif self.streams:
            await self.end(shapes.event(api, problem))

    def close(self) -> None:
        """Stop watching."""
        if self._watch is not None:
            self._watch.cancel()

    async def _cancel_when_gone(self, task: asyncio.Task[object]) -> None:
        while (await self._receive())["type"] != "http.disconnect":
            pass
        self.gone = True
        task.cancel()


def parsed(data: bytes) -> object:
    """The JSON of a request.

    Raises:
        Problem: it is none.
    """
    try:
        return json.loads(data)
    except (ValueError, RecursionError) as error:
        told = "the body is no valid JSON; nothing was sent"
        raise Problem(400, told, "invalid_json") from error


def _decoded(data: bytes, encoding: str, most: int) -> bytes:
    if encoding in ("", "identity"):
        return data
    if encoding not in ("gzip", "x-gzip"):
        raise Problem(415, "the gateway reads bodies that are plain or gzip; nothing was sent", "unsupported")
    try:
        unpacker = zlib.decompressobj(zlib.MAX_WBITS | 16)
        out = unpacker.decompress(data, most + 1)
    except (zlib.error, gzip.BadGzipFile) as error:
        raise Problem(400, "the body is no valid gzip; nothing was sent", "invalid_encoding") from error
    if len(out) > most:
        raise _too_large(most)
    if not unpacker.eof or unpacker.unused_data:
        raise Problem(400, "the body is no valid gzip; nothing was sent", "invalid_encoding")
    return out


def _too_large(most: int) -> Problem:
    return Problem(413, f"the body is larger than {most} bytes; nothing was sent", "body_too_large")
