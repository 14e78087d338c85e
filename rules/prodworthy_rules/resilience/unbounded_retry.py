"""PW204: retries without an end."""

from __future__ import annotations

from prodworthy.call import LlmCall
from prodworthy.finding import Severity, TraceStep
from prodworthy.rule import Report, Rule
from prodworthy_rules._wording import called
from prodworthy_rules.resilience._layers import place


def check(call: LlmCall, report: Report) -> None:
    """Report a call that is sent again until it succeeds, however long that takes."""
    for layer in call.around.retries:
        if layer.bounded is not False or layer.dead:
            continue
        report(
            call.span,
            f"{called(call)} is tried again for ever: the {layer.kind}{place(call, layer.span)} "
            "limits neither attempts nor time",
            hint="stop after a few attempts and let the error out",
            trace=(TraceStep(layer.span, "it is tried again here"), TraceStep(call.span, "the call")),
            defect=layer.span,
        )


RULE = Rule(
    code="PW204",
    name="unbounded-retry",
    summary="A retry of a failed call that limits neither attempts nor time",
    severity=Severity.WARNING,
    default=True,
    guide=("Rate limits",),
    cwe=(835,),
    owasp=("LLM10",),
    check_call=check,
)
