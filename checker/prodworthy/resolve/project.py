"""The project as one analysis sees it: modules by path and by dotted name, and a record of what was asked."""

from __future__ import annotations

import re
import sys
from collections.abc import Iterator, Sequence

from prodworthy.errors import SourceError
from prodworthy.outcome import Search
from prodworthy.resolve.index import ModuleIndex
from prodworthy.resolve.library import Library
from prodworthy.resolve.solved import Log, Solved
from prodworthy.source.python import Source
from prodworthy.source.text import is_notebook

SUBCLASS_MODULES = 12
"""Modules that are searched for the subclasses of one class, or for what an application's state holds."""

CALLERS = 30
METHOD_CALLERS = 12
"""Modules that are searched for the callers of one function; a method's name says less."""


def search(library: Library, kind: str, name: str, path: str, stem: str) -> Search:
    """Ask ``library``; the arguments are as in `Search`."""
    found: Sequence[str]
    if kind == "mentions":
        first = library.mentions(re.compile(name.encode(), int(stem)))
        found = [first] if first else []
    elif kind == "parents":
        found = library.parents(name)
    elif kind == "subclassing":
        found = library.subclassing(name, path, SUBCLASS_MODULES)
    elif kind == "registering":
        found = library.registering(name, path, SUBCLASS_MODULES)
    elif kind == "keeping":
        found = library.keeping(name, path, SUBCLASS_MODULES)
    else:
        method = kind == "method"
        found = library.callers(name, path, stem, method, METHOD_CALLERS if method else CALLERS)
    return Search(kind, name, path, stem, tuple(found))


