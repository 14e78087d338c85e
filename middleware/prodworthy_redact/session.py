"""A conversation: what goes out is redacted, what comes back is restored."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from types import TracebackType
from typing import Self, TypeVar, cast

from prodworthy_redact.answer import Answer
from prodworthy_redact.audit import Audit, Count, Event
from prodworthy_redact.book import Book
from prodworthy_redact.errors import BlockedError
from prodworthy_redact.keys import Key
from prodworthy_redact.policy import Policy
from prodworthy_redact.redaction import Redaction
from prodworthy_redact.scan import Scanner
from prodworthy_redact.stream import StreamRestorer

T = TypeVar("T")


@dataclass(frozen=True, slots=True, repr=False)
class Tools:
    """What the sessions of a redactor share."""

    policy: Policy
    scanner: Scanner
    audit: Audit
    key: Key | None
    is_kind: Callable[[str], bool]


class Session:
    """One conversation. Sessions of the same name share what they know; others share nothing.

    May be used from several threads and tasks at once, with ``with`` or without.
    """

    def __init__(self, book: Book, tools: Tools, on_exit: Callable[[], None] | None = None) -> None:
        self._book = book
        self._tools = tools
        self._on_exit = on_exit

    def __repr__(self) -> str:
        return f"Session({self._book!r})"

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._on_exit:
            self._on_exit()

    def redact(self, value: T) -> T:
        """``value`` without personal data.

        Args:
            value: a string (JSON in it stays JSON), or JSON as dicts, lists and scalars. Bytes of UTF-8 are
                text, other bytes stay. It is not changed.

        Returns:
            The same with placeholders; `redact` leaves its own results as they are.

        Raises:
            BlockedError: the policy forbids sending it, or it could not be scanned.
            VaultError: the session could not be read or written.
        """
        tools = self._tools
        work = Redaction(self._book, tools.policy, tools.scanner, tools.key, tools.is_kind)
        try:
            out = work.run(value)
        except BlockedError as error:
            self._record("block", Counter(dict.fromkeys(((kind, "block") for kind in error.kinds), 1)), error)
            raise
        if work.unscanned:
            self._record("unscanned", Counter(), f"{work.unscanned} texts")
        self._record("redact", work.counts)
        return cast(T, out)

    def restore(self, value: T) -> T:
        """``value`` with the values back in place: text or JSON, as it came from the model.

        In a text that is JSON, values are escaped as JSON needs it.
        """
        self._book.sync()
        answer = self.answer()
        out = answer.value(value)
        answer.close()
        return out

    def stream_restorer(self) -> StreamRestorer:
        """A restorer for an answer that arrives in pieces."""
        self._book.sync()
        answer = self.answer()
        return answer.pieces(on_flush=answer.close)

    def answer(self) -> Answer:
        """What restores the parts of one answer, to a request that this session has just redacted."""
        tools = self._tools
        return Answer(self._book, tools.policy, tools.scanner, lambda counts: self._record("restore", counts))

    def forget(self) -> None:
        """Delete what the session knows, here and in the vault."""
        self._book.forget()

    def _record(self, event: Event, counts: Counter[tuple[str, str]], reason: object = "") -> None:
        told = tuple(Count(kind, action, n) for (kind, action), n in sorted(counts.items()))
        self._tools.audit.record(event, self._book.session, told, str(reason))
