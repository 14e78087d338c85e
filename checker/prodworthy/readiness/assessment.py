"""Everything that the readiness report says, in one value that the writers lay out."""

from __future__ import annotations

import datetime
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from prodworthy import git
from prodworthy.call import LlmCall
from prodworthy.config import Config
from prodworthy.finding import Finding, Severity
from prodworthy.model.knowledge import Knowledge
from prodworthy.outcome import Problem
from prodworthy.pipeline import Result
from prodworthy.readiness import calls as callfacts
from prodworthy.readiness import knowledge
from prodworthy.readiness.applicability import Applicability
from prodworthy.readiness.attestations import Attestation, State, judge, state_on
from prodworthy.readiness.calls import CallFacts
from prodworthy.readiness.score import Check, CheckState, Score, check, score
from prodworthy.readiness.shapes import AttestationModel, ItemModel, SectionModel, StandardModel
from prodworthy.readiness.trend import Point, Trend, point, trend
from prodworthy.selection import Selection
from prodworthy.testfile import is_test


@dataclass(frozen=True, slots=True)
class Attested:
    """What a person can say, whether somebody did, and what that is worth on the day of the report."""

    model: AttestationModel
    state: State
    given: Attestation | None


@dataclass(frozen=True, slots=True)
class Section:
    """A section of the guide.

    Attributes:
        served: the tables in the configuration with which the middleware serves it here.
        checks: the rules that serve it.
        attested: what only people can say about it.
    """

    model: SectionModel
    score: Score
    checks: tuple[Check, ...]
    attested: tuple[Attested, ...]
    served: tuple[str, ...]

    @property
    def findings(self) -> int:
        """How many findings its checks have."""
        return sum(one.findings for one in self.checks)

    @property
    def worst(self) -> Severity | None:
        """The gravest severity of its findings."""
        found = {one.rule.severity for one in self.checks if one.state is CheckState.FINDINGS}
        return next((severity for severity in Severity if severity in found), None)


@dataclass(frozen=True, slots=True)
class Item:
    """An item of a standard with what the code and people say about it."""

    model: ItemModel
    checks: tuple[Check, ...]
    attested: tuple[Attested, ...]

    @property
    def findings(self) -> int:
        """How many findings its checks have."""
        return sum(one.findings for one in self.checks)


@dataclass(frozen=True, slots=True)
class Standard:
    """A standard, its items in their order."""

    model: StandardModel
    items: tuple[Item, ...]


@dataclass(frozen=True, slots=True)
class Subject:
    """What the report is about.

    Attributes:
        project: its name.
        date: the day of the report, on which attestations are judged.
        revision: the commit, empty outside of a repository.
        changed: whether files differ from that commit.
    """

    project: str
    date: datetime.date
    revision: str = ""
    changed: bool = False


@dataclass(frozen=True, slots=True)
class Assessment:
    """The report.

    Attributes:
        score: over all checks, each once.
        checks: every rule.
        calls: the calls outside of tests; ``test_calls`` is how many there are in tests.
        trend: what changed since earlier reports, where there are any.
    """

    subject: Subject
    score: Score
    checks: tuple[Check, ...]
    sections: tuple[Section, ...]
    standards: tuple[Standard, ...]
    findings: tuple[Finding, ...]
    calls: tuple[CallFacts, ...]
    test_calls: int
    problems: tuple[Problem, ...]
    statistics: Mapping[str, int | Mapping[str, int]]
    trend: Trend | None = None

    @property
    def severities(self) -> dict[Severity, int]:
        """How many findings there are of each severity, the gravest first."""
        counts = Counter(finding.severity for finding in self.findings)
        return {severity: counts[severity] for severity in Severity}

    @property
    def attested(self) -> tuple[Attested, ...]:
        """Everything that only people can say."""
        return tuple(one for section in self.sections for one in section.attested)

    @property
    def answered(self) -> tuple[int, int]:
        """How many of that somebody answers for today, of how many."""
        held = [one for one in self.attested if one.state in (State.ATTESTED, State.NOT_APPLICABLE)]
        return len(held), len(self.attested)


def assess(result: Result, subject: Subject, earlier: Sequence[Point] = ()) -> Assessment:
    """What ``result`` says about ``subject``; ``earlier`` are the reports to compare with, oldest first."""
    packs, config = result.packs, result.files.config("pyproject.toml")
    called = call_facts(result)
    checks = _checks(result, config, [fact.call for fact in called])
    given = judge(Path(config.origin), config.attestations) if config.attestations else {}
    people = {
        key: Attested(model, state_on(subject.date, given.get(key)), given.get(key))
        for key, model in knowledge.attestations(packs).items()
    }
    made = Assessment(
        subject=subject,
        score=score(checks),
        checks=checks,
        sections=tuple(_section(model, checks, people, config) for model in knowledge.sections(packs)),
        standards=tuple(_standard(model, checks, people) for model in knowledge.standards(packs)),
        findings=result.findings,
        calls=called,
        test_calls=len(result.calls) - len(called),
        problems=result.problems,
        statistics=result.statistics,
    )
    now = point(
        subject.date,
        made.score.value,
        {section.model.name: section.score.value for section in made.sections},
        made.findings,
        made.answered[0],
    )
    return replace(made, trend=trend(earlier, now))


def subject_of(result: Result, date: datetime.date, project: str | None = None) -> Subject:
    """The project of ``result`` on a day, by the name of its folder unless another one is given."""
    root = result.files.root
    return Subject(project or root.resolve().name or "project", date, *git.head(root))


def call_facts(result: Result) -> tuple[CallFacts, ...]:
    """What is known of the calls of ``result`` outside of its tests."""
    packs, config = result.packs, result.files.config("pyproject.toml")
    who = knowledge.providers(packs)
    personal = Knowledge(packs.models).personal_data.element
    categories = {element.name: element.category for element in personal}
    return tuple(
        callfacts.facts(call, who, categories)
        for call in result.calls
        if config.check_tests or not is_test(call.span.path)
    )


def _checks(result: Result, config: Config, calls: Sequence[LlmCall]) -> tuple[Check, ...]:
    counts = Counter(finding.code for finding in result.findings)
    on = {rule.code for rule in Selection(config, result.packs.rules).rules}
    files = result.statistics["files"]
    assert isinstance(files, int)
    applies = Applicability(calls, files, knowledge.needs(result.packs))
    return tuple(
        check(rule, rule.code in on, counts[rule.code], applies) for rule in result.packs.rules if rule.guide
    )


def _section(
    model: SectionModel, checks: Sequence[Check], people: Mapping[str, Attested], config: Config
) -> Section:
    own = tuple(one for one in checks if model.name in one.rule.guide)
    attested = tuple(people[known.key] for known in model.attestation)
    served = tuple(name for name in model.tables if name in config.tables)
    return Section(model, score(own), own, attested, served)


def _standard(model: StandardModel, checks: Sequence[Check], people: Mapping[str, Attested]) -> Standard:
    return Standard(
        model,
        tuple(
            Item(
                item,
                tuple(one for one in checks if item.id in _ids(one, model) or one.rule.code in item.rules),
                tuple(people[key] for key in item.attestations if key in people),
            )
            for item in model.item
        ),
    )


def _ids(one: Check, model: StandardModel) -> tuple[str, ...]:
    """The items of a standard that a rule itself names."""
    if model.of_rules == "cwe":
        return tuple(f"CWE-{number}" for number in one.rule.cwe)
    return one.rule.owasp if model.of_rules == "owasp" else ()
