"""Counters: of one process, or in Redis for all of them."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from threading import Lock
from typing import Protocol

from prodworthy_redact.errors import PolicyError


@dataclass(frozen=True, slots=True)
class Claim:
    """A part of a budget that a request takes.

    Attributes:
        counter: name of the budget's counter for this day or month.
        amount: tokens, or billionths of a dollar.
        limit: of the counter; None if it has none.
        expires: when nobody needs the counter any more, in seconds since 1970.
    """

    counter: str
    amount: int
    limit: int | None
    expires: float


class Counters(Protocol):
    """Where counters are kept. Each method does all or nothing, whoever else does so at the same time.

    A counter has two numbers: what is taken (used, or reserved by requests under way), against which limits
    are held, and what was used.
    """

    def reserve(self, claims: Sequence[Claim]) -> int | None:
        """Take every claim, or none; the index of the first that its limit has no room for."""

    def settle(self, claims: Sequence[Claim], used: Sequence[int]) -> list[int]:
        """Put what was ``used`` in the place of what was claimed; what each counter has used in all."""

    def add(self, name: str, amounts: Mapping[str, int], expires: float) -> None:
        """Add to the fields of a table."""

    def read(self, name: str) -> dict[str, int]:
        """The fields of a table."""

    def taken(self, counter: str) -> tuple[int, int]:
        """What is taken of a counter, and what of it was used."""

    def close(self) -> None:
        """Close connections."""


class MemoryCounters:
    """Counters of this process; safe between threads."""

    def __init__(self, clock: Callable[[], float] = time.time) -> None:
        self._clock = clock
        self._lock = Lock()
        self._counts: dict[str, list[float]] = {}  # taken, used, expires
        self._tables: dict[str, tuple[float, dict[str, int]]] = {}

    def reserve(self, claims: Sequence[Claim]) -> int | None:
        """Take every claim, or none; the index of the first that its limit has no room for."""
        with self._lock:
            for index, claim in enumerate(claims):
                taken = self._counts[claim.counter][0] if claim.counter in self._counts else 0
                if claim.limit is not None and taken + claim.amount > claim.limit:
                    return index
            for claim in claims:
                self._count(claim)[0] += claim.amount
        return None

    def settle(self, claims: Sequence[Claim], used: Sequence[int]) -> list[int]:
        """Put what was ``used`` in the place of what was claimed; what each counter has used in all."""
        out = []
        with self._lock:
            for claim, amount in zip(claims, used, strict=True):
                count = self._count(claim)
                count[0] += amount - claim.amount
                count[1] += amount
                if count[:2] == [0, 0]:  # callers make names of models up
                    del self._counts[claim.counter]
                out.append(int(count[1]))
        return out

    def add(self, name: str, amounts: Mapping[str, int], expires: float) -> None:
        """Add to the fields of a table."""
        with self._lock:
            if name not in self._tables:
                self._forget_old()
            _, fields = self._tables.setdefault(name, (expires, {}))
            for field, amount in amounts.items():
                fields[field] = fields.get(field, 0) + amount

    def read(self, name: str) -> dict[str, int]:
        """The fields of a table."""
        with self._lock:
            return dict(self._tables[name][1]) if name in self._tables else {}

    def taken(self, counter: str) -> tuple[int, int]:
        """What is taken of a counter, and what of it was used."""
        with self._lock:
            taken, used, _ = self._counts.get(counter, (0, 0, 0))
            return int(taken), int(used)

    def close(self) -> None:
        """Nothing is open."""

    def _count(self, claim: Claim) -> list[float]:
        if claim.counter not in self._counts:
            self._forget_old()
            self._counts[claim.counter] = [0, 0, claim.expires]
        return self._counts[claim.counter]

    def _forget_old(self) -> None:
        now = self._clock()
        self._counts = {name: count for name, count in self._counts.items() if count[2] > now}
        self._tables = {name: table for name, table in self._tables.items() if table[0] > now}


def open_counters(store: str) -> Counters:
    """The counters that a budget names: ``memory`` or ``redis://...``.

    Raises:
        PolicyError: there is no such store.
        CountersError: it cannot be opened.
    """
    if store == "memory":
        return MemoryCounters()
    if store.partition(":")[0] not in ("redis", "rediss", "unix"):
        raise PolicyError("`store` must be memory or redis://host:port/number")
    from prodworthy_redact.usage.redis import RedisCounters

    return RedisCounters(store)
