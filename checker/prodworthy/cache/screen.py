"""What is never stored in clear: what has the form of a credential, and what the source has in quotes."""

from __future__ import annotations

import json
import re
from collections.abc import Sequence

from prodworthy.report.masking import holds_credential

_QUOTED = re.compile(r"""([rbufRBUF]{0,2}(?P<mark>["'])(?:(?!(?P=mark)).){3,}(?P=mark))""", re.DOTALL)
Piece = str | Sequence[int]
"""A text of our own, or start and length of one that stands in the source."""


def may_be_stored(record: object) -> bool:
    """Whether nothing in ``record`` has the form of a credential."""
    return not holds_credential(json.dumps(record, ensure_ascii=False))


def in_pieces(content: str, source: str) -> list[Piece]:
    """``content``, with references in place of quoted texts that it repeats from ``source``."""
    pieces: list[Piece] = []
    end = 0
    for match in _QUOTED.finditer(content):
        place = source.find(match[1])
        if place >= 0:
            pieces += [content[end : match.start()], (place, len(match[1]))]
            end = match.end()
    return [*pieces, content[end:]]


def joined(pieces: Sequence[Piece], source: str) -> str:
    """The text that `in_pieces` took apart."""
    return "".join(
        piece if isinstance(piece, str) else source[piece[0] : piece[0] + piece[1]] for piece in pieces
    )
