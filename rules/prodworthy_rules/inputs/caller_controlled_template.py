"""PW406: templates that an outsider writes."""

from __future__ import annotations

from prodworthy.finding import Confidence, Severity
from prodworthy.rule import Module, Report, Rule
from prodworthy_rules._origins import OUTSIDE, check_sinks, unchecked


def check(module: Module, report: Report) -> None:
    """Report every template whose own text comes from outside."""
    check_sinks(
        module,
        report,
        ("template",),
        lambda sink: unchecked(sink.origins(), OUTSIDE),
        lambda sink, told: f"the template of `{sink.callee}` comes from outside: {told}",
        "keep templates in the program, and give what comes from outside to them as a value",
    )


RULE = Rule(
    code="PW406",
    name="caller-controlled-template",
    summary="The text of a template (`format`, jinja2, prompt template) that comes from a request",
    severity=Severity.ERROR,
    default=True,
    guide=("Safety best practices", "Security and compliance"),
    cwe=(1336,),
    owasp=("LLM01",),
    confidence=Confidence.MEDIUM,
    check_module=check,
    sanitizer="validation",
)
