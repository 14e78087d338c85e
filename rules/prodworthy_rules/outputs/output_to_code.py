"""PW601: answers that are run."""

from __future__ import annotations

from prodworthy.finding import Confidence, Severity
from prodworthy.rule import Module, Report, Rule
from prodworthy_rules._origins import MODEL, check_sinks, unchecked

VERBS = {
    "code": "runs",
    "shell": "gives to a shell",
    "deserialize": "builds any object from",
    "template": "evaluates as a template",
}


def check(module: Module, report: Report) -> None:
    """Report every place that runs what a model writes."""
    check_sinks(
        module,
        report,
        ("code", "shell", "deserialize", "template"),
        lambda sink: [o for o in unchecked(sink.origins(), MODEL) if o.safe.isdisjoint(("shell",))],
        lambda sink, told: f"a model's text reaches `{sink.callee}`, which {VERBS[sink.kind]} it: {told}",
        "parse the answer as data; run what has to run in a sandbox without network and secrets",
    )


RULE = Rule(
    code="PW601",
    name="output-to-code",
    summary="A model's text that is evaluated, run, unpickled or used as a template",
    severity=Severity.ERROR,
    default=True,
    guide=("Safety best practices",),
    cwe=(94,),
    owasp=("LLM05",),
    confidence=Confidence.MEDIUM,
    check_module=check,
    sanitizer="shell",
)
