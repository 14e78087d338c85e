"""The ASGI application: endpoints, health, metrics."""

from __future__ import annotations

import asyncio
import gc
import os
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from prodworthy_redact.errors import PolicyError, RedactError
from prodworthy_redact.gateway import shapes
from prodworthy_redact.gateway.config import Api, Gateway, secret
from prodworthy_redact.gateway.exchange import Desk, Handler
from prodworthy_redact.gateway.metrics import CONTENT_TYPE, GatewayMetrics
from prodworthy_redact.gateway.shapes import ENDPOINTS, Problem
from prodworthy_redact.gateway.upstream import Upstreams
from prodworthy_redact.keys import Key
from prodworthy_redact.policy import Policy
from prodworthy_redact.redactor import Redactor
from prodworthy_redact.scan import Finder
from prodworthy_redact.usage import Budget, Meter

CONFIG = "PRODWORTHY_GATEWAY"


def application(
    config: Gateway,
    policy: Policy,
    budget: Budget,
    *,
    key: Key | None = None,
    finder: Finder | None = None,
) -> Starlette:
    """The gateway as an ASGI application.

    Args:
        config: how it runs.
        policy: what is redacted.
        budget: what may be used.
        key: as of `Redactor`.
        finder: the same.

    Raises:
        PolicyError: a key is missing, or workers would share no vault.
        VaultError, CountersError: a store cannot be opened.
    """
    refuse_what_is_not_shared(config, policy, budget)
    metrics = GatewayMetrics()
    redactor = Redactor(policy, audit=metrics.audit, key=key, finder=finder)
    meter = Meter(budget, on_threshold=metrics.crossed, on_usage=metrics.used)
    desk = Desk(config, redactor, meter, Upstreams(config), metrics, _access(config))

    @asynccontextmanager
    async def lifespan(_: Starlette) -> AsyncIterator[None]:
        redactor.warm_up()
        gc.enable()  # the command line runs without
        gc.collect()
        gc.freeze()  # what was loaded stays: nothing of it is looked at again
        await desk.upstreams.start()
        try:
            yield
        finally:
            await desk.upstreams.close()
            redactor.close()
            meter.close()

    routes = [
        *(Route(e.path, Handler(desk, e), methods=list(e.methods)) for e in ENDPOINTS),
        Route("/healthz", _healthy),
        Route("/readyz", _Ready(desk).answer),
        Route("/metrics", lambda _: Response(metrics.text(), media_type=CONTENT_TYPE)),
    ]
    return Starlette(routes=routes, lifespan=lifespan, exception_handlers={404: _unknown, 405: _unknown})


def from_environment() -> Starlette:
    """The application of one worker, whose configuration file is named in ``PRODWORTHY_GATEWAY``."""
    import json

    told = json.loads(os.environ[CONFIG])
    path = told["path"]
    return application(Gateway.load(path, **told["overrides"]), Policy.load(path), Budget.load(path))


def refuse_what_is_not_shared(config: Gateway, policy: Policy, budget: Budget) -> None:
    """Raise `PolicyError` where several workers would each have sessions or counters of their own."""
    if config.workers > 1 and policy.vault == "memory":
        raise PolicyError(
            "`gateway.workers`: several workers need a vault that they share: set `redact.vault` to redis://..."
        )
    if config.workers > 1 and budget.limits and budget.store == "memory":
        raise PolicyError(
            "`gateway.workers`: several workers need counters that they share: set `budget.store` to redis://..."
        )


def _access(config: Gateway) -> tuple[bytes, ...]:
    if not config.access_env:
        return ()
    keys = (key.strip() for key in secret(config.access_env).split(","))
    return tuple(key.encode() for key in keys if key)


async def _healthy(_: Request) -> Response:
    return Response("ok\n", media_type="text/plain")


class _Ready:
    """Whether requests would be answered: the stores answer, and there is room."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk

    async def answer(self, _: Request) -> Response:
        """200, or 503 and why."""
        try:
            await asyncio.to_thread(self._ask)
        except RedactError as error:
            return Response(f"{error}\n", 503, media_type="text/plain")
        if self._desk.running >= self._desk.config.concurrency:
            return Response("busy\n", 503, media_type="text/plain")
        return Response("ready\n", media_type="text/plain")

    def _ask(self) -> None:
        self._desk.redactor.session("readiness").restore("")
        self._desk.meter.counters.read("readiness")


async def _unknown(request: Request, _: Exception) -> Response:
    anthropic = "anthropic-version" in request.headers or request.url.path.startswith("/v1/messages")
    api: Api = "anthropic" if anthropic else "openai"
    told = f"the gateway does not know {request.method} on this path; nothing was sent"
    problem = Problem(404, told, "unknown_url")
    return Response(shapes.body(api, problem), 404, media_type="application/json")
