"""A middleware of aiohttp's client that redacts requests and restores answers.

aiohttp.ClientSession(middlewares=[RedactingMiddleware(redactor)])
"""

from __future__ import annotations

import asyncio
from collections.abc import Iterable

import aiohttp
from aiohttp.base_protocol import BaseProtocol
from aiohttp.client_middlewares import ClientHandlerType
from multidict import CIMultiDict, CIMultiDictProxy
from yarl import URL

from prodworthy_redact.redactor import Redactor
from prodworthy_redact.wire.exchange import Chosen, Exchange, Sent, Wire, answered
from prodworthy_redact.wire.restoring import Restoring

__all__ = ["RedactingMiddleware"]

_LIMIT = 2**16


class RedactingMiddleware:
    """Redacts requests to providers before they are sent, and restores the answers.

    Args:
        redactor: finds, replaces and restores; by default one for the process, by the nearest configuration.
        session: the conversation of all requests: a name, a session, or what returns one for each request.
        hosts: whose requests are redacted, instead of those of all known providers.
    """

    def __init__(
        self,
        redactor: Redactor | None = None,
        *,
        session: Chosen = None,
        hosts: Iterable[str] | None = None,
    ) -> None:
        self.wire = Wire(redactor, session, hosts)

    async def __call__(
        self, request: aiohttp.ClientRequest, handler: ClientHandlerType
    ) -> aiohttp.ClientResponse:
        """Send ``request``; what cannot be redacted raises a `RedactError` and is not sent."""
        headers = list(request.headers.items())
        exchange = self.wire.exchange(str(request.url), headers)
        if exchange is None:
            return await handler(request)
        try:
            sent = await asyncio.to_thread(exchange.send, str(request.url), headers, await _body(request))
            await _put(request, sent)
            response = await handler(request)
            given = list(response.headers.items())
            restoring = exchange.answer(given, response.status)
        except BaseException as error:
            exchange.close(error)
            raise
        if restoring is None:
            exchange.close()
        else:
            response.content = _Restored(response, exchange, restoring)
            response._headers = CIMultiDictProxy(CIMultiDict(answered(given)))
            response._cache.pop("headers", None)
        return response


class _Restored(aiohttp.StreamReader):
    """The restored bytes of an answer; as much is read as is asked for."""

    def __init__(self, response: aiohttp.ClientResponse, exchange: Exchange, restoring: Restoring) -> None:
        loop = asyncio.get_running_loop()
        super().__init__(BaseProtocol(loop), _LIMIT, loop=loop)
        self._upstream = response.content
        self._exchange = exchange
        self._restoring = restoring

    async def _wait(self, func_name: str) -> None:  # noqa: ARG002 - the reader's own, called when it is empty
        try:
            if self._upstream.exception() is not None:
                raise self._upstream.exception()  # type: ignore[misc]
            chunk = await self._upstream.readany()
            if chunk:
                self.feed_data(self._restoring.feed(chunk))
            elif self._upstream.at_eof():
                self.feed_data(self._restoring.finish())
                self.feed_eof()
                self._exchange.close()
        except BaseException:
            self._exchange.close()
            raise


async def _body(request: aiohttp.ClientRequest) -> bytes:
    body = request.body
    return body if isinstance(body, bytes) else await body.as_bytes()


async def _put(request: aiohttp.ClientRequest, sent: Sent) -> None:
    if sent.url != str(request.url):
        request.url = URL(sent.url, encoded=True)
    request.headers.clear()
    for name, value in sent.headers:
        if name.lower() != "content-length":
            request.headers.add(name, value)
    request.chunked = None
    await request.update_body(sent.body or None)
