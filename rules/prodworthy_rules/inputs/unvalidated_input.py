"""PW401: text from outside that nobody looked at on its way into a prompt."""

from __future__ import annotations

from prodworthy.call import LlmCall
from prodworthy.finding import Confidence, Severity
from prodworthy.rule import Report, Rule
from prodworthy_rules._wording import called, listed

OUTSIDE = frozenset({"request", "upload", "message"})
"""Kinds of origin that somebody else decides; ``argv`` and ``input`` are the user's own machine."""


def check(call: LlmCall, report: Report) -> None:
    """Report a call whose user prompt holds text from outside that nothing constrains."""
    origins = [o for o in call.origins("user_prompt") if o.kind in OUTSIDE and not o.validated]
    if not origins:
        return
    report(
        call.span,
        f"unvalidated input reaches the prompt of {called(call)}: {listed(origins)}",
        hint="limit its length and form before the call: a schema with `max_length`, a check, or moderation",
        trace=origins[0].trace,
    )


RULE = Rule(
    code="PW401",
    name="unvalidated-input",
    summary="Text from a request, upload or message that reaches a prompt unvalidated",
    severity=Severity.WARNING,
    default=True,
    guide=("Security and compliance", "Safety best practices"),
    cwe=(20,),
    owasp=("LLM01",),
    confidence=Confidence.MEDIUM,
    check_call=check,
)
