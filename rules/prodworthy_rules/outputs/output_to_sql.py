"""PW602: answers that are queries."""

from __future__ import annotations

from prodworthy.finding import Confidence, Severity
from prodworthy.rule import Module, Report, Rule
from prodworthy_rules._origins import MODEL, check_sinks, unchecked


def check(module: Module, report: Report) -> None:
    """Report every query that a model writes."""
    check_sinks(
        module,
        report,
        ("sql",),
        lambda sink: [o for o in unchecked(sink.origins(), MODEL) if o.safe.isdisjoint(("sql", "redaction"))],
        lambda sink, told: f"a model's text is run as SQL by `{sink.callee}`: {told}",
        "let the model fill parameters of fixed queries, or check the statement and use a read-only role",
    )


RULE = Rule(
    code="PW602",
    name="output-to-sql",
    summary="A model's text that is run as SQL",
    severity=Severity.ERROR,
    default=True,
    guide=("Safety best practices",),
    cwe=(89,),
    owasp=("LLM05",),
    confidence=Confidence.MEDIUM,
    check_module=check,
    sanitizer="sql",
)
