"""PW201: a call that is sent once, whatever happens."""

from __future__ import annotations

from prodworthy.call import LlmCall
from prodworthy.finding import Confidence, Severity
from prodworthy.fix.remedy import Remedy, SetArgument
from prodworthy.rule import Report, Rule
from prodworthy_rules._wording import RAW_HTTP, called

_COUNTS = {"max_retries": 0, "num_retries": 0, "retry_count": 0, "attempts": 1, "max_attempts": 1}
"""Parameters that take a number, and by how much it is more than that of the retries."""

RUNS_LOCALLY = frozenset({"ollama"})
"""SDKs whose users run the server themselves, unless the code shows a public address."""


def check(call: LlmCall, report: Report) -> None:
    """Report a remote call that neither the SDK nor anything around it tries again."""
    by_default = call.retry.status == "sdk-default" and call.retry.value == 0 and call.client_seen
    if call.removed or call.guessed or call.output_cap.value == 1:
        return  # the API that replaces it retries; one token is asked for to see whether anybody answers
    if call.retry.status == "unknown":
        message = f"{called(call)} may be sent once only: {call.retry.reason}"
        report(call.span, message, hint="make sure that it is retried", confidence=Confidence.LOW)
    if _is_local(call) or not (call.retry.status == "none" or by_default):
        return
    sender = f"the {call.sdk} SDK sends it" if by_default else "a raw HTTP request is sent"
    message = f"{called(call)} is not retried: {sender} once, and nothing around it tries again"
    defect = call.client_span if by_default else call.around.function
    report(call.span, message, hint=_hint(call), defect=defect, fix=_remedy(call, report.policy.retries))


def _remedy(call: LlmCall, retries: int) -> Remedy | None:
    opening = call.retry_opening
    name = opening.names[0].rpartition(".")[2] if opening is not None else ""
    if opening is None or call.sdk == RAW_HTTP or name not in _COUNTS:
        return None
    value = retries + _COUNTS[name]
    return Remedy(f"Set `{opening.names[0]}={value}`", SetArgument(opening, str(value)))


def _is_local(call: LlmCall) -> bool:
    if call.local:
        return True
    address = call.setting("base_url").value
    kind = call.client_name.rpartition(".")[2].lower()
    return (call.sdk in RUNS_LOCALLY or any(sdk in kind for sdk in RUNS_LOCALLY)) and not (
        isinstance(address, str) and "://" in address
    )


def _hint(call: LlmCall) -> str:
    if call.retry_parameter and call.sdk != RAW_HTTP:  # an HTTP client repeats no 429 and no 5xx
        return f"set `{call.retry_parameter}`, or retry rate limits and server errors with growing waits"
    return "retry rate limits (429) and server errors (5xx) a few times, with growing waits"


RULE = Rule(
    code="PW201",
    name="missing-retry",
    summary="A call that is not retried when the provider limits it or fails",
    severity=Severity.WARNING,
    default=True,
    guide=("Rate limits",),
    cwe=(755,),
    check_call=check,
)
