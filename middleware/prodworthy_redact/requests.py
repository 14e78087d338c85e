"""An adapter of requests that redacts requests and restores answers.

session.mount("https://", RedactingAdapter(redactor))
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

import requests
from requests.adapters import BaseAdapter, HTTPAdapter

from prodworthy_redact.redactor import Redactor
from prodworthy_redact.wire.exchange import Chosen, Exchange, Wire, answered
from prodworthy_redact.wire.restoring import Restoring

__all__ = ["RedactingAdapter"]


class RedactingAdapter(BaseAdapter):
    """Redacts requests to providers before they are sent, and restores the answers.

    Args:
        redactor: finds, replaces and restores; by default one for the process, by the nearest configuration.
        adapter: sends; by default ``requests.adapters.HTTPAdapter()``.
        session: the conversation of all requests: a name, a session, or what returns one for each request.
        hosts: whose requests are redacted, instead of those of all known providers.
    """

    def __init__(
        self,
        redactor: Redactor | None = None,
        adapter: BaseAdapter | None = None,
        *,
        session: Chosen = None,
        hosts: Iterable[str] | None = None,
    ) -> None:
        super().__init__()
        self.wire = Wire(redactor, session, hosts)
        self.adapter = adapter or HTTPAdapter()

    def send(
        self,
        request: requests.PreparedRequest,
        stream: bool = False,
        timeout: float | tuple[float, float] | tuple[float, None] | None = None,
        verify: bool | str = True,
        cert: bytes | str | tuple[bytes | str, bytes | str] | None = None,
        proxies: Mapping[str, str] | None = None,
    ) -> requests.Response:
        """Send ``request``; what cannot be redacted raises a `RedactError` and is not sent."""
        settings: dict[str, Any] = {
            "stream": stream,
            "timeout": timeout,
            "verify": verify,
            "cert": cert,
            "proxies": proxies,
        }
        headers = [(str(name), str(value)) for name, value in request.headers.items()]
        exchange = self.wire.exchange(request.url or "", headers)
        if exchange is None:
            return self.adapter.send(request, **settings)
        try:
            sent = exchange.send(request.url or "", headers, _body(request.body))
            safe = request.copy()
            safe.url, safe.body = sent.url, sent.body or None
            safe.headers.clear()
            safe.headers.update(sent.headers)
            response = self.adapter.send(safe, **settings)
            restoring = exchange.answer(list(response.headers.items()), response.status_code)
        except BaseException as error:
            exchange.close(error)
            raise
        if restoring is None:
            exchange.close()
            return response
        response.raw = _Raw(response.raw, exchange, restoring)
        kept = answered(list(response.headers.items()))
        response.headers.clear()
        response.headers.update(kept)
        return response

    def close(self) -> None:
        """Close the adapter that sends."""
        self.adapter.close()


class _Raw:
    """The restored bytes of an answer, in the place of what urllib3 gives."""

    def __init__(self, raw: Any, exchange: Exchange, restoring: Restoring) -> None:
        self._raw = raw
        self._exchange = exchange
        self._restoring = restoring
        self._chunks: Iterator[bytes] | None = None
        self._rest = b""

    def __getattr__(self, name: str) -> Any:
        return getattr(self._raw, name)

    def stream(self, amt: int | None = 65536, decode_content: bool | None = None) -> Iterator[bytes]:  # noqa: ARG002
        """Piece by piece."""
        if self._rest:
            rest, self._rest = self._rest, b""
            yield rest
        try:
            for chunk in self._raw.stream(amt, decode_content=True):
                if out := self._restoring.feed(chunk):
                    yield out
            if out := self._restoring.finish():
                yield out
        except BaseException:
            self.close()
            raise
        self._exchange.close()

    def read(self, amt: int | None = None, decode_content: bool | None = None) -> bytes:  # noqa: ARG002
        """``amt`` bytes, or all that follow."""
        self._chunks = self._chunks or self.stream()
        got, size = [self._rest], len(self._rest)
        self._rest = b""
        while amt is None or size < amt:
            chunk = next(self._chunks, b"")
            if not chunk:
                break
            got.append(chunk)
            size += len(chunk)
        data = b"".join(got)
        if amt is not None:
            data, self._rest = data[:amt], data[amt:]
        return data

    def close(self) -> None:
        """Close the answer."""
        try:
            self._raw.close()
        finally:
            self._exchange.close()

    def release_conn(self) -> None:
        """Give the connection back."""
        try:
            self._raw.release_conn()
        finally:
            self._exchange.close()


def _body(body: object) -> bytes:
    if isinstance(body, bytes | bytearray):
        return bytes(body)
    if body is None:
        return b""
    if isinstance(body, str):
        return body.encode()
    read = getattr(body, "read", None)
    if callable(read):
        data = read()
    else:
        assert isinstance(body, Iterable)
        data = b"".join(part.encode() if isinstance(part, str) else part for part in body)
    return data.encode() if isinstance(data, str) else bytes(data)
