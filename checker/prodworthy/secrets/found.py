"""The secrets that rules about files report: without the values, at places a reader can open."""

from __future__ import annotations

import ast
import hashlib
import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from io import BytesIO
from typing import BinaryIO

from prodworthy.errors import SourceError
from prodworthy.finding import Span, mask
from prodworthy.secrets.candidate import Evidence
from prodworthy.secrets.scan import Secret, scan, scan_stream
from prodworthy.source.python import Source
from prodworthy.source.text import is_notebook

_PYTHON = (".py", ".pyi", ".pyw")
_MEDIA = ("image/", "audio/", "video/", "application/pdf")
_READ_ELSEWHERE = frozenset({Evidence.SHAPE, Evidence.NAME})
"""What the rules about Python code judge where it stands in a string: they know what the string is for."""


@dataclass(frozen=True, slots=True)
class FoundSecret:
    """A credential in a file.

    Attributes:
        label: what it is: ``OpenAI API key``.
        shown: as much of it as may be shown.
        name: the variable, key or header it is kept under; empty where there is none.
        environment: the variable that its provider's SDK reads it from; empty where there is none.
        span: where it stands; for the output of a notebook's cell, the cell's beginning.
        part: the part of a notebook's cell that it stands in: ``source``, ``output``; empty elsewhere.
        certain: whether form or checksum leave no doubt.
        digest: SHA-256 of it, shortened: tells secrets apart and gives nothing away.
        sha1: as baselines of detect-secrets hold it.
    """

    label: str
    shown: str
    name: str
    environment: str
    span: Span
    part: str
    certain: bool
    digest: str
    sha1: str


def in_file(path: str, stream: BinaryIO, source: Callable[[], Source]) -> tuple[FoundSecret, ...]:
    """The secrets in a file but for those in the strings of Python code.

    Args:
        path: its name, relative to the project root.
        stream: its content.
        source: parses it; asked only for Python and notebooks in which there is something.
    """
    if is_notebook(path):
        data = stream.read()
        cells = _cells(data)
        if cells is not None:
            return tuple(_in_cells(path, cells, source))
        stream = BytesIO(data)
    found = [(secret, _span(path, secret)) for secret in scan_stream(path, stream)]
    if path.endswith(_PYTHON) and any(secret.candidate.evidence in _READ_ELSEWHERE for secret, _ in found):
        found = _outside_strings(found, source)
    return tuple(_found(secret, span) for secret, span in found)


def _in_cells(path: str, cells: list[object], source: Callable[[], Source]) -> Iterator[FoundSecret]:
    inside: list[tuple[Secret, Span]] = []
    for number, cell in enumerate(cells, 1):
        if not isinstance(cell, dict):
            continue
        text = _joined(cell.get("source", cell.get("input")))
        inside += [(s, _span(path, s, number)) for s in scan(path, text.encode("utf-8", "replace"))]
        shown = "\n".join(_strings(cell.get("outputs")))
        seen: set[str] = set()
        for secret in scan(path, shown.encode("utf-8", "replace")):
            if secret.candidate.secret not in seen:
                seen.add(secret.candidate.secret)
                yield _found(secret, Span(path, 1, 1, 1, 1, cell=number), "output")
    if inside:
        yield from (_found(secret, span, "source") for secret, span in _outside_strings(inside, source))


def _span(path: str, secret: Secret, cell: int = 0) -> Span:
    return Span(path, secret.line, secret.column, secret.line, secret.end_column, cell=cell)


def _outside_strings(
    found: list[tuple[Secret, Span]], source: Callable[[], Source]
) -> list[tuple[Secret, Span]]:
    """Those that do not stand in a string of the code; docstrings are text."""
    try:
        module = source()
    except SourceError:
        return found
    text = {id(node.value) for node in ast.walk(module.tree) if isinstance(node, ast.Expr)}
    strings = [
        module.span(node)
        for node in ast.walk(module.tree)
        if isinstance(node, ast.Constant | ast.JoinedStr)
        and id(node) not in text
        and (isinstance(node, ast.JoinedStr) or isinstance(node.value, str | bytes))
    ]
    return [
        (secret, span)
        for secret, span in found
        if secret.candidate.evidence not in _READ_ELSEWHERE or not any(_within(span, one) for one in strings)
    ]


def _within(span: Span, outer: Span) -> bool:
    if span.cell != outer.cell or (span.line, span.column) < (outer.line, outer.column):
        return False
    return (span.end_line, span.end_column) <= (outer.end_line, outer.end_column)


def _cells(data: bytes) -> list[object] | None:
    """The cells of a notebook; None if it is not one, and its text is all there is."""
    try:
        notebook = json.loads(data)
    except (ValueError, RecursionError):
        return None
    if not isinstance(notebook, dict):
        return None
    sheets = notebook.get("worksheets") if "cells" not in notebook else None
    holders = sheets if isinstance(sheets, list) else [notebook]
    cells = [cell for one in holders if isinstance(one, dict) for cell in one.get("cells") or ()]
    return cells or None


def _joined(text: object) -> str:
    if isinstance(text, list):
        return "".join(part for part in text if isinstance(part, str))
    return text if isinstance(text, str) else ""


def _strings(outputs: object) -> Iterator[str]:
    """The texts in a cell's outputs; images and other encoded data are passed over."""
    stack = [outputs]
    while stack:
        value = stack.pop()
        if isinstance(value, str):
            yield value
        elif isinstance(value, list) and all(isinstance(part, str) for part in value):
            yield "".join(value)
        elif isinstance(value, list):
            stack += reversed(value)
        elif isinstance(value, dict):
            stack += [item for key, item in reversed(value.items()) if not str(key).startswith(_MEDIA)]


def _found(secret: Secret, span: Span, part: str = "") -> FoundSecret:
    candidate = secret.candidate
    value = candidate.secret.encode("utf-8", "replace")
    return FoundSecret(
        label=candidate.label,
        shown=mask(candidate.secret),
        name=candidate.name,
        environment=candidate.environment,
        span=span,
        part=part,
        certain=candidate.certain or candidate.evidence is Evidence.SHAPE,
        digest=hashlib.sha256(value).hexdigest()[:16],
        sha1=hashlib.sha1(value, usedforsecurity=False).hexdigest(),
    )
