"""The one implementation of redacting transports, for httpx and for httpx2."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterable, Iterator
from typing import Generic, Protocol, TypeVar

from prodworthy_redact.redactor import Redactor
from prodworthy_redact.wire.exchange import Chosen, Exchange, Sent, Wire
from prodworthy_redact.wire.restoring import Restoring


class _Headers(Protocol):
    def multi_items(self) -> list[tuple[str, str]]: ...


class _RequestLike(Protocol):
    """What both libraries know of a request."""

    @property
    def url(self) -> object: ...
    @property
    def headers(self) -> _Headers: ...
    def read(self) -> bytes: ...
    async def aread(self) -> bytes: ...


class _ResponseLike(Protocol):
    """What both libraries know of a response; its bytes come without content encoding."""

    @property
    def status_code(self) -> int: ...
    @property
    def headers(self) -> _Headers: ...
    def iter_bytes(self) -> Iterator[bytes]: ...
    def aiter_bytes(self) -> AsyncIterator[bytes]: ...
    def close(self) -> None: ...
    async def aclose(self) -> None: ...


Request = TypeVar("Request", bound=_RequestLike)
Response = TypeVar("Response", bound=_ResponseLike)
_Asked_contra = TypeVar("_Asked_contra", contravariant=True)
_Given_co = TypeVar("_Given_co", covariant=True)


class _Inner(Protocol[_Asked_contra, _Given_co]):
    """A transport that sends."""

    def handle_request(self, request: _Asked_contra, /) -> _Given_co: ...
    def close(self) -> None: ...


class _AsyncInner(Protocol[_Asked_contra, _Given_co]):
    """The same, asynchronous."""

    async def handle_async_request(self, request: _Asked_contra, /) -> _Given_co: ...
    async def aclose(self) -> None: ...


class _Base(Generic[Request, Response]):
    def __init__(
        self, redactor: Redactor | None, session: Chosen = None, hosts: Iterable[str] | None = None
    ) -> None:
        self.wire = Wire(redactor, session, hosts)

    def __repr__(self) -> str:
        return f"{type(self).__name__}({self.wire!r})"

    def _exchange(self, request: Request) -> Exchange | None:
        return self.wire.exchange(str(request.url), request.headers.multi_items())

    def _request(self, request: Request, sent: Sent) -> Request:
        """``request`` as it leaves."""
        raise NotImplementedError

    def _response(self, response: Response, exchange: Exchange, restoring: Restoring) -> Response:
        """``response`` as it comes back."""
        raise NotImplementedError

    def _answered(self, response: Response, exchange: Exchange) -> Response:
        restoring = exchange.answer(response.headers.multi_items(), response.status_code)
        if restoring is None:
            exchange.close()
            return response
        return self._response(response, exchange, restoring)


class SyncRedacting(_Base[Request, Response]):
    """Redacts what another transport sends, and restores what it receives."""

    def __init__(
        self,
        redactor: Redactor | None,
        transport: _Inner[Request, Response],
        session: Chosen = None,
        hosts: Iterable[str] | None = None,
    ) -> None:
        super().__init__(redactor, session, hosts)
        self.transport = transport

    def handle_request(self, request: Request) -> Response:
        """Send ``request``; what cannot be redacted raises a `RedactError` and is not sent."""
        exchange = self._exchange(request)
        if exchange is None:
            return self.transport.handle_request(request)
        try:
            sent = exchange.send(str(request.url), request.headers.multi_items(), request.read())
            return self._answered(self.transport.handle_request(self._request(request, sent)), exchange)
        except BaseException as error:
            exchange.close(error)
            raise

    def close(self) -> None:
        """Close the transport that sends."""
        self.transport.close()


class AsyncRedacting(_Base[Request, Response]):
    """The same, asynchronous: texts are searched in a thread, so that the event loop goes on."""

    def __init__(
        self,
        redactor: Redactor | None,
        transport: _AsyncInner[Request, Response],
        session: Chosen = None,
        hosts: Iterable[str] | None = None,
    ) -> None:
        super().__init__(redactor, session, hosts)
        self.transport = transport

    async def handle_async_request(self, request: Request) -> Response:
        """Send ``request``; what cannot be redacted raises a `RedactError` and is not sent."""
        import anyio.to_thread

        exchange = self._exchange(request)
        if exchange is None:
            return await self.transport.handle_async_request(request)
        try:
            url, headers, body = str(request.url), request.headers.multi_items(), await request.aread()
            sent = await anyio.to_thread.run_sync(exchange.send, url, headers, body)
            answer = await self.transport.handle_async_request(self._request(request, sent))
            return self._answered(answer, exchange)
        except BaseException as error:
            exchange.close(error)
            raise

    async def aclose(self) -> None:
        """Close the transport that sends."""
        await self.transport.aclose()


class Restored(Generic[Response]):
    """The restored bytes of an answer. Whoever reads slowly is waited for; closing closes what sends."""

    def __init__(self, response: Response, exchange: Exchange, restoring: Restoring) -> None:
        self._response = response
        self._exchange = exchange
        self._restoring = restoring

    def __iter__(self) -> Iterator[bytes]:
        try:
            for chunk in self._response.iter_bytes():
                if out := self._restoring.feed(chunk):
                    yield out
            if rest := self._restoring.finish():
                yield rest
        except BaseException:
            self.close()
            raise

    async def __aiter__(self) -> AsyncIterator[bytes]:
        try:
            async for chunk in self._response.aiter_bytes():
                if out := self._restoring.feed(chunk):
                    yield out
            if rest := self._restoring.finish():
                yield rest
        except BaseException:
            await self.aclose()
            raise

    def close(self) -> None:
        """Close the answer."""
        try:
            self._response.close()
        finally:
            self._exchange.close()

    async def aclose(self) -> None:
        """Close the answer."""
        try:
            await self._response.aclose()
        finally:
            self._exchange.close()
