"""Findings as a page shows them: those of one rule together, the gravest rules first."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from prodworthy.finding import Finding, Severity
from prodworthy.rule import Rule


@dataclass(frozen=True, slots=True)
class Group:
    """The findings of one rule that are of one severity."""

    rule: Rule
    severity: Severity
    findings: tuple[Finding, ...]

    @property
    def cwe(self) -> list[str]:
        """The weaknesses that the rule is about."""
        return [f"CWE-{number}" for number in self.rule.cwe]


def grouped(findings: Iterable[Finding], rules: Mapping[str, Rule]) -> tuple[Group, ...]:
    """``findings`` in groups."""
    order = list(Severity)
    found: dict[tuple[int, str], list[Finding]] = {}
    for finding in findings:
        found.setdefault((order.index(finding.severity), finding.code), []).append(finding)
    return tuple(
        Group(rules[code], order[severity], tuple(some)) for (severity, code), some in sorted(found.items())
    )
