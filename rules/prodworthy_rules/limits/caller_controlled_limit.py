"""PW309: what a caller may spend."""

from __future__ import annotations

from prodworthy.call import LlmCall
from prodworthy.finding import Confidence, Severity
from prodworthy.rule import Report, Rule
from prodworthy_rules._origins import OUTSIDE
from prodworthy_rules._wording import called, listed

ROLES = {"model": "model", "output_cap": "output cap", "n": "number of completions"}
LIMITED = ("closed", "range", "validation", "length")
HINTS = {"model": "choose it from a set that the program knows (an enum, a `Literal`, a check)"}


def check(call: LlmCall, report: Report) -> None:
    """Report a call that lets a request decide what it costs."""
    for role, name in ROLES.items() if call.generates else ():
        origins = [o for o in call.setting_origins(role) if o.kind in OUTSIDE and o.safe.isdisjoint(LIMITED)]
        if origins:
            report(
                call.span,
                f"a request decides the {name} of {called(call)}: {listed(origins)}",
                hint=HINTS.get(role, "limit it: `min(value, LIMIT)`, or a field with `le=`"),
                trace=origins[0].trace,
                context=f"{call.callee} {role}",
            )


RULE = Rule(
    code="PW309",
    name="caller-controlled-limit",
    summary="The model, output cap or number of completions straight from a request",
    severity=Severity.WARNING,
    default=False,
    guide=("Cost: text generation",),
    cwe=(20,),
    owasp=("LLM10",),
    confidence=Confidence.MEDIUM,
    check_call=check,
    sanitizer="validation",
)
