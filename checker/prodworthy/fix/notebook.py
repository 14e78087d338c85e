"""Edits to a notebook: the JSON stays as it is but for the source lines that change."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable
from itertools import takewhile

from prodworthy.errors import SourceError
from prodworthy.finding import Edit
from prodworthy.fix.text import Text
from prodworthy.source.layout import Piece, Written, sources
from prodworthy.source.notebook import SEPARATOR, read_notebook
from prodworthy.source.python import Source

_LINE = re.compile(r"[^\n]*\n|[^\n]+")


def with_edits(raw: str, source: Source, edits: Iterable[Edit]) -> str:
    """The notebook ``raw``, whose cells ``source`` holds, after ``edits``.

    Raises:
        SourceError: it cannot be told apart what an edit would change.
    """
    new: dict[int, str] = {}
    edits = list(edits)
    for cell in source.cells:
        mine = [edit for edit in edits if edit.span.cell == cell.number]
        if mine:
            text = _Cell(cell.text + SEPARATOR).apply(mine)
            if not text.endswith(SEPARATOR):
                raise _refusal(source.path)
            new[cell.number] = text.removesuffix(SEPARATOR)
    written = sources(raw)
    changed = raw
    for number in sorted(new, reverse=True):
        if number not in written:
            raise _refusal(source.path)
        changed = _rewritten(changed, written[number], new[number])
    _verify(source, changed, new, raw)
    return changed


class _Cell(Text):
    """A cell's own text, whose lines the edits count."""

    def __init__(self, text: str) -> None:
        super().__init__("", text)


def _rewritten(raw: str, written: Written, text: str) -> str:
    """``raw`` with the source ``written`` saying ``text``; strings that stay the same are not touched."""
    ascii_only = raw.isascii()
    if not written.listed or not written.pieces:
        return raw[: written.start] + json.dumps(text, ensure_ascii=ascii_only) + raw[written.end :]
    old = [piece.text for piece in written.pieces]
    lines = _LINE.findall(text) if all(_LINE.fullmatch(piece) for piece in old) else None
    new = lines if lines is not None else _recut(old, text)
    head = _alike(old, new)
    tail = _alike(old[head:][::-1], new[head:][::-1])
    middle = [json.dumps(line, ensure_ascii=ascii_only) for line in new[head : len(new) - tail]]
    return _spliced(raw, written.pieces, head, tail, middle)


def _spliced(raw: str, pieces: tuple[Piece, ...], head: int, tail: int, middle: list[str]) -> str:
    """``raw`` with all but the first ``head`` and last ``tail`` pieces replaced by ``middle``."""
    comma = raw[pieces[0].end : pieces[1].start] if len(pieces) > 1 else ", "
    replaced = pieces[head : len(pieces) - tail]
    joined = comma.join(middle)
    if replaced and middle:
        return raw[: replaced[0].start] + joined + raw[replaced[-1].end :]
    if middle:  # nothing goes, something comes
        at = pieces[head].start if head < len(pieces) else pieces[-1].end
        return raw[:at] + (joined + comma if head < len(pieces) else comma + joined) + raw[at:]
    if not replaced:
        return raw
    if tail:
        return raw[: replaced[0].start] + raw[pieces[len(pieces) - tail].start :]
    start = pieces[head - 1].end if head else replaced[0].start
    return raw[:start] + raw[replaced[-1].end :]


def _recut(old: list[str], text: str) -> list[str]:
    """``text`` in strings as ``old`` has them, and one for what lies between those that stay."""
    head = 0
    rest = text
    for piece in old:
        if not piece or not rest.startswith(piece):
            break
        rest = rest[len(piece) :]
        head += 1
    tail = 0
    for piece in reversed(old[head:]):
        if not piece or not rest.endswith(piece):
            break
        rest = rest[: len(rest) - len(piece)]
        tail += 1
    return [*old[:head], *([rest] if rest else []), *old[len(old) - tail :]]


def _alike(first: list[str], second: list[str]) -> int:
    """How many strings two lists begin with alike."""
    return sum(1 for _ in takewhile(lambda pair: pair[0] == pair[1], zip(first, second, strict=False)))


def _verify(source: Source, changed: str, new: dict[int, str], raw: str) -> None:
    """Nothing but the cells' sources may differ.

    Raises:
        SourceError: something does.
    """
    try:
        cells = read_notebook(source.path, changed).cells
        same = _without_sources(raw) == _without_sources(changed)
    except (SourceError, ValueError, IndexError) as error:
        raise _refusal(source.path) from error
    wanted = {cell.number: new.get(cell.number, cell.text) for cell in source.cells}
    if not same or {cell.number: cell.text for cell in cells} != wanted:
        raise _refusal(source.path)


def _without_sources(raw: str) -> str:
    """The JSON text with the cells' sources cut out."""
    parts, at = [], 0
    for written in sources(raw).values():
        parts.append(raw[at : written.start])
        at = written.end
    return "".join(parts) + raw[at:]


def _refusal(path: str) -> SourceError:
    return SourceError(path, "its JSON does not survive rewriting, so its fixes were not applied")
