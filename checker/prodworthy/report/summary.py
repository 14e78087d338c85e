"""A run in Markdown, as services show it beside a step."""

from __future__ import annotations

import os
import re
from collections import Counter
from typing import TextIO
from urllib.parse import quote

from prodworthy.finding import Finding, Severity
from prodworthy.pipeline import Result
from prodworthy.report.checkout import in_checkout
from prodworthy.report.excerpt import printable
from prodworthy.report.place import place
from prodworthy.report.rawlines import raw_lines
from prodworthy.report.unanalysed import untold

_SHOWN = 500
"""GitHub drops a summary of more than 1 MiB, all of it."""
_LONGEST = 800
_MARKS = re.compile(r"([\\`*_{}\[\]()<>#+!|~&@$-])")
_WORDS = {Severity.ERROR: "error", Severity.WARNING: "warning", Severity.NOTE: "note"}


def write(result: Result, out: TextIO) -> None:
    """Write a heading, the findings as a table, and what could not be analysed."""
    problems = untold(result)
    out.write(f"## prodworthy: {_verdict(result, len(problems))}\n\n")
    if result.findings:
        out.write("| severity | rule | place | finding |\n|---|---|---|---|\n")
    for finding in result.findings[:_SHOWN]:
        rule = f"{finding.code} {finding.name}"
        told = f"{_text(finding.message)}{f'<br>{_text(finding.hint)}' if finding.hint else ''}"
        out.write(f"| {_WORDS[finding.severity]} | {rule} | {_link(result, finding)} | {told} |\n")
    if len(result.findings) > _SHOWN:
        out.write(f"\nThese are the first {_SHOWN} of {len(result.findings)}; the log has all.\n")
    if problems:
        out.write("\n### Not analysed\n\n")
    for problem in problems[:_SHOWN]:
        out.write(f"- {_text(str(problem))}\n")
    out.write("\n")


def _verdict(result: Result, problems: int) -> str:
    severities = Counter(_WORDS[finding.severity] for finding in result.findings)
    parts = [f"{severities[s]} {s}{'s' * (severities[s] != 1)}" for s in _WORDS.values() if severities[s]]
    parts += [f"{problems} not analysed"] if problems else []
    held = [f"{n} {word}" for word in ("suppressed", "baselined") if (n := result.statistics[word])]
    return (", ".join(parts) or "no findings") + (f" ({', '.join(held)})" if held else "")


def _link(result: Result, finding: Finding) -> str:
    """The place, as a link into the repository where GitHub says which it is."""
    shown = _text(place(finding.span))
    server, repository, commit = (
        os.environ.get(name, "") for name in ("GITHUB_SERVER_URL", "GITHUB_REPOSITORY", "GITHUB_SHA")
    )
    if not (server and repository and commit):
        return shown
    path = quote(os.fsencode(in_checkout(result.files, finding.path)))
    return (
        f"[{shown}]({server}/{repository}/blob/{commit}/{path}#L{raw_lines(result.files, finding.span)[0]})"
    )


def _text(text: str) -> str:
    """``text`` on one line: none of it is Markdown or HTML, but what stands in backticks is code."""
    flat = printable(" ".join(text.split()))
    flat = flat if len(flat) <= _LONGEST else flat[:_LONGEST] + "..."
    pieces = [_MARKS.sub(r"\\\1", piece) for piece in flat.split("`")]
    if len(pieces) % 2 == 0:  # a backtick without its twin
        return "\\`".join(pieces)
    return "".join(f"<code>{piece}</code>" if n % 2 else piece for n, piece in enumerate(pieces))
