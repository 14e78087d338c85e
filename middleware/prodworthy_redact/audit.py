"""The audit trail: what was done, when, in which session and how often; never to which value."""

from __future__ import annotations

import hashlib
import hmac
import json
import os
import secrets
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from threading import Lock
from typing import Literal

from prodworthy_redact.errors import RedactError
from prodworthy_redact.keys import Key

Event = Literal["redact", "restore", "block", "unscanned"]
Sink = Callable[[Mapping[str, object]], None]


@dataclass(frozen=True, slots=True)
class Count:
    """``count`` entities of one ``kind`` that one ``action`` was applied to."""

    kind: str
    action: str
    count: int


class Audit:
    """Hands each event to every sink as a mapping of plain values.

    Keys: ``time`` (UTC), ``event``, ``session`` (a keyed digest of its name), ``entities`` (kind, action,
    count) and, where something went wrong, ``reason``.
    """

    def __init__(self, sinks: tuple[Sink, ...], key: Key | None) -> None:
        self._sinks = sinks
        self._secret = key.derive("audit") if key else secrets.token_bytes(32)

    def record(self, event: Event, session: str, counts: tuple[Count, ...] = (), reason: str = "") -> None:
        """Tell every sink."""
        if not self._sinks:
            return
        entry: dict[str, object] = {
            "time": datetime.now(UTC).isoformat(timespec="milliseconds"),
            "event": event,
            "session": self._digest(session),
            "entities": [{"kind": c.kind, "action": c.action, "count": c.count} for c in counts],
        }
        if reason:
            entry["reason"] = reason
        for sink in self._sinks:
            sink(entry)

    def _digest(self, session: str) -> str:
        data = session.encode("utf-8", "surrogatepass")
        return hmac.new(self._secret, data, hashlib.sha256).hexdigest()[:16]


class AuditFile:
    """A file of JSON lines, each written at once, readable by its owner only.

    Raises:
        RedactError: it cannot be written; what could not be recorded is not sent.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self._lock = Lock()

    def __call__(self, entry: Mapping[str, object]) -> None:
        """Append ``entry``."""
        line = json.dumps(entry, separators=(",", ":")) + "\n"
        try:
            with self._lock:
                handle = os.open(self._path, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
                try:
                    os.write(handle, line.encode())
                finally:
                    os.close(handle)
        except OSError as error:
            told = f"{self._path}: the audit log cannot be written: {error.strerror or error}"
            raise RedactError(told) from error
