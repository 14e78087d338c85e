"""PW507: a person's name where an identifier belongs."""

from __future__ import annotations

from prodworthy.call import LlmCall
from prodworthy.finding import Confidence, Severity
from prodworthy.rule import Report, Rule
from prodworthy_rules._wording import called, listed

ROLES = {"end_user": "user identifier", "metadata": "metadata"}


def check(call: LlmCall, report: Report) -> None:
    """Report a call that names a person to the provider."""
    for role, parameter in ROLES.items():
        origins = [
            o for o in call.setting_origins(role) if o.personal and o.safe.isdisjoint(("redaction", "mask"))
        ]
        if origins:
            report(
                call.span,
                f"{called(call)} names a person in its {parameter}: {listed(origins)}",
                hint="send a stable pseudonym: an internal ID, or a keyed hash of the address",
                trace=origins[0].trace,
                context=f"{call.callee} {role}",
            )


RULE = Rule(
    code="PW507",
    name="pii-in-metadata",
    summary="An e-mail address or name as `user`, `metadata` or safety identifier",
    severity=Severity.WARNING,
    default=True,
    guide=("Security and compliance",),
    cwe=(359,),
    owasp=("LLM02",),
    confidence=Confidence.MEDIUM,
    check_call=check,
    sanitizer="redaction",
)