class Project:
    """Modules by path and by dotted name, for the analysis of one file.

    What it was asked is on record afterwards, which is all that the analysis depends on besides the file:
    what it remembers, it remembers for itself alone.

    Attributes:
        probed: path -> whether there is a file.
        searched: questions about all files.
        log: what was asked since somebody began a new one, among other things that he notes there.
    """

    def __init__(self, library: Library) -> None:
        self.probed: dict[str, bool] = {}
        self.searched: dict[tuple[str, str, str, str], Search] = {}
        self.log: Log = []
        self._library = library
        self._modules: dict[str, ModuleIndex | None] = {}
        self._found: dict[tuple[str, str], str | None] = {}

    @property
    def read(self) -> tuple[str, ...]:
        """The paths of the modules that were read, or could not be."""
        return tuple(self._modules)

    def module(self, path: str) -> ModuleIndex | None:
        """The module at ``path``; None if it cannot be read."""
        self.log.append(("module", (path,)))
        if path not in self._modules:
            known = self._library.module(path)
            try:
                self.index(known.source if known is not None else self._library.read(path))
            except (SourceError, OSError):
                self._modules[path] = None
        return self._modules[path]

    def index(self, source: Source) -> ModuleIndex:
        """The module of a source that is already read."""
        known = self._modules.get(source.path)
        if known is None:
            known = self._library.indexed(source, *self._names(source.path))
            self._modules[source.path] = known
        return known

    def find(self, dotted: str, importer: ModuleIndex) -> ModuleIndex | None:
        """The project module that ``dotted`` names in ``importer`` (absolute imports)."""
        self.log.append(("find", (dotted, importer)))
        key = (dotted, _folder(importer.path))
        if key not in self._found:
            beside = self._at(key[1], dotted) if is_notebook(importer.path) else None
            self._found[key] = beside or self._search(*key)
        path = self._found[key]
        return self.module(path) if path is not None else None

    def relative(self, importer: ModuleIndex, level: int, dotted: str) -> ModuleIndex | None:
        """The project module that ``from ..dotted`` names in ``importer``."""
        folder = _folder(importer.path)
        for _ in range(level - 1):
            folder = _folder(folder)
        path = self._at(folder, dotted)
        return self.module(path) if path is not None else None

    def submodule(self, module: ModuleIndex, name: str) -> ModuleIndex | None:
        """The module ``name`` inside the package ``module``."""
        if not module.path.endswith("__init__.py"):
            return None
        path = self._at(_folder(module.path), name)
        return self.module(path) if path is not None else None

    def callers(self, name: str, module: ModuleIndex, method: bool) -> Iterator[ModuleIndex]:
        """The modules among the files under analysis that may call ``name``, defined in ``module``.

        ``module`` itself comes first. A plain function's caller has to import it, a method's need not;
        private names are called at home. Tests are callers only of tests.
        """
        yield module
        if not name.startswith("_"):
            yield from self._all("method" if method else "callers", name, module)

    def subclassing(self, name: str, module: ModuleIndex) -> Iterator[ModuleIndex]:
        """The modules among the files under analysis with a class that extends something called ``name``."""
        yield module
        yield from self._all("subclassing", name, module)

    def registering(self, name: str, module: ModuleIndex) -> Iterator[ModuleIndex]:
        """The other modules that may hand a function called ``name`` to a framework."""
        yield from self._all("registering", name, module)

    def keepers(self, attribute: str, module: ModuleIndex) -> Iterator[ModuleIndex]:
        """The modules that put something in an application's ``state`` under a name."""
        yield module
        yield from self._all("keeping", attribute, module)

    def mentions(self, pattern: re.Pattern[bytes]) -> str:
        """The first file under analysis, tests left out, that holds ``pattern``; else ``""``."""
        return next(iter(self._ask("mentions", pattern.pattern.decode(), "", str(pattern.flags))), "")

    def ask_again(self, events: Log) -> None:
        """Put on record what another analysis asked on the way to an answer that this one takes over."""
        kept, self.log = self.log, []
        for event in dict.fromkeys(events):
            if not isinstance(event, Solved):
                getattr(self, event[0])(*event[1])
        self.log = kept

    def _all(self, kind: str, name: str, module: ModuleIndex) -> Iterator[ModuleIndex]:
        for path in self._ask(kind, name, module.path, module.name.rpartition(".")[2]):
            place = self.module(path)
            if place is not None:
                yield place

    def _ask(self, kind: str, name: str, path: str, stem: str) -> tuple[str, ...]:
        key = (kind, name, path, stem)
        self.log.append(("_ask", key))
        known = self.searched.get(key)
        if known is None:
            known = self.searched[key] = search(self._library, *key)
        return known.found

    def _search(self, dotted: str, folder: str) -> str | None:
        base = folder
        while True:
            # inside a package, absolute imports start above it
            if base == "." or not self._file(_join(base, "__init__.py")):
                for root in (base, _join(base, "src"), _join(base, "lib")):
                    path = self._at(root, dotted)
                    if path is not None:
                        return path
            above = _folder(base)
            if above == base:
                return self._beside(dotted)
            base = above

    def _beside(self, dotted: str) -> str | None:
        """The module in another project of the same repository, where only one of them has that package."""
        top = dotted.partition(".")[0]
        if top in sys.stdlib_module_names:
            return None
        roots = [root or "." for root in self._ask("parents", top, "", "")]
        found = {self._at(root, dotted) for root in roots if self._is_root(root)} - {None}
        return found.pop() if len(found) == 1 else None

    def _is_root(self, folder: str) -> bool:
        """Whether ``folder`` holds what a build file beside or above it installs."""
        home = _folder(folder) if folder.rpartition("/")[2] in ("src", "lib", "python") else folder
        return any(self._file(_join(home, name)) for name in ("pyproject.toml", "setup.py", "setup.cfg"))

    def _at(self, folder: str, dotted: str) -> str | None:
        stem = _join(folder, dotted.replace(".", "/")) if dotted else folder
        for path in (_join(stem, "__init__.py"), f"{stem}.py"):
            if self._file(path):
                return path
        return None

    def _file(self, path: str) -> bool:
        self.log.append(("_file", (path,)))
        known = self.probed.get(path)
        if known is None:
            known = self.probed[path] = self._library.exists(path)
        return known

    def _names(self, path: str) -> tuple[str, str]:
        """The dotted name of a module, and of the package it stands in."""
        folder, stem = _folder(path), path.rpartition("/")[2].rpartition(".")[0]
        parts = [stem] if stem != "__init__" else []
        while folder != "." and self._file(_join(folder, "__init__.py")):
            parts.insert(0, folder.rpartition("/")[2])
            folder = _folder(folder)
        name = ".".join(parts) or stem
        return name, name if stem == "__init__" else name.rpartition(".")[0]


def _folder(path: str) -> str:
    """The folder that ``path`` stands in, ``.`` for the project root."""
    return path.rpartition("/")[0] or ("/" if path.startswith("/") else ".")


def _join(folder: str, name: str) -> str:
    return name if folder == "." else f"{folder.rstrip('/')}/{name}"
