"""What was found in texts seen before, without the texts."""

from __future__ import annotations

import hashlib
import os
import threading
from collections import OrderedDict

from prodworthy_redact.detect.entity import Entity


class Memo:
    """A bounded memory of results, least recently used out first; safe between threads.

    The key is a digest under a key of this process: neither a text nor what it could be guessed by stays.
    """

    def __init__(self, size: int) -> None:
        self._size = size
        self._key = os.urandom(32)
        self._known: OrderedDict[bytes, tuple[Entity, ...]] = OrderedDict()
        self._lock = threading.Lock()

    def key(self, text: str) -> bytes:
        """The digest of a text."""
        data = text.encode("utf-8", "surrogatepass")
        return hashlib.blake2b(data, digest_size=16, key=self._key).digest()

    def get(self, key: bytes) -> tuple[Entity, ...] | None:
        """What was found, or None."""
        with self._lock:
            known = self._known.get(key)
            if known is not None:
                self._known.move_to_end(key)
            return known

    def put(self, key: bytes, entities: tuple[Entity, ...]) -> None:
        """Remembers what was found."""
        if not self._size:
            return
        with self._lock:
            self._known[key] = entities
            while len(self._known) > self._size:
                self._known.popitem(last=False)
