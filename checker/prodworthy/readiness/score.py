"""The score: of the checks that had something to look at, how many found nothing, by weight.

A check is one rule. It counts as a whole: one finding fails it, whatever it did not find elsewhere. Its
weight is its rule's severity: an error counts three times a note. A check that is switched off, or has
nothing in this project to look at, counts neither way. What people attest is no part of the score.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from enum import StrEnum

from prodworthy.finding import Severity
from prodworthy.rule import Rule

WEIGHTS = {Severity.ERROR: 3, Severity.WARNING: 2, Severity.NOTE: 1}


class CheckState(StrEnum):
    """What a check came to."""

    FINDINGS = "findings"
    CLEAN = "clean"
    NOT_APPLICABLE = "not-applicable"
    OFF = "off"


@dataclass(frozen=True, slots=True)
class Check:
    """A rule and what it came to; ``findings`` is how many it has."""

    rule: Rule
    state: CheckState
    findings: int = 0

    @property
    def counts(self) -> bool:
        """Whether the check had something to look at."""
        return self.state in (CheckState.FINDINGS, CheckState.CLEAN)


@dataclass(frozen=True, slots=True)
class Score:
    """A score over some checks.

    Attributes:
        value: 0 to 100, rounded down; None where no check had anything to look at.
        clean, counted: how many checks found nothing, of how many that had something to look at.
    """

    value: int | None
    clean: int
    counted: int


def check(rule: Rule, on: bool, findings: int, applies: Callable[[Rule], bool]) -> Check:
    """What ``rule`` came to; ``applies`` says whether there was anything for it to look at."""
    if findings:
        return Check(rule, CheckState.FINDINGS, findings)
    if not on:
        return Check(rule, CheckState.OFF)
    return Check(rule, CheckState.CLEAN if applies(rule) else CheckState.NOT_APPLICABLE)


def score(checks: Iterable[Check]) -> Score:
    """The score of ``checks``, each of which counts once."""
    counted = [c for c in {c.rule.code: c for c in checks}.values() if c.counts]
    clean = [c for c in counted if c.state is CheckState.CLEAN]
    whole, passed = (sum(WEIGHTS[c.rule.severity] for c in some) for some in (counted, clean))
    return Score(100 * passed // whole if whole else None, len(clean), len(counted))
