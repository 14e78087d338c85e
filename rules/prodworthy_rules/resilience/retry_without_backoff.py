"""PW203: retries that do not wait longer from one to the next."""

from __future__ import annotations

from prodworthy.call import LlmCall
from prodworthy.circumstances import RetryLayer
from prodworthy.finding import Severity, TraceStep
from prodworthy.rule import Report, Rule
from prodworthy_rules._wording import called
from prodworthy_rules.resilience._layers import place


def check(call: LlmCall, report: Report) -> None:
    """Report a call that is sent again at once, or after the same short pause every time."""
    for layer in call.around.retries:
        if layer.dead or layer.wait not in ("none", "fixed") or _is_harmless(layer):
            continue
        pause = "at once" if layer.wait == "none" else f"after the same {layer.seconds:g} s every time"
        report(
            call.span,
            f"{called(call)} is sent again {pause} when it fails: the {layer.kind}{place(call, layer.span)} "
            "has no growing wait",
            hint="wait longer before each attempt, not equally long in every process (exponential, jitter)",
            trace=(TraceStep(layer.span, "it is tried again here"), TraceStep(call.span, "the call")),
            defect=layer.span,
        )


def _is_harmless(layer: RetryLayer) -> bool:
    """One more try, a pause long enough, or what it repeats has waited."""
    if layer.attempts is not None and layer.attempts <= ONE_MORE:
        return True
    if any(inner.wait == "growing" and not inner.dead for inner in layer.inside):
        return True
    if layer.wait == "none":
        return False
    return layer.seconds is None or layer.seconds >= LONG


ONE_MORE = 2
"""Attempts up to which there is no series of waits that could grow."""

LONG = 10
"""Seconds from which a pause of fixed length gives a rate limit the time to recover."""


RULE = Rule(
    code="PW203",
    name="retry-without-backoff",
    summary="A retry of a failed call with no growing wait before the next attempt",
    severity=Severity.WARNING,
    default=True,
    guide=("Rate limits",),
    cwe=(799,),
    check_call=check,
)
