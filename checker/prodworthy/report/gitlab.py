"""GitLab's code quality report: https://docs.gitlab.com/ci/testing/code_quality/#code-quality-report-format."""

from __future__ import annotations

import hashlib
import json
from collections import Counter
from typing import TextIO

from prodworthy.finding import Finding, Severity
from prodworthy.outcome import Problem
from prodworthy.pipeline import Result
from prodworthy.report.checkout import in_checkout
from prodworthy.report.rawlines import raw_lines
from prodworthy.report.unanalysed import untold

Json = dict[str, object]
_SEVERITIES = {Severity.ERROR: "critical", Severity.WARNING: "major", Severity.NOTE: "minor"}


def write(result: Result, out: TextIO, color: bool) -> None:
    """Write one issue for each finding and for each thing that could not be analysed."""
    del color
    seen: Counter[str] = Counter()
    issues = []
    for finding in result.findings:
        seen[finding.fingerprint] += 1
        issues.append(_finding(result, finding, seen[finding.fingerprint]))
    issues += [_problem(result, problem) for problem in untold(result)]
    json.dump(issues, out, indent=2, ensure_ascii=False)
    out.write("\n")


def _finding(result: Result, finding: Finding, ordinal: int) -> Json:
    span = finding.span
    first, last = raw_lines(result.files, span)
    where = f"cell {span.cell}, line {span.line}: " if span.cell else ""
    return {
        "description": f"{finding.code} {finding.name}: {where}{finding.message}",
        "check_name": finding.code,
        # GitLab drops a second issue of the same fingerprint
        "fingerprint": finding.fingerprint if ordinal == 1 else _digest(finding.fingerprint, str(ordinal)),
        "severity": _SEVERITIES[finding.severity],
        "location": {
            "path": in_checkout(result.files, span.path),
            "lines": {"begin": first, "end": last},
        },
    }


def _problem(result: Result, problem: Problem) -> Json:
    line = problem.line if problem.line and not problem.cell else 1
    return {
        "description": f"not analysed: {problem.message}",
        "check_name": problem.rule or "not-analysed",
        "fingerprint": _digest(problem.path, problem.rule, str(problem.cell), problem.message),
        "severity": "blocker",
        "location": {"path": in_checkout(result.files, problem.path), "lines": {"begin": line, "end": line}},
    }


def _digest(*parts: str) -> str:
    return hashlib.sha256("\0".join(parts).encode("utf-8", "surrogatepass")).hexdigest()[:32]
