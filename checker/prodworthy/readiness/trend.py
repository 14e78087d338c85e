"""What changed since earlier reports, read from their JSON."""

from __future__ import annotations

import datetime
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from pydantic import BaseModel, ValidationError

from prodworthy.errors import ConfigError
from prodworthy.finding import Finding


@dataclass(frozen=True, slots=True)
class Point:
    """An earlier report.

    Attributes:
        name: its date, or the file where that holds none.
        score: None where it holds none (the JSON of ``check``).
        sections: the score of each section.
        findings: fingerprint -> how many findings have it.
        codes: code -> how many findings it has.
        attested: how many attestations held.
    """

    name: str
    date: datetime.date | None
    score: int | None
    sections: dict[str, int | None]
    findings: Counter[str]
    codes: Counter[str]
    attested: int | None

    @property
    def total(self) -> int:
        """How many findings it has."""
        return self.findings.total()


@dataclass(frozen=True, slots=True)
class Trend:
    """The way from earlier reports to this one.

    Attributes:
        points: the earlier reports, oldest first, and this one.
        new, gone: findings that the last of them did not have, and those that only it has.
        codes: code -> findings then and now, where these differ.
    """

    points: tuple[Point, ...]
    new: int
    gone: int
    codes: dict[str, tuple[int, int]]

    @property
    def before(self) -> Point:
        """The report that the differences are to."""
        return self.points[-2]

    @property
    def now(self) -> Point:
        """This report."""
        return self.points[-1]


class _Score(BaseModel):
    value: int | None = None


class _Section(BaseModel):
    name: str
    score: int | None = None


class _Finding(BaseModel):
    code: str
    fingerprint: str


class _People(BaseModel):
    held: int


class _Document(BaseModel):
    """The parts of a report's JSON, or of ``check --output-format json``, that a comparison needs."""

    version: Literal[1]
    date: datetime.date | None = None
    score: _Score | None = None
    sections: list[_Section] = []
    attestations: _People | None = None
    findings: list[_Finding]


def read_point(file: Path) -> Point:
    """The earlier report in ``file``.

    Raises:
        ConfigError: it cannot be read, or is no report.
    """
    try:
        document = _Document.model_validate_json(file.read_bytes())
    except OSError as error:
        raise ConfigError(f"{file}: cannot be read: {error.strerror or error}") from error
    except ValidationError as error:
        first = error.errors()[0]
        place = ".".join(str(part) for part in first["loc"])
        told = f"{place}: {first['msg']}" if place else first["msg"]
        raise ConfigError(
            f"{file}: is not the JSON of `prodworthy report` or `prodworthy check`: {told}"
        ) from error
    return Point(
        name=str(document.date or file.name),
        date=document.date,
        score=document.score.value if document.score else None,
        sections={section.name: section.score for section in document.sections},
        findings=Counter(finding.fingerprint for finding in document.findings),
        codes=Counter(finding.code for finding in document.findings),
        attested=document.attestations.held if document.attestations else None,
    )


def point(
    date: datetime.date,
    score: int | None,
    sections: dict[str, int | None],
    findings: Iterable[Finding],
    attested: int,
) -> Point:
    """This report, as one to compare with earlier ones."""
    found = list(findings)
    return Point(
        name=str(date),
        date=date,
        score=score,
        sections=sections,
        findings=Counter(finding.fingerprint for finding in found),
        codes=Counter(finding.code for finding in found),
        attested=attested,
    )


def trend(earlier: Sequence[Point], now: Point) -> Trend | None:
    """The way from ``earlier`` to ``now``; None from nowhere. Reports without a date come first, as given."""
    if not earlier:
        return None
    points = (*sorted(earlier, key=lambda one: one.date or datetime.date.min), now)
    before = points[-2]
    codes = sorted(before.codes.keys() | now.codes.keys())
    return Trend(
        points=points,
        new=(now.findings - before.findings).total(),
        gone=(before.findings - now.findings).total(),
        codes={c: (before.codes[c], now.codes[c]) for c in codes if before.codes[c] != now.codes[c]},
    )
