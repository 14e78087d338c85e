"""Which files are checked: the paths given, without what is ignored and excluded."""

from __future__ import annotations

import fnmatch
import os
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from prodworthy.config import Configs
from prodworthy.errors import ConfigError, SourceError
from prodworthy.secrets.textfile import may_be_text
from prodworthy.source.text import is_python

if TYPE_CHECKING:
    from pathspec import GitIgnoreSpec

_MARKERS = ("pyproject.toml", "prodworthy.toml", ".git")
NOTHING: Mapping[str, str] = {}
_GLOB = frozenset("*?[/!\\")


@dataclass(slots=True)
class Discovery:
    """What was found.

    Attributes:
        files: relative to the project root (absolute where they lie outside it), with ``/``, sorted.
        others: text files that are not Python, where they were asked for.
        ignored: those that are there only because the user named them: an ignore rule covers them.
        hidden: dotenv files in folders that an ignore rule covers, which git may track all the same.
        folders: those that the user named, likewise relative.
        named: those of ``files`` that the user named one by one.
        errors: folders that could not be read.
        skipped: named files that are not checked, with the reason.
    """

    files: list[str] = field(default_factory=list)
    others: list[str] = field(default_factory=list)
    ignored: set[str] = field(default_factory=set)
    hidden: set[str] = field(default_factory=set)
    folders: list[str] = field(default_factory=list)
    named: set[str] = field(default_factory=set)
    errors: list[SourceError] = field(default_factory=list)
    skipped: list[tuple[str, str]] = field(default_factory=list)


def project_root(paths: Sequence[Path], cwd: Path) -> Path:
    """The folder that paths in the output are relative to.

    The nearest folder upward with a pyproject.toml, prodworthy.toml or .git: from the working
    directory, or from the first path where that lies outside the working directory's project.
    Without any such folder it is the working directory, or the folder of a path outside it.
    """
    first = Path(os.path.abspath(cwd / paths[0])) if paths else cwd
    folder = first if first.is_dir() else first.parent
    here = _marked(cwd)
    if here is not None and folder.is_relative_to(here):
        return here
    return _marked(folder) or (cwd if folder.is_relative_to(cwd) else folder)


def discover(
    paths: Sequence[Path],
    root: Path,
    cwd: Path,
    configs: Configs,
    given: Mapping[str, str] = NOTHING,
    *,
    others: bool = False,
) -> Discovery:
    """The Python files and notebooks that ``paths`` (relative to ``cwd``) name or hold.

    ``given`` holds the texts of those that are not read from the disk, so that they need not exist there.
    With ``others``, text files that are neither are found as well; what is binary shows when it is read.
    Git's ignore files hold for what is found in folders; ``exclude`` also for files named one by one.

    Raises:
        ConfigError: a path does not exist.
    """
    found = Discovery()
    seen: set[str] = set()
    walk = _Walk(root, configs, found, given, others)
    for path in paths:
        absolute = Path(os.path.abspath(cwd / path))
        if absolute.is_dir():
            files = walk.folder(absolute)
            found.folders.append(relative(absolute, root))
        elif absolute.exists() or relative(absolute, root) in given:
            files = walk.file(absolute)
        else:
            raise ConfigError(f"{path}: no such file or directory")
        seen.update(files)
    found.files = sorted(path for path in seen if is_python(path) or path in walk.scripts)
    found.others = sorted(seen.difference(found.files))
    return found


def is_project(folder: Path) -> bool:
    """Whether something marks ``folder`` as the root of a project."""
    return _marked(folder) == folder


def around(root: Path, configs: Configs, files: Sequence[str]) -> Sequence[str]:
    """``files`` and all the other Python files of the project at ``root``.

    Who calls a function is no matter of which files somebody named. ``files`` alone where a configuration in
    the project is wrong, or where nothing marks ``root`` as a project.
    """
    if not is_project(root):
        return files
    try:
        found = discover((root,), root, root, configs)
    except ConfigError:
        return files
    return sorted({*files, *found.files})


def relative(path: Path, root: Path) -> str:
    """``path`` as output shows it: relative to ``root`` where it lies in it, with ``/``."""
    return (path.relative_to(root) if path.is_relative_to(root) else path).as_posix()


