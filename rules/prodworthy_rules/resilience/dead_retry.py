"""PW205: a retry that can never fire."""

from __future__ import annotations

from prodworthy.call import LlmCall
from prodworthy.circumstances import RetryLayer
from prodworthy.finding import Severity, TraceStep
from prodworthy.rule import Report, Rule
from prodworthy_rules._wording import called
from prodworthy_rules.resilience._layers import place


def check(call: LlmCall, report: Report) -> None:
    """Report a call whose retry never sees the errors it waits for."""
    dead = [layer for layer in call.around.retries if layer.dead]
    if not dead:
        return
    layer = dead[0]
    why, hint, cause = _why(call, layer)
    others = [TraceStep(other.span, "this retry never fires either") for other in dead[1:]]
    report(
        call.span,
        f"the retry{place(call, layer.span)} around {called(call)} never fires: {why}",
        hint=hint,
        trace=(cause, TraceStep(call.span, "the call"), *others),
        defect=layer.span,
    )


def _why(call: LlmCall, layer: RetryLayer) -> tuple[str, str, TraceStep]:
    """What keeps it from firing, what to do about it, and where that is."""
    if layer.unawaited:
        return (
            "it is synchronous and decorates an `async def`, which returns before the call is sent",
            "use a retry that awaits (`tenacity.retry`, `backoff`, `stamina`)",
            TraceStep(layer.span, "it returns at once"),
        )
    if layer.swallowed_at is not None:
        return (
            f"an error handler{place(call, layer.swallowed_at)} keeps its errors from it",
            "let the handler raise the error again, or retry inside it",
            TraceStep(layer.swallowed_at, "the errors end here"),
        )
    return (
        f"it waits for `{layer.foreign.removeprefix('builtins.')}`, which the {call.sdk} SDK never raises",
        f"wait for the errors of the {call.sdk} SDK: rate limits, timeouts, server errors",
        TraceStep(layer.span, "it waits for another library's error"),
    )


RULE = Rule(
    code="PW205",
    name="dead-retry",
    summary="A retry that cannot fire: the errors it waits for never reach it",
    severity=Severity.WARNING,
    default=True,
    one_per_origin=True,
    guide=("Rate limits",),
    cwe=(390,),
    check_call=check,
)
