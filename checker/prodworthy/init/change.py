"""What a file will hold."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path

from prodworthy.errors import ConfigError
from prodworthy.rewrite import replace_file

_BOM = "\ufeff"


@dataclass(frozen=True, slots=True)
class Change:
    """A file to write.

    Attributes:
        file: absolute.
        before: what it holds now, None where there is none.
        after: what it will hold.
        what: what the change sets up.
    """

    file: Path
    before: str | None
    after: str
    what: str


@dataclass(frozen=True, slots=True)
class Kept:
    """Something that is not written, and why."""

    reason: str


def read(file: Path) -> str | None:
    """What ``file`` holds, every character as it is; None if there is none.

    Raises:
        ConfigError: it cannot be read, or is not UTF-8.
    """
    if not os.path.lexists(file):
        return None
    try:
        return file.read_bytes().decode("utf-8")
    except OSError as error:
        raise ConfigError(f"{file}: cannot be read: {error.strerror or error}") from error
    except UnicodeDecodeError as error:
        raise ConfigError(f"{file}: is not UTF-8 text") from error


def added(before: str, block: str) -> str:
    """``before`` with ``block`` after it, parted by an empty line, in its own line ends."""
    end = "\r\n" if "\r\n" in before else "\n"
    if not before.removeprefix(_BOM).strip():
        return before.rstrip("\r\n") + block.replace("\n", end)
    kept = before if before.endswith("\n") else before + end
    gap = "" if kept.endswith(end * 2) else end
    return kept + gap + block.replace("\n", end)


def write(change: Change) -> None:
    """Write ``change``, whole or not at all.

    Raises:
        ConfigError: the file cannot be written, or is no longer what the change was made for.
    """
    file, data = change.file, change.after.encode("utf-8")
    try:
        if change.before is None:
            file.parent.mkdir(parents=True, exist_ok=True)
            with file.open("xb") as out:
                out.write(data)
            return
        if read(file) != change.before:
            raise ConfigError(f"{file}: has changed since; nothing was written to it")
        target = file.resolve()  # a link stays one
        if not os.access(target, os.W_OK):
            raise ConfigError(f"{file}: is not writable")
        replace_file(target, data)
    except OSError as error:
        raise ConfigError(f"{file}: cannot be written: {error.strerror or error}") from error
