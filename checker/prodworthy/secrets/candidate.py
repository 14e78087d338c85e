"""What a detector found, and what the scan makes of it."""

from __future__ import annotations

from dataclasses import dataclass
from enum import IntEnum


class Evidence(IntEnum):
    """What a candidate is known by; of two that overlap, the lower stands."""

    SHAPE = 1
    STRUCTURE = 2
    KNOWN = 3
    ENCODED = 4
    NAME = 5


@dataclass(frozen=True, slots=True)
class Candidate:
    """A credential in a text.

    Attributes:
        label: what a message calls it: ``OpenAI API key``, ``password of a PostgreSQL URL``.
        secret: the credential itself. It never leaves the run.
        start, end: where it stands, in bytes.
        evidence: what it is known by.
        name: the variable, key or header it is kept under; empty where there is none.
        environment: the variable that its provider's SDK reads it from; empty where there is none.
        certain: whether form or checksum leave no doubt.
    """

    label: str
    secret: str
    start: int
    end: int
    evidence: Evidence
    name: str = ""
    environment: str = ""
    certain: bool = False


def without_overlaps(candidates: list[Candidate]) -> list[Candidate]:
    """The candidates from left to right; of those that overlap, the ones with the best evidence."""
    kept: list[Candidate] = []
    group: list[Candidate] = []
    end = 0
    for one in sorted(candidates, key=lambda c: c.start):
        if group and one.start >= end:
            kept += _best(group)
            group = []
        group.append(one)
        end = max(end, one.end)
    return kept + _best(group)


def _best(group: list[Candidate]) -> list[Candidate]:
    """Of candidates that overlap in a chain, those that stand."""
    kept: list[Candidate] = []
    for one in sorted(group, key=lambda c: (c.evidence, c.start - c.end, c.start)):
        if all(one.end <= other.start or other.end <= one.start for other in kept):
            kept.append(one)
    return sorted(kept, key=lambda c: c.start)
