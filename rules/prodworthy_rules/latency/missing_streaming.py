"""PW704: somebody who waits sees nothing until the last word is written."""

from __future__ import annotations

from prodworthy.call import LlmCall
from prodworthy.finding import Severity, TraceStep
from prodworthy.rule import Report, Rule
from prodworthy_rules._wording import called
from prodworthy_rules.resilience._layers import place

WRITING = frozenset({"chat", "completion", "responses", "messages", "converse"})
SHORT = 256
"""Tokens of an answer that is there before anybody waits."""


def check(call: LlmCall, report: Report) -> None:
    """Report a handler that waits for a long answer which its API could stream."""
    if call.api not in WRITING or call.setting("stream").status != "unset" or call.removed:
        return
    cap = call.output_cap.value
    if isinstance(cap, int) and cap <= SHORT:
        return
    if any(call.setting(role).status != "unset" for role in ("tools", "response_format")):
        return
    handler = call.around.handler
    if handler is None:
        return
    report(
        call.span,
        f"`{handler.name}`{place(call, handler.span)} waits for the whole answer of {called(call)} "
        "before its user sees a word",
        hint="stream the answer on to the user (`stream=True` or the SDK's streaming method)",
        trace=(TraceStep(handler.span, "the handler"), TraceStep(call.span, "the call")),
    )


RULE = Rule(
    code="PW704",
    name="missing-streaming",
    summary="An interactive handler that waits for the whole answer",
    severity=Severity.NOTE,
    default=False,
    guide=("Latency: streaming",),
    cwe=(1088,),
    check_call=check,
)
