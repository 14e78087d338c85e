"""PW606: answers that may have been cut off."""

from __future__ import annotations

from prodworthy.finding import Confidence, Severity
from prodworthy.rule import Module, Report, Rule
from prodworthy_rules._origins import MODEL, check_sinks, unchecked

REASONS = ("finish_reason", "stop_reason", "finishReason", "stopReason", "done_reason", "incomplete_details")


def check(module: Module, report: Report) -> None:
    """Report every answer that is parsed in a module which never asks whether it is complete."""
    if any(word in module.text for word in REASONS):
        return
    check_sinks(
        module,
        report,
        ("parse",),
        lambda sink: unchecked(sink.origins(), MODEL),
        lambda sink, told: f"`{sink.callee}` parses an answer that may be cut off: {told}",
        "read the finish reason first, and do not parse what ended at the token limit",
    )


RULE = Rule(
    code="PW606",
    name="unchecked-truncation",
    summary="A parsed answer whose finish reason nobody reads",
    severity=Severity.NOTE,
    default=False,
    guide=("Safety best practices",),
    cwe=(252,),
    owasp=("LLM05",),
    confidence=Confidence.MEDIUM,
    check_module=check,
)
