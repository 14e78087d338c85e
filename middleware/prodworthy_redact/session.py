"""A conversation: what goes out is redacted, what comes back is restored."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from types import TracebackType
from typing import Self, TypeVar, cast

from prodworthy_redact.audit import Audit, Count, Event
from prodworthy_redact.book import Book
from prodworthy_redact.detect import Entity
from prodworthy_redact.errors import BlockedError
from prodworthy_redact.keys import Key
from prodworthy_redact.payload import texts
from prodworthy_redact.placeholders import kind_of
from prodworthy_redact.policy import Policy
from prodworthy_redact.redaction import Redaction
from prodworthy_redact.restore import Restorer
from prodworthy_redact.scan import TEXT_URL, Scanner, decode64, encode64
from prodworthy_redact.stream import Screen, StreamRestorer
from prodworthy_redact.tree import Node, leaves, of_objects, to_objects

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
        tally = _Tally()
        if isinstance(value, str):
            out: object = self._text(value, tally, screened=True)
        else:
            tree = of_objects(value)
            self._tree(tree, tally)
            out = to_objects(tree)
        self._restored(tally.restored, tally.screened)
        return cast(T, out)

    def stream_restorer(self) -> StreamRestorer:
        """A restorer for an answer that arrives in pieces."""
        self._book.sync()
        return StreamRestorer(self._book.known, self._screen(), self._restored)

    def forget(self) -> None:
        """Delete what the session knows, here and in the vault."""
        self._book.forget()

    def _tree(self, tree: Node, tally: _Tally) -> None:
        told = {id(text.leaf): text for text in texts(tree)}
        for leaf in leaves(tree):
            text = told.get(id(leaf))
            if isinstance(leaf.value, bytes) or (text and text.style == "base64"):
                leaf.replaced = self._base64(leaf.value, tally)
            elif isinstance(leaf.value, str):
                number = self._number(leaf.value)
                leaf.replaced = (
                    self._text(leaf.value, tally, screened=text is not None) if number is None else number
                )

    def _number(self, text: str) -> int | None:
        entry = self._book.known.by_name.get(text[1:-1]) if text[:1] == "<" and text[-1:] == ">" else None
        return int(entry.text) if entry and entry.role == "number" else None

    def _base64(self, value: object, tally: _Tally) -> object:
        if isinstance(value, bytes):
            try:
                said: str | None = value.decode()
            except UnicodeDecodeError:
                return value
        else:
            said = decode64(value) if isinstance(value, str) else None
        if said is None:
            return value
        out = self._text(said, tally, screened=False)
        if out == said:
            return value
        return out.encode() if isinstance(value, bytes) else encode64(out)

    def _text(self, text: str, tally: _Tally, *, screened: bool) -> str:
        if ";base64," in text:
            text = TEXT_URL.sub(lambda match: match[1] + str(self._base64(match[2], tally)), text)
        screen = self._screen() if screened else None
        restorer = Restorer(self._book.known)
        out = restorer.feed(screen.feed(text, last=True) if screen else text, last=True)
        tally.restored += restorer.restored
        tally.screened += screen.found if screen else []
        return out

    def _screen(self) -> Screen | None:
        if self._tools.policy.answers != "restore-and-redact":
            return None
        return Screen(self._book.known, lambda text: list(self._unsent(text)))

    def _unsent(self, text: str) -> Iterator[Entity]:
        """The entities of an answer whose value nobody sent."""
        for edit in self._tools.scanner.plan_plain(text).edits:
            if not self._book.has_value(edit.entity.kind, edit.text):
                yield edit.entity

    def _restored(self, restored: int, screened: list[str]) -> None:
        counts = Counter((kind_of(kind), "redact") for kind in screened)
        if restored:
            counts["*", "restore"] = restored
        self._record("restore", counts)

    def _record(self, event: Event, counts: Counter[tuple[str, str]], reason: object = "") -> None:
        told = tuple(Count(kind, action, n) for (kind, action), n in sorted(counts.items()))
        self._tools.audit.record(event, self._book.session, told, str(reason))


@dataclass(slots=True)
class _Tally:
    """What one call to `restore` did."""

    restored: int = 0
    screened: list[str] = field(default_factory=list)
