"""What fixes would change, as a unified diff."""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterator

from prodworthy.finding import Span
from prodworthy.fix.run import Change, Fixed
from prodworthy.report.masking import shown_lines
from prodworthy.source.python import Source

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
        before, after = _lines(change.before), _lines(change.after)
        for line in difflib.unified_diff(before, after, f"a/{change.path}", f"b/{change.path}"):
            text = line.rstrip("\r\n")
            yield text[:1] + masked[text[1:]] if text[1:] in masked else text
            if not line.endswith(("\r", "\n")):
                yield _NO_NEWLINE


def _lines(text: str) -> list[str]:
    return [line for line in _LINE.findall(text) if line]


def _masked(fixed: Fixed, change: Change) -> dict[str, str]:
    """The lines of both versions as they may be shown."""
    shown: dict[str, str] = {}
    sources = [(result, result.files.source(change.path)) for result in (fixed.first, fixed.result)]
    for _, source in sources:
        _add(shown, source, "", 1, len(source.lines))
    for result, source in sources:
        for finding in result.findings:
            if finding.path == change.path and finding.code.startswith(_SECRETS):
                _add(shown, source, finding.code, finding.line, finding.span.end_line, finding.span)
    return shown


def _add(
    shown: dict[str, str], source: Source, code: str, first: int, last: int, at: Span | None = None
) -> None:
    for number, line in shown_lines(source, code, first, last, at).items():
        shown[source.lines[number - 1]] = line