class _Walk:
    def __init__(
        self, root: Path, configs: Configs, found: Discovery, given: Mapping[str, str], others: bool
    ) -> None:
        self.scripts: set[str] = set()
        self._others = others
        self._root = root
        self._configs = configs
        self._found = found
        self._given = given
        self._ignores: dict[Path, tuple[tuple[Path, GitIgnoreSpec], ...]] = {}
        self._top = next((f for f in (root, *root.parents) if (f / ".git").exists()), root)

    def file(self, path: Path) -> Iterator[str]:
        """A file that the user named."""
        shown = relative(path, self._root)
        if self._excluded_above(path):
            self._found.skipped.append((shown, "is excluded by the configuration"))
        elif is_python(path.name) or (not path.suffix and _is_script(path)):
            self._found.named.add(shown)
            self.scripts.add(shown)
            yield shown
        elif self._others and may_be_text(path.name):
            if self._ignored(path.parent, path, False):
                self._found.ignored.add(shown)
            yield shown
        else:
            told = "is not a text file" if self._others else "is neither a Python file nor a notebook"
            self._found.skipped.append((shown, told))

    def folder(self, top: Path) -> Iterator[str]:
        """The files below a folder that the user named."""
        if self._excluded_above(top):
            self._found.skipped.append((relative(top, self._root), "is excluded by the configuration"))
            return
        stack = [top]
        while stack:
            folder = stack.pop()
            try:
                entries = sorted(os.scandir(folder), key=lambda entry: entry.name)
            except OSError as error:
                reason = f"cannot be read: {error.strerror or error}"
                self._found.errors.append(SourceError(relative(folder, self._root), reason))
                continue
            if folder != top and any(entry.name == "pyvenv.cfg" for entry in entries):
                continue
            for entry in entries:
                is_folder = entry.is_dir(follow_symlinks=False)
                if not is_folder and not self._is_wanted(entry):
                    continue
                path = folder / entry.name
                if self._excluded(path, is_folder):
                    continue
                if self._ignored(folder, path, is_folder):
                    if self._others and not is_folder and ".env" in entry.name:
                        self._found.hidden.add(relative(path, self._root))
                    continue
                if is_folder:
                    stack.append(path)
                else:
                    yield relative(path, self._root)

    def _is_wanted(self, entry: os.DirEntry[str]) -> bool:
        wanted = is_python(entry.name) or (self._others and may_be_text(entry.name))
        return wanted and entry.is_file(follow_symlinks=False)

    def _excluded_above(self, path: Path) -> bool:
        """Whether ``path`` or a folder between it and the root is excluded."""
        if not path.is_relative_to(self._root):
            return False
        inner = [p for p in (path, *path.parents) if p != self._root and p.is_relative_to(self._root)]
        return any(self._excluded(p, p != path or p.is_dir()) for p in inner)

    def _excluded(self, path: Path, is_folder: bool) -> bool:
        config = self._configs.of_folder(path.parent)
        names, patterns = _split(config.exclude)
        if path.name in names:
            return True
        if not patterns or not path.is_relative_to(config.root):
            return False
        return matches(patterns, path.relative_to(config.root).as_posix() + "/" * is_folder)

    def _ignored(self, folder: Path, path: Path, is_folder: bool) -> bool:
        for base, spec in self._specs(folder):
            verdict = spec.check_file(path.relative_to(base).as_posix() + "/" * is_folder).include
            if verdict is not None:
                return verdict
        return False

    def _specs(self, folder: Path) -> tuple[tuple[Path, GitIgnoreSpec], ...]:
        """The ignore files that hold in ``folder``, the strongest first."""
        known = self._ignores.get(folder)
        if known is None:
            is_top = folder == self._top or (folder / ".git").exists()
            above = () if is_top or folder.parent == folder else self._specs(folder.parent)
            files = [folder / ".gitignore", *([folder / ".git" / "info" / "exclude"] if is_top else [])]
            texts = [(file, self._given.get(relative(file, self._root))) for file in files]
            own = tuple(
                (folder, _spec(file, text)) for file, text in texts if text is not None or file.is_file()
            )
            known = self._ignores[folder] = own + above
        return known


def matches(patterns: Sequence[str], path: str) -> bool:
    """Whether ``patterns`` (in the syntax of .gitignore) cover ``path`` (a folder ends in ``/``)."""
    return _compiled(tuple(patterns)).match_file(path)


@cache
def _compiled(patterns: tuple[str, ...]) -> GitIgnoreSpec:
    from pathspec import GitIgnoreSpec

    try:
        return GitIgnoreSpec.from_lines(patterns)
    except ValueError as error:
        raise ConfigError(f"not a pattern in the syntax of .gitignore: {error}") from error


@cache
def _split(exclude: tuple[str, ...]) -> tuple[frozenset[str], tuple[str, ...]]:
    """Plain names, which need no library to match, and all patterns if one of them is more."""
    plain = frozenset(name for name in exclude if not _GLOB & set(name))
    return (plain, ()) if len(plain) == len(set(exclude)) else (frozenset(), exclude)


def _spec(file: Path, text: str | None) -> GitIgnoreSpec:
    from pathspec import GitIgnoreSpec

    try:
        text = file.read_text(encoding="utf-8", errors="replace") if text is None else text
        return GitIgnoreSpec.from_lines(text.splitlines())
    except (OSError, ValueError):
        return GitIgnoreSpec([])


def _marked(folder: Path) -> Path | None:
    return next((f for f in (folder, *folder.parents) if any((f / name).exists() for name in _MARKERS)), None)


def _is_script(path: Path) -> bool:
    try:
        with path.open("rb") as file:
            first = file.readline(200)
    except OSError:
        return False
    return first.startswith(b"#!") and fnmatch.fnmatch(first.decode("utf-8", "replace"), "*python*")
