"""PW301: an answer of any length."""

from __future__ import annotations

from prodworthy.call import LlmCall
from prodworthy.finding import Severity
from prodworthy.rule import Report, Rule
from prodworthy_rules._wording import called


def check(call: LlmCall, report: Report) -> None:
    """Report a generating call that no output cap reaches."""
    if not call.generates or call.output_cap.status != "unset":
        return
    cap = call.cap_parameter
    unset = f"nothing sets `{cap}`" if cap else "nothing limits its tokens"
    report(
        call.span,
        f"{called(call)} has no output cap: {unset}, so an answer can run to the model's own limit",
        hint=f"set `{cap}` to the longest answer you can use"
        if cap
        else "cap the tokens of the model behind it",
    )


RULE = Rule(
    code="PW301",
    name="unbounded-output",
    summary="A generating call with no effective cap on its output tokens",
    severity=Severity.WARNING,
    default=True,
    guide=("Latency: fewer generated tokens", "Cost: text generation"),
    cwe=(770,),
    owasp=("LLM10",),
    check_call=check,
)
