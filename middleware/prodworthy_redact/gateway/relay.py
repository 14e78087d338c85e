"""An answer on its way back: restored, its usage counted and, if nobody asked for it, kept back."""

from __future__ import annotations

import json
from contextlib import suppress

from prodworthy_redact.usage import Ticket
from prodworthy_redact.wire.restoring import Restoring
from prodworthy_redact.wire.sse import Block, Blocks

_USAGE = b'"usage'


class Stream:
    """Server-sent events. An event that is not whole is never given out.

    Args:
        restoring: restores them; None if there is nothing to restore.
        ticket: counts what they tell.
        hide_usage: whether the event with nothing but a chat's usage is kept back.
    """

    def __init__(self, restoring: Restoring | None, ticket: Ticket | None, *, hide_usage: bool) -> None:
        self._restoring = restoring
        self._ticket = ticket
        self._hide = hide_usage
        self._blocks = Blocks()

    def feed(self, chunk: bytes) -> bytes:
        """What is certain after ``chunk``."""
        return b"".join([self._event(raw) for raw in self._blocks.feed(chunk)])

    def finish(self, *, complete: bool) -> bytes:
        """What is left at the end; of an answer that broke off, without the event that is not whole."""
        rest = self._blocks.rest() if complete else b""
        out = self._event(rest) if rest else b""
        return out + (self._restoring.finish() if self._restoring else b"")

    def _event(self, raw: bytes) -> bytes:
        if self._ticket and _USAGE in raw and self._reads_usage(raw):
            return b""
        return self._restoring.feed(raw) if self._restoring else raw

    def _reads_usage(self, raw: bytes) -> bool:
        """Count what an event tells; whether it tells nothing else and is kept back."""
        try:
            value = json.loads(Block(raw).data or "")
        except (ValueError, RecursionError):
            return False
        assert self._ticket is not None
        self._ticket.read(value)
        return (
            self._hide and isinstance(value, dict) and value.get("choices") == [] and bool(value.get("usage"))
        )


def restored(data: bytes, restoring: Restoring | None, ticket: Ticket | None) -> bytes:
    """A whole answer, restored and counted."""
    if ticket:
        with suppress(ValueError, RecursionError):
            ticket.read(json.loads(data))
    return restoring.feed(data) + restoring.finish() if restoring else data
