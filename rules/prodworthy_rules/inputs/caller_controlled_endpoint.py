"""PW404: requests that go where an outsider says, key included."""

from __future__ import annotations

from prodworthy.call import LlmCall
from prodworthy.finding import Confidence, Severity
from prodworthy.rule import Report, Rule
from prodworthy_rules._origins import OUTSIDE, unchecked
from prodworthy_rules._wording import called, listed

ROLES = ("base_url", "url")


def check(call: LlmCall, report: Report) -> None:
    """Report a call whose address comes from outside."""
    origins = unchecked((o for role in ROLES for o in call.setting_origins(role)), OUTSIDE)
    if origins:
        report(
            call.span,
            f"{called(call)} sends its request and the key to an address from outside: {listed(origins)}",
            hint="choose the address from a list of known providers",
            trace=origins[0].trace,
            defect=origins[0].span,
        )


RULE = Rule(
    code="PW404",
    name="caller-controlled-endpoint",
    summary="A base URL, proxy or address of the model that comes from a request",
    severity=Severity.ERROR,
    default=False,
    guide=("Security and compliance",),
    cwe=(918,),
    owasp=("LLM02",),
    confidence=Confidence.MEDIUM,
    check_call=check,
    sanitizer="validation",
)
