"""PW703: one request for each item where one would do."""

from __future__ import annotations

from prodworthy.call import LlmCall
from prodworthy.finding import Severity, TraceStep
from prodworthy.rule import Report, Rule
from prodworthy_rules._wording import called
from prodworthy_rules.resilience._layers import place


def check(call: LlmCall, report: Report) -> None:
    """Report a call in a loop that sends one input at a time although its API takes many."""
    if not call.batches:
        return
    loop = call.around.one_at_a_time
    if loop is None:
        return
    report(
        call.span,
        f"{called(call)} sends one input in each turn of the loop{place(call, loop)}: "
        f"{call.batches} takes many at once",
        hint=f"collect the inputs and give {call.batches} a list of them",
        trace=(TraceStep(loop, "the loop"), TraceStep(call.span, "the call")),
        defect=loop,
    )


RULE = Rule(
    code="PW703",
    name="unbatched-calls",
    summary="Inputs sent one at a time in a loop where the API takes a list",
    severity=Severity.WARNING,
    default=True,
    guide=("Latency: batching",),
    cwe=(1050,),
    check_call=check,
)
