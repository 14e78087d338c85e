"""PW701: everybody waits for one answer."""

from __future__ import annotations

from prodworthy.call import LlmCall
from prodworthy.finding import Severity, TraceStep
from prodworthy.rule import Report, Rule
from prodworthy_rules._wording import RAW_HTTP, called
from prodworthy_rules.resilience._layers import place


def check(call: LlmCall, report: Report) -> None:
    """Report a synchronous call that an event loop has to wait for."""
    holder = call.around.blocked if call.asynchronous is False else None
    if holder is None:
        return
    direct = holder.path == call.span.path and holder.line <= call.span.line <= holder.end_line
    report(
        call.span,
        f"{called(call)} is synchronous and {'stands in' if direct else 'is reached from'} "
        f"an `async def`{place(call, holder)}: the event loop serves nobody else until it answers",
        hint="use an asynchronous HTTP client and await it, or hand the request to `asyncio.to_thread`"
        if call.sdk == RAW_HTTP
        else "use the SDK's asynchronous client and await it, or hand the call to `asyncio.to_thread`",
        trace=() if direct else (TraceStep(holder, "the event loop"), TraceStep(call.span, "the call")),
        defect=holder,
    )


RULE = Rule(
    code="PW701",
    name="blocking-call-in-async",
    summary="A synchronous call inside `async def`, which stops the event loop",
    severity=Severity.WARNING,
    default=True,
    guide=("Vertical scaling",),
    cwe=(1088,),
    check_call=check,
)
