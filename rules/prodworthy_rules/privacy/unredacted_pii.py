"""PW502: personal data that leaves for a provider as it is."""

from __future__ import annotations

from prodworthy.call import LlmCall, Origin
from prodworthy.finding import Confidence, Severity
from prodworthy.rule import Report, Rule
from prodworthy_rules._wording import called, listed

ROLES = ("user_prompt", "system_prompt", "input")
_SURE = [Confidence.LOW, Confidence.MEDIUM, Confidence.HIGH]


def _elements(origins: list[Origin]) -> str:
    return ", ".join(dict.fromkeys(origin.personal.replace("_", " ") for origin in origins))


def check(call: LlmCall, report: Report) -> None:
    """Report every part of a call that holds personal data with no redaction on the way."""
    for role in ROLES:
        if origins := [o for o in call.origins(role) if o.personal and not o.redacted]:
            report(
                call.span,
                f"personal data reaches {called(call)} unredacted: {listed(origins)} ({_elements(origins)})",
                hint="leave it out if the model can do without it; otherwise redact it before the call",
                confidence=max((Confidence(o.confidence) for o in origins), key=_SURE.index),
                trace=origins[0].trace,
                context=f"{call.callee} {role} {_elements(origins)}",
            )


RULE = Rule(
    code="PW502",
    name="unredacted-pii",
    summary="A personal value (by type, name, column or field) that reaches a provider unredacted",
    severity=Severity.WARNING,
    default=True,
    guide=("Security and compliance",),
    cwe=(359,),
    owasp=("LLM02",),
    confidence=Confidence.MEDIUM,
    check_call=check,
    sanitizer="redaction",
)
