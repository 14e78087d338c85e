"""``path:line:column: CODE message``, one finding a line."""

from __future__ import annotations

from typing import TextIO

from prodworthy.pipeline import Result
from prodworthy.report.offers import is_offered
from prodworthy.report.place import place


def write(result: Result, out: TextIO, color: bool) -> None:
    """Write the findings to ``out``; this format has no colour."""
    del color
    for finding in result.findings:
        message = " ".join(finding.message.split())
        mark = "[*] " if is_offered(finding, result.unsafe_fixes) else ""
        out.write(f"{place(finding.span)}: {finding.code} {mark}{message}\n")
