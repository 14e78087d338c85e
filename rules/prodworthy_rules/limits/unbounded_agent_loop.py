"""PW305: a model that decides how long it works."""

from __future__ import annotations

from prodworthy.call import LlmCall
from prodworthy.finding import Severity, TraceStep
from prodworthy.rule import Report, Rule
from prodworthy_rules._wording import called
from prodworthy_rules.resilience._layers import place


def check(call: LlmCall, report: Report) -> None:
    """Report a call that is repeated until its own answer ends that, and an agent without a step limit."""
    if not call.generates:
        return
    steps = call.setting("max_steps")
    loop = call.around.endless_loop
    if steps.status == "disabled":
        report(
            call.span,
            f"{called(call)} runs until the model stops: its step limit is switched off",
            hint="give the agent a number of steps after which it must answer",
            defect=steps.origin,
        )
    elif loop is not None:
        report(
            call.span,
            f"{called(call)} is repeated until its answer ends the loop{place(call, loop)}: "
            "nothing counts the turns",
            hint="loop over `range(limit)` and answer with what there is when the limit is reached",
            trace=(TraceStep(loop, "the loop"), TraceStep(call.span, "the call")),
            defect=loop,
        )


RULE = Rule(
    code="PW305",
    name="unbounded-agent-loop",
    summary="An agent, or a loop around a call, with no limit of steps",
    severity=Severity.WARNING,
    default=False,
    guide=("Cost: text generation",),
    cwe=(835,),
    owasp=("LLM10",),
    check_call=check,
)
