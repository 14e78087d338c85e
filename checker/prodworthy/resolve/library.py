"""The project's files as all analyses of a run share them: what exists, who mentions a name, parsed modules.

Only facts that a file's text alone decides are kept here, so that it makes no difference which file is
analysed first.
"""

from __future__ import annotations

import re
from collections import OrderedDict, defaultdict
from collections.abc import Callable, Sequence
from functools import cached_property
from itertools import islice
from pathlib import Path

from prodworthy.folders import Folders
from prodworthy.resolve.index import ModuleIndex
from prodworthy.resolve.mentions import Mentions
from prodworthy.source.python import Source
from prodworthy.testfile import is_test

_DEFINED = re.compile(rb"^[ \t]*(?:async[ \t]+)?(?:def|class)[ \t]+([A-Za-z_]\w*)", re.MULTILINE)

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
        self._kept = kept
        self._content = content or self._bytes
        self._folders = folders or Folders(root)
        self._mentions = Mentions(files, self._content)
        self._mentioned: dict[re.Pattern[bytes], str] = {}
        self._definitions: dict[str, frozenset[str]] = {}
        self._modules: OrderedDict[str, ModuleIndex] = OrderedDict()
        self.epoch = 0

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
        self._mentions.changed(path)

    def callers(self, name: str, path: str, stem: str, method: bool, limit: int) -> list[str]:
        """At most ``limit`` files other than ``path`` that may call ``name``, which ``path`` defines.

        A plain function's caller has to import it from the module ``stem``, a method's need not. Tests are
        callers only of tests. A file beside whose own twin of ``path`` it stands (copies of a project,
        services of one shape) calls that one.
        """
        word, home = name.encode(), stem.encode("utf-8", "surrogateescape")
        tested = is_test(path)
        found: list[str] = []
        for place in self._mentions.of("callers", name):
            if place == path or (not tested and is_test(place)):
                continue
            data = self._mentions.data[place]
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
        known = self._mentions.of("subclassing", name)
        places = (p for p in known if p != path and (tested or not is_test(p)))
        return list(islice((p for p in places if not self._has_own(p, path, name)), limit))

    def keeping(self, name: str, path: str, limit: int) -> list[str]:
        """At most ``limit`` files other than ``path`` that set ``.state.<name>`` of something."""
        tested = is_test(path)
        places = self._mentions.of("keeping", name)
        return [place for place in places if place != path and (tested or not is_test(place))][:limit]

    def registering(self, name: str, path: str, limit: int) -> list[str]:
        """At most ``limit`` files other than ``path`` that may hand some ``name`` to a framework."""
        tested = is_test(path)
        places = self._mentions.of("registering", name)
        return [place for place in places if place != path and (tested or not is_test(place))][:limit]

    def _has_own(self, place: str, path: str, name: str) -> bool:
        """Whether ``place`` stands in a folder like that of ``path``, with a twin that defines ``name``."""
        mine, theirs = place.split("/"), path.split("/")
        shared = next((i for i, (a, b) in enumerate(zip(mine, theirs, strict=False)) if a != b), 0)
        if min(len(mine), len(theirs)) < shared + 2:
            return False
        twin = "/".join((*mine[: shared + 1], *theirs[shared + 1 :]))
        return twin in self._mentions.order and name in self._defined(twin)

    def _defined(self, path: str) -> frozenset[str]:
        known = self._definitions.get(path)
        if known is None:
            data = self._content(path) or b""
            known = frozenset(found.decode() for found in _DEFINED.findall(data))
            self._definitions[path] = known
        return known

    def mentions(self, pattern: re.Pattern[bytes]) -> str:
        """The first file, tests left out, that holds ``pattern``; else ``""``."""
        if pattern not in self._mentioned:
            holders = (
                path for path in self._mentions.files if not is_test(path) and self._holds(path, pattern)
            )
            self._mentioned[pattern] = next(holders, "")
        return self._mentioned[pattern]

    def parents(self, name: str) -> list[str]:
        """The folders in which a package or module called ``name`` lies."""
        return sorted(self._parents.get(name, ()))

    @cached_property
    def _parents(self) -> dict[str, set[str]]:
        table: dict[str, set[str]] = defaultdict(set)
        for path in self._mentions.files:
            *folders, last = path.split("/")
            for depth, name in enumerate((*folders, last.removesuffix(".py"))):
                table[name].add("/".join(folders[:depth]))
        return table

    def _holds(self, path: str, pattern: re.Pattern[bytes]) -> bool:
        data = self._mentions.data.get(path)
        return data is not None and pattern.search(data) is not None

    def _bytes(self, path: str) -> bytes | None:
        try:
            return (self.root / path).read_bytes()
        except OSError:
            return None
