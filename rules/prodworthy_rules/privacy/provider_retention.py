"""PW505: conversations that stay with the provider."""

from __future__ import annotations

from prodworthy.call import LlmCall
from prodworthy.finding import Confidence, Severity
from prodworthy.rule import Report, Rule
from prodworthy_rules._wording import called, set_where

KEPT = ("files.create", "files.upload", "threads.create", "vector_stores.create", "conversations.create")


def check(call: LlmCall, report: Report) -> None:
    """Report a call that asks the provider to keep what it is sent."""
    if call.setting("store").value is True:
        report(
            call.span,
            f"{called(call)} asks the provider to store what is said{set_where(call, call.setting('store'))}",
            hint="leave `store` off unless somebody needs what is stored, and delete it then",
        )
    elif call.method.endswith(KEPT):
        report(
            call.span,
            f"{called(call)} leaves data with the provider until somebody deletes it",
            hint="set an expiry or delete it when it is no longer needed, and say so in the privacy notice",
        )


RULE = Rule(
    code="PW505",
    name="provider-retention",
    summary="Storage at the provider switched on (`store=True`, files, threads)",
    severity=Severity.NOTE,
    default=False,
    guide=("Security and compliance",),
    cwe=(359,),
    owasp=("LLM02",),
    confidence=Confidence.MEDIUM,
    check_call=check,
)
