"""The project's own modules: found on disk when somebody imports them, parsed when somebody asks."""

from __future__ import annotations

import re
import sys
from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from functools import cached_property
from pathlib import Path, PurePosixPath

from prodworthy.errors import SourceError
from prodworthy.resolve.index import ModuleIndex
from prodworthy.source.python import Source
from prodworthy.source.text import is_notebook
from prodworthy.testfile import is_test

_EXTENDS = re.compile(rb"^\s*class\s+\w+\s*\(([^)]*)\)", re.MULTILINE)
_NAME = re.compile(rb"[A-Za-z_]\w*")
_CALLED = re.compile(rb"([A-Za-z_]\w*)\s*\(")

SUBCLASS_MODULES = 12
"""Modules that are searched for the subclasses of one class."""

CALLERS = 30
METHOD_CALLERS = 12
"""Modules that are searched for the callers of one function; a method's name says less."""


class Project:
    """Modules by path and by dotted name.

    Args:
        root: the project root; paths are relative to it.
        read: reads and parses one file (raises `SourceError`).
        files: the files under analysis, searched for callers.
    """

    def __init__(self, root: Path, read: Callable[[str], Source], files: Sequence[str] = ()) -> None:
        self.root = root
        self._read = read
        self._files = files
        self._modules: dict[str, ModuleIndex | None] = {}
        self._exists: dict[str, bool] = {}
        self._found: dict[tuple[str, str], str | None] = {}
        self._mentioned: dict[re.Pattern[bytes], str] = {}

    def module(self, path: str) -> ModuleIndex | None:
        """The module at ``path``; None if it cannot be read."""
        if path not in self._modules:
            try:
                self._modules[path] = self.index(self._read(path))
            except (SourceError, OSError):
                self._modules[path] = None
        return self._modules[path]

    def index(self, source: Source) -> ModuleIndex:
        """The module of a source that is already read."""
        known = self._modules.get(source.path)
        if known is None:
            name, package = self._names(source.path)
            known = self._modules[source.path] = ModuleIndex(source, name, package)
        return known

    def find(self, dotted: str, importer: ModuleIndex) -> ModuleIndex | None:
        """The project module that ``dotted`` names in ``importer`` (absolute imports)."""
        folder = str(PurePosixPath(importer.path).parent)
        key = (dotted, folder)
        if key not in self._found:
            beside = self._at(folder, dotted) if is_notebook(importer.path) else None
            self._found[key] = beside or self._search(dotted, folder)
        path = self._found[key]
        return self.module(path) if path is not None else None

    def relative(self, importer: ModuleIndex, level: int, dotted: str) -> ModuleIndex | None:
        """The project module that ``from ..dotted`` names in ``importer``."""
        folder = PurePosixPath(importer.path).parent
        for _ in range(level - 1):
            folder = folder.parent
        path = self._at(str(folder), dotted)
        return self.module(path) if path is not None else None

    def submodule(self, module: ModuleIndex, name: str) -> ModuleIndex | None:
        """The module ``name`` inside the package ``module``."""
        if not module.path.endswith("__init__.py"):
            return None
        path = self._at(str(PurePosixPath(module.path).parent), name)
        return self.module(path) if path is not None else None

    def callers(self, name: str, module: ModuleIndex, method: bool) -> Iterator[ModuleIndex]:
        """The modules among the files under analysis that may call ``name``, defined in ``module``.

        ``module`` itself comes first. A plain function's caller has to import it, a method's need not;
        private names are called at home. Tests are callers only of tests.
        """
        yield module
        if name.startswith("_"):
            return
        stem = module.name.rpartition(".")[2].encode()
        found = 0
        for path, data in self._callers.get(name, ()):
            if path == module.path or (is_test(path) and not module.is_test):
                continue
            if not method and stem not in data and data.count(name.encode()) < 2:
                continue
            caller = self.module(path)
            if caller is not None:
                yield caller
                found += 1
            if found >= (METHOD_CALLERS if method else CALLERS):
                return

    def subclassing(self, name: str, module: ModuleIndex) -> Iterator[ModuleIndex]:
        """The modules among the files under analysis with a class that extends something called ``name``."""
        yield module
        found = 0
        for path in self._subclassing.get(name, ()):
            if path == module.path or (is_test(path) and not module.is_test) or found >= SUBCLASS_MODULES:
                continue
            caller = self.module(path)
            if caller is not None:
                yield caller
                found += 1

    def mentions(self, pattern: re.Pattern[bytes]) -> str:
        """The first file under analysis, tests left out, that holds ``pattern``; else ``""``."""
        if pattern not in self._mentioned:
            holders = (path for path, data in self._contents if not is_test(path) and pattern.search(data))
            self._mentioned[pattern] = next(holders, "")
        return self._mentioned[pattern]

    @cached_property
    def _subclassing(self) -> dict[str, list[str]]:
        table: dict[str, list[str]] = defaultdict(list)
        for path, data in self._contents:
            names = {base for bases in _EXTENDS.findall(data) for base in _NAME.findall(bases)}
            for name in names:
                table[name.decode()].append(path)
        return table

    @cached_property
    def _contents(self) -> list[tuple[str, bytes]]:
        found: list[tuple[str, bytes]] = []
        for path in self._files:
            if is_notebook(
                path
            ):  # nobody imports one, and what it tries out with a function says little of it
                continue
            try:
                found.append((path, (self.root / path).read_bytes()))
            except OSError:
                continue
        return found

    @cached_property
    def _callers(self) -> dict[str, list[tuple[str, bytes]]]:
        table: dict[str, list[tuple[str, bytes]]] = defaultdict(list)
        for path, data in self._contents:
            for name in set(_CALLED.findall(data)):
                table[name.decode()].append((path, data))
        return table

    def _search(self, dotted: str, folder: str) -> str | None:
        here = PurePosixPath(folder)
        for base in (here, *here.parents):
            # inside a package, absolute imports start above it
            if self._file(f"{base}/__init__.py") and str(base) != ".":
                continue
            for root in (str(base), f"{base}/src", f"{base}/lib"):
                path = self._at(root, dotted)
                if path is not None:
                    return path
        return self._beside(dotted)

    def _beside(self, dotted: str) -> str | None:
        """The module in another project of the same repository, where only one of them has that package."""
        top = dotted.partition(".")[0]
        if top in sys.stdlib_module_names:
            return None
        found = {self._at(root, dotted) for root in self._parents.get(top, ()) if self._is_root(root)} - {
            None
        }
        return found.pop() if len(found) == 1 else None

    @cached_property
    def _parents(self) -> dict[str, set[str]]:
        """The folders in which a package or module of a name lies."""
        table: dict[str, set[str]] = defaultdict(set)
        for path in self._files:
            *folders, last = path.split("/")
            for depth, name in enumerate((*folders, last.removesuffix(".py"))):
                table[name].add("/".join(folders[:depth]))
        return table

    def _is_root(self, folder: str) -> bool:
        """Whether ``folder`` holds what a build file beside or above it installs."""
        home = PurePosixPath(folder)
        home = home.parent if home.name in ("src", "lib", "python") else home
        return any(self._file(f"{home}/{name}") for name in ("pyproject.toml", "setup.py", "setup.cfg"))

    def _at(self, folder: str, dotted: str) -> str | None:
        stem = f"{folder}/{dotted.replace('.', '/')}" if dotted else folder
        for path in (f"{stem}/__init__.py", f"{stem}.py"):
            if self._file(path):
                return str(PurePosixPath(path))
        return None

    def _file(self, path: str) -> bool:
        known = self._exists.get(path)
        if known is None:
            known = self._exists[path] = (self.root / path).is_file()
        return known

    def _names(self, path: str) -> tuple[str, str]:
        pure = PurePosixPath(path)
        parts = [pure.stem] if pure.stem != "__init__" else []
        folder = pure.parent
        while str(folder) != "." and self._file(f"{folder}/__init__.py"):
            parts.insert(0, folder.name)
            folder = folder.parent
        name = ".".join(parts) or pure.stem
        return name, name if pure.stem == "__init__" else name.rpartition(".")[0]
