"""PW103: keys that leave the place where they are kept."""

from __future__ import annotations

import re

from prodworthy.call import Origin
from prodworthy.finding import Confidence, Severity
from prodworthy.rule import Module, Report, Rule
from prodworthy.testfile import is_test
from prodworthy_rules._wording import called, listed

PLACES = {
    "log": "a log",
    "debug": "a log",
    "trouble": "a log",
    "print": "the output",
    "exception": "an exception's text",
    "url": "a URL, which proxies and servers log",
    "response": "a response",
}
KEY_IN_URL = frozenset({"baidu"})
"""Providers that take the key nowhere else."""
_WORD = re.compile(r"api_?key|_key\b|token|secret|auth|headers|credential", re.IGNORECASE)
_NEAR = 25
"""Lines before a log entry in which something has to sound like a key, before its path is followed."""


def check(module: Module, report: Report) -> None:
    """Report every log, output, exception, URL, response and prompt that shows a key."""
    if is_test(module.path) or not _WORD.search(module.text):
        return
    lines = module.text.splitlines()
    calls = {call.span for call in module.calls if not call.guessed and call.provider not in KEY_IN_URL}
    for sink in module.sinks(*PLACES):
        if sink.kind == "url" and sink.span not in calls:
            continue  # other services may know no better place for it
        near = lines[max(0, sink.span.line - _NEAR) : sink.span.end_line]
        if not sink.span.cell and not _WORD.search("\n".join(near)):
            continue
        if origins := [o for o in sink.origins("credential") if _is_shown(o)]:
            report(
                sink.span,
                f"a key is written into {PLACES[sink.kind]}: {listed(origins)} reaches `{sink.callee}`",
                hint="leave it out, or show that it is set and its last four characters",
                trace=origins[0].trace,
            )
    for call in module.calls:
        if origins := [o for o in call.origins() if o.kind == "credential" and _is_shown(o)]:
            report(
                call.span,
                f"a key is written into the prompt of {called(call)}: {listed(origins)}",
                hint="leave it out: tools get their keys from the program, not from the model",
                trace=origins[0].trace,
            )


def _is_shown(origin: Origin) -> bool:
    return origin.safe.isdisjoint(("mask", "redaction", "closed", "number"))


RULE = Rule(
    code="PW103",
    name="exposed-api-key",
    summary="A key that reaches a log, output, exception, URL, response or prompt",
    severity=Severity.ERROR,
    default=True,
    guide=("API keys",),
    cwe=(532,),
    owasp=("LLM02",),
    confidence=Confidence.MEDIUM,
    check_module=check,
    sanitizer="mask",
)
