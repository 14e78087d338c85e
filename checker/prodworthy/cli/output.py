"""Where a command writes to: standard output, or the file that ``--output-file`` names."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from io import TextIOWrapper
from pathlib import Path
from typing import TextIO

from prodworthy.errors import ConfigError


@contextmanager
def output(file: Path | None, *, utf8: bool = False) -> Iterator[TextIO]:
    """The stream to write to: a file in UTF-8, or standard output in the terminal's encoding unless ``utf8``.

    What that cannot hold is written as an escape: a name may be no UTF-8, a message in no other encoding.

    Raises:
        ConfigError: the file cannot be written.
    """
    if file is None:
        if isinstance(sys.stdout, TextIOWrapper):
            sys.stdout.reconfigure(encoding="utf-8" if utf8 else None, errors="backslashreplace")
        yield sys.stdout
        sys.stdout.flush()
        return
    try:
        with file.open("w", encoding="utf-8", errors="backslashreplace") as out:
            yield out
    except OSError as error:
        raise ConfigError(f"{file}: cannot be written: {error.strerror or error}") from error
