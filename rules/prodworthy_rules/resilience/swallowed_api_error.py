"""PW210: errors of the API that nobody will ever see."""

from __future__ import annotations

from prodworthy.call import LlmCall
from prodworthy.finding import Severity, TraceStep
from prodworthy.rule import Report, Rule
from prodworthy_rules._wording import called
from prodworthy_rules.resilience._layers import place


def check(call: LlmCall, report: Report) -> None:
    """Report a call whose errors are caught and dropped: no log, no raise, nothing in their place."""
    for swallow in call.around.swallows:
        instead = f"gives back `{swallow.result}`" if swallow.result else "goes on as if nothing had happened"
        report(
            call.span,
            f"errors of {called(call)} are dropped: the handler{place(call, swallow.span)} {instead}",
            hint="log the error or raise it again: a wrong key should not look like an empty answer",
            trace=(TraceStep(call.span, "the call"), TraceStep(swallow.span, "its errors end here")),
            defect=swallow.span,
        )


RULE = Rule(
    code="PW210",
    name="swallowed-api-error",
    summary="An error of the API caught and dropped without log, raise or fallback",
    severity=Severity.WARNING,
    default=True,
    guide=("Security and compliance",),
    cwe=(390,),
    check_call=check,
)
