"""Keys that are hidden in plain sight: written as base64, or put together from pieces."""

from __future__ import annotations

import binascii
import re
from base64 import b64decode, b64encode
from collections.abc import Iterator
from functools import cache

from prodworthy.secrets.candidate import Candidate, Evidence
from prodworthy.secrets.windows import Window

_TOKEN = re.compile(r"[A-Za-z0-9+/_-]{24,800}={0,2}")
_JOINT = re.compile(r"(?P<quote>[\"'])\s*[+.]?\s*[rbuf]{0,2}(?P=quote)")
_WORDS = re.compile(r"[\s\"',:;{}]+")
_JOINTS = ('" +', '"+', "' +", "'+")
_PIECES = re.compile(r"[\"'][^\"'\\]{2,}[\"'](?:\s*\+\s*[rbuf]{0,2}[\"'][^\"'\\]{2,}[\"'])+")


def encoded(window: Window) -> Iterator[Candidate]:
    """Tokens that are a credential of known shape in base64, as in a Kubernetes secret."""
    from prodworthy_redact import credentials

    for start, _ in window.tokens:
        token = _TOKEN.match(window.text, start)
        if token is None or not token[0].startswith(_openings()):
            continue
        inside = _decoded(token[0])
        for found in credentials.find(inside) if inside else ():
            first = window.start + start
            yield Candidate(
                f"{found.shape.label} in base64", token[0], first, first + len(token[0]), Evidence.ENCODED,
                environment=found.shape.environment,
            )  # fmt: skip
            break


def pieced(window: Window) -> Iterator[Candidate]:
    """Credentials of known shape that are written in pieces: ``"sk-" + "..."``."""
    if not any(joint in window.text for joint in _JOINTS):
        return
    from prodworthy_redact import credentials

    for pieces in _PIECES.finditer(window.text):
        joined = _JOINT.sub("", pieces[0])
        for found in credentials.find(joined):
            if found.text not in window.text:
                start = window.start + pieces.start()
                yield Candidate(
                    found.shape.label, found.text, start, start + len(pieces[0]), Evidence.ENCODED,
                    environment=found.shape.environment,
                )  # fmt: skip


def is_plain_text(value: str) -> bool:
    """Whether ``value`` is base64 of readable text in which nothing looks like a secret itself."""
    from prodworthy_redact import credentials

    inside = _decoded(value)
    if not inside or not inside.isprintable():
        return False
    return not any(credentials.looks_secret(word) for word in _WORDS.split(inside)) and not any(
        credentials.find(inside)
    )


@cache
def _openings() -> tuple[str, ...]:
    """How the base64 of a credential begins, for each prefix of three letters or more."""
    from prodworthy_redact.credentials import knowledge

    starts = {
        start
        for shape in knowledge().shapes
        for start in shape.starts
        if len(start) > 2 and start[0].isalnum()
    }
    return tuple(sorted({b64encode(start[: len(start) // 3 * 3].encode()).decode() for start in starts}))


def _decoded(token: str) -> str:
    bare = token.rstrip("=").translate(str.maketrans("-_", "+/"))
    bare = bare[:-1] if len(bare) % 4 == 1 else bare
    try:
        data = b64decode(bare + "=" * (-len(bare) % 4))
    except (binascii.Error, ValueError):
        return ""
    return data.decode("ascii") if data.isascii() else ""
