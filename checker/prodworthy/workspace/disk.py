"""What changed on the disk since somebody looked last, told by the times and sizes of files and folders."""

from __future__ import annotations

import os
from collections.abc import Iterable
from pathlib import Path

Mark = tuple[int, int, int]
"""Time, size and number of a file, or of a folder, whose time changes with the names in it."""


class Disk:
    """Some files and folders below ``root``, by path relative to it."""

    def __init__(self, root: Path) -> None:
        self._root = root
        self._marks: dict[str, Mark | None] = {}

    def watch(self, paths: Iterable[str]) -> None:
        """Look at ``paths`` as well from now on."""
        for path in paths:
            if path not in self._marks:
                self._marks[path] = self._mark(path)

    def changed(self) -> set[str]:
        """Those that are not as they were when `changed` or `watch` looked last."""
        found = set()
        for path, before in self._marks.items():
            now = self._mark(path)
            if now != before:
                self._marks[path] = now
                found.add(path)
        return found

    def _mark(self, path: str) -> Mark | None:
        try:
            status = os.stat(os.path.join(self._root, path))
        except OSError:
            return None
        return status.st_mtime_ns, status.st_size, status.st_ino


def folders_of(paths: Iterable[str]) -> set[str]:
    """The folders that ``paths`` stand in, up to the root, which is empty."""
    found = {""}
    for path in paths:
        folder = path.rpartition("/")[0]
        while folder and folder not in found:
            found.add(folder)
            folder = folder.rpartition("/")[0]
    return found
