"""PW208: a timeout that somebody switched off."""

from __future__ import annotations

from prodworthy.call import LlmCall
from prodworthy.finding import Severity
from prodworthy.rule import Report, Rule
from prodworthy_rules._wording import called, set_where, steps


def check(call: LlmCall, report: Report) -> None:
    """Report a call whose client had a timeout until the code took it away."""
    if call.timeout.status != "disabled":
        return
    report(
        call.span,
        f"{called(call)} can hang for ever: its timeout is switched off{set_where(call, call.timeout)}",
        hint=f"give `{call.timeout_parameter or 'timeout'}` a number of seconds; a long one beats none",
        trace=steps(call, call.timeout, "the timeout is switched off here"),
        defect=call.timeout.origin,
    )


RULE = Rule(
    code="PW208",
    name="disabled-timeout",
    summary="A timeout switched off on a client that had one",
    severity=Severity.WARNING,
    default=True,
    guide=("Security and compliance", "Latency: infrastructure"),
    cwe=(1088,),
    check_call=check,
)
