"""PW603: answers that are pages."""

from __future__ import annotations

from prodworthy.finding import Confidence, Severity
from prodworthy.rule import Module, Report, Rule
from prodworthy_rules._origins import MODEL, check_sinks, unchecked


def check(module: Module, report: Report) -> None:
    """Report every page that shows a model's text unescaped."""
    check_sinks(
        module,
        report,
        ("html",),
        lambda sink: [o for o in unchecked(sink.origins(), MODEL) if o.safe.isdisjoint(("html",))],
        lambda sink, told: f"a model's text is shown as HTML by `{sink.callee}`: {told}",
        "escape it, or render its Markdown and clean the result (`nh3.clean`)",
    )


RULE = Rule(
    code="PW603",
    name="output-to-html",
    summary="A model's text marked as safe HTML or rendered unescaped",
    severity=Severity.ERROR,
    default=True,
    guide=("Safety best practices",),
    cwe=(79,),
    owasp=("LLM05",),
    confidence=Confidence.MEDIUM,
    check_module=check,
    sanitizer="html",
)
