"""The circumstances of one call, each found when a rule asks for it."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING

from prodworthy.circumstances import ClientBuild, FanOut, Handler, LostCap, RetryLayer, Shared, Swallow
from prodworthy.finding import Span
from prodworthy.resolve import (
    caching,
    clients,
    concurrency,
    handling,
    histories,
    loops,
    lostcaps,
    outward,
    retrying,
)
from prodworthy.resolve import shared as conversations
from prodworthy.resolve.errors import Api
from prodworthy.resolve.find import Found
from prodworthy.resolve.index import ModuleIndex
from prodworthy.resolve.outward import Definition, Step

if TYPE_CHECKING:
    from prodworthy.resolve.engine import Engine


class Surrounded:
    """Implements `prodworthy.circumstances.Circumstances`."""

    def __init__(self, engine: Engine, module: ModuleIndex, found: Found, sdk: str) -> None:
        self._engine = engine
        self._r = engine.resolver
        self._module = module
        self._found = found
        self._sdk = sdk

    @cached_property
    def _around(self) -> list[Step]:
        self._r.refill()
        return list(outward.steps(self._r, self._module, self._found.node))

    @cached_property
    def _api(self) -> Api:
        model = self._found.endpoint.sdk
        return Api(self._sdk, tuple(model.roots), frozenset(model.errors))

    @property
    def function(self) -> Span | None:
        """The function that it stands in."""
        function = self._module.function_of(self._found.node)
        return self._module.source.span(function) if function is not None else None

    @cached_property
    def retries(self) -> tuple[RetryLayer, ...]:
        """The retries around the call, the innermost first."""
        return retrying.layers(self._r, self._engine.knowledge.retry, self._api, self._around)

    @cached_property
    def swallows(self) -> tuple[Swallow, ...]:
        """The handlers that drop its errors."""
        return handling.swallows(self._r, self._api, self._around)

    @cached_property
    def handled(self) -> bool | None:
        """Whether its errors are caught on the way to a request handler."""
        return handling.handled(self._r, self._api, self._around, self._is_handler)

    @cached_property
    def fan_out(self) -> FanOut | None:
        """The unlimited tasks that it is one of."""
        return concurrency.fan_out(self._r, self._around)

    @cached_property
    def endless_loop(self) -> Span | None:
        """The loop that only the model's answer ends."""
        return loops.endless(self._around)

    @cached_property
    def blocked(self) -> Span | None:
        """The ``async def`` that it holds up."""
        return concurrency.blocked(self._found.node, self._around)

    @cached_property
    def one_at_a_time(self) -> Span | None:
        """The loop that sends one input at a time."""
        return loops.one_at_a_time(self._r, self._module, self._found, self._around)

    @cached_property
    def rebuilt_client(self) -> ClientBuild | None:
        """The repeated construction of its client."""
        return clients.rebuilt(self._r, self._found, self._is_handler)

    @cached_property
    def lost_cap(self) -> LostCap | None:
        """The cap that does not reach it."""
        return lostcaps.lost(self._r, self._module, self._found)

    @cached_property
    def shared(self) -> Shared | None:
        """The global that holds its conversation."""
        return conversations.shared(self._r, self._module, self._found, self._around, self._is_handler)

    @cached_property
    def handler(self) -> Handler | None:
        """The handler that waits for it."""
        for step in self._around:
            function = step.function
            kind = self._engine.flow.handler_kind(step.module, function) if function is not None else ""
            if function is not None and kind in ("request", "message"):
                return Handler(function.name, step.module.source.span(function), kind)
        return None

    @cached_property
    def cached(self) -> bool:
        """Whether an answer is looked up before it is asked for."""
        return caching.cached(self._around)

    @cached_property
    def growing(self) -> Shared | None:
        """The conversation that is only added to."""
        return histories.growing(self._r, self._module, self._found, self._around)

    def _is_handler(self, module: ModuleIndex, function: Definition) -> bool:
        return self._engine.flow.handler_kind(module, function) == "request"
