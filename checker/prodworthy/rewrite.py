"""Files that are written anew: whole or not at all, with the mode that they had."""

from __future__ import annotations

import os
import shutil
import tempfile
from pathlib import Path


def replace_file(file: Path, data: bytes) -> None:
    """Put ``data`` in the place of what ``file``, which is no link, holds (raises `OSError`)."""
    handle, name = tempfile.mkstemp(prefix=f".{file.name}.", suffix=".tmp", dir=file.parent)
    try:
        with os.fdopen(handle, "wb") as out:
            out.write(data)
            out.flush()
            os.fsync(out.fileno())
        shutil.copymode(file, name)
        os.replace(name, file)
    except BaseException:
        os.unlink(name)
        raise
