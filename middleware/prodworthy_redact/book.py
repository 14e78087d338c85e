"""What a session knows: which placeholder stands for which value, and what it has seen.

A book is a reader of its session's log in the vault. It can be rebuilt from there at any time, so it is
shared by every `Session` object of the same name, and may be thrown away.
"""

from __future__ import annotations

import hashlib
from bisect import bisect_left, insort
from collections import Counter, OrderedDict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from threading import RLock

from prodworthy_redact.errors import VaultError
from prodworthy_redact.escapes import escaped
from prodworthy_redact.keys import Key
from prodworthy_redact.placeholders import MOST, Placeholder, parse
from prodworthy_redact.transform import Sealer, normal, seed_of, surrogates
from prodworthy_redact.vault import Entry, Seen, Tail, Vault
from prodworthy_redact.wordlist import words_of

_REMEMBERED = 4_096
_REMEMBERED_CHARACTERS = 4_000_000
_MOST_WRITTEN = 20_000
_TITLES = words_of("mr mrs ms miss dr prof sir madam mx herr frau dr. mr. mrs. ms. prof.")


MemoKey = tuple[bytes, str, str]


@dataclass(frozen=True, slots=True, repr=False)
class Wanted:
    """A value that needs something to stand for it, as it is spelled at its place.

    Attributes:
        kind: as it stands in a placeholder.
        text: as a reader sees it.
        depth, spelling: as in `Entry`.
        role: ``surrogate`` where an invented value is asked for, ``number`` for a JSON number.
    """

    kind: str
    text: str
    depth: int = 0
    spelling: str = ""
    role: str = "value"


@dataclass(frozen=True, slots=True)
class Remembered:
    """What became of a text, or of a message of a history; None if it stayed as it was."""

    output: str | bytes | None = field(repr=False)
    counts: tuple[tuple[tuple[str, str], int], ...] = ()


class Known:
    """What stands for what; it only grows, so that whoever restores can keep it.

    Attributes:
        by_name: placeholder, without brackets -> its entry.
        names: the same names, sorted.
        by_literal: invented value, or number with its quotes -> its entry.
        literals: the same, sorted.
        by_word: how a literal begins -> the literals, longest first.
    """

    def __init__(self, sealer: Sealer | None) -> None:
        self.sealer = sealer
        self.by_name: dict[str, Entry] = {}
        self.names: list[str] = []
        self.by_literal: dict[str, Entry] = {}
        self.literals: list[str] = []
        self.by_word: dict[str, tuple[str, ...]] = {}

    def knows(self, name: str) -> bool:
        """Whether restoring would put a value in the place of this placeholder."""
        return self.entry(name) is not None

    def entry(self, name: str) -> Entry | None:
        """What a placeholder, or a sealed token, stands for; None if it is not of this session."""
        if "~" not in name:
            return self.by_name.get(name)
        opened = self.sealer.open(name) if self.sealer else None
        return Entry("value", text=opened[0], depth=opened[1], spelling=opened[2]) if opened else None

    def add_name(self, name: str, entry: Entry) -> None:
        """A placeholder that stands for a value."""
        if name not in self.by_name:
            self.by_name[name] = entry
            insort(self.names, name)

    def add_literal(self, literal: str, entry: Entry) -> None:
        """Another text that stands for a value."""
        if literal not in self.by_literal:
            self.by_literal[literal] = entry
            insort(self.literals, literal)
            first = _first_word(literal)
            beside = (*self.by_word.get(first, ()), literal)
            self.by_word[first] = tuple(sorted(beside, key=len, reverse=True))


