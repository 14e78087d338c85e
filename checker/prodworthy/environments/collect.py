"""The settings of a project, from its code and the files beside it."""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Iterator, Sequence
from functools import partial
from pathlib import Path, PurePosixPath

from prodworthy.environments import code, dotenv
from prodworthy.environments.entry import Entry
from prodworthy.environments.names import environment_of, kind_of
from prodworthy.errors import SourceError
from prodworthy.source.python import Source
from prodworthy.source.text import read_text

_LIMIT = 1024 * 1024
_WORTH = re.compile(r"(?i)(?:api_?key|_key|token|secret|org(?:anization)?(?:_id)?|project(?:_id)?)\b")
_SPEAKS = re.compile(r"(?i)prod|prd|stag|stg|uat|test|ci\b|dev")
_WORKFLOWS = ".github/workflows"


def collect(
    root: Path, folders: Sequence[str], files: Sequence[str], read: Callable[[str], Source]
) -> tuple[Entry, ...]:
    """The settings below ``folders`` (relative to ``root``).

    Args:
        root: the project root.
        folders: those under analysis.
        files: the Python files under analysis.
        read: parses one (raises `SourceError`).
    """
    found: list[Entry] = []
    for path in files:
        if path.endswith(".py") and _speaks_in(root, path):
            found += _quietly(partial(_of_code, path, read))
    for path in sorted(_beside(root, folders, files)):
        found += _quietly(partial(_of_file, root, path))
    return tuple(dict.fromkeys(found))


def _of_code(path: str, read: Callable[[str], Source]) -> Iterator[Entry]:
    yield from code.entries(read(path))


def _of_file(root: Path, path: str) -> Iterator[Entry]:
    kind, text = kind_of(path), read_text(root, path, _LIMIT)
    if kind == "dotenv":
        yield from dotenv.entries(path, text)
    elif _SPEAKS.search(path + text):
        from prodworthy.environments import yamlfile  # reads YAML with a library that few runs need

        yield from yamlfile.entries(path, kind, text)


def _quietly(work: Callable[[], Iterator[Entry]]) -> list[Entry]:
    try:
        return list(work())
    except SourceError:  # named where the file itself is checked; the others are not sources
        return []


def _speaks_in(root: Path, path: str) -> bool:
    try:
        text = (root / path).read_text(encoding="utf-8", errors="replace")
    except OSError:
        return False
    return bool(_WORTH.search(text)) and bool(_SPEAKS.search(path) or _SPEAKS.search(text))


def _beside(root: Path, folders: Sequence[str], files: Sequence[str]) -> set[str]:
    """The settings files in and around the folders with code, directly below those named, and of GitHub."""
    places: set[str] = set()
    for file in files:
        for parent in PurePosixPath(file).parents:
            if str(parent) in places:
                break
            places.add(str(parent))
    for folder in folders:
        places |= {folder, f"{folder}/{_WORKFLOWS}", *_subfolders(root, folder)}
    inside = [place for place in places if any(_is_in(place, folder) for folder in folders)]
    found = (str(PurePosixPath(place, name)) for place in inside for name in _names(root, place))
    return {path for path in found if kind_of(path)}


def _subfolders(root: Path, folder: str) -> Iterator[str]:
    for name in _names(root, folder):
        if (not name.startswith(".") or environment_of(name)) and (root / folder / name).is_dir():
            yield f"{folder}/{name}"


def _is_in(place: str, folder: str) -> bool:
    return folder == "." or PurePosixPath(place).is_relative_to(folder)


def _names(root: Path, folder: str) -> list[str]:
    try:
        return os.listdir(root / folder)
    except OSError:
        return []
