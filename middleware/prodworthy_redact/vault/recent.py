"""A bounded mapping that forgets what was not used for a while."""

from __future__ import annotations

import time
from collections import OrderedDict
from collections.abc import Callable
from threading import RLock
from typing import Generic, TypeVar

T = TypeVar("T")


class Recent(Generic[T]):
    """At most ``size`` values, each forgotten ``ttl`` seconds after its last use; safe between threads."""

    def __init__(self, size: int, ttl: float, clock: Callable[[], float] = time.monotonic) -> None:
        self._size = size
        self._ttl = ttl
        self._clock = clock
        self._items: OrderedDict[str, tuple[float, T]] = OrderedDict()
        self.lock = RLock()

    def __len__(self) -> int:
        with self.lock:
            self._forget_old()
            return len(self._items)

    def get(self, name: str) -> T | None:
        """The value of ``name``, used now."""
        with self.lock:
            self._forget_old()
            if name not in self._items:
                return None
            value = self._items[name][1]
            self.put(name, value)
            return value

    def put(self, name: str, value: T) -> None:
        """Keep ``value``; the value that was used least recently may go for it."""
        with self.lock:
            self._items[name] = (self._clock(), value)
            self._items.move_to_end(name)
            while len(self._items) > self._size:
                self._items.popitem(last=False)

    def drop(self, name: str) -> None:
        """Forget ``name``."""
        with self.lock:
            self._items.pop(name, None)

    def clear(self) -> None:
        """Forget everything."""
        with self.lock:
            self._items.clear()

    def _forget_old(self) -> None:
        oldest = self._clock() - self._ttl
        while self._items and next(iter(self._items.values()))[0] < oldest:
            self._items.popitem(last=False)
