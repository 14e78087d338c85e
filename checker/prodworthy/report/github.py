"""Annotations for GitHub Actions, as workflow commands."""

from __future__ import annotations

from typing import TextIO

from prodworthy.finding import Severity
from prodworthy.pipeline import Result
from prodworthy.report.rawlines import raw_lines

_LEVELS = {Severity.ERROR: "error", Severity.WARNING: "warning", Severity.NOTE: "notice"}


def write(result: Result, out: TextIO, color: bool) -> None:
    """Write one command for each finding and for each thing that could not be analysed."""
    del color
    for finding in result.findings:
        span = finding.span
        first, last = raw_lines(result.files, span)
        place: dict[str, str | int] = {"file": span.path, "line": first, "endLine": last}
        if span.end_line == span.line and not span.cell:  # GitHub refuses columns over several lines
            place |= {"col": span.column, "endColumn": span.end_column}
        where = f"cell {span.cell}, line {span.line}: " if span.cell else ""
        text = where + finding.message + (f"\n{finding.hint}" if finding.hint else "")
        _command(out, _LEVELS[finding.severity], {"title": f"{finding.code} {finding.name}", **place}, text)
    reported = {(finding.path, finding.message) for finding in result.findings}
    for problem in result.problems:
        if (problem.path, problem.message) not in reported:
            _command(out, "error", {"title": "not analysed", "file": problem.path}, problem.message)


def _command(out: TextIO, level: str, properties: dict[str, str | int], message: str) -> None:
    listed = ",".join(f"{key}={_property(str(value))}" for key, value in properties.items())
    out.write(f"::{level} {listed}::{_data(message)}\n")


def _data(text: str) -> str:
    return text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def _property(text: str) -> str:
    return _data(text).replace(":", "%3A").replace(",", "%2C")
