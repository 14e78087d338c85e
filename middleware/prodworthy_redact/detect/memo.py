"""What was found in texts seen before, without the texts."""

from __future__ import annotations

import hashlib
import os
from typing import Generic, TypeVar

T = TypeVar("T")


class Memo(Generic[T]):
    """A bounded memory of results; what was not asked for lately goes first. Safe between threads.

    The key is a digest under a key of this process: neither a text nor what it could be guessed by stays.

    Args:
        size: so many results at most; 0 remembers none.
    """

    def __init__(self, size: int) -> None:
        self._half = (size + 1) // 2
        self._digest = hashlib.blake2b(key=os.urandom(32), digest_size=16)
        self._young: dict[bytes, tuple[T, ...]] = {}
        self._old: dict[bytes, tuple[T, ...]] = {}

    def __len__(self) -> int:
        return len(self._young) + len(self._old)

    def key(self, text: str) -> bytes:
        """The digest of a text."""
        digest = self._digest.copy()
        digest.update(text.encode("utf-8", "surrogatepass"))
        return digest.digest()

    def get(self, key: bytes) -> tuple[T, ...] | None:
        """What was found, or None."""
        known = self._young.get(key)
        if known is None:
            known = self._old.get(key)
            if known is not None:
                self.put(key, known)
        return known

    def put(self, key: bytes, found: tuple[T, ...]) -> None:
        """Remembers what was found; the older half is dropped where the younger is full."""
        if self._half:
            if len(self._young) >= self._half:
                self._old, self._young = self._young, {}
            self._young[key] = found
