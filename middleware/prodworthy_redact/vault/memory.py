"""Sessions in this process, and nowhere else."""

from __future__ import annotations

import secrets
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from prodworthy_redact.vault.entry import Entry, Seen, Tail
from prodworthy_redact.vault.recent import Recent


@dataclass(slots=True)
class _Log:
    generation: str = field(default_factory=lambda: secrets.token_hex(8))
    entries: list[Entry] = field(default_factory=list, repr=False)


class MemoryVault:
    """Keeps the ``sessions`` used last, each for ``ttl`` seconds after its last use."""

    def __init__(
        self, sessions: int = 10_000, ttl: float = 3600, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._logs: Recent[_Log] = Recent(sessions, ttl, clock)

    def __repr__(self) -> str:
        return f"MemoryVault({len(self._logs)} sessions)"

    def read(self, session: str, seen: Seen) -> Tail:
        """What follows ``seen``."""
        with self._logs.lock:
            log = self._logs.get(session)
            return Tail("", ()) if log is None else _tail(log, seen)

    def append(self, session: str, seen: Seen, entries: Sequence[Entry]) -> Tail:
        """Add ``entries`` if the log ends at ``seen``; either way, what follows ``seen``."""
        with self._logs.lock:
            log = self._logs.get(session)
            if log is None:
                if seen.count:
                    return Tail("", ())
                log = _Log()
                self._logs.put(session, log)
            if (log.generation == seen.generation or not seen.count) and len(log.entries) == seen.count:
                log.entries.extend(entries)
            return _tail(log, seen)

    def forget(self, session: str) -> None:
        """Delete a session."""
        self._logs.drop(session)

    def close(self) -> None:
        """Forget everything."""
        self._logs.clear()


def _tail(log: _Log, seen: Seen) -> Tail:
    start = seen.count if log.generation == seen.generation else 0
    return Tail(log.generation, tuple(log.entries[start:]))
