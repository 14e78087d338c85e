"""PW504: prompts and answers that stay in a log."""

from __future__ import annotations

from prodworthy.call import Origin
from prodworthy.finding import Confidence, Severity
from prodworthy.rule import Module, Report, Rule
from prodworthy.testfile import is_test
from prodworthy_rules._origins import OUTSIDE
from prodworthy_rules._wording import listed


def _is_private(origin: Origin) -> bool:
    return origin.kind in OUTSIDE or bool(origin.personal)


def _is_kept(origin: Origin) -> bool:
    return (
        not origin.redacted
        and not origin.number
        and origin.safe.isdisjoint(("length", "closed", "mask", "number"))
    )


def check(module: Module, report: Report) -> None:
    """Report every log entry that holds a model's answer, or outside text that also goes to a model."""
    if is_test(module.path) or not module.calls:
        return
    sent = {o.span for call in module.calls for o in call.origins() if _is_private(o)}
    for sink in module.sinks("log"):
        if sink.handling:
            continue  # what went wrong is worth a line
        origins = [o for o in sink.origins() if _is_kept(o) and (o.kind == "model-output" or o.span in sent)]
        if origins:
            what = "a model's answer" if origins[0].kind == "model-output" else "a prompt's text"
            report(
                sink.span,
                f"{what} is written to the log by `{sink.callee}`: {listed(origins)}",
                hint="log its length, an identifier or a redacted text; keep whole conversations out of logs",
                trace=origins[0].trace,
                defect=origins[0].span,
            )


RULE = Rule(
    code="PW504",
    name="logged-prompt",
    summary="Prompts or answers that are written to a log unredacted",
    severity=Severity.WARNING,
    default=False,
    guide=("Security and compliance",),
    cwe=(532,),
    owasp=("LLM02",),
    confidence=Confidence.MEDIUM,
    check_module=check,
    sanitizer="redaction",
)
