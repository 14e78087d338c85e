"""PW211: as many requests at once as there are items."""

from __future__ import annotations

from prodworthy.call import LlmCall
from prodworthy.finding import Severity, TraceStep
from prodworthy.fix.remedy import LimitConcurrency, Remedy
from prodworthy.rule import Report, Rule
from prodworthy_rules._wording import called
from prodworthy_rules.resilience._layers import place


def check(call: LlmCall, report: Report) -> None:
    """Report a call that is started for every item of a collection at the same time."""
    fan = call.around.fan_out
    if fan is None or call.asynchronous is False:
        return
    most = report.policy.concurrency
    report(
        call.span,
        f"{called(call)} runs for all of `{fan.over}` at once{place(call, fan.span)}: "
        "nothing limits how many requests are under way",
        hint="take a semaphore around the call (`async with asyncio.Semaphore(8)`), or work in batches",
        trace=(TraceStep(fan.span, "all of them start here"), TraceStep(call.span, "the call")),
        defect=fan.span,
        fix=Remedy(f"Let {most} run at a time", LimitConcurrency(fan.span, most)),
    )


RULE = Rule(
    code="PW211",
    name="unbounded-concurrency",
    summary="Calls started for every item at once with nothing that limits how many run",
    severity=Severity.WARNING,
    default=True,
    guide=("Rate limits", "Vertical scaling"),
    cwe=(770,),
    owasp=("LLM10",),
    check_call=check,
)
