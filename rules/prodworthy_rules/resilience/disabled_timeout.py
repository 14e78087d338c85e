"""PW208: a timeout that somebody switched off."""

from __future__ import annotations

from prodworthy.call import LlmCall
from prodworthy.finding import Severity
from prodworthy.fix.remedy import DropArgument, Remedy, ReplaceNone
from prodworthy.rule import Report, Rule
from prodworthy_rules._wording import RAW_HTTP, called, set_where, steps


def check(call: LlmCall, report: Report) -> None:
    """Report a call whose client had a timeout until the code took it away."""
    if call.timeout.status != "disabled":
        return
    report(
        call.span,
        f"{called(call)} can hang for ever: its timeout is switched off{set_where(call, call.timeout)}",
        hint=f"give `{call.timeout_parameter or 'timeout'}` a number of seconds; a long one beats none",
        trace=steps(call, call.timeout, "the timeout is switched off here"),
        fix=_remedy(call, report.policy.timeout),
        defect=call.timeout.origin,
    )


def _remedy(call: LlmCall, seconds: int) -> Remedy | None:
    if call.timeout.origin is None:
        return None
    if call.sdk == RAW_HTTP:  # its default is made for web pages, too short for a model
        return Remedy(f"Set the timeout to {seconds} seconds", ReplaceNone(call.timeout.origin, str(seconds)))
    return Remedy("Remove the argument that switches the timeout off", DropArgument(call.timeout.origin))


RULE = Rule(
    code="PW208",
    name="disabled-timeout",
    summary="A timeout switched off on a client that had one",
    severity=Severity.WARNING,
    default=True,
    one_per_origin=True,
    guide=("Security and compliance", "Latency: infrastructure"),
    cwe=(1088,),
    check_call=check,
)
