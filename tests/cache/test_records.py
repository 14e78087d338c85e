"""A stored outcome is the outcome: no field of a finding or call is forgotten."""

from __future__ import annotations

import json
from dataclasses import fields

from prodworthy.cache import records
from prodworthy.finding import Applicability, Confidence, Edit, Finding, Fix, Severity, Span, TraceStep
from prodworthy.outcome import Outcome

SOURCE = "ask('the text of a prompt', 5)\n"
AT = Span("a.py", 1, 5, 1, 9, cell=3)
FULL = Finding(
    code="PW301",
    name="rule",
    message="told",
    span=AT,
    severity=Severity.ERROR,
    confidence=Confidence.MEDIUM,
    hint="hint",
    trace=(TraceStep(AT, "here", "app.ask"),),
    fix=Fix("mend", (Edit(AT, "ask('the text of a prompt', 5, limit=1)"),), Applicability.SAFE),
    cwe=(1, 2),
    owasp=("LLM01",),
    url="https://example.com",
    secret="0" * 40,
    context="ask('the text of a prompt', 5)",
)


def test_every_field_of_a_finding_comes_back() -> None:
    unset = {f.name for f in fields(Finding) if getattr(FULL, f.name) == f.default} - {"identity"}
    assert unset == set(), "give FULL a value for it, and `records` a place"
    outcome = Outcome("a.py", (FULL,), call_count=3, suppressed=2, analysed=True, passed_over="because")
    text = json.dumps(records.to_json(outcome, lambda _: SOURCE))
    assert "prompt" not in text
    back = records.from_json("a.py", json.loads(text), lambda _: SOURCE)
    (finding,) = back.findings
    assert {f.name for f in fields(Finding) if getattr(finding, f.name) != getattr(FULL, f.name)} == {
        "context",
        "identity",
    }
    assert finding.fingerprint == FULL.fingerprint
    assert (back.call_count, back.suppressed, back.analysed, back.passed_over) == (3, 2, True, "because")
