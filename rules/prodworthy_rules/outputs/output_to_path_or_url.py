"""PW605: answers that choose files and addresses."""

from __future__ import annotations

from prodworthy.call import Origin
from prodworthy.finding import Confidence, Severity
from prodworthy.rule import Module, Report, Rule
from prodworthy.sink import Sink
from prodworthy_rules._origins import MODEL, check_sinks, unchecked


def _chosen(sink: Sink) -> list[Origin]:
    if sink.fixed:
        return []  # only the query after a host of the program's own
    return [o for o in unchecked(sink.origins(), MODEL) if o.safe.isdisjoint(("path", "redaction"))]


def check(module: Module, report: Report) -> None:
    """Report every file or address that a model chooses."""
    check_sinks(
        module,
        report,
        ("path", "url"),
        _chosen,
        lambda sink, told: f"a model's text chooses what `{sink.callee}` opens: {told}",
        "build names of your own, or check the result against a folder or a list of hosts",
    )


RULE = Rule(
    code="PW605",
    name="output-to-path-or-url",
    summary="A model's text as a file path or as an address to fetch",
    severity=Severity.WARNING,
    default=False,
    guide=("Safety best practices",),
    cwe=(22, 918),
    owasp=("LLM05",),
    confidence=Confidence.MEDIUM,
    check_module=check,
    sanitizer="path",
)
