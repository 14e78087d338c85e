"""The readiness report for programs, and for a later report to compare itself with."""

from __future__ import annotations

import json
from typing import TextIO

from prodworthy import __version__
from prodworthy.readiness.assessment import Assessment, Attested, Item, Section
from prodworthy.readiness.calls import CallFacts
from prodworthy.readiness.score import Check, Score
from prodworthy.readiness.trend import Trend
from prodworthy.report import calls
from prodworthy.report.json import VERSION, Json, finding_record, problem_record


def write(assessment: Assessment, out: TextIO) -> None:
    """Write one document."""
    subject = assessment.subject
    held, asked = assessment.answered
    document: Json = {
        "version": VERSION,
        "tool": {"name": "prodworthy", "version": __version__},
        "project": subject.project,
        "date": subject.date.isoformat(),
    }
    if subject.revision:
        document |= {"revision": subject.revision, "changed": subject.changed}
    document |= {
        "score": {"value": assessment.score.value, **_score(assessment.score)},
        "attestations": {"held": held, "asked": asked},
        "severities": {severity.value: count for severity, count in assessment.severities.items()},
        "sections": [_section(section) for section in assessment.sections],
        "standards": [
            {
                "name": standard.model.name,
                "title": standard.model.title,
                "url": standard.model.url,
                "items": [_item(item, standard.model.url) for item in standard.items],
            }
            for standard in assessment.standards
        ],
        "calls": [_call(fact) for fact in assessment.calls],
        "findings": [finding_record(finding) for finding in assessment.findings],
        "errors": [problem_record(problem) for problem in assessment.problems],
        "statistics": assessment.statistics,
    }
    if assessment.trend is not None:
        document["trend"] = _trend(assessment.trend)
    json.dump(document, out, indent=2, ensure_ascii=False)
    out.write("\n")


def _score(score: Score) -> Json:
    return {"clean": score.clean, "checks": score.counted}


def _section(section: Section) -> Json:
    record: Json = {"name": section.model.name, "score": section.score.value, **_score(section.score)}
    record["rules"] = [_check(check) for check in section.checks]
    record["attestations"] = [_attested(one) for one in section.attested]
    if section.served:
        record["served"] = list(section.served)
    return record


def _check(check: Check) -> Json:
    rule = check.rule
    return {"code": rule.code, "name": rule.name, "state": check.state.value, "findings": check.findings}


def _attested(one: Attested) -> Json:
    record: Json = {"key": one.model.key, "title": one.model.title, "state": one.state.value}
    if one.given is not None:
        record |= {
            "owner": one.given.owner,
            "date": one.given.date.isoformat(),
            "expires": one.given.expires.isoformat(),
        }
        record |= {name: text for name in ("evidence", "note") if (text := getattr(one.given, name))}
    return record


def _item(item: Item, url: str) -> Json:
    return {
        "id": item.model.id,
        "title": item.model.title,
        "url": item.model.url or url,
        "findings": item.findings,
        "rules": [check.rule.code for check in item.checks],
        "attestations": [one.model.key for one in item.attested],
    }


def _call(fact: CallFacts) -> Json:
    record = calls.record(fact.call)
    record["provider"] = fact.provider.id if fact.provider is not None else None
    if fact.provider is None:
        record["place"] = fact.place.value
    record |= {
        "bound": fact.bound.value,
        "completions": fact.completions,
        "worst_case_output_tokens": fact.worst_case,
        "data": [
            {"category": d.category, **({"element": d.element} if d.element else {}), "redacted": d.redacted}
            for d in fact.data
        ],
    }
    return record


def _trend(trend: Trend) -> Json:
    return {
        "points": [
            {"name": point.name, "score": point.score, "findings": point.total, "attested": point.attested}
            for point in trend.points
        ],
        "new": trend.new,
        "gone": trend.gone,
        "rules": {code: {"before": before, "now": now} for code, (before, now) in trend.codes.items()},
    }
