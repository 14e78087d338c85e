"""Transports of httpx2 that redact requests and restore answers.

client = openai.OpenAI(http_client=httpx2.Client(transport=RedactingTransport(redactor)))
"""

from __future__ import annotations

from collections.abc import Iterable

import httpx2

from prodworthy_redact.redactor import Redactor
from prodworthy_redact.wire.exchange import Chosen, Exchange, Sent, answered
from prodworthy_redact.wire.restoring import Restoring
from prodworthy_redact.wire.transports import AsyncRedacting, Restored, SyncRedacting

__all__ = ["AsyncRedactingTransport", "RedactingTransport"]


class RedactingTransport(SyncRedacting[httpx2.Request, httpx2.Response], httpx2.BaseTransport):
    """Redacts requests to providers before they are sent, and restores the answers.

    Args:
        redactor: finds, replaces and restores; by default one for the process, by the nearest configuration.
        transport: sends; by default ``httpx2.HTTPTransport()``.
        session: the conversation of all requests: a name, a session, or what returns one for each request.
        hosts: whose requests are redacted, instead of those of all known providers.
    """

    def __init__(
        self,
        redactor: Redactor | None = None,
        transport: httpx2.BaseTransport | None = None,
        *,
        session: Chosen = None,
        hosts: Iterable[str] | None = None,
    ) -> None:
        super().__init__(redactor, transport or httpx2.HTTPTransport(), session, hosts)

    def _request(self, request: httpx2.Request, sent: Sent) -> httpx2.Request:
        return _request(request, sent)

    def _response(
        self, response: httpx2.Response, exchange: Exchange, restoring: Restoring
    ) -> httpx2.Response:
        return _response(response, _Stream(response, exchange, restoring))


class AsyncRedactingTransport(AsyncRedacting[httpx2.Request, httpx2.Response], httpx2.AsyncBaseTransport):
    """The same for ``httpx2.AsyncClient``; sends by ``httpx2.AsyncHTTPTransport()`` by default."""

    def __init__(
        self,
        redactor: Redactor | None = None,
        transport: httpx2.AsyncBaseTransport | None = None,
        *,
        session: Chosen = None,
        hosts: Iterable[str] | None = None,
    ) -> None:
        super().__init__(redactor, transport or httpx2.AsyncHTTPTransport(), session, hosts)

    def _request(self, request: httpx2.Request, sent: Sent) -> httpx2.Request:
        return _request(request, sent)

    def _response(
        self, response: httpx2.Response, exchange: Exchange, restoring: Restoring
    ) -> httpx2.Response:
        return _response(response, _AsyncStream(response, exchange, restoring))


class _Stream(Restored[httpx2.Response], httpx2.SyncByteStream):
    pass


class _AsyncStream(Restored[httpx2.Response], httpx2.AsyncByteStream):
    pass


def _request(request: httpx2.Request, sent: Sent) -> httpx2.Request:
    url = request.url if sent.url == str(request.url) else sent.url
    return httpx2.Request(
        request.method, url, headers=sent.headers, content=sent.body, extensions=request.extensions
    )


def _response(response: httpx2.Response, stream: _Stream | _AsyncStream) -> httpx2.Response:
    headers = answered(response.headers.multi_items())
    return httpx2.Response(
        response.status_code, headers=headers, stream=stream, extensions=response.extensions
    )
