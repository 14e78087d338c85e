"""Findings as one page, each with its source: for those who read neither terminals nor JSON."""

from __future__ import annotations

from collections import Counter
from functools import partial
from typing import TextIO

from prodworthy.finding import Severity
from prodworthy.pipeline import Result
from prodworthy.report.excerpt import excerpt
from prodworthy.report.page import charts
from prodworthy.report.page.environment import render
from prodworthy.report.page.groups import grouped
from prodworthy.report.readiness_html import severity_rows


def write(result: Result, out: TextIO, color: bool) -> None:
    """Write the page; its colours are the reader's."""
    del color
    counts = Counter(finding.severity for finding in result.findings)
    severities = severity_rows({severity: counts[severity] for severity in Severity})
    values = {
        "project": result.files.root.name,
        "statistics": result.statistics,
        "problems": result.problems,
        "severities": severities,
        "severity_bar": charts.bar(severities),
        "groups": grouped(result.findings, {rule.code: rule for rule in result.packs.rules}),
        "excerpts": partial(excerpt, result.files),
    }
    out.write(render("findings.html.j2", values))
