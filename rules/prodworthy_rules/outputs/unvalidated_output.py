"""PW604: answers that are read without knowing their shape."""

from __future__ import annotations

import re

from prodworthy.finding import Confidence, Severity
from prodworthy.rule import Module, Report, Rule
from prodworthy_rules._origins import MODEL, check_sinks, unchecked

SCHEMA = re.compile(
    r"model_validate|parse_obj|parse_raw|TypeAdapter|validate_python|jsonschema|\bSchema\(|validate_json|msgspec"
)


def check(module: Module, report: Report) -> None:
    """Report every answer that is parsed in a module which holds no answer against a schema."""
    if SCHEMA.search(module.text):
        return
    check_sinks(
        module,
        report,
        ("parse",),
        lambda sink: unchecked(sink.origins(), MODEL),
        lambda sink, told: f"a model's answer is parsed by `{sink.callee}`, with no schema: {told}",
        "read it into a model (`Model.model_validate_json`), or ask for structured output",
    )


RULE = Rule(
    code="PW604",
    name="unvalidated-output",
    summary="A model's answer that is parsed and used with no schema",
    severity=Severity.NOTE,
    default=False,
    guide=("Safety best practices",),
    cwe=(20,),
    owasp=("LLM05",),
    confidence=Confidence.MEDIUM,
    check_module=check,
    sanitizer="validation",
)
