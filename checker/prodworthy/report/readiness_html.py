"""The readiness report as one page that needs nothing else: to be read, printed and kept."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import TextIO

from prodworthy.finding import Finding, Severity
from prodworthy.readiness.assessment import Assessment, Attested
from prodworthy.readiness.attestations import State
from prodworthy.readiness.calls import Bound, CallFacts
from prodworthy.readiness.score import CheckState
from prodworthy.report import words
from prodworthy.report.excerpt import Line
from prodworthy.report.page import charts
from prodworthy.report.page.environment import render
from prodworthy.report.page.groups import grouped
from prodworthy.rule import Rule

Rows = Sequence[tuple[str, str, int]]
_BOUNDS = {
    Bound.BOUNDED: ("good", "output capped"),
    Bound.UNBOUNDED: ("error", "output not capped"),
    Bound.UNKNOWN: ("open", "cap not in view"),
    Bound.NOT_APPLICABLE: ("off", "generates no text"),
}
_STATES = {
    State.ATTESTED: ("good", "attested"),
    State.NOT_APPLICABLE: ("off", "does not apply"),
    State.EXPIRED: ("error", "expired"),
    State.FUTURE: ("warning", "not yet in force"),
    State.MISSING: ("open", "not attested"),
}


@dataclass(frozen=True, slots=True)
class ProviderRow:
    """The calls that one provider answers."""

    name: str
    calls: int
    models: tuple[str, ...]
    worst: str
    data: tuple[str, ...]


def write(assessment: Assessment, rules: Iterable[Rule], out: TextIO) -> None:
    """Write the page."""
    known = {rule.code: rule for rule in rules}
    severities = severity_rows(assessment.severities)
    people = _people(assessment.attested)
    counted = words.bounds(assessment)
    bounds = [(*_BOUNDS[bound], counted[bound]) for bound in Bound if counted[bound]]
    values = {
        "report": assessment,
        "severities": severities,
        "severity_bar": charts.bar(severities),
        "people": people,
        "people_bar": charts.bar(people),
        "bounds": bounds,
        "bounds_bar": charts.bar(bounds),
        "groups": grouped(assessment.findings, known),
        "no_excerpt": _no_excerpt,
        "held": _held,
        "providers": _providers(assessment.calls),
        "switched_off": [check.rule.code for check in assessment.checks if check.state is CheckState.OFF],
        "names": {code: rule.name for code, rule in known.items()},
        "dots": charts.line(assessment.trend.points) if assessment.trend is not None else (),
        "chart": charts,
    }
    out.write(render("readiness.html.j2", values))


def severity_rows(counts: dict[Severity, int]) -> Rows:
    """The findings of each severity as a bar and a legend show them."""
    return [(severity.value, f"{severity.value}s", count) for severity, count in counts.items()]


def _people(attested: Sequence[Attested]) -> Rows:
    states = [one.state for one in attested]
    rows = [(*_STATES[state], states.count(state)) for state in _STATES]
    return [row for row in rows if row[2] or row[1] == "attested"]


def _held(attested: Sequence[Attested]) -> int:
    return sum(one.state in (State.ATTESTED, State.NOT_APPLICABLE) for one in attested)


def _no_excerpt(finding: Finding) -> tuple[Line, ...]:
    del finding
    return ()


def _providers(facts: Sequence[CallFacts]) -> list[ProviderRow]:
    """A row for each provider, the one with most calls first."""
    of: dict[str, list[CallFacts]] = {}
    for fact in facts:
        of.setdefault(words.provider(fact), []).append(fact)
    rows = [_row(name, some) for name, some in of.items()]
    return sorted(rows, key=lambda row: (-row.calls, row.name))


def _row(name: str, facts: Sequence[CallFacts]) -> ProviderRow:
    generating = [fact for fact in facts if fact.bound is not Bound.NOT_APPLICABLE]
    known = [fact.worst_case for fact in generating if fact.worst_case is not None]
    worst = words.number(max(known)) if known and len(known) == len(generating) else "not in view"
    if any(fact.bound is Bound.UNBOUNDED for fact in generating):
        worst = "the model's limit"
    models = {str(fact.call.model.value) for fact in facts if fact.call.model.value is not None}
    data = {line for fact in facts for line in words.data(fact)}
    return ProviderRow(
        name, len(facts), tuple(sorted(models)), worst if generating else words.NOTHING, tuple(sorted(data))
    )
