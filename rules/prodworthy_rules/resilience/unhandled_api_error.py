"""PW209: errors of the API that reach the user."""

from __future__ import annotations

from prodworthy.call import LlmCall
from prodworthy.finding import Severity
from prodworthy.rule import Report, Rule
from prodworthy_rules._wording import called


def check(call: LlmCall, report: Report) -> None:
    """Report a call on the way of a request whose errors nothing in the handler's code catches."""
    if call.around.handled is False:
        report(
            call.span,
            f"an error of {called(call)} leaves the request handler: nothing on the way catches it",
            hint="catch the SDK's errors and answer with a fallback, or with 503 and when to try again",
        )


RULE = Rule(
    code="PW209",
    name="unhandled-api-error",
    summary="A request handler that lets errors of the API escape",
    severity=Severity.NOTE,
    default=False,
    guide=("Security and compliance",),
    cwe=(755,),
    check_call=check,
)
