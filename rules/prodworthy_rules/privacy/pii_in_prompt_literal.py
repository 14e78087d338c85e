"""PW501: personal data that is written into a prompt, an example or a template."""

from __future__ import annotations

from prodworthy.finding import Confidence, Severity, Span, mask
from prodworthy.rule import Module, Report, Rule
from prodworthy.testfile import is_test
from prodworthy_rules._positions import within
from prodworthy_rules.privacy._invented import Kind
from prodworthy_rules.privacy._personal_text import find

_CONFIDENCE = {
    Kind.EMAIL: Confidence.HIGH,
    Kind.CARD: Confidence.HIGH,
    Kind.IBAN: Confidence.HIGH,
    Kind.SSN: Confidence.MEDIUM,
    Kind.PHONE: Confidence.MEDIUM,
    Kind.IP: Confidence.LOW,
}
_ENTITIES = {
    Kind.EMAIL: "EMAIL_ADDRESS",
    Kind.CARD: "CREDIT_CARD",
    Kind.IBAN: "IBAN_CODE",
    Kind.SSN: "US_SSN",
    Kind.PHONE: "PHONE_NUMBER",
    Kind.IP: "IP_ADDRESS",
}
"""What the redactor calls each."""

_PARTS = {"system_prompt": "system prompt", "input": "input"}


def check(module: Module, report: Report) -> None:
    """Report every personal value in the constants that reach a call of this module, once for each place."""
    import hashlib

    if is_test(module.path):
        return
    seen: set[tuple[Span, str]] = set()
    for call in module.calls:
        for origin in call.origins():
            if origin.kind != "constant" or not origin.text or origin.redacted:
                continue
            for value in find(origin.text):
                if not module.privacy.wants([_ENTITIES[value.kind]]) or module.privacy.allows(value.text):
                    continue
                here = origin.span.path == module.path
                span = within(module, origin.span, value.text) if here else call.span
                if (span, value.text) in seen:
                    continue
                seen.add((span, value.text))
                part = _PARTS.get(origin.role, "prompt")
                report(
                    span,
                    f"{value.kind} `{mask(value.text)}` is written into the {part} of `{call.callee}`",
                    hint="use an invented value (`name@example.com`), or redact one given at run time",
                    confidence=_CONFIDENCE[value.kind],
                    trace=origin.trace,
                    context=f"{value.kind} {hashlib.sha256(value.text.encode()).hexdigest()[:16]}",
                )


RULE = Rule(
    code="PW501",
    name="pii-in-prompt-literal",
    summary="Personal data written in a prompt literal, a few-shot example or a template",
    severity=Severity.WARNING,
    default=True,
    guide=("Security and compliance",),
    cwe=(359,),
    owasp=("LLM02",),
    check_module=check,
)
