"""PW207: a call that can hang for ever."""

from __future__ import annotations

from prodworthy.call import LlmCall
from prodworthy.finding import Confidence, Severity
from prodworthy.fix.remedy import Remedy, SetArgument
from prodworthy.rule import Report, Rule
from prodworthy_rules._wording import called
from prodworthy_rules.resilience.missing_retry import RUNS_LOCALLY

HOUR = 3600
LOCALLY = 10
"""How many times longer a model on a machine of one's own may take."""
MEDIA = 3
"""How many times longer a picture or a recording may take."""


def check(call: LlmCall, report: Report) -> None:
    """Report a call without a timeout of its own whose client has none, or one of an hour and more."""
    default = call.timeout.value
    client = call.client_span
    if call.removed:
        return  # the API that replaces it has one
    if call.timeout.status == "unknown":
        message = f"{called(call)} may have no timeout: {call.timeout.reason}"
        report(call.span, message, hint="make sure that it has one", confidence=Confidence.LOW)
    if call.timeout.status == "none":
        message = "has no timeout: nothing sets one and this HTTP client waits for ever by default"
        client = None
    elif (
        call.timeout.status != "sdk-default" or not isinstance(default, (int, float)) or not call.client_seen
    ):
        return
    elif default < 0:
        message = f"has no timeout: nothing sets one and {call.sdk} waits for ever by default"
    elif default >= HOUR:
        message = f"waits up to {default:g} seconds: nothing sets a timeout and this is {call.sdk}'s default"
    else:
        return
    hint = f"set `{call.timeout_parameter or 'timeout'}` to the longest wait that still helps the user"
    report(
        call.span,
        f"{called(call)} {message}",
        hint=hint,
        defect=client,
        fix=_remedy(call, report.policy.timeout),
    )


def _remedy(call: LlmCall, seconds: int) -> Remedy | None:
    opening = call.timeout_opening
    if opening is None:
        return None
    if call.local or call.sdk in RUNS_LOCALLY:
        seconds *= LOCALLY
    elif call.api in ("images", "audio"):
        seconds *= MEDIA
    value = seconds * 1000 if opening.milliseconds else seconds
    return Remedy(f"Set `{opening.names[0]}={value}`", SetArgument(opening, str(value)))


RULE = Rule(
    code="PW207",
    name="missing-timeout",
    summary="A call that waits for ever because no timeout is set and the client has none",
    severity=Severity.WARNING,
    default=True,
    guide=("Security and compliance", "Latency: infrastructure"),
    cwe=(1088,),
    check_call=check,
)
