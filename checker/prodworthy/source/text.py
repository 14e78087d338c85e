"""Bytes to text, as Python itself would read them."""

from __future__ import annotations

import re
import stat
from pathlib import Path

from prodworthy.errors import SourceError

PYTHON = (".py", ".pyi", ".pyw", ".ipynb")
"""Endings of files that are read as Python."""
DEFAULT_LIMIT = 5 * 1024 * 1024
_BOM = b"\xef\xbb\xbf"
_OTHER_BOMS = (b"\xff\xfe", b"\xfe\xff")
_COOKIE = re.compile(rb"^[ \t\f]*#.*?coding[:=][ \t]*([-\w.]+)")
_BLANK = re.compile(rb"^[ \t\f]*(?:[#\r\n]|$)")


def is_python(path: str) -> bool:
    """Whether ``path`` is Python or a notebook by its name."""
    return path.endswith(PYTHON)


def is_notebook(path: str) -> bool:
    """Whether ``path`` is a notebook by its name."""
    return path.endswith(".ipynb")


def read_text(root: Path, path: str, limit: int = DEFAULT_LIMIT) -> str:
    """The text of the file ``path`` (relative to ``root``).

    Raises:
        SourceError: it cannot be read, is larger than ``limit`` bytes, or is not text.
    """
    file = root / path
    try:
        status = file.stat()
        if not stat.S_ISREG(status.st_mode):
            raise SourceError(path, "not a regular file")
        if status.st_size > limit:
            raise SourceError(path, too_large(status.st_size, limit))
        data = file.read_bytes()
    except OSError as error:
        raise SourceError(path, f"cannot be read: {error.strerror or error}") from error
    return decode(path, data)


def decode(path: str, data: bytes) -> str:
    """``data`` as text: UTF-8, or what a coding cookie (PEP 263) in the first two lines names.

    Raises:
        SourceError: null bytes, an unknown encoding, or bytes that are not of the encoding.
    """
    if data.startswith(_OTHER_BOMS):
        raise SourceError(path, "is UTF-16; Python reads UTF-8, so save it as UTF-8", 1)
    if (zero := data.find(b"\0")) >= 0:
        raise SourceError(
            path, "holds null bytes, so it is binary, not source", data.count(b"\n", 0, zero) + 1
        )
    encoding = encoding_of(data)
    try:
        return data.removeprefix(_BOM).decode(encoding)
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        told = (
            "and no coding comment names another encoding"
            if encoding == "utf-8"
            else "as its coding comment says"
        )
        raise SourceError(path, f"byte 0x{data[error.start]:02x} is not {encoding} {told}", line) from error
    except (LookupError, ValueError) as error:
        raise SourceError(path, f"unknown encoding {encoding!r} in the coding comment", 1) from error


def encode(path: str, text: str, like: bytes) -> bytes:
    """``text`` as the file that held ``like`` would hold it: in its encoding, with its byte order mark.

    Raises:
        SourceError: the encoding cannot say it.
    """
    encoding = encoding_of(like)
    try:
        return (_BOM if like.startswith(_BOM) else b"") + text.encode(encoding)
    except UnicodeEncodeError as error:
        raise SourceError(path, f"cannot be written in its encoding, {encoding}") from error


def encoding_of(data: bytes) -> str:
    """The encoding of a source by its byte order mark or coding cookie."""
    return "utf-8" if data.startswith(_BOM) else _cookie(data) or "utf-8"


def _cookie(data: bytes) -> str:
    for line in data.split(b"\n", 2)[:2]:
        if match := _COOKIE.match(line):
            return match[1].decode("ascii", "replace")
        if not _BLANK.match(line):
            return ""
    return ""


def too_large(size: int, limit: int) -> str:
    """What to say of a file, or of a notebook's code, that is larger than allowed (both in bytes)."""
    return (
        f"is {size / 1024 / 1024:.1f} MiB, more than max-file-size ({limit / 1024 / 1024:g} MiB); "
        "exclude it or raise max-file-size"
    )
