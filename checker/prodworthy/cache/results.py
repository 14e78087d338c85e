"""The stored results of one way to check a project: which of them still hold, and which are new.

A result is keyed by its file's content and configuration, and holds while everything that its analysis
consulted is as it was: files that were read, files that were looked for and not found, and the answers to
questions about all files (who calls this?). What several results consulted is stored once.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

from prodworthy.cache import place, records
from prodworthy.cache.key import digest, digest_of
from prodworthy.cache.screen import may_be_stored
from prodworthy.errors import SourceError
from prodworthy.files import Files
from prodworthy.outcome import Consulted, Outcome, Search

if TYPE_CHECKING:
    from prodworthy.resolve.library import Library

T = TypeVar("T")
_Known = tuple[str, Outcome, Consulted]


class Results:
    """The results in one file.

    Args:
        file: where they are stored.
        files: reads the project's files.
        paths: every Python file under analysis.
        whole: whether these are all of the project's.
        library: answers questions about all files; made when first needed.
    """

    def __init__(
        self, file: Path, files: Files, paths: Sequence[str], library: Callable[[], Library], *, whole: bool
    ) -> None:
        self._file = file
        self._files = files
        self._paths = frozenset(paths)
        self._library = library
        self._digests: dict[str, str] = {}
        self._world = digest(*(f"{path}\0{self._digest(path)}" for path in paths))
        self._stored = _load(place.read(file))
        self._same = whole and self._stored.world == self._world
        self._holding: dict[str, bool] = {}
        self._kept: dict[str, _Known] = {}
        self._changed = self._stored.world != self._world

    def get(self, path: str, key: str) -> Outcome | None:
        """The result for ``path``, if one is stored that still holds; ``key`` tells its configuration."""
        entry = self._stored.entries.get(path)
        try:
            if entry is None or entry["k"] != self._key(path, key) or not self._holds(entry):
                return None
            outcome = records.from_json(path, entry["o"], self._files.text)
            self._kept[path] = entry["k"], outcome, self._stored.consulted(entry)
        except (LookupError, TypeError, ValueError, AttributeError, SourceError):
            return None
        return outcome

    def put(self, outcome: Outcome, key: str) -> None:
        """Store ``outcome``, unless it tells of a failure."""
        self._changed = True
        if outcome.consulted is not None and not outcome.problems:
            self._kept[outcome.path] = self._key(outcome.path, key), outcome, outcome.consulted

    def save(self) -> None:
        """Write what holds now, if that is not what is stored. Where that is impossible nothing happens."""
        if not self._changed and len(self._kept) == len(self._stored.entries):
            return
        tables = _Tables(self._digest)
        entries: dict[str, object] = {}
        for path, (key, outcome, consulted) in self._kept.items():
            record = records.to_json(outcome, self._files.text)
            if may_be_stored(record):
                entries[path] = {"k": key, "o": record, **tables.indices(consulted)}
        payload = {"world": self._world, **tables.document(), "entries": entries}
        text = json.dumps(payload, ensure_ascii=True, separators=(",", ":")).encode("ascii")
        place.write(self._file, digest(text).encode("ascii") + b"\n" + text)

    def _key(self, path: str, key: str) -> str:
        return digest(key, self._digest(path))

    def _digest(self, path: str) -> str:
        known = self._digests.get(path)
        if known is None:
            known = self._digests[path] = digest_of(self._files.root / path)
        return known

    def _holds(self, entry: Mapping[str, Any]) -> bool:
        stored = self._stored
        return (
            all((path in self._paths) is there for path, there in entry.get("m", {}).items())
            and all(self._once("r", i, self._reads, stored.read) for i in entry.get("r", ()))
            and all(self._once("p", i, self._probes, stored.probed) for i in entry.get("p", ()))
            and (
                self._same
                or all(self._once("s", i, self._finds, stored.searched) for i in entry.get("s", ()))
            )
        )

    def _once(self, kind: str, index: int, holds: Callable[[Any], bool], table: Sequence[Any]) -> bool:
        known = self._holding.get(f"{kind}{index}")
        if known is None:
            known = self._holding[f"{kind}{index}"] = holds(table[index])
        return known

    def _reads(self, row: tuple[str, str]) -> bool:
        path, before = row
        return self._digest(path) == before

    def _probes(self, row: tuple[str, bool]) -> bool:
        path, there = row
        return self._files.folders.has(path) is bool(there)

    def _finds(self, row: tuple[str, str, str, str, list[str]]) -> bool:
        from prodworthy.resolve.project import search

        *asked, found = row
        kind, name, path, stem = asked
        return list(search(self._library(), kind, name, path, stem).found) == found


class _Stored:
    """A results file as it was read; empty where there is none that can be used."""

    def __init__(self, document: Mapping[str, Any]) -> None:
        self.world: str = document.get("world", "")
        self.read: list[Any] = document.get("read", [])
        self.probed: list[Any] = document.get("probed", [])
        self.searched: list[Any] = document.get("searched", [])
        self.entries: dict[str, dict[str, Any]] = document.get("entries", {})

    def consulted(self, entry: Mapping[str, Any]) -> Consulted:
        """What the result in ``entry`` depends on."""
        searches = (self.searched[i] for i in entry.get("s", ()))
        return Consulted(
            tuple(self.read[i][0] for i in entry.get("r", ())),
            {self.probed[i][0]: bool(self.probed[i][1]) for i in entry.get("p", ())},
            tuple(Search(kind, name, at, stem, tuple(found)) for kind, name, at, stem, found in searches),
            entry.get("m", {}),
        )


def _load(data: bytes | None) -> _Stored:
    try:
        told, _, text = (data or b"").partition(b"\n")
        if digest(text).encode("ascii") == told:
            return _Stored(json.loads(text))
    except (ValueError, AttributeError, RecursionError):
        pass
    return _Stored({})


class _Tables:
    """What results consulted, each thing once."""

    def __init__(self, digest_of: Callable[[str], str]) -> None:
        self._digest = digest_of
        self._read: dict[str, int] = {}
        self._probed: dict[tuple[str, bool], int] = {}
        self._searched: dict[Search, int] = {}

    def indices(self, consulted: Consulted) -> dict[str, object]:
        """The rows that ``consulted`` stands in."""
        told: dict[str, object] = {
            "r": _rows(self._read, consulted.read),
            "p": _rows(self._probed, consulted.probed.items()),
            "s": _rows(self._searched, consulted.searched),
            "m": dict(consulted.member),
        }
        return {name: rows for name, rows in told.items() if rows}

    def document(self) -> dict[str, object]:
        """The rows."""
        return {
            "read": [(path, self._digest(path)) for path in self._read],
            "probed": [(path, int(there)) for path, there in self._probed],
            "searched": [(s.kind, s.name, s.path, s.stem, s.found) for s in self._searched],
        }


def _rows(table: dict[T, int], things: Iterable[T]) -> list[int]:
    return [table.setdefault(thing, len(table)) for thing in things]
