"""Which files there are, asked folder by folder: far more files are asked about than there are folders."""

from __future__ import annotations

import os
from pathlib import Path


class Folders:
    """The files below ``root``, listed when first asked for."""

    def __init__(self, root: Path) -> None:
        self._root = root
        self._names: dict[str, frozenset[str]] = {}

    def has(self, path: str) -> bool:
        """Whether there is a file at ``path``, in this very spelling."""
        folder, _, name = path.rpartition("/")
        names = self._names.get(folder)
        if names is None:
            place = os.path.join(self._root, folder or ("/" if path.startswith("/") else ""))
            names = self._names[folder] = _files_in(place)
        return name in names

    def forget(self) -> None:
        """List the folders again when somebody asks."""
        self._names.clear()


def _files_in(folder: str) -> frozenset[str]:
    try:
        with os.scandir(folder) as entries:
            return frozenset(entry.name for entry in entries if entry.is_file())
    except OSError:
        return frozenset()
