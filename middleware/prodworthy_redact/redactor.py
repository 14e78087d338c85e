"""The redactor: a policy at work, for any number of conversations."""

from __future__ import annotations

import secrets
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from prodworthy_redact.audit import Audit, AuditFile, Sink
from prodworthy_redact.book import Book
from prodworthy_redact.detect import Detector
from prodworthy_redact.keys import Key, required
from prodworthy_redact.kinds import catalogue
from prodworthy_redact.placeholders import kind_of
from prodworthy_redact.policy import Action, Policy
from prodworthy_redact.scan import Finder, Scanner
from prodworthy_redact.session import Session, Tools
from prodworthy_redact.vault import MemoryVault, Vault, open_vault
from prodworthy_redact.vault.recent import Recent

if TYPE_CHECKING:
    from prodworthy_redact.usage import Meter


@dataclass(frozen=True, slots=True)
class Explanation:
    """An entity in a text: where, who found it and why, and what becomes of it; never its value."""

    start: int
    end: int
    kind: str
    action: str
    score: float
    recognizer: str
    why: str


class Redactor:
    """Redacts and restores by a policy; safe to share between threads and asyncio tasks.

    Args:
        policy: what to look for and what to do with it; by default that of the nearest configuration.
        vault: where sessions are kept, instead of where the policy says.
        audit: a file for the audit trail, or what is to be called with each of its entries.
        key: for hashes, encryption and vaults; by default ``PRODWORTHY_REDACT_KEY`` of the environment.
        finder: finds entities, instead of the detector that the policy describes.
        meter: meters the requests of transports, and refuses those beyond a budget.

    Raises:
        PolicyError: the policy needs a key and there is none.
        NamesUnavailable: it requires a model for names and none is installed.
        VaultError: its vault cannot be opened.
    """

    def __init__(
        self,
        policy: Policy | None = None,
        *,
        vault: Vault | None = None,
        audit: Path | str | Sink | Sequence[Sink] = (),
        key: Key | None = None,
        finder: Finder | None = None,
        meter: Meter | None = None,
    ) -> None:
        self.policy = Policy.load() if policy is None else policy
        self.meter = meter
        self._key = key or Key.from_environment()
        self._refuse_without_key()
        self._vault = vault or open_vault(
            self.policy.vault, self._key, self.policy.max_sessions, self.policy.ttl
        )
        self._passing = MemoryVault(self.policy.max_sessions, self.policy.ttl)  # sessions without a name
        self._scanner = Scanner(self.policy, finder or Detector(self.policy))
        self._books: Recent[Book] = Recent(self.policy.max_sessions, self.policy.ttl)
        self._tools = Tools(
            self.policy, self._scanner, Audit(_sinks(audit), self._key), self._key, self._is_kind
        )
        self._kinds = {
            kind_of(kind)
            for kind in (
                *catalogue().kinds,
                *self.policy.deny,
                *(r.entity for r in self.policy.recognizers if r.entity),
            )
        }
        self._any_kind = any(r.use and not r.entity for r in self.policy.recognizers)

    def __repr__(self) -> str:
        return f"Redactor({self._vault!r})"

    def session(self, name: str | None = None) -> Session:
        """The conversation ``name``; without a name, a new one that is forgotten when its ``with`` ends."""
        if name is None:
            book = self._book(secrets.token_hex(16), self._passing)
            return Session(book, self._tools, partial(self._drop, book))
        return Session(self._book(name, self._vault), self._tools)

    def explain(self, text: str) -> list[Explanation]:
        """What would be replaced in ``text``, and why; nothing is kept."""
        return list(self._explanations(text))

    def warm_up(self) -> None:
        """Load recognizers and models now, rather than with the first text."""
        self._scanner.plan("Warm up: nobody@example.com")

    def close(self) -> None:
        """Close the vault."""
        self._books.clear()
        self._vault.close()

    def _explanations(self, text: str) -> Iterator[Explanation]:
        for edit in self._scanner.plan(text).edits:
            found = edit.entity
            yield Explanation(
                edit.start, edit.end, found.kind, str(edit.action), found.score, found.recognizer, found.why
            )

    def _book(self, name: str, vault: Vault) -> Book:
        with self._books.lock:
            book = self._books.get(name)
            if book is None:
                book = Book(name, vault, self._key, self.policy.max_values)
                self._books.put(name, book)
            return book

    def _drop(self, book: Book) -> None:
        book.forget()
        self._books.drop(book.session)

    def _is_kind(self, kind: str) -> bool:
        return self._any_kind or kind in self._kinds

    def _refuse_without_key(self) -> None:
        used = {self.policy.action, *(entity.action for entity in self.policy.entities.values())}
        for action in (Action.HASH, Action.ENCRYPT):
            if action in used and self._key is None:
                raise required(f"the action `{action}`")


def _sinks(audit: Path | str | Sink | Sequence[Sink]) -> tuple[Sink, ...]:
    if isinstance(audit, str | Path):
        return (AuditFile(Path(audit)),)
    return (audit,) if callable(audit) else tuple(audit)
