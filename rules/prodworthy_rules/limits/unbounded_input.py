"""PW306: text of any size in a prompt."""

from __future__ import annotations

from prodworthy.call import LlmCall, Origin
from prodworthy.finding import Confidence, Severity
from prodworthy.rule import Report, Rule
from prodworthy_rules._origins import DOCUMENTS, OUTSIDE
from prodworthy_rules._wording import called, listed


def _is_unbounded(origin: Origin) -> bool:
    long = origin.kind in OUTSIDE or (origin.kind in DOCUMENTS and origin.kind != "retrieval")
    return long and origin.safe.isdisjoint(("length", "closed"))


def check(call: LlmCall, report: Report) -> None:
    """Report a call whose prompt holds text that nothing limits."""
    origins = [o for o in call.origins("user_prompt", "system_prompt", "input") if _is_unbounded(o)]
    if origins:
        report(
            call.span,
            f"text of any size goes to {called(call)}: {listed(origins)}",
            hint="cut it, refuse what is too long, or split it and count the parts",
            trace=origins[0].trace,
            defect=origins[0].span,
        )


RULE = Rule(
    code="PW306",
    name="unbounded-input",
    summary="Text of any size (a request, a document, a page) placed in a prompt",
    severity=Severity.NOTE,
    default=False,
    guide=("Cost: text generation",),
    cwe=(770,),
    owasp=("LLM10",),
    confidence=Confidence.MEDIUM,
    check_call=check,
    sanitizer="length",
)
