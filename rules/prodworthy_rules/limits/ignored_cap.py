"""PW303: a cap that somebody wrote and the model never hears of."""

from __future__ import annotations

from prodworthy.call import LlmCall
from prodworthy.finding import Severity, TraceStep
from prodworthy.rule import Report, Rule
from prodworthy_rules._wording import called
from prodworthy_rules.resilience._layers import place


def check(call: LlmCall, report: Report) -> None:
    """Report a generating call without a cap beside which stands one that does not reach it."""
    if not call.generates or call.output_cap.status != "unset":
        return
    lost = call.around.lost_cap
    if lost is None:
        return
    report(
        call.span,
        f"{called(call)} has no output cap: `{lost.name}`{place(call, lost.span)} {WHY[lost.kind]}",
        hint=f"pass it on as `{call.cap_parameter}`" if call.cap_parameter else "pass it on to the model",
        trace=(TraceStep(lost.span, "the cap that is lost"), TraceStep(call.span, "the call")),
        defect=lost.span,
    )


WHY = {
    "parameter": "is accepted by its function and never used",
    "attribute": "is set on an object that does not read it",
    "name": "is a parameter that this SDK does not have",
}


RULE = Rule(
    code="PW303",
    name="ignored-cap",
    summary="An output cap that never reaches the model",
    severity=Severity.WARNING,
    default=True,
    guide=("Latency: fewer generated tokens", "Cost: text generation"),
    cwe=(1164,),
    owasp=("LLM10",),
    check_call=check,
)
