"""The body of a request, by its content type: JSON, JSON lines, forms, uploads, texts."""

from __future__ import annotations

import gzip
import json
import zlib
from collections.abc import Callable
from dataclasses import dataclass
from urllib.parse import parse_qsl, urlencode

from prodworthy_redact.errors import BlockedError, TransportError
from prodworthy_redact.wire.multipart import Part, joined, parts_of

Redact = Callable[[object], object]
_LINES = ("ndjson", "jsonl", "jsonlines", "x-jsonlines", "json-lines", "stream+json")


@dataclass(frozen=True, slots=True, repr=False)
class Body:
    """A redacted body.

    Attributes:
        data: what is sent.
        value: the JSON that it was, before redaction; None if it was none.
    """

    data: bytes
    value: object = None


def media_type(content_type: str) -> str:
    """``application/json`` of ``Application/JSON; charset=utf-8``."""
    return content_type.partition(";")[0].strip().lower()


def is_json(kind: str) -> bool:
    """Whether a media type is that of JSON."""
    return kind in ("application/json", "text/json") or kind.endswith("+json")


def is_lines(kind: str) -> bool:
    """Whether a media type is that of JSON lines."""
    return kind.partition("/")[2].removeprefix("x-") in _LINES


def redacted(data: bytes, content_type: str, redact: Redact, *, binary: bool) -> Body:
    """``data`` without personal data.

    Args:
        data: a body, not compressed.
        content_type: its header.
        redact: `Session.redact`.
        binary: whether what cannot be read may be sent.

    Raises:
        BlockedError: it cannot be read, and that may not be sent.
        TransportError: it is not what its content type says.
    """
    kind = media_type(content_type)
    if not data:
        return Body(data)
    if kind == "multipart/form-data":
        return Body(_form(data, content_type, redact, binary=binary))
    text = text_of(data)
    if text is None:
        refuse_binary(kind or "no content type", binary=binary)
        return Body(data)
    if kind == "application/x-www-form-urlencoded":
        return Body(_urlencoded(data, text, redact))
    if is_lines(kind):
        return Body(_lines(data, text, redact))
    if is_json(kind) or text.lstrip()[:1] in ("{", "["):
        found = _json(data, text, redact)
        if found is not None:
            return found
    out = redact(text)
    return Body(data if out == text else str(out).encode("utf-8", "surrogatepass"))


def inflated(data: bytes, encoding: str) -> bytes:
    """``data`` without its content encoding.

    Raises:
        BlockedError: it has one that cannot be undone.
    """
    for coding in reversed([part.strip().lower() for part in encoding.split(",") if part.strip()]):
        try:
            if coding in ("gzip", "x-gzip"):
                data = gzip.decompress(data)
            elif coding == "deflate":
                data = zlib.decompress(data)
            elif coding != "identity":
                told = f"a request in the encoding `{coding}` cannot be read; nothing was sent"
                raise BlockedError(told)
        except (OSError, EOFError, zlib.error):
            raise BlockedError(f"the request is no valid {coding}; nothing was sent") from None
    return data


def text_of(data: bytes) -> str | None:
    """The text in ``data``; None if it is none."""
    if b"\0" in data:
        return None
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError:
        return None


def refuse_binary(what: str, *, binary: bool) -> None:
    """Raise unless what cannot be read may be sent."""
    if not binary:
        told = f"content that cannot be read ({what}) may not be sent; nothing was sent"
        raise BlockedError(f'{told}; set `binary = "allow"` if it may')


def _json(data: bytes, text: str, redact: Redact) -> Body | None:
    twice: list[bool] = []

    def members(pairs: list[tuple[str, object]]) -> dict[str, object]:
        made = dict(pairs)
        if len(made) != len(pairs):
            twice.append(True)
        return made

    try:
        value = json.loads(text, object_pairs_hook=members)
    except RecursionError:
        raise BlockedError("the request is nested too deeply to be read; nothing was sent") from None
    except ValueError:
        return None
    out = redact(value)
    if out == value and not twice:
        return Body(data, value)
    return Body(dumped(out), value)


def dumped(value: object) -> bytes:
    """JSON as bytes."""
    try:
        return json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode()
    except UnicodeEncodeError:  # half of a surrogate pair
        return json.dumps(value, separators=(",", ":")).encode()


def _lines(data: bytes, text: str, redact: Redact) -> bytes:
    lines = text.split("\n")
    out = redact(lines)
    assert isinstance(out, list)
    return data if out == lines else "\n".join(map(str, out)).encode("utf-8", "surrogatepass")


def _urlencoded(data: bytes, text: str, redact: Redact) -> bytes:
    pairs = parse_qsl(text, keep_blank_values=True)
    safe = redacted_pairs(pairs, redact)
    return data if safe == pairs else urlencode(safe).encode()


def redacted_pairs(pairs: list[tuple[str, str]], redact: Redact) -> list[tuple[str, str]]:
    """Names and values of a form, the values redacted."""
    out = redact([{name: value} for name, value in pairs])
    assert isinstance(out, list)
    return [(str(name), str(value)) for item in out for name, value in item.items()]


def _form(data: bytes, content_type: str, redact: Redact, *, binary: bool) -> bytes:
    boundary, parts = parts_of(data, content_type)
    texts = [text_of(part.content) for part in parts]
    for part, text in zip(parts, texts, strict=True):
        if text is None:
            refuse_binary(part.kind or "a file", binary=binary)
    wanted: list[object] = [_wanted(part, text) for part, text in zip(parts, texts, strict=True)]
    out = redact(wanted)
    if out == wanted:
        return data
    assert isinstance(out, list)
    return joined(boundary, [_replaced(part, safe) for part, safe in zip(parts, out, strict=True)])


def _wanted(part: Part, text: str | None) -> dict[str, object]:
    if part.filename is None:
        return {part.name or "text": text}
    content: object = text
    if text is not None and part.filename.lower().endswith((".jsonl", ".ndjson")):
        content = text.split("\n")
    return {"filename": part.filename, "content": content}


def _replaced(part: Part, safe: object) -> Part:
    if not isinstance(safe, dict):
        raise TransportError("a part of the form was lost; nothing was sent")
    if part.filename is None:
        (content,) = safe.values()
        name = None
    else:
        name, content = safe["filename"], safe["content"]
        content = "\n".join(content) if isinstance(content, list) else content
    body = part.content if content is None else str(content).encode("utf-8", "surrogatepass")
    return part.replaced(None if name is None else str(name), body)
