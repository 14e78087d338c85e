"""PW205: a retry that can never fire."""

from __future__ import annotations

from prodworthy.call import LlmCall
from prodworthy.finding import Severity, TraceStep
from prodworthy.rule import Report, Rule
from prodworthy_rules._wording import called
from prodworthy_rules.resilience._layers import place


def check(call: LlmCall, report: Report) -> None:
    """Report a call whose retry never sees the errors it waits for."""
    for layer in call.around.retries:
        if layer.swallowed_at is not None:
            why = f"an error handler{place(call, layer.swallowed_at)} keeps its errors from it"
            hint = "let the handler raise the error again, or retry inside it"
            cause = TraceStep(layer.swallowed_at, "the errors end here")
        elif layer.foreign:
            why = f"it waits for `{layer.foreign}`, which the {call.sdk} SDK never raises"
            hint = f"wait for the errors of the {call.sdk} SDK: rate limits, timeouts, server errors"
            cause = TraceStep(layer.span, "it waits for another library's error")
        else:
            continue
        report(
            call.span,
            f"the retry{place(call, layer.span)} around {called(call)} never fires: {why}",
            hint=hint,
            trace=(cause, TraceStep(call.span, "the call")),
            defect=layer.span,
        )


RULE = Rule(
    code="PW205",
    name="dead-retry",
    summary="A retry that cannot fire: the errors it waits for never reach it",
    severity=Severity.WARNING,
    default=True,
    guide=("Rate limits",),
    cwe=(390,),
    check_call=check,
)
