"""PW807: an API that the SDK no longer has."""

from __future__ import annotations

from prodworthy.call import LlmCall
from prodworthy.finding import Severity
from prodworthy.fix.remedy import Remedy
from prodworthy.rule import Report, Rule
from prodworthy_rules._wording import called
from prodworthy_rules.operations._openai_legacy import migration


def check(call: LlmCall, report: Report) -> None:
    """Report a call that fails, or stops working, with the SDK that pip installs today."""
    if call.removed:
        report(
            call.span,
            f"{called(call)} is an API that the current {call.sdk} SDK no longer has",
            hint=f"use `{call.removed}`",
            fix=_remedy(call),
        )


def _remedy(call: LlmCall) -> Remedy | None:
    if call.sdk != "openai" or call.asynchronous:
        return None
    return Remedy("Move the file to the current API", migration(call.span))


RULE = Rule(
    code="PW807",
    name="legacy-sdk-api",
    summary="A call to an API that was removed from the current SDK",
    severity=Severity.ERROR,
    default=True,
    guide=("MLOps",),
    cwe=(477,),
    check_call=check,
)
