"""Who asks, and for what: a digest of the API key, and a tag."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar

TAG_HEADER = "x-prodworthy-tag"
_HEADERS = ("authorization", "x-api-key", "api-key", "x-goog-api-key")
_TAG = re.compile(r"[\w.-]{1,64}", re.ASCII)
_current: ContextVar[str] = ContextVar("prodworthy_tag", default="")


def digest_of_key(key: str) -> str:
    """Twelve hexadecimal digits that tell keys apart, and tell nothing of the key."""
    return hashlib.blake2b(key.encode(), digest_size=6, person=b"prodworthy key").hexdigest() if key else ""


def key_in(headers: Mapping[str, str]) -> str:
    """The digest of the API key in a request's headers; nothing where there is none."""
    for name in _HEADERS:
        value = headers.get(name, "")
        if value:
            return digest_of_key(value.removeprefix("Bearer ").strip())
    return ""


def tag_in(headers: Mapping[str, str]) -> str:
    """The tag of a request: of its header ``x-prodworthy-tag``, or that of `tagged`."""
    tag = headers.get(TAG_HEADER, "") or _current.get()
    return tag if _TAG.fullmatch(tag) else ""


@contextmanager
def tagged(tag: str) -> Iterator[None]:
    """Requests made inside, by this thread or task, count for ``tag``.

    Raises:
        ValueError: it is none: 1 to 64 letters, digits, dots, hyphens or underscores.
    """
    if not _TAG.fullmatch(tag):
        raise ValueError("a tag is 1 to 64 letters, digits, dots, hyphens or underscores")
    token = _current.set(tag)
    try:
        yield
    finally:
        _current.reset(token)
