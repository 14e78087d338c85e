"""PW402: instructions that an outsider can write."""

from __future__ import annotations

from prodworthy.call import LlmCall
from prodworthy.finding import Confidence, Severity
from prodworthy.rule import Report, Rule
from prodworthy_rules._origins import OUTSIDE, unchecked
from prodworthy_rules._wording import called, listed


def check(call: LlmCall, report: Report) -> None:
    """Report a call whose system prompt holds text from outside."""
    origins = unchecked(call.origins("system_prompt"), OUTSIDE)
    if origins:
        report(
            call.span,
            f"text from outside becomes part of the system prompt of {called(call)}: {listed(origins)}",
            hint="put it into a user message, or choose from a closed set (an enum, a dict of texts)",
            trace=origins[0].trace,
            defect=origins[0].span,
        )


RULE = Rule(
    code="PW402",
    name="untrusted-system-prompt",
    summary="Text from a request, upload or message inside a system prompt",
    severity=Severity.ERROR,
    default=True,
    one_per_origin=True,
    guide=("Safety best practices",),
    cwe=(1427,),
    owasp=("LLM01",),
    confidence=Confidence.MEDIUM,
    check_call=check,
    sanitizer="validation",
)
