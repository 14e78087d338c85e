"""What a vault keeps: for each session a log that only grows."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal, Protocol

Role = Literal["value", "surrogate", "number", "reserved", "written"]


@dataclass(frozen=True, slots=True, repr=False)
class Entry:
    """One line of a session's log.

    Attributes:
        role: ``value`` (a placeholder stands for ``text``), ``surrogate`` (``token``, an invented value,
            does), ``number`` (the value was a JSON number), ``reserved`` (the text of a user names this
            placeholder, so it is never given out), ``written`` (``text`` is the digest of a text that the
            redactor wrote).
        kind, number, form: as in `Placeholder`.
        text: the value as a reader sees it.
        depth: in how many JSON strings, one inside the other, ``spelling`` stood.
        spelling: how the value was spelled there, if not in the usual way.
        token: what was written for it, where that is no placeholder.
    """

    role: Role
    kind: str = ""
    number: int = 0
    form: int = 0
    text: str = ""
    depth: int = 0
    spelling: str = ""
    token: str = ""

    def __repr__(self) -> str:
        return f"Entry({self.role}, {self.kind}, {self.number}, {self.form})"

    def dumps(self) -> bytes:
        """As bytes, raw values and all: to be encrypted before they are stored."""
        return json.dumps(
            [self.role, self.kind, self.number, self.form, self.text, self.depth, self.spelling, self.token],
            separators=(",", ":"),
        ).encode()

    @classmethod
    def loads(cls, data: bytes) -> Entry:
        """From what `dumps` made."""
        return cls(*json.loads(data))


@dataclass(frozen=True, slots=True)
class Seen:
    """How much of a log its reader knows: ``count`` entries of its ``generation``."""

    generation: str = ""
    count: int = 0


@dataclass(frozen=True, slots=True)
class Tail:
    """What a reader does not know yet.

    Where ``generation`` is not the reader's own, the session was forgotten in the meantime, and
    ``entries`` begin at the beginning. An empty generation: there is no such session.
    """

    generation: str
    entries: tuple[Entry, ...]


class Vault(Protocol):
    """Keeps sessions apart by name. Every method is atomic between threads and processes."""

    def read(self, session: str, seen: Seen) -> Tail:
        """What follows ``seen``."""

    def append(self, session: str, seen: Seen, entries: Sequence[Entry]) -> Tail:
        """Add ``entries`` if the log ends at ``seen``; either way, what follows ``seen``."""

    def forget(self, session: str) -> None:
        """Delete a session."""

    def close(self) -> None:
        """Give back what is held open."""
