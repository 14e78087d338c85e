"""What fixes would change, as a unified diff."""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterator

from prodworthy.finding import Span
from prodworthy.fix.ignore import is_ignore_file
from prodworthy.fix.run import Change, Fixed
from prodworthy.report.masking import shown_lines
from prodworthy.source.python import Source
from prodworthy.source.text import is_notebook

_LINE = re.compile(r"[^\r\n]*(?:\r\n|\r|\n|$)")
_NO_NEWLINE = "\\ No newline at end of file"
_SECRETS = "PW1"


def diff(fixed: Fixed) -> Iterator[str]:
    """The lines of the diff, without their ends.

    Credentials are masked in it, as everywhere, so a change that takes one out cannot be applied as
    a patch.
    """
    for change in fixed.changes:
        masked = _masked(fixed, change)
        for name, before, after in _versions(change):
            for line in difflib.unified_diff(_lines(before), _lines(after), f"a/{name}", f"b/{name}"):
                text = line.rstrip("\r\n")
                yield text[:1] + masked[text[1:]] if text[1:] in masked else text
                if not line.endswith(("\r", "\n")):
                    yield _NO_NEWLINE


def _versions(change: Change) -> Iterator[tuple[str, str, str]]:
    """Name, text before and text after of a changed file, or of each changed cell of a notebook."""
    if not is_notebook(change.path):
        yield change.path, change.before, change.after
        return
    from prodworthy.source.notebook import read_notebook

    old, new = (read_notebook(change.path, raw).cells for raw in (change.before, change.after))
    for before, after in zip(old, new, strict=True):
        if before.text != after.text:
            yield f"{change.path}:cell {before.number}", before.text + "\n", after.text + "\n"


def _lines(text: str) -> list[str]:
    return [line for line in _LINE.findall(text) if line]


def _masked(fixed: Fixed, change: Change) -> dict[str, str]:
    """The lines of both versions as they may be shown."""
    shown: dict[str, str] = {}
    if is_ignore_file(change.path):
        return shown
    sources = [(result, result.files.source(change.path)) for result in (fixed.first, fixed.result)]
    for _, source in sources:
        _add(shown, source, "", 1, len(source.lines))
    for result, source in sources:
        for finding in result.findings:
            if finding.path == change.path and finding.code.startswith(_SECRETS):
                span = source.flat(finding.span)
                _add(shown, source, finding.code, span.line, span.end_line, finding.span)
    return shown


def _add(
    shown: dict[str, str], source: Source, code: str, first: int, last: int, at: Span | None = None
) -> None:
    for number, line in shown_lines(source, code, first, last, at).items():
        shown[source.lines[number - 1]] = line
