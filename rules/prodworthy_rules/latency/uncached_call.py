"""PW705: the same question, asked and paid for again."""

from __future__ import annotations

from prodworthy.call import LlmCall
from prodworthy.finding import Severity, TraceStep
from prodworthy.rule import Report, Rule
from prodworthy_rules._wording import called
from prodworthy_rules.resilience._layers import place


def check(call: LlmCall, report: Report) -> None:
    """Report a repeatable call made for requests, with no cache on the way to it."""
    why = _repeatable(call)
    if not why or call.removed:
        return
    handler = call.around.handler
    if handler is None or call.around.cached:
        return
    report(
        call.span,
        f"{called(call)} gives the same answer to the same input ({why}) and is asked anew by every "
        f"request to `{handler.name}`{place(call, handler.span)}",
        hint="keep its answers in a cache that all workers share, by model and input",
        trace=(TraceStep(handler.span, "the handler"), TraceStep(call.span, "the call")),
    )


def _repeatable(call: LlmCall) -> str:
    if call.api == "embeddings":
        return "embeddings do not change"
    temperature = call.setting("temperature")
    if call.generates and temperature.status == "set" and temperature.value == 0:
        return "temperature 0"
    return ""


RULE = Rule(
    code="PW705",
    name="uncached-call",
    summary="A deterministic, repeatable call with no cache",
    severity=Severity.NOTE,
    default=False,
    guide=("Caching",),
    cwe=(1050,),
    check_call=check,
)
