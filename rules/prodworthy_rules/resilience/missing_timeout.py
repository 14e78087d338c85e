"""PW207: a call that can hang for ever."""

from __future__ import annotations

from prodworthy.call import LlmCall
from prodworthy.finding import Severity
from prodworthy.rule import Report, Rule

HOUR = 3600


def check(call: LlmCall, report: Report) -> None:
    """Report a call without a timeout of its own whose client has none, or one of an hour and more."""
    if call.timeout.status == "none":
        why = "nothing sets one and this HTTP client has none by default"
    elif call.timeout.status == "sdk-default" and _endless(call.timeout.value):
        why = f"nothing sets one and {call.sdk} {_default(call.timeout.value)}"
    else:
        return
    hint = f"set `{call.timeout_parameter or 'timeout'}` to the longest wait that still helps the user"
    report(call.span, f"`{call.callee}` has no timeout: {why}", hint=hint)


def _endless(value: object) -> bool:
    return isinstance(value, (int, float)) and (value < 0 or value >= HOUR)


def _default(value: object) -> str:
    return (
        f"waits {value:g} seconds by default"
        if isinstance(value, (int, float)) and value > 0
        else ("waits for ever by default")
    )


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
