"""PW304: several answers where one is paid for as several."""

from __future__ import annotations

from prodworthy.call import LlmCall
from prodworthy.finding import Severity
from prodworthy.rule import Report, Rule
from prodworthy_rules._wording import called, set_where, steps


def check(call: LlmCall, report: Report) -> None:
    """Report a generating call that asks for more than one completion."""
    wanted = call.setting("n")
    count = wanted.value
    if not call.generates or wanted.status != "set" or isinstance(count, bool) or not isinstance(count, int):
        return
    if count <= 1:
        return
    report(
        call.span,
        f"{called(call)} generates {count} completions{set_where(call, wanted)}: "
        f"output tokens cost {count} times as much",
        hint="ask for one completion, or for several suggestions inside one answer",
        trace=steps(call, wanted, f"{count} completions are asked for here"),
    )


RULE = Rule(
    code="PW304",
    name="multiple-completions",
    summary="A call that asks for more than one completion (`n`, `best_of`, candidate count)",
    severity=Severity.NOTE,
    default=False,
    guide=("Latency: fewer generated tokens",),
    owasp=("LLM10",),
    check_call=check,
)
