"""One request of the gateway: redacted, admitted, sent, restored."""

from __future__ import annotations

import asyncio
import hmac
import json
import logging
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeVar

import aiohttp

from prodworthy_redact.errors import RedactError
from prodworthy_redact.gateway.config import Api, Gateway
from prodworthy_redact.gateway.metrics import GatewayMetrics
from prodworthy_redact.gateway.reply import Caller, Gone, parsed
from prodworthy_redact.gateway.shapes import Endpoint, Problem, problem_of
from prodworthy_redact.gateway.upstream import Upstreams, named, passed_back, passed_on
from prodworthy_redact.integrations.asgi import Receive, Scope, Send, conversation_name
from prodworthy_redact.usage import Meter, Ticket, asked, key_in, tag_in
from prodworthy_redact.usage.asking import asking
from prodworthy_redact.usage.stream import MeteredEvents
from prodworthy_redact.wire.exchange import Exchange, Sent
from prodworthy_redact.wire.restoring import Restoring

if TYPE_CHECKING:
    from prodworthy_redact.redactor import Redactor

_LOG = logging.getLogger("prodworthy_redact.gateway")
_INLINE = 16_384  # bytes that are done with sooner than a thread could be asked
T = TypeVar("T")


@dataclass(slots=True)
class Desk:
    """What the requests of one worker share.

    Attributes:
        config: how the gateway runs.
        redactor: redacts and restores.
        meter: admits and counts.
        upstreams: where requests go.
        metrics: what is told about them.
        access: the keys that callers must have, if any.
        running: requests under way.
    """

    config: Gateway
    redactor: Redactor
    meter: Meter
    upstreams: Upstreams
    metrics: GatewayMetrics
    access: tuple[bytes, ...] = ()
    running: int = 0


