"""One answer on its way back: values are put in their places, and what nobody sent may be taken out."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator
from typing import TypeVar, cast

from prodworthy_redact.book import Book
from prodworthy_redact.detect import Entity
from prodworthy_redact.payload import texts
from prodworthy_redact.placeholders import kind_of
from prodworthy_redact.policy import Policy
from prodworthy_redact.restore import Restorer
from prodworthy_redact.scan import TEXT_URL, Scanner, decode64, encode64
from prodworthy_redact.stream import Screen, StreamRestorer
from prodworthy_redact.tree import Node, leaves, of_objects, to_objects

T = TypeVar("T")
Counts = Counter[tuple[str, str]]


class Answer:
    """Restores the parts of one answer, and tells once, at its end, what was done.

    Args:
        book: what the session knows.
        policy: whether what the model brings up is redacted.
        scanner: finds that.
        record: told at `close` how often a kind was met.
    """

    def __init__(
        self, book: Book, policy: Policy, scanner: Scanner, record: Callable[[Counts], None]
    ) -> None:
        self._book = book
        self._screened = policy.answers == "restore-and-redact"
        self._scanner = scanner
        self._record: Callable[[Counts], None] | None = record
        self._restored = 0
        self._found: list[str] = []

    @property
    def needed(self) -> bool:
        """Whether any answer could come to be changed."""
        known = self._book.known
        return self._screened or bool(known.by_name or known.by_literal or known.sealer)

    def value(self, value: T) -> T:
        """A whole text or JSON, restored; values inside of JSON in a text are escaped."""
        if isinstance(value, str):
            return cast(T, self._text(value, screened=True))
        tree = of_objects(value)
        self._tree(tree)
        return cast(T, to_objects(tree))

    def pieces(self, on_flush: Callable[[], None] | None = None) -> StreamRestorer:
        """A restorer for one text of the answer that arrives in pieces."""

        def done(restored: int, found: list[str]) -> None:
            self._count(restored, found)
            if on_flush:
                on_flush()

        return StreamRestorer(self._book.known, self._screen(), done)

    def close(self) -> None:
        """Tell what was done; further calls do nothing."""
        record, self._record = self._record, None
        if record:
            counts = Counter((kind_of(kind), "redact") for kind in self._found)
            if self._restored:
                counts["*", "restore"] = self._restored
            record(counts)

    def _tree(self, tree: Node) -> None:
        told = {id(text.leaf): text for text in texts(tree)}
        for leaf in leaves(tree):
            text = told.get(id(leaf))
            if isinstance(leaf.value, bytes) or (text and text.style == "base64"):
                leaf.replaced = self._base64(leaf.value)
            elif isinstance(leaf.value, str):
                number = self._number(leaf.value)
                leaf.replaced = (
                    self._text(leaf.value, screened=text is not None) if number is None else number
                )

    def _number(self, text: str) -> int | None:
        entry = self._book.known.by_name.get(text[1:-1]) if text[:1] == "<" and text[-1:] == ">" else None
        return int(entry.text) if entry and entry.role == "number" else None

    def _base64(self, value: object) -> object:
        if isinstance(value, bytes):
            try:
                said: str | None = value.decode()
            except UnicodeDecodeError:
                return value
        else:
            said = decode64(value) if isinstance(value, str) else None
        if said is None:
            return value
        out = self._text(said, screened=False)
        if out == said:
            return value
        return out.encode() if isinstance(value, bytes) else encode64(out)

    def _text(self, text: str, *, screened: bool) -> str:
        if ";base64," in text:
            text = TEXT_URL.sub(lambda match: match[1] + str(self._base64(match[2])), text)
        screen = self._screen() if screened else None
        restorer = Restorer(self._book.known)
        out = restorer.feed(screen.feed(text, last=True) if screen else text, last=True)
        self._count(restorer.restored, screen.found if screen else [])
        return out

    def _screen(self) -> Screen | None:
        return Screen(self._book.known, lambda text: list(self._unsent(text))) if self._screened else None

    def _unsent(self, text: str) -> Iterator[Entity]:
        """The entities of an answer whose value nobody sent."""
        for edit in self._scanner.plan_plain(text).edits:
            if not self._book.has_value(edit.entity.kind, edit.text):
                yield edit.entity

    def _count(self, restored: int, found: list[str]) -> None:
        self._restored += restored
        self._found += found
