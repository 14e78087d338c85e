"""What could not be analysed and no finding tells."""

from __future__ import annotations

from prodworthy.outcome import Problem
from prodworthy.pipeline import Result


def untold(result: Result) -> list[Problem]:
    """The problems of ``result`` but for those that are findings as well (PW002)."""
    told = {(finding.path, finding.message) for finding in result.findings}
    return [problem for problem in result.problems if (problem.path, problem.message) not in told]
