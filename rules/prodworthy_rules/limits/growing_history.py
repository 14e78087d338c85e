"""PW308: every turn sends all the turns before it."""

from __future__ import annotations

from prodworthy.call import LlmCall
from prodworthy.finding import Severity, TraceStep
from prodworthy.rule import Report, Rule
from prodworthy_rules._wording import called
from prodworthy_rules.resilience._layers import place


def check(call: LlmCall, report: Report) -> None:
    """Report a conversation that code adds to from turn to turn and nothing ever shortens."""
    if not call.generates:
        return
    history = call.around.growing
    if history is None:
        return
    report(
        call.span,
        f"{called(call)} sends `{history.name}`, which only grows{place(call, history.span)}: "
        "each turn costs more than the one before, until the context is full",
        hint="keep the last turns, or a summary of the older ones, within a budget of tokens",
        trace=(TraceStep(history.span, "it grows here"), TraceStep(call.span, "the call")),
        defect=history.span,
    )


RULE = Rule(
    code="PW308",
    name="growing-history",
    summary="A conversation that only grows between calls",
    severity=Severity.NOTE,
    default=False,
    guide=("Cost: text generation",),
    cwe=(770,),
    owasp=("LLM10",),
    check_call=check,
)
