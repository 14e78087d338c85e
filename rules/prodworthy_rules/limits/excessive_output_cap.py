"""PW302: a cap that caps nothing."""

from __future__ import annotations

from prodworthy.call import LlmCall
from prodworthy.finding import Severity
from prodworthy.rule import Report, Rule
from prodworthy_rules._wording import called, set_where, steps

LIMIT = 8192
"""Tokens above which an answer is hardly ever read to its end."""


def check(call: LlmCall, report: Report) -> None:
    """Report a call whose output cap is higher than answers need to be."""
    cap = call.output_cap.value
    if call.output_cap.status != "set" or isinstance(cap, bool) or not isinstance(cap, int) or cap <= LIMIT:
        return
    report(
        call.span,
        f"{called(call)} may write {cap} tokens{set_where(call, call.output_cap)}, more than {LIMIT}",
        hint=f"set `{call.cap_parameter or 'the cap'}` near the longest answer you can use",
        trace=steps(call, call.output_cap, f"{cap} tokens are allowed here"),
    )


RULE = Rule(
    code="PW302",
    name="excessive-output-cap",
    summary="An output cap above 8192 tokens",
    severity=Severity.NOTE,
    default=False,
    guide=("Latency: fewer generated tokens", "Cost: text generation"),
    cwe=(770,),
    owasp=("LLM10",),
    check_call=check,
)
