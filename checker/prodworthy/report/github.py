"""For GitHub Actions: annotations as workflow commands, and the summary of the step."""

from __future__ import annotations

import os
from typing import TextIO

from prodworthy.errors import ConfigError
from prodworthy.finding import Severity
from prodworthy.pipeline import Result
from prodworthy.report.checkout import in_checkout
from prodworthy.report.excerpt import printable
from prodworthy.report.rawlines import raw_lines
from prodworthy.report.unanalysed import untold

SUMMARY = "GITHUB_STEP_SUMMARY"
_LEVELS = {Severity.ERROR: "error", Severity.WARNING: "warning", Severity.NOTE: "notice"}


def write(result: Result, out: TextIO, color: bool) -> None:
    """Write one command for each finding and for each thing that could not be analysed.

    Where GitHub names a file for the step's summary, all of them are added to it as well: of annotations it
    shows ten of a level.

    Raises:
        ConfigError: that file cannot be written.
    """
    del color
    for finding in result.findings:
        span = finding.span
        first, last = raw_lines(result.files, span)
        file = in_checkout(result.files, span.path)
        place: dict[str, str | int] = {"file": file, "line": first, "endLine": last}
        if span.end_line == span.line and not span.cell:  # GitHub refuses columns over several lines
            place |= {"col": span.column, "endColumn": span.end_column}
        where = f"cell {span.cell}, line {span.line}: " if span.cell else ""
        text = where + finding.message + (f"\n{finding.hint}" if finding.hint else "")
        _command(out, _LEVELS[finding.severity], {"title": f"{finding.code} {finding.name}", **place}, text)
    for problem in untold(result):
        file = in_checkout(result.files, problem.path)
        at: dict[str, str | int] = {"line": problem.line} if problem.line and not problem.cell else {}
        _command(out, "error", {"title": "not analysed", "file": file, **at}, problem.message)
    if name := os.environ.get(SUMMARY):
        _add_summary(name, result)


def _add_summary(name: str, result: Result) -> None:
    from prodworthy.report.summary import write as write_summary

    try:
        with open(name, "a", encoding="utf-8", errors="backslashreplace") as out:
            write_summary(result, out)
    except OSError as error:
        raise ConfigError(f"{SUMMARY} names {name}: cannot be written: {error.strerror or error}") from error


def _command(out: TextIO, level: str, properties: dict[str, str | int], message: str) -> None:
    listed = ",".join(f"{key}={_property(str(value))}" for key, value in properties.items())
    out.write(f"::{level} {listed}::{_data(message)}\n")


def _data(text: str) -> str:
    return printable(text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A"))


def _property(text: str) -> str:
    return _data(text).replace(":", "%3A").replace(",", "%2C")
