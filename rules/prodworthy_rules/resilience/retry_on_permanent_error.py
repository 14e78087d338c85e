"""PW212: retries of what fails every time."""

from __future__ import annotations

from prodworthy.call import LlmCall
from prodworthy.finding import Severity, TraceStep
from prodworthy.rule import Report, Rule
from prodworthy_rules._wording import called
from prodworthy_rules.resilience._layers import place


def check(call: LlmCall, report: Report) -> None:
    """Report a call that is sent again after errors that no further attempt can mend."""
    for layer in call.around.retries:
        named = [name for name in layer.catches if name.rpartition(".")[2] in PERMANENT]
        everything = EVERYTHING.intersection(layer.catches)
        if layer.dead or not (named or everything):
            continue
        which = (
            f"`{named[0].rpartition('.')[2]}`" if named else "every error, a wrong key or request included"
        )
        report(
            call.span,
            f"{called(call)} is sent again after {which}: the {layer.kind}{place(call, layer.span)} "
            "does not tell what can pass from what cannot",
            hint="retry rate limits, timeouts and server errors only",
            trace=(TraceStep(layer.span, "it is tried again here"), TraceStep(call.span, "the call")),
            defect=layer.span,
        )


EVERYTHING = frozenset({"builtins.Exception", "builtins.BaseException"})
PERMANENT = frozenset(
    {
        "AuthenticationError",
        "BadRequestError",
        "InvalidRequestError",
        "NotFoundError",
        "PermissionDeniedError",
        "PermissionError",
        "UnprocessableEntityError",
    }
)
"""Errors that come again however often the same request is sent, by the names SDKs give them."""


RULE = Rule(
    code="PW212",
    name="retry-on-permanent-error",
    summary="A retry after errors that no further attempt can mend (wrong key, bad request)",
    severity=Severity.NOTE,
    default=False,
    guide=("Rate limits",),
    cwe=(755,),
    check_call=check,
)
