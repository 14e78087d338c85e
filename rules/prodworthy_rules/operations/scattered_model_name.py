"""PW803: a model that has to be changed in many places."""

from __future__ import annotations

from collections import defaultdict

from prodworthy.call import LlmCall
from prodworthy.finding import Severity, TraceStep
from prodworthy.rule import Module, Report, Rule

MANY = 3
"""Calls with the same literal from which on it is reported."""


def check(module: Module, report: Report) -> None:
    """Report a model's name that is written out at three or more calls of a module."""
    written: dict[str, list[LlmCall]] = defaultdict(list)
    for call in module.calls:
        if call.model.status == "set" and isinstance(call.model.value, str) and _is_literal(call, module):
            written[call.model.value].append(call)
    for name, calls in written.items():
        if len(calls) >= MANY:
            report(
                calls[MANY - 1].span,
                f"`{name}` is written at {len(calls)} calls in this file: a new model means finding them all",
                hint="name the model once, in a constant or in the settings",
                trace=tuple(TraceStep(call.span, "written here") for call in calls),
                context=name,
            )


def _is_literal(call: LlmCall, module: Module) -> bool:
    """Whether the name stands in quotation marks in the call itself."""
    origin = call.model.origin
    if origin is None or (origin.path, origin.cell) != (call.span.path, call.span.cell):
        return False
    within = call.span.line <= origin.line <= call.span.end_line
    return within and module.written(origin)[0][origin.column - 1 :].startswith(('"', "'"))


RULE = Rule(
    code="PW803",
    name="scattered-model-name",
    summary="The same model name written out at three or more calls of a file",
    severity=Severity.NOTE,
    default=False,
    guide=("Latency: model choice", "MLOps"),
    cwe=(547,),
    check_module=check,
)