class Handler:
    """An endpoint of the gateway, as an ASGI application."""

    def __init__(self, desk: Desk, endpoint: Endpoint) -> None:
        self._desk = desk
        self._endpoint = endpoint

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request."""
        started = time.perf_counter()
        desk, metrics = self._desk, self._desk.metrics
        caller = Caller(receive, send)
        run = _Run(desk, self._endpoint, scope, caller)
        desk.running += 1
        metrics.running.inc()
        try:
            if desk.running > desk.config.concurrency:
                raise Problem(503, "the gateway is busy; try again", "busy", retry_after=1, final=False)
            await run.run()
        except Gone:
            pass
        except asyncio.CancelledError:
            task = asyncio.current_task()
            if not caller.gone or task is None or task.uncancel():
                raise
        except Problem as problem:
            await caller.problem(run.api, problem)
        except RedactError as error:
            await caller.problem(run.api, problem_of(error))
        except Exception as error:  # its message may hold what the request holds
            _LOG.error("%s: %s", self._endpoint.path, type(error).__name__)
            await caller.problem(run.api, Problem(500, "the gateway failed; the request was not answered"))
        finally:
            caller.close()
            desk.running -= 1
            metrics.running.dec()
            metrics.requests.labels(self._endpoint.path, run.upstream, str(caller.status)).inc()
            metrics.seconds.labels(self._endpoint.path).observe(time.perf_counter() - started)


class _Run:
    """The way of one request."""

    def __init__(self, desk: Desk, endpoint: Endpoint, scope: Scope, caller: Caller) -> None:
        self._desk = desk
        self._endpoint = endpoint
        self._scope = scope
        self._caller = caller
        self._headers = named(scope["headers"])
        self._far = False  # whether the session is kept by somebody who has to be asked
        self.upstream = ""
        self.api: Api = endpoint.api or ("anthropic" if "anthropic-version" in self._headers else "openai")

    async def run(self) -> None:
        self._refuse_strangers()
        raw = await self._body()
        self._caller.watch()
        name = self._conversation()
        redactor = self._desk.redactor
        self._far = name is not None and redactor.policy.vault != "memory"
        exchange = Exchange(redactor, redactor.session(name), own=name is None)
        try:
            await self._exchange(exchange, raw)
        finally:
            exchange.close()

    async def _exchange(self, exchange: Exchange, raw: bytes) -> None:
        desk = self._desk
        with desk.metrics.redaction.time():
            sent = await self._work(len(raw), lambda: self._redacted(exchange, raw))
        value = sent.value if sent.value is not None or not raw else parsed(raw)
        model = value.get("model") if isinstance(value, dict) else ""
        upstream = desk.upstreams.choose(self.api, model if isinstance(model, str) else "")
        self.upstream = upstream.label
        body, hide_usage = sent.body, False
        if desk.meter.budget.ask_usage:
            body, hide_usage = asking(self._scope["path"], value, body)
        ticket = await self._admit(value, len(raw))
        counts = True
        try:
            try:
                response = await desk.upstreams.send(
                    upstream, self.api, self._scope["method"], sent.url, dict(sent.headers), body
                )
            except aiohttp.ClientConnectorError:
                counts = False
                raise
            try:
                counts = response.status < 400
                await self._answer(exchange, response, ticket, hide_usage=hide_usage)
            finally:
                response.close()
        except (aiohttp.ClientError, TimeoutError) as error:
            raise self._failed(error) from error
        finally:
            await self._close(ticket, counts=counts)

    def _redacted(self, exchange: Exchange, raw: bytes) -> Sent:
        query = self._scope["query_string"].decode("latin-1")
        url = self._scope["path"] + (f"?{query}" if query else "")
        return exchange.send(url, passed_on(self._headers, has_body=bool(raw)), raw)

    async def _answer(
        self,
        exchange: Exchange,
        response: aiohttp.ClientResponse,
        ticket: Ticket | None,
        *,
        hide_usage: bool,
    ) -> None:
        caller = self._caller
        headers = passed_back(response.raw_headers)
        restoring = exchange.answer(list(response.headers.items()))
        if not response.headers.get("content-type", "").startswith("text/event-stream"):
            data = await response.read()
            out = await self._work(len(data), lambda: _whole(data, restoring, ticket))
            await caller.answer(response.status, headers, out)
            return
        stream = MeteredEvents(restoring, ticket, hide=hide_usage)
        await caller.begin(response.status, headers, streams=True)
        try:
            async for chunk in response.content.iter_any():
                await caller.more(stream.feed(chunk))
        except (aiohttp.ClientError, TimeoutError):
            if self._desk.redactor.policy.answers == "restore":  # else a value by halves might be in it
                await caller.more(stream.finish(complete=False))
            raise
        await caller.end(stream.finish(complete=True))

    async def _body(self) -> bytes:
        most = self._desk.config.max_body
        length = self._headers.get("content-length", "")
        if length.isdigit() and int(length) > most:
            raise Problem(413, f"the body is larger than {most} bytes; nothing was sent", "body_too_large")
        encoding = self._headers.get("content-encoding", "").strip().lower()
        try:
            async with asyncio.timeout(self._desk.config.body_timeout):
                raw = await self._caller.body(most, encoding)
        except TimeoutError as error:
            told = "the body did not arrive in time; nothing was sent"
            raise Problem(408, told, "body_timeout", final=False) from error
        if self._scope["method"] == "POST" and not raw:
            raise Problem(400, "the request has no body; nothing was sent", "invalid_json")
        return raw

    def _refuse_strangers(self) -> None:
        access = self._desk.access
        if not access:
            return
        given = self._headers.get("authorization", "").removeprefix("Bearer ").strip()
        key = (given or self._headers.get("x-api-key", "")).encode("latin-1")
        if not any(hmac.compare_digest(key, known) for known in access):
            raise Problem(401, "the gateway does not know this key; nothing was sent", "invalid_api_key")

    def _conversation(self) -> str | None:
        told = self._headers.get(self._desk.config.session_header.lower(), "").strip()
        if not told:
            return None
        owner = (self._headers.get(name, "") for name in ("authorization", "x-api-key", "api-key"))
        return conversation_name(told, *(value.encode("latin-1") for value in owner))

    async def _admit(self, value: object, size: int) -> Ticket | None:
        if not self._endpoint.billed:
            return None
        meter = self._desk.meter
        request = asked(self._scope["path"], value, size, key_in(self._headers), tag_in(self._headers))
        return await asyncio.to_thread(meter.admit, request) if meter.remote else meter.admit(request)

    async def _close(self, ticket: Ticket | None, *, counts: bool) -> None:
        if ticket is None:
            return
        end = ticket.settle if counts else ticket.release
        if self._desk.meter.remote:
            await asyncio.shield(asyncio.to_thread(end))
        else:
            end()

    async def _work(self, size: int, task: Callable[[], T]) -> T:
        """Run ``task``: in a thread, if it may take long or wait for somebody."""
        return await asyncio.to_thread(task) if self._far or size > _INLINE else task()

    def _failed(self, error: Exception) -> Problem:
        if self._caller.begun:
            return Problem(502, "the upstream broke its answer off", "upstream_broke_off", final=False)
        if isinstance(error, TimeoutError):
            return Problem(504, "the upstream did not answer in time", "upstream_timeout", final=False)
        if isinstance(error, aiohttp.ClientConnectorError):
            return Problem(502, "the upstream cannot be reached", "upstream_unreachable", final=False)
        return Problem(502, "the upstream did not answer", "upstream_failed", final=False)


def _whole(data: bytes, restoring: Restoring | None, ticket: Ticket | None) -> bytes:
    """A whole answer, restored and counted."""
    if ticket:
        with suppress(ValueError, RecursionError):
            ticket.read(json.loads(data))
    return restoring.feed(data) + restoring.finish() if restoring else data
