"""Which files mention a name: call something so called, extend it, keep or register something under it."""

from __future__ import annotations

import re
from bisect import insort
from collections import defaultdict
from collections.abc import Callable, Sequence
from functools import cached_property

from prodworthy.source.text import is_notebook

_EXTENDS = re.compile(rb"^\s*class\s+\w+\s*\(([^)]*)\)", re.MULTILINE)
_NAME = re.compile(rb"[A-Za-z_]\w*")
_CALLED = re.compile(rb"([A-Za-z_]\w*)\s*\(")
_REGISTERS = re.compile(
    rb"\b(?:add_\w+|\w*[Hh]andler|register\w*|\w*Route)\s*"
    rb"\(([^()]{0,300}(?:\([^()]{0,200}\))?[^()]{0,200})"
)
"""What a call that hands functions to a framework is given: ``add_api_route("/ask", ask)``."""

_KEPT = re.compile(rb"\.state\.([A-Za-z_]\w*)\s*(?::[^=\n]*)?=[^=]")

Table = dict[str, list[str]]
"""A name and the files that mention it, in the order of the files."""


class Mentions:
    """The files of a project by the names that they mention; notebooks apart, which nobody imports.

    Args:
        files: tells the files, when somebody asks.
        content: the bytes of a file, None where there are none.
    """

    def __init__(self, files: Callable[[], Sequence[str]], content: Callable[[str], bytes | None]) -> None:
        self._tell_files = files
        self._content = content
        self._tables: dict[str, Table] = {}

    @cached_property
    def files(self) -> Sequence[str]:
        """All files."""
        return self._tell_files()

    @cached_property
    def order(self) -> dict[str, int]:
        """Their places."""
        return {path: place for place, path in enumerate(self.files)}

    @cached_property
    def data(self) -> dict[str, bytes]:
        """Their contents, as far as they can be read."""
        read = ((path, self._content(path)) for path in self.files if not is_notebook(path))
        return {path: data for path, data in read if data is not None}

    def of(self, kind: str, name: str) -> Sequence[str]:
        """The files that mention ``name`` as ``kind`` says (`KINDS`), in their order."""
        table = self._tables.get(kind)
        if table is None:
            table = self._tables[kind] = self._table(KINDS[kind])
        return table.get(name, ())

    def changed(self, path: str) -> None:
        """Take note that ``path`` holds another text now."""
        if "data" not in vars(self) or path not in self.order or is_notebook(path):
            return
        before = self.data.pop(path, b"")
        after = self._content(path)
        if after is not None:
            self.data[path] = after
        for kind, table in self._tables.items():
            old, new = KINDS[kind](before), KINDS[kind](after or b"")
            for name in old - new:
                table[name.decode()].remove(path)
            for name in new - old:
                insort(table[name.decode()], path, key=self.order.__getitem__)

    def _table(self, names: Callable[[bytes], set[bytes]]) -> Table:
        table: Table = defaultdict(list)
        for path, data in self.data.items():
            for name in names(data):
                table[name.decode()].append(path)
        return table


def _called(data: bytes) -> set[bytes]:
    return set(_CALLED.findall(data))


def _extended(data: bytes) -> set[bytes]:
    return {base for bases in _EXTENDS.findall(data) for base in _NAME.findall(bases)}


def _registered(data: bytes) -> set[bytes]:
    return {name for given in _REGISTERS.findall(data) for name in _NAME.findall(given)}


def _kept(data: bytes) -> set[bytes]:
    return set(_KEPT.findall(data)) if b".state." in data else set()


KINDS: dict[str, Callable[[bytes], set[bytes]]] = {
    "callers": _called,
    "subclassing": _extended,
    "keeping": _kept,
    "registering": _registered,
}
"""Kinds of mentions, and the names that a text mentions so."""
