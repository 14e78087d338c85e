"""PW403: documents that give orders."""

from __future__ import annotations

from prodworthy.call import LlmCall
from prodworthy.finding import Confidence, Severity
from prodworthy.rule import Report, Rule
from prodworthy_rules._origins import DOCUMENTS, unchecked
from prodworthy_rules._wording import called, listed


def check(call: LlmCall, report: Report) -> None:
    """Report a call whose system prompt holds text that somebody unknown wrote."""
    origins = unchecked(call.origins("system_prompt"), DOCUMENTS)
    if origins:
        report(
            call.span,
            f"a document becomes part of the system prompt of {called(call)}: {listed(origins)}",
            hint="put documents into a user message, between marks that say they are data",
            trace=origins[0].trace,
            defect=origins[0].span,
        )


RULE = Rule(
    code="PW403",
    name="untrusted-context-as-instructions",
    summary="Fetched pages, files or retrieved text inside a system prompt",
    severity=Severity.WARNING,
    default=False,
    guide=("Safety best practices",),
    cwe=(1427,),
    owasp=("LLM01",),
    confidence=Confidence.MEDIUM,
    check_call=check,
    sanitizer="validation",
)
