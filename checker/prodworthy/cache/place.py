"""Where results are kept: one folder, which tells git and backups to leave it alone."""

from __future__ import annotations

import contextlib
import os
import shutil
import tempfile
from pathlib import Path

NAME = ".prodworthy_cache"
VARIABLE = "PRODWORTHY_CACHE_DIR"

MOST = 24
"""Files kept: one for each way in which a project is checked, the one used longest ago goes first."""

_TAG = """\
Signature: 8a477f597d28d172789f06886806bc55
# This folder holds results of prodworthy, which it can find again. See https://bford.info/cachedir/
"""
_IGNORE = "# made by prodworthy\n*\n"


def folder_of(root: Path) -> Path:
    """The folder for the project at ``root``."""
    given = os.environ.get(VARIABLE)
    return Path(given).expanduser().absolute() if given else root / NAME


def read(file: Path) -> bytes | None:
    """What ``file`` holds; None if it cannot be read."""
    try:
        return file.read_bytes()
    except OSError:
        return None


def write(file: Path, data: bytes) -> bool:
    """Put ``data`` in the place of ``file``, whole or not at all; whether that was possible."""
    temporary = ""
    try:
        _prepare(file.parent)
        handle, temporary = tempfile.mkstemp(prefix=".new-", dir=file.parent)
        with os.fdopen(handle, "wb") as out:
            out.write(data)
        os.replace(temporary, file)
    except OSError:
        with contextlib.suppress(OSError):
            if temporary:
                os.unlink(temporary)
        return False
    _thin(file.parent)
    return True


def clean(folder: Path) -> int:
    """Remove the cache in ``folder`` and return how many results files it held.

    Raises:
        OSError: something cannot be removed, or the folder is not one that `write` made.
    """
    if not folder.is_dir():
        return 0
    if not (folder / "CACHEDIR.TAG").is_file():
        raise OSError("it has no CACHEDIR.TAG, so it is no cache")
    count = len(list(folder.glob("*.json")))
    shutil.rmtree(folder)
    return count


def _prepare(folder: Path) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    for name, text in (("CACHEDIR.TAG", _TAG), (".gitignore", _IGNORE)):
        if not (folder / name).exists():
            (folder / name).write_text(text, encoding="ascii")


def _thin(folder: Path) -> None:
    with contextlib.suppress(OSError):
        files = sorted(folder.glob("*.json"), key=lambda file: file.stat().st_mtime, reverse=True)
        for file in files[MOST:]:
            file.unlink(missing_ok=True)
