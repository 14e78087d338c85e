"""PW202: retries that somebody switched off."""

from __future__ import annotations

from prodworthy.call import LlmCall
from prodworthy.finding import Severity
from prodworthy.fix.remedy import DropArgument, Remedy
from prodworthy.rule import Report, Rule
from prodworthy_rules._wording import called, set_where, steps


def check(call: LlmCall, report: Report) -> None:
    """Report a call whose SDK would retry, had the code not forbidden it."""
    if call.retry.status != "disabled" or call.retry.reason or call.local:
        return
    report(
        call.span,
        f"{called(call)} is not retried: retries are switched off{set_where(call, call.retry)}",
        hint=f"drop {_parameter(call)}, or retry around the call with growing waits",
        trace=steps(call, call.retry, "retries are switched off here"),
        fix=_remedy(call),
        defect=call.retry.origin,
    )


def _remedy(call: LlmCall) -> Remedy | None:
    if call.retry.origin is None:
        return None
    return Remedy("Remove the argument that switches retries off", DropArgument(call.retry.origin))


def _parameter(call: LlmCall) -> str:
    return f"`{call.retry_parameter}`" if call.retry_parameter else "that setting"


RULE = Rule(
    code="PW202",
    name="disabled-retry",
    summary="Retries switched off with nothing in their place",
    severity=Severity.WARNING,
    default=True,
    one_per_origin=True,
    guide=("Rate limits",),
    cwe=(755,),
    check_call=check,
)
