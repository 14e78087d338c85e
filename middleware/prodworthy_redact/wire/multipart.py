"""Uploads: the parts of a ``multipart/form-data`` body, and the body that they make."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from email.message import Message
from urllib.parse import quote

from prodworthy_redact.errors import TransportError

_FILENAME = re.compile(r'(;\s*filename\*?=)("(?:[^"\\]|\\.)*"|[^;\r\n]*)', re.IGNORECASE)


@dataclass(frozen=True, slots=True, repr=False)
class Part:
    """One field or file.

    Attributes:
        head: its headers, as they came.
        content: what follows them.
        name: of the field.
        filename: None if it is no file.
        kind: its media type, or nothing.
    """

    head: bytes
    content: bytes
    name: str
    filename: str | None
    kind: str

    def replaced(self, filename: str | None, content: bytes) -> Part:
        """The same with another name of its file and other content."""
        head = self.head
        if filename is not None and filename != self.filename:
            text = head.decode("utf-8", "replace")
            head = _FILENAME.sub(lambda match: match[1] + _written(match[1], filename), text).encode()
        if len(content) != len(self.content):
            head = re.sub(rb"(?im)^content-length:[^\r\n]*\r\n", b"", head + b"\r\n")[:-2]
        return replace(self, head=head, content=content)


def parts_of(data: bytes, content_type: str) -> tuple[bytes, list[Part]]:
    """The boundary and the parts.

    Raises:
        TransportError: it is no such body.
    """
    boundary = _header(content_type, "content-type").get_param("boundary")
    if not isinstance(boundary, str) or not boundary:
        raise _broken("has no boundary")
    line = b"--" + boundary.encode("latin-1", "replace")
    pieces = (b"\r\n" + data).split(b"\r\n" + line)
    if len(pieces) < 2 or not pieces[-1].startswith(b"--"):
        raise _broken("does not end with its boundary")
    return line, [_part(piece) for piece in pieces[1:-1]]


def joined(line: bytes, parts: list[Part]) -> bytes:
    """The body that the parts make."""
    told = b"".join(line + b"\r\n" + part.head + b"\r\n\r\n" + part.content + b"\r\n" for part in parts)
    return told + line + b"--\r\n"


def _part(piece: bytes) -> Part:
    head, separator, content = piece.partition(b"\r\n\r\n")
    if not separator:
        raise _broken("has a part without headers")
    head = head.lstrip(b" \t").removeprefix(b"\r\n")
    name, filename, kind = "", None, ""
    for line in head.decode("utf-8", "replace").split("\r\n"):
        field, _, value = line.partition(":")
        if field.strip().lower() == "content-disposition":
            header = _header(value, "content-disposition")
            name = _param(header, "name") or ""
            filename = _param(header, "filename")
        elif field.strip().lower() == "content-type":
            kind = value.partition(";")[0].strip().lower()
        elif field.strip().lower() == "content-transfer-encoding" and value.strip().lower() == "base64":
            raise _broken("has a part in base64, which this form does not know")
    return Part(head, content, name, filename, kind)


def _header(value: str, name: str) -> Message:
    message = Message()
    message[name] = value.strip()
    return message


def _param(header: Message, name: str) -> str | None:
    value = header.get_param(name, header="content-disposition")
    if isinstance(value, tuple):  # RFC 2231
        return value[2]
    return value


def _written(prefix: str, filename: str) -> str:
    if "*" in prefix:
        return "UTF-8''" + quote(filename)
    return '"' + filename.replace("\\", "\\\\").replace('"', "%22") + '"'


def _broken(what: str) -> TransportError:
    return TransportError(f"the body {what}, so that it cannot be redacted; nothing was sent")
