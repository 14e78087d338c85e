"""JUnit XML as Jenkins, GitLab and others read it: a file is a suite, a finding a test that fails."""

from __future__ import annotations

import re
from itertools import groupby
from typing import TextIO
from xml.sax.saxutils import escape, quoteattr

from prodworthy.finding import Finding
from prodworthy.outcome import Problem
from prodworthy.pipeline import Result
from prodworthy.report.place import place
from prodworthy.report.unanalysed import untold

_ILLEGAL = re.compile("[^\t\n\r\\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
"""What XML 1.0 cannot hold, however it is written."""
Entry = tuple[str, Finding | Problem]


def write(result: Result, out: TextIO, color: bool) -> None:
    """Write the findings and what could not be analysed; a clean run is one test that passes."""
    del color
    entries: list[Entry] = [(finding.path, finding) for finding in result.findings]
    entries += [(problem.path, problem) for problem in untold(result)]
    entries.sort(key=lambda entry: entry[0])
    errors = sum(isinstance(told, Problem) for _, told in entries)
    out.write('<?xml version="1.0" encoding="UTF-8"?>\n')
    tests = f'tests="{len(entries) or 1}" failures="{len(entries) - errors}" errors="{errors}"'
    out.write(f'<testsuites name="prodworthy" {tests}>\n')
    for path, group in groupby(entries, key=lambda entry: entry[0]):
        _suite(out, path, [told for _, told in group])
    if not entries:
        out.write('  <testsuite name="prodworthy" tests="1" failures="0" errors="0">\n')
        out.write('    <testcase classname="prodworthy" name="no findings"/>\n  </testsuite>\n')
    out.write("</testsuites>\n")


def _suite(out: TextIO, path: str, told: list[Finding | Problem]) -> None:
    errors = sum(isinstance(one, Problem) for one in told)
    counts = f'tests="{len(told)}" failures="{len(told) - errors}" errors="{errors}"'
    out.write(f"  <testsuite name={_attribute(path)} {counts}>\n")
    classname = _attribute(path.removesuffix(".py").replace("/", "."))  # Jenkins makes packages of dots
    names: dict[str, int] = {}
    for one in told:
        kind, name, message, text = _finding(one) if isinstance(one, Finding) else _problem(one)
        names[name] = names.get(name, 0) + 1
        if names[name] > 1:  # readers take a second test of the same name for the first one again
            name = f"{name} ({names[name]})"
        element, level = kind
        out.write(f"    <testcase classname={classname} name={_attribute(name)}>\n")
        head = f'<{element} type="{level}" message={_attribute(message)}>'
        out.write(f"      {head}{escape(_legal(text))}</{element}>\n    </testcase>\n")
    out.write("  </testsuite>\n")


def _finding(finding: Finding) -> tuple[tuple[str, str], str, str, str]:
    span = finding.span
    at = f"cell {span.cell}, {span.line}:{span.column}" if span.cell else f"{span.line}:{span.column}"
    lines = [f"{place(span)}: {finding.message}"]
    lines += [f"{n}. {place(step.span)}: {step.message}" for n, step in enumerate(finding.trace, 1)]
    lines += [f"What to do: {finding.hint}"] if finding.hint else []
    name = f"{finding.code} {finding.name} at {at}"
    return ("failure", finding.severity.value), name, finding.message, "\n".join(lines)


def _problem(problem: Problem) -> tuple[tuple[str, str], str, str, str]:
    name = f"not analysed{f': {problem.rule}' if problem.rule else ''}"
    return ("error", "not analysed"), name, problem.message, str(problem)


def _attribute(text: str) -> str:
    return quoteattr(_legal(text), {"\n": "&#10;", "\r": "&#13;", "\t": "&#9;"})


def _legal(text: str) -> str:
    """``text`` with what XML cannot hold written out, as Python would."""
    return _ILLEGAL.sub(lambda found: found[0].encode("unicode_escape").decode("ascii"), text)
