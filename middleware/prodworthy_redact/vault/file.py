"""Sessions in encrypted files that only their owner can read."""

from __future__ import annotations

import base64
import binascii
import os
import secrets
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from threading import Lock

from prodworthy_redact.errors import VaultError
from prodworthy_redact.keys import Key
from prodworthy_redact.vault.box import Box
from prodworthy_redact.vault.entry import Entry, Seen, Tail

_HEADER = "prodworthy-session 1 "
_SUFFIX = ".session"


class FileVault:
    """A folder with an encrypted file for each session, or, if ``single``, one file for the only session.

    A line is an entry, and lines are only added, under a lock that other processes respect. A session that
    was not written for ``ttl`` seconds is deleted when it, or any new session, is next asked for.

    Raises:
        VaultError: the file or folder cannot be used; names it.
    """

    def __init__(self, path: Path, key: Key, ttl: float = 3600, *, single: bool = False) -> None:
        self._path = path
        self._box = Box(key)
        self._ttl = ttl
        self._single = single
        self._thread = Lock()
        if not single:
            with _named(path):
                path.mkdir(mode=0o700, parents=True, exist_ok=True)

    def __repr__(self) -> str:
        return f"FileVault({str(self._path)!r})"

    def read(self, session: str, seen: Seen) -> Tail:
        """What follows ``seen``."""
        with self._locked(session) as file:
            return self._tail(session, file, seen)

    def append(self, session: str, seen: Seen, entries: Sequence[Entry]) -> Tail:
        """Add ``entries`` if the log ends at ``seen``; either way, what follows ``seen``."""
        with self._locked(session) as file:
            generation, lines = _lines(file)
            if not generation:
                if seen.count:
                    return Tail("", ())
                self._forget_old()
                generation = secrets.token_hex(8)
                _add(file, [_HEADER + generation])
            if len(lines) == seen.count and (generation == seen.generation or not seen.count):
                sealed = (
                    self._box.seal(entry, self._place(session, generation, seen.count + index))
                    for index, entry in enumerate(entries)
                )
                _add(file, [base64.b64encode(line).decode() for line in sealed])
            return self._tail(session, file, seen)

    def forget(self, session: str) -> None:
        """Delete a session's file."""
        with self._locked(session) as file:
            file.unlink(missing_ok=True)

    def close(self) -> None:
        """Nothing is held open."""

    def _tail(self, session: str, file: Path, seen: Seen) -> Tail:
        generation, lines = _lines(file)
        start = seen.count if generation == seen.generation else 0
        try:
            sealed = [base64.b64decode(line, validate=True) for line in lines[start:]]
        except binascii.Error as error:
            raise VaultError(f"{file}: is damaged") from error
        places = (self._place(session, generation, start + index) for index in range(len(sealed)))
        entries = (self._box.open(data, place, str(file)) for data, place in zip(sealed, places, strict=True))
        return Tail(generation, tuple(entries))

    def _place(self, session: str, generation: str, index: int) -> str:
        return f"{'' if self._single else session} {generation} {index}"

    def _file(self, session: str) -> Path:
        return self._path if self._single else self._path / (self._box.name(session) + _SUFFIX)

    def _forget_old(self) -> None:
        if not self._single:
            for file in self._path.glob("*" + _SUFFIX):
                if _age(file) > self._ttl:
                    file.unlink(missing_ok=True)

    @contextmanager
    def _locked(self, session: str) -> Iterator[Path]:
        """The session's file, for this process and thread alone, and without what is too old."""
        file = self._file(session)
        with _named(file), self._thread, _lock(file if self._single else self._path / ".lock"):
            if not self._single and _age(file) > self._ttl:
                file.unlink(missing_ok=True)
            yield file


def _lines(file: Path) -> tuple[str, list[str]]:
    """The generation of a file, and its entries; nothing of one that does not exist."""
    try:
        header, *lines = file.read_text(encoding="ascii").split("\n")
    except FileNotFoundError:
        return "", []
    except UnicodeDecodeError as error:
        raise VaultError(f"{file}: is no session file") from error
    if header == "" and not lines:
        return "", []
    if not header.startswith(_HEADER):
        raise VaultError(f"{file}: is no session file")
    return header.removeprefix(_HEADER), lines[:-1]  # after the last line break: nothing, or half a line


def _add(file: Path, lines: Sequence[str]) -> None:
    handle = os.open(file, os.O_RDWR | os.O_CREAT | os.O_APPEND, 0o600)
    try:
        size = os.fstat(handle).st_size
        if size and os.pread(handle, 1, size - 1) != b"\n":  # a writer was stopped in mid-line
            whole = file.read_bytes().rpartition(b"\n")[0] + b"\n"
            os.ftruncate(handle, len(whole))
        os.write(handle, "".join(line + "\n" for line in lines).encode())
    finally:
        os.close(handle)


def _age(file: Path) -> float:
    try:
        return time.time() - file.stat().st_mtime
    except FileNotFoundError:
        return 0


@contextmanager
def _named(file: Path) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise VaultError(f"{file}: cannot be used: {error.strerror or error}") from error


@contextmanager
def _lock(file: Path) -> Iterator[None]:
    handle = os.open(file, os.O_RDWR | os.O_CREAT, 0o600)
    try:
        _wait_for(handle)
        yield
    finally:
        os.close(handle)  # this releases the lock as well


def _wait_for(handle: int) -> None:
    try:
        import fcntl
    except ImportError:  # Windows
        import msvcrt

        msvcrt.locking(handle, msvcrt.LK_LOCK, 1)  # type: ignore[attr-defined]
    else:
        fcntl.flock(handle, fcntl.LOCK_EX)
