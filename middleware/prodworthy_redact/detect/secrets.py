"""API keys and tokens: by the shapes that checker and redactor share, or by what they are called."""

from __future__ import annotations

import re
from collections.abc import Iterator

from prodworthy_redact import credentials
from prodworthy_redact.detect.entity import Entity
from prodworthy_redact.kinds import CREDENTIAL

_RUN = re.compile(r"[A-Za-z0-9_.:/+=~-]{16,}")
_DIGIT = re.compile(r"[0-9]")
_NAME = re.compile(
    r"""([A-Za-z][\w-]{1,60})["']?\s{0,3}(?::=|=>|[:=])\s{0,3}(?:["'](?:Bearer\s)?|Bearer\s)?$""",
    re.IGNORECASE,
)
_ASSIGNED = re.compile(r"([A-Za-z][\w-]{1,60})[:=](?=[^:=])")
_NEAR = 80


def find(text: str) -> Iterator[Entity]:
    """The credentials in a text that are not examples."""
    for run in _RUN.finditer(text):
        piece, offset = run.group(), run.start()
        if not _DIGIT.search(piece):
            continue
        shaped = [found for found in credentials.find(piece) if not found.shape.weak]
        for found in shaped:
            yield _entity(offset + found.start, offset + found.end, found.shape.label)
        if not shaped:
            yield from _named(text, piece, offset)


def _named(text: str, piece: str, offset: int) -> Iterator[Entity]:
    """A value with the disorder of a key behind a name for one: ``client_secret: ...``."""
    inside = _ASSIGNED.match(piece)
    named = inside or _NAME.search(text[max(0, offset - _NEAR) : offset])
    skip = inside.end() if inside else 0
    value = piece[skip:].rstrip(".:")
    if named and credentials.names_credential(named[1]) and credentials.looks_secret(value):
        yield _entity(offset + skip, offset + skip + len(value), f"disorder, named `{named[1]}`")


def _entity(start: int, end: int, why: str) -> Entity:
    return Entity(start, end, CREDENTIAL, 1.0, "credentials", why)
