"""The project's files as all analyses of a run share them: what exists, who mentions a name, parsed modules.

Only facts that a file's text alone decides are kept here, so that it makes no difference which file is
analysed first.
"""

from __future__ import annotations

import re
from bisect import insort
from collections import OrderedDict, defaultdict
from collections.abc import Callable, Iterator, Sequence
from functools import cached_property
from itertools import islice
from pathlib import Path

from prodworthy.folders import Folders
from prodworthy.resolve.index import ModuleIndex
from prodworthy.source.python import Source
from prodworthy.source.text import is_notebook
from prodworthy.testfile import is_test

_EXTENDS = re.compile(rb"^\s*class\s+\w+\s*\(([^)]*)\)", re.MULTILINE)
_NAME = re.compile(rb"[A-Za-z_]\w*")
_DEFINED = re.compile(rb"^[ \t]*(?:async[ \t]+)?(?:def|class)[ \t]+([A-Za-z_]\w*)", re.MULTILINE)
_CALLED = re.compile(rb"([A-Za-z_]\w*)\s*\(")

_REGISTERS = re.compile(
    rb"\b(?:add_\w+|\w*[Hh]andler|register\w*|\w*Route)\s*"
    rb"\(([^()]{0,300}(?:\([^()]{0,200}\))?[^()]{0,200})"
)
"""What a call that hands functions to a framework is given: ``add_api_route("/ask", ask)``."""

_KEPT = re.compile(rb"\.state\.([A-Za-z_]\w*)\s*(?::[^=\n]*)?=[^=]")

Table = dict[str, list[str]]
"""A name and the files that mention it, in the order of the files."""

KEPT = 5_000_000
"""Characters of source whose indexed trees stay in memory between two analyses; a tree takes some thirty
times its text."""


