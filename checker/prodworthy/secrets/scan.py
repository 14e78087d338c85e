"""The credentials in a file: candidates of every detector, judged, with their lines."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import lru_cache, partial
from io import BytesIO
from typing import TYPE_CHECKING, BinaryIO

from prodworthy.secrets.candidate import Candidate, Evidence, without_overlaps
from prodworthy.secrets.context import opening
from prodworthy.secrets.encoded import encoded, pieced
from prodworthy.secrets.known import detectors_for, known
from prodworthy.secrets.named import CUT, Style, named
from prodworthy.secrets.structures import in_window, private_keys
from prodworthy.secrets.textfile import is_binary, is_code, is_document, is_generated
from prodworthy.secrets.windows import AFTER, BEFORE, LONGEST, Window, windows
from prodworthy.testfile import is_test

if TYPE_CHECKING:
    from prodworthy_redact.credentials import Shape

CHUNK = 4 * 1024 * 1024
_CONTINUING = bytes(range(0x80, 0xC0))
_OVERLAP = LONGEST + BEFORE + AFTER
_BLOB_BEFORE = re.compile(r"(?=[^\s]*\d)(?=[^\s]*[A-Z])(?=[^\s]*[a-z])[A-Za-z0-9+/]{24,}[+/]$")
_BLOB_AFTER = re.compile(r"[+/](?=[^\s]{0,24}\d)(?=[^\s]{0,24}[A-Z])(?=[^\s]{0,24}[a-z])[A-Za-z0-9+/]{24}")
_ESCAPE = re.compile(r"\\[nrt]")


@dataclass(frozen=True, slots=True)
class Secret:
    """A credential in a file.

    Attributes:
        candidate: what it is and where it stands in the file, in bytes.
        line, column, end_column: from 1, the columns in characters.
    """

    candidate: Candidate
    line: int
    column: int
    end_column: int


def scan(path: str, data: bytes) -> list[Secret]:
    """The credentials in the text ``data``, which ``path`` names."""
    return list(scan_stream(path, BytesIO(data)))


def scan_stream(path: str, file: BinaryIO) -> Iterator[Secret]:
    """The credentials in ``file``, from first to last, with no more than a few chunks of it in memory."""
    chunk = file.read(CHUNK)
    if is_binary(path, chunk[:8_192]):
        return
    if chunk.startswith((b"\xff\xfe", b"\xfe\xff")):
        chunk = (chunk + file.read()).decode("utf-16", "replace").encode()
    offset, line, before, done = 0, 1, 0, 0
    while chunk:
        more = file.read(CHUNK)
        end = len(chunk) if not more else _end_of(chunk)
        here = _Position(line, before)
        for candidate in _judged(path, chunk):
            if done <= offset + candidate.start < offset + end:
                yield _placed(candidate, chunk, here)
        done = offset + end
        next_start = max(end - BEFORE, 0) if more else len(chunk)
        cut = _Position(line, before)
        cut.move(chunk, next_start)
        line, before = cut.line, cut.before
        offset += next_start
        chunk = chunk[next_start:] + more if more else b""


def _end_of(chunk: bytes) -> int:
    """Up to where a chunk that others follow is reported: its last line's beginning, or what may go on."""
    return max(chunk.rfind(b"\n", len(chunk) - _OVERLAP) + 1, len(chunk) - _OVERLAP, BEFORE + 1)


def _judged(path: str, chunk: bytes) -> list[Candidate]:
    generated, tested = is_generated(path), is_test(path)
    found = [*(private_keys(chunk) if not (generated or tested) else ())]
    views = [_unescaped(window) for window in windows(chunk)]
    if not views:
        return found
    from prodworthy_redact import credentials

    seen = "\n".join(view.text for view in views)
    shapes = credentials.shapes_in(seen)
    detectors = () if generated or tested else detectors_for(seen)
    style = Style(quoted=is_code(path))
    looks_secret = lru_cache(maxsize=256)(credentials.looks_secret)  # files repeat themselves
    for view in views:
        found += _shaped(view, shapes)
        if generated:
            continue
        found += encoded(view)
        found += pieced(view)
        if tested:
            continue
        found += in_window(view)
        found += (c for c in known(view, detectors) if credentials.looks_secret(c.secret))
        found += named(view, style, looks_secret, partial(_line_above, chunk, view.start))
    text = chunk.decode("latin-1") if found else ""
    return without_overlaps(opening(text, found, read=is_document(path)))


def _shaped(window: Window, shapes: tuple[Shape, ...]) -> Iterator[Candidate]:
    from prodworthy_redact import credentials

    near = tuple(shape for shape in shapes if any(start in window.text for start in shape.starts))
    for found in credentials.find(window.text, near) if near else ():
        is_whole = not _inside_blob(window.text, found.start, found.end)
        if is_whole and not found.shape.weak and not window.text.startswith(CUT, found.end):
            start = window.start + found.start
            certain = credentials.has_checksum(found)
            yield Candidate(
                found.shape.label, found.text, start, start + len(found.text), Evidence.SHAPE,
                environment=found.shape.environment, certain=certain,
            )  # fmt: skip


def _inside_blob(text: str, start: int, end: int) -> bool:
    """Whether what looks like a key is cut out of a longer run of base64 by a ``+`` or ``/``."""
    return (
        _BLOB_BEFORE.search(text, max(start - 40, 0), start) is not None
        or _BLOB_AFTER.match(text, end) is not None
    )


def _unescaped(window: Window) -> Window:
    """``window`` with spaces for the escapes of white space, which would hide where a key begins."""
    return replace(window, text=_ESCAPE.sub("  ", window.text)) if "\\" in window.text else window


def _line_above(chunk: bytes, position: int) -> str:
    start = chunk.rfind(b"\n", 0, position)
    if start <= 0:
        return ""
    above = chunk.rfind(b"\n", max(start - BEFORE, 0), start) + 1
    return chunk[max(above, start - BEFORE) : start].decode("latin-1")


@dataclass(slots=True)
class _Position:
    """A place in a chunk and its line, moved forward from candidate to candidate.

    Attributes:
        line: the line, from 1.
        before: how many characters of that line stand before ``at``.
        at: the place, in bytes.
    """

    line: int
    before: int
    at: int = 0

    def move(self, chunk: bytes, to: int) -> None:
        """Go on to the byte ``to``."""
        newline = chunk.rfind(b"\n", self.at, to)
        self.line += chunk.count(b"\n", self.at, to)
        self.before = _characters(chunk[max(newline + 1, self.at) : to]) + (self.before if newline < 0 else 0)
        self.at = to


def _placed(candidate: Candidate, chunk: bytes, here: _Position) -> Secret:
    here.move(chunk, candidate.start)
    length = _characters(chunk[candidate.start : candidate.end])
    return Secret(candidate, here.line, here.before + 1, here.before + 1 + length)


def _characters(text: bytes) -> int:
    """How many characters of UTF-8 ``text`` is: every byte begins one but those that continue one."""
    return len(text) if text.isascii() else len(text.translate(None, _CONTINUING))
