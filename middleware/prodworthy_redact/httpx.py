"""Transports of httpx that redact requests and restore answers.

client = groq.Groq(http_client=httpx.Client(transport=RedactingTransport(redactor)))
"""

from __future__ import annotations

from collections.abc import Iterable

import httpx

from prodworthy_redact.redactor import Redactor
from prodworthy_redact.wire.exchange import Chosen, Exchange, Sent, answered
from prodworthy_redact.wire.restoring import Restoring
from prodworthy_redact.wire.transports import AsyncRedacting, Restored, SyncRedacting

__all__ = ["AsyncRedactingTransport", "RedactingTransport"]


class RedactingTransport(SyncRedacting[httpx.Request, httpx.Response], httpx.BaseTransport):
    """Redacts requests to providers before they are sent, and restores the answers.

    Args:
        redactor: finds, replaces and restores; by default one for the process, by the nearest configuration.
        transport: sends; by default ``httpx.HTTPTransport()``.
        session: the conversation of all requests: a name, a session, or what returns one for each request.
        hosts: whose requests are redacted, instead of those of all known providers.
    """

    def __init__(
        self,
        redactor: Redactor | None = None,
        transport: httpx.BaseTransport | None = None,
        *,
        session: Chosen = None,
        hosts: Iterable[str] | None = None,
    ) -> None:
        super().__init__(redactor, transport or httpx.HTTPTransport(), session, hosts)

    def _request(self, request: httpx.Request, sent: Sent) -> httpx.Request:
        return _request(request, sent)

    def _response(self, response: httpx.Response, exchange: Exchange, restoring: Restoring) -> httpx.Response:
        return _response(response, _Stream(response, exchange, restoring))


class AsyncRedactingTransport(AsyncRedacting[httpx.Request, httpx.Response], httpx.AsyncBaseTransport):
    """The same for ``httpx.AsyncClient``; sends by ``httpx.AsyncHTTPTransport()`` by default."""

    def __init__(
        self,
        redactor: Redactor | None = None,
        transport: httpx.AsyncBaseTransport | None = None,
        *,
        session: Chosen = None,
        hosts: Iterable[str] | None = None,
    ) -> None:
        super().__init__(redactor, transport or httpx.AsyncHTTPTransport(), session, hosts)

    def _request(self, request: httpx.Request, sent: Sent) -> httpx.Request:
        return _request(request, sent)

    def _response(self, response: httpx.Response, exchange: Exchange, restoring: Restoring) -> httpx.Response:
        return _response(response, _AsyncStream(response, exchange, restoring))


class _Stream(Restored[httpx.Response], httpx.SyncByteStream):
    pass


class _AsyncStream(Restored[httpx.Response], httpx.AsyncByteStream):
    pass


def _request(request: httpx.Request, sent: Sent) -> httpx.Request:
    url = request.url if sent.url == str(request.url) else sent.url
    return httpx.Request(
        request.method, url, headers=sent.headers, content=sent.body, extensions=request.extensions
    )


def _response(response: httpx.Response, stream: _Stream | _AsyncStream) -> httpx.Response:
    headers = answered(response.headers.multi_items())
    return httpx.Response(
        response.status_code, headers=headers, stream=stream, extensions=response.extensions
    )
