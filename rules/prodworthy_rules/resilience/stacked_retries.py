"""PW206: retries of retries."""

from __future__ import annotations

from prodworthy.call import LlmCall
from prodworthy.finding import Severity, TraceStep
from prodworthy.rule import Report, Rule
from prodworthy_rules._wording import called
from prodworthy_rules.resilience._layers import place


def check(call: LlmCall, report: Report) -> None:
    """Report a call whose attempts are multiplied by more than one layer of retries."""
    stacks = [(*layer.inside, layer) for layer in call.around.retries if not layer.dead]
    inner = call.sdk_retries or 0
    layers = [layer for layer in max(stacks, key=len, default=()) if not layer.dead]
    if not layers or len(layers) + (inner > 0) < 2:
        return
    counts = [layer.attempts for layer in layers]
    known = [count for count in counts if count is not None]
    total = inner + 1
    for count in known:
        total *= count
    times = f"up to {total} times" if len(known) == len(counts) else f"{total} times and more"
    times = times if total > 1 else "any number of times"
    parts = [f"the {layer.kind}{place(call, layer.span)}" for layer in layers]
    if inner:
        parts.append(f"the {call.sdk} SDK itself ({inner} retries)")
    report(
        call.span,
        f"{called(call)} can be sent {times}: {' and '.join(parts)} retry it",
        hint=f"retry in one place: set `{call.retry_parameter or 'max_retries'}` to 0 where others retry",
        trace=(*(TraceStep(layer.span, "retries") for layer in layers), TraceStep(call.span, "the call")),
    )


RULE = Rule(
    code="PW206",
    name="stacked-retries",
    summary="Retries multiplied by layers: a decorator or loop around an SDK that retries itself",
    severity=Severity.NOTE,
    default=False,
    guide=("Rate limits",),
    cwe=(799,),
    owasp=("LLM10",),
    check_call=check,
)
