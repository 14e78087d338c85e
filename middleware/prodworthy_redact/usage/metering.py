"""One request of a transport: admitted before it is sent, and counted when its answer has been read."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping
from urllib.parse import urlsplit

from prodworthy_redact.usage.asking import asking
from prodworthy_redact.usage.estimate import asked
from prodworthy_redact.usage.keys import key_in, tag_in
from prodworthy_redact.usage.meter import Meter, Ticket
from prodworthy_redact.usage.stream import MeteredEvents, Restores

# Errors of HTTP libraries that say that nothing was sent, by their names.
_UNSENT = frozenset(
    {"ConnectError", "ConnectTimeout", "PoolTimeout", "ClientConnectorError", "EndpointConnectionError"}
)


class Metering:
    """Admits a request and counts its answer."""

    def __init__(self, meter: Meter) -> None:
        self._meter = meter
        self._ticket: Ticket | None = None
        self._hide = False

    @property
    def observe(self) -> Callable[[object], None] | None:
        """What is to be shown the JSON of an answer; None if nothing counts it."""
        return self._ticket.read if self._ticket else None

    def admit(self, url: str, headers: Mapping[str, str], value: object, body: bytes) -> bytes:
        """Reserve what a request can use; its body so that it tells its usage.

        Raises:
            BudgetExceeded: a budget has no room for it.
            CountersError: the counters do not answer.
        """
        path = urlsplit(url).path
        request = asked(path, value, len(body), key_in(headers), tag_in(headers))
        if not request.model or not isinstance(value, Mapping):  # it asks for nothing that costs
            return body
        self._ticket = self._meter.admit(request)
        if self._meter.budget.ask_usage:
            body, self._hide = asking(path, value, body)
        return body

    def answered(self, status: int) -> None:
        """An error costs nothing."""
        if status >= 400 and self._ticket:
            ticket, self._ticket = self._ticket, None
            self._end(ticket.release)

    def events(self, restoring: Restores | None) -> MeteredEvents:
        """Counts server-sent events, and restores them by ``restoring``."""
        return MeteredEvents(restoring, self._ticket, hide=self._hide)

    def close(self, error: BaseException | None = None) -> None:
        """End it; ``error`` is why there is no answer."""
        ticket, self._ticket = self._ticket, None
        if ticket:
            unsent = any(cause.__name__ in _UNSENT for cause in type(error).__mro__)
            self._end(ticket.release if unsent else ticket.settle)

    def _end(self, work: Callable[[], None]) -> None:
        if self._meter.remote:
            try:
                loop = asyncio.get_running_loop()
            except RuntimeError:
                pass
            else:
                loop.run_in_executor(None, work)
                return
        work()
