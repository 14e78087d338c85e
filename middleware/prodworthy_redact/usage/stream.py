"""Server-sent events on their way back: their usage is counted and, if nobody asked for it, kept back."""

from __future__ import annotations

import json
from typing import Protocol

from prodworthy_redact.usage.meter import Ticket
from prodworthy_redact.wire.sse import Block, Blocks

_USAGE = b'"usage'


class Restores(Protocol):
    """What restores an answer piece by piece."""

    def feed(self, chunk: bytes) -> bytes:
        """What is certain after ``chunk``."""

    def finish(self) -> bytes:
        """The rest."""


class MeteredEvents:
    """Counts what events tell, before they are restored. An event that is not whole is never given out.

    Args:
        restoring: restores them; None if there is nothing to restore.
        ticket: counts; None if nobody does.
        hide: whether the event with nothing but a chat's usage is kept back.
    """

    def __init__(self, restoring: Restores | None, ticket: Ticket | None, *, hide: bool) -> None:
        self._restoring = restoring
        self._ticket = ticket
        self._hide = hide
        self._blocks = Blocks()

    def feed(self, chunk: bytes) -> bytes:
        """What is certain after ``chunk``."""
        return b"".join([self._event(raw) for raw in self._blocks.feed(chunk)])

    def finish(self, *, complete: bool = True) -> bytes:
        """What is left at the end; of an answer that broke off, without the event that is not whole."""
        rest = self._blocks.rest() if complete else b""
        out = self._event(rest) if rest else b""
        return out + (self._restoring.finish() if self._restoring else b"")

    def _event(self, raw: bytes) -> bytes:
        if self._ticket and _USAGE in raw and self._reads(raw, self._ticket):
            return b""
        return self._restoring.feed(raw) if self._restoring else raw

    def _reads(self, raw: bytes, ticket: Ticket) -> bool:
        """Count what an event tells; whether it tells nothing else and is kept back."""
        try:
            value = json.loads(Block(raw).data or "")
        except (ValueError, RecursionError):
            return False
        ticket.read(value)
        return (
            self._hide and isinstance(value, dict) and value.get("choices") == [] and bool(value.get("usage"))
        )
