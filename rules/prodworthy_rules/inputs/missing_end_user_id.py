"""PW407: calls made for users whom the provider cannot tell apart."""

from __future__ import annotations

from prodworthy.call import LlmCall
from prodworthy.finding import Confidence, Severity
from prodworthy.rule import Report, Rule
from prodworthy_rules._origins import OUTSIDE
from prodworthy_rules._wording import called


def check(call: LlmCall, report: Report) -> None:
    """Report a call with a user's text that could name the user and does not."""
    if "end_user" not in call.settings or call.setting("end_user").status != "unset":
        return
    origins = [o for o in call.origins("user_prompt") if o.kind in OUTSIDE]
    if origins:
        report(
            call.span,
            f"{called(call)} is made for a user and does not say which",
            hint="pass a hashed user ID, so that one user's abuse does not cost every user the access",
            trace=origins[0].trace,
        )


RULE = Rule(
    code="PW407",
    name="missing-end-user-id",
    summary="A call made for a user of the application without an identifier of that user",
    severity=Severity.NOTE,
    default=False,
    guide=("Safety best practices",),
    cwe=(),
    owasp=("LLM10",),
    confidence=Confidence.MEDIUM,
    check_call=check,
)