class Library:
    """Files by path relative to the project root.

    Args:
        root: the project root.
        read: reads and parses one file (raises `SourceError`).
        files: tells the files that are searched for callers and subclasses, when somebody asks.
        content: the bytes of a file, None where there are none.
        folders: knows which files exist.
        kept: characters of source whose trees stay in memory, `KEPT` if it is not given.

    Attributes:
        epoch: counts how often modules were let go or changed; what was answered in another is out of date.
    """

    def __init__(
        self,
        root: Path,
        read: Callable[[str], Source],
        files: Callable[[], Sequence[str]] = tuple,
        content: Callable[[str], bytes | None] | None = None,
        folders: Folders | None = None,
        kept: int | None = None,
    ) -> None:
        self.root = root
        self.read = read
        self._tell_files = files
        self._kept = kept
        self._content = content or self._bytes
        self._folders = folders or Folders(root)
        self._mentioned: dict[re.Pattern[bytes], str] = {}
        self._definitions: dict[str, frozenset[str]] = {}
        self._modules: OrderedDict[str, ModuleIndex] = OrderedDict()
        self.epoch = 0

    @cached_property
    def _files(self) -> Sequence[str]:
        return self._tell_files()

    def exists(self, path: str) -> bool:
        """Whether there is a file at ``path``."""
        return self._folders.has(path)

    def indexed(self, source: Source, name: str, package: str) -> ModuleIndex:
        """The module of a source, which is called ``name`` and stands in ``package``."""
        known = self._modules.get(source.path)
        if known is None or known.source is not source or known.name != name:
            self.epoch += known is not None
            known = self._modules[source.path] = ModuleIndex(source, name, package)
        self._modules.move_to_end(source.path)
        return known

    def module(self, path: str) -> ModuleIndex | None:
        """The module at ``path`` if it is in memory."""
        return self._modules.get(path)

    def source(self, path: str) -> Source | None:
        """The source of the module at ``path`` if it is in memory."""
        module = self._modules.get(path)
        return module.source if module is not None else None

    def trim(self) -> bool:
        """Where modules take more memory than they may, forget the half that was used longest ago.

        Nobody may hold one of them from before. Tells whether any were forgotten.
        """
        most = KEPT if self._kept is None else self._kept
        size = sum(len(module.source.text) for module in self._modules.values())
        if size <= most:
            return False
        self.epoch += 1
        while size > most // 2:
            _, module = self._modules.popitem(last=False)
            size -= len(module.source.text)
            module.forget()
        return True

    def changed(self, path: str) -> None:
        """Take note that ``path`` holds another text now. Nobody may hold its module from before."""
        self.epoch += 1
        module = self._modules.pop(path, None)
        if module is not None:
            module.forget()
        self._definitions.pop(path, None)
        self._mentioned.clear()
        if "_data" not in vars(self) or path not in self._order or is_notebook(path):
            return
        before = self._data.pop(path, b"")
        after = self._content(path)
        if after is not None:
            self._data[path] = after
        for made, names in (
            ("_callers", _called),
            ("_subclassing", _extended),
            ("_keeping", _kept),
            ("_registering", _registered),
        ):
            if made in vars(self):
                table: Table = getattr(self, made)
                old, new = names(before), names(after or b"")
                for name in old - new:
                    table[name.decode()].remove(path)
                for name in new - old:
                    insort(table[name.decode()], path, key=self._order.__getitem__)

    def callers(self, name: str, path: str, stem: str, method: bool, limit: int) -> list[str]:
        """At most ``limit`` files other than ``path`` that may call ``name``, which ``path`` defines.

        A plain function's caller has to import it from the module ``stem``, a method's need not. Tests are
        callers only of tests. A file beside whose own twin of ``path`` it stands (copies of a project,
        services of one shape) calls that one.
        """
        word, home = name.encode(), stem.encode("utf-8", "surrogateescape")
        tested = is_test(path)
        found: list[str] = []
        for place in self._callers.get(name, ()):
            if place == path or (not tested and is_test(place)):
                continue
            data = self._data[place]
            if not method and home not in data and data.count(word) < 2:
                continue
            if self._has_own(place, path, name):
                continue
            found.append(place)
            if len(found) == limit:
                break
        return found

    def subclassing(self, name: str, path: str, limit: int) -> list[str]:
        """At most ``limit`` files other than ``path`` with a class that extends something called ``name``."""
        tested = is_test(path)
        known = self._subclassing.get(name, ())
        places = (p for p in known if p != path and (tested or not is_test(p)))
        return list(islice((p for p in places if not self._has_own(p, path, name)), limit))

    def keeping(self, name: str, path: str, limit: int) -> list[str]:
        """At most ``limit`` files other than ``path`` that set ``.state.<name>`` of something."""
        tested = is_test(path)
        places = self._keeping.get(name, ())
        return [place for place in places if place != path and (tested or not is_test(place))][:limit]

    def registering(self, name: str, path: str, limit: int) -> list[str]:
        """At most ``limit`` files other than ``path`` that may hand some ``name`` to a framework."""
        tested = is_test(path)
        places = self._registering.get(name, ())
        return [place for place in places if place != path and (tested or not is_test(place))][:limit]

    def _has_own(self, place: str, path: str, name: str) -> bool:
        """Whether ``place`` stands in a folder like that of ``path``, with a twin that defines ``name``."""
        mine, theirs = place.split("/"), path.split("/")
        shared = next((i for i, (a, b) in enumerate(zip(mine, theirs, strict=False)) if a != b), 0)
        if min(len(mine), len(theirs)) < shared + 2:
            return False
        twin = "/".join((*mine[: shared + 1], *theirs[shared + 1 :]))
        return twin in self._order and name in self._defined(twin)

    def _defined(self, path: str) -> frozenset[str]:
        known = self._definitions.get(path)
        if known is None:
            data = self._content(path) or b""
            known = frozenset(found.decode() for found in _DEFINED.findall(data))
            self._definitions[path] = known
        return known

    @cached_property
    def _order(self) -> dict[str, int]:
        return {path: place for place, path in enumerate(self._files)}

    def mentions(self, pattern: re.Pattern[bytes]) -> str:
        """The first file, tests left out, that holds ``pattern``; else ``""``."""
        if pattern not in self._mentioned:
            holders = (path for path in self._files if not is_test(path) and self._holds(path, pattern))
            self._mentioned[pattern] = next(holders, "")
        return self._mentioned[pattern]

    def parents(self, name: str) -> list[str]:
        """The folders in which a package or module called ``name`` lies."""
        return sorted(self._parents.get(name, ()))

    @cached_property
    def _parents(self) -> dict[str, set[str]]:
        table: dict[str, set[str]] = defaultdict(set)
        for path in self._files:
            *folders, last = path.split("/")
            for depth, name in enumerate((*folders, last.removesuffix(".py"))):
                table[name].add("/".join(folders[:depth]))
        return table

    @cached_property
    def _subclassing(self) -> Table:
        return self._table(_extended)

    @cached_property
    def _keeping(self) -> Table:
        return self._table(_kept)

    @cached_property
    def _registering(self) -> Table:
        return self._table(_registered)

    @cached_property
    def _callers(self) -> Table:
        return self._table(_called)

    def _table(self, names: Callable[[bytes], set[bytes]]) -> Table:
        table: Table = defaultdict(list)
        for path, data in self._data.items():
            for name in names(data):
                table[name.decode()].append(path)
        return table

    def _holds(self, path: str, pattern: re.Pattern[bytes]) -> bool:
        data = self._data.get(path)
        return data is not None and pattern.search(data) is not None

    @cached_property
    def _data(self) -> dict[str, bytes]:
        return dict(self._contents())

    def _contents(self) -> Iterator[tuple[str, bytes]]:
        for path in self._files:
            if is_notebook(
                path
            ):  # nobody imports one, and what it tries out with a function says little of it
                continue
            data = self._content(path)
            if data is not None:
                yield path, data

    def _bytes(self, path: str) -> bytes | None:
        try:
            return (self.root / path).read_bytes()
        except OSError:
            return None


def _called(data: bytes) -> set[bytes]:
    return set(_CALLED.findall(data))


def _extended(data: bytes) -> set[bytes]:
    return {base for bases in _EXTENDS.findall(data) for base in _NAME.findall(bases)}


def _registered(data: bytes) -> set[bytes]:
    return {name for given in _REGISTERS.findall(data) for name in _NAME.findall(given)}


def _kept(data: bytes) -> set[bytes]:
    return set(_KEPT.findall(data)) if b".state." in data else set()


_TABLES: dict[str, Callable[[bytes], set[bytes]]] = {
    "_callers": _called,
    "_subclassing": _extended,
    "_keeping": _kept,
    "_registering": _registered,
}
