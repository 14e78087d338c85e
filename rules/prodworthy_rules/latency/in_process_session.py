"""PW707: a conversation that lives in one process."""

from __future__ import annotations

from prodworthy.call import LlmCall
from prodworthy.finding import Severity, TraceStep
from prodworthy.rule import Report, Rule
from prodworthy_rules._wording import called
from prodworthy_rules.resilience._layers import place


def check(call: LlmCall, report: Report) -> None:
    """Report a request handler that keeps its conversations in a global of the module."""
    shared = call.around.shared
    if shared is None:
        return
    report(
        call.span,
        f"{called(call)} takes its conversation from the global `{shared.name}`{place(call, shared.span)}, "
        "which no other worker has and no restart keeps",
        hint="keep conversations in a store that all workers share (Redis, a database), by user",
        trace=(TraceStep(shared.span, "the global"), TraceStep(call.span, "the call")),
        defect=shared.span,
    )


RULE = Rule(
    code="PW707",
    name="in-process-session",
    summary="Conversation state in a module global of a web application",
    severity=Severity.WARNING,
    default=False,
    guide=("Horizontal scaling",),
    cwe=(488,),
    check_call=check,
)