class Book:
    """One session's knowledge. `lock` is held while it is asked and extended.

    Args:
        session: its name.
        vault: where its log is.
        key: for surrogates and sealed tokens; None if there is none.
        most: the values that a session may hold.
    """

    def __init__(self, session: str, vault: Vault, key: Key | None, most: int) -> None:
        self.session = session
        self.lock = RLock()
        self.sealer = Sealer(key, session) if key else None
        self.known = Known(self.sealer)
        self._vault = vault
        self._key = key
        self._most = most
        self._memo: OrderedDict[MemoKey, Remembered] = OrderedDict()
        self._memo_size = 0
        self._seen = Seen()
        self._drafts: list[Entry] = []
        self._clear()

    def __repr__(self) -> str:
        return f"Book({len(self.known.names)} placeholders)"

    def sync(self) -> None:
        """Learn what other processes have added."""
        with self.lock:
            self._learn(self._vault.read(self.session, self._seen))

    def agree(self, plan: Callable[[], None]) -> None:
        """Run ``plan``, which asks for tokens, until the vault has taken what it adds.

        Raises:
            VaultError: the vault does not take it, or the session holds too many values.
        """
        with self.lock:
            try:
                while True:
                    self._drafts = []
                    plan()
                    if not self._drafts:
                        return
                    tail = self._vault.append(self.session, self._seen, self._drafts)
                    if tail.entries == tuple(self._drafts):
                        self._seen = Seen(tail.generation, self._seen.count + len(tail.entries))
                        return
                    self._clear()  # somebody else was first
                    self._learn(self._vault.read(self.session, self._seen))
            except BaseException:
                self._clear()  # what was only drafted is not known to the vault
                raise

    def has_value(self, kind: str, text: str) -> bool:
        """Whether somebody sent this value, in any way of writing."""
        return normal(kind, text) in self._normals

    def reserve(self, name: str) -> None:
        """Never give out ``name``: a text of the user's holds it."""
        if name not in self._reserved and parse(name) is not None:
            self._draft(Entry("reserved", text=name))

    def wrote(self, digest: bytes) -> bool:
        """Whether the redactor wrote exactly the text of this digest in this session."""
        return digest in self._written

    def note_written(self, digest: bytes) -> None:
        """Remember that the redactor wrote the text of this digest."""
        if digest not in self._written and len(self._written) < _MOST_WRITTEN:
            self._draft(Entry("written", text=digest.hex()))

    def token(self, wanted: Wanted, fits: Callable[[str], bool]) -> str:
        """What stands for a value: the same as before, or something new.

        Args:
            wanted: the value.
            fits: whether an invented value can be used: it does not occur in the texts at hand.
        """
        found = self._forms.get(wanted)
        if found is None and wanted.role == "surrogate":
            found = self._invent(wanted, fits)
            wanted = wanted if found else Wanted(wanted.kind, wanted.text, wanted.depth, wanted.spelling)
            found = found or self._forms.get(wanted)
        if found is None:
            found = self._number_one(wanted)
            self._draft(found)
        return found.token or str(Placeholder(found.kind, found.number, found.form))

    def remembered(self, key: MemoKey) -> Remembered | None:
        """What became of a text before."""
        with self.lock:
            found = self._memo.get(key)
            if found is not None:
                self._memo.move_to_end(key)
            return found

    def remember(self, key: MemoKey, what: Remembered) -> None:
        """Keep what became of a text, for as long as there is room."""
        with self.lock:
            if key not in self._memo:
                self._memo[key] = what
                self._memo_size += len(what.output or "")
            while len(self._memo) > _REMEMBERED or self._memo_size > _REMEMBERED_CHARACTERS:
                self._memo_size -= len(self._memo.popitem(last=False)[1].output or "")

    def forget(self) -> None:
        """Delete all of it, in the vault too."""
        with self.lock:
            self._vault.forget(self.session)
            self._clear()

    def _clear(self) -> None:
        self._seen = Seen()
        self._drafts = []
        self.known = Known(self.sealer)
        self._forms: dict[Wanted, Entry] = {}
        self._numbers: dict[tuple[str, str], int] = {}
        self._normals: set[str] = set()
        self._formed: Counter[tuple[str, int]] = Counter()
        self._next: Counter[str] = Counter()
        self._people: dict[int, list[frozenset[str]]] = {}
        self._by_part: dict[str, set[int]] = {}
        self._reserved: set[str] = set()
        self._written: set[bytes] = set()
        self._memo.clear()
        self._memo_size = 0

    def _learn(self, tail: Tail) -> None:
        if tail.generation != self._seen.generation and self._seen.count:
            self._clear()
        if not tail.generation:
            return
        for entry in tail.entries:
            self._take(entry)
        self._seen = Seen(tail.generation, self._seen.count + len(tail.entries))

    def _draft(self, entry: Entry) -> None:
        if entry.text and entry.role not in ("reserved", "written") and len(self._forms) >= self._most:
            raise VaultError(f"the session holds {self._most} values; raise `max_values`")
        self._drafts.append(entry)
        self._take(entry)

    def _take(self, entry: Entry) -> None:
        if entry.role == "reserved":
            self._reserved.add(entry.text)
            return
        if entry.role == "written":
            self._written.add(bytes.fromhex(entry.text))
            return
        wanted = Wanted(entry.kind, entry.text, entry.depth, entry.spelling, entry.role)
        self._forms[wanted] = entry
        if entry.role == "surrogate":
            self.known.add_literal(entry.token, entry)
            self._normals.add(normal(entry.kind, entry.text))
            return
        placeholder = Placeholder(entry.kind, entry.number, entry.form)
        if entry.role == "number":
            self.known.add_literal(entry.token, entry)
            self.known.add_literal(f'"{placeholder}"', entry)
        self.known.add_name(placeholder.name, entry)
        value = normal(entry.kind, entry.text)
        self._normals.add(value)
        self._numbers.setdefault((entry.kind, value), entry.number)
        self._formed[entry.kind, entry.number] = max(self._formed[entry.kind, entry.number], entry.form)
        self._next[entry.kind] = max(self._next[entry.kind], entry.number)
        if entry.kind == "PERSON" and (parts := _parts(entry.text)):
            shorter = [known for known in self._people.get(entry.number, ()) if not known <= parts]
            if not any(parts <= known for known in shorter):  # only the fullest ways to name somebody count
                self._people[entry.number] = [*shorter, parts]
            for part in parts:
                self._by_part.setdefault(part, set()).add(entry.number)

    def _number_one(self, wanted: Wanted) -> Entry:
        """A new placeholder: a further form of somebody known, or somebody new."""
        kind = wanted.kind
        value = normal(kind, wanted.text)
        number = self._numbers.get((kind, value)) or (
            self._namesake(wanted.text) if kind == "PERSON" else None
        )
        if number is None:
            number = self._next[kind] + 1
            while Placeholder(kind, number).name in self._reserved:
                number += 1
            if number > MOST:
                raise VaultError(f"the session has no placeholder of kind {kind} left")
        form = self._formed[kind, number] + 1
        while Placeholder(kind, number, form).name in self._reserved:
            form += 1
        if wanted.role != "number":
            return Entry("value", kind, number, form, wanted.text, wanted.depth, wanted.spelling)
        token = escaped(f'"{Placeholder(kind, number, form)}"', wanted.depth)
        return Entry("number", kind, number, form, wanted.text, wanted.depth, token=token)

    def _namesake(self, text: str) -> int | None:
        """The one known person whose name this may be a part of, or a longer way of writing."""
        parts = _parts(text)
        near = {number for part in parts for number in self._by_part.get(part, ())}
        fitting = [n for n in near if any(parts <= known or known <= parts for known in self._people[n])]
        return fitting[0] if len(fitting) == 1 else None

    def _invent(self, wanted: Wanted, fits: Callable[[str], bool]) -> Entry | None:
        if wanted.spelling:
            return None
        for value in surrogates(wanted.kind, seed_of(self._key, self.session, wanted.kind, wanted.text)):
            clash = value in self.known.by_literal or normal(wanted.kind, value) in self._normals
            if not clash and value != wanted.text and fits(value):
                entry = Entry("surrogate", wanted.kind, text=wanted.text, token=value)
                self._draft(entry)
                return entry
        return None


def digest_of(text: str) -> bytes:
    """What stands for a text where the text itself is not to be kept."""
    return digest_of_bytes(text.encode("utf-8", "surrogatepass"))


def digest_of_bytes(data: bytes) -> bytes:
    """The same for bytes."""
    return hashlib.blake2b(data, digest_size=16).digest()


def _first_word(literal: str) -> str:
    """The letters and digits that a literal begins with, or its quotes and backslashes up to the bracket."""
    for index, character in enumerate(literal):
        if not (character.isalnum() or character == "_"):
            return literal[:index] or literal[: literal.index("<") + 1]
    return literal


def begins(literals: Sequence[str], text: str) -> bool:
    """Whether one of the sorted ``literals`` begins with ``text``."""
    at = bisect_left(literals, text)
    return at < len(literals) and literals[at].startswith(text)


def _parts(text: str) -> frozenset[str]:
    words: Iterable[str] = normal("PERSON", text).replace(",", " ").split()
    return frozenset(word.strip(".'\u2019") for word in words if word not in _TITLES and len(word) > 1)
