"""PW401: text from outside that nobody looked at on its way into a prompt."""

from __future__ import annotations

from prodworthy.call import LlmCall
from prodworthy.finding import Confidence, Severity
from prodworthy.rule import Report, Rule
from prodworthy_rules._origins import OUTSIDE, unvalidated
from prodworthy_rules._wording import called, listed


def check(call: LlmCall, report: Report) -> None:
    """Report a call whose user prompt holds text from outside that nothing constrains."""
    origins = unvalidated(call.origins("user_prompt"), OUTSIDE)
    if origins:
        report(
            call.span,
            f"unvalidated input reaches the prompt of {called(call)}: {listed(origins)}",
            hint="limit its length and form before the call: a schema with `max_length`, a check, moderation",
            trace=origins[0].trace,
            defect=origins[0].span,
        )


RULE = Rule(
    code="PW401",
    name="unvalidated-input",
    summary="Text from a request, upload or message that reaches a prompt unvalidated",
    severity=Severity.WARNING,
    default=True,
    one_per_origin=True,
    guide=("Security and compliance", "Safety best practices"),
    cwe=(20,),
    owasp=("LLM01",),
    confidence=Confidence.MEDIUM,
    check_call=check,
    sanitizer="validation",
)
