"""PW804: calls that leave no trace."""

from __future__ import annotations

import ast
import re

from prodworthy.call import LlmCall
from prodworthy.finding import Severity, Span
from prodworthy.rule import Module, Report, Rule
from prodworthy_rules._wording import called
from prodworthy_rules.operations._tracing import TRACED

_LOGS = re.compile(
    r"(^|[._])(log|logs|logger|logging|structlog|tracer|span|metrics?|histogram|counter)([._(]|$)", re.I
)
_OBSERVED = frozenset({"callbacks", "callback", "callback_manager", "hooks", "event_handlers", "event_hooks"})


def check(module: Module, report: Report) -> None:
    """Report the calls of a file whose functions log nothing, in a project that traces nothing."""
    calls = [call for call in module.calls if call.generates and not call.demo]
    if not calls or module.mentions(TRACED):
        return
    silent = [call for call in calls if not _observed(module, call)]
    for call in silent:
        report(
            call.span,
            f"{called(call)} leaves no trace: its function logs nothing and no checked file sets up tracing",
            hint="log model, duration, usage and errors of each call, or set up tracing (OpenTelemetry) once",
            defect=silent[0].span,
        )


def _observed(module: Module, call: LlmCall) -> bool:
    """Whether a log, a metric or a callback stands in the function that holds the call."""
    holder = _holder(module, call.around.function)
    for node in ast.walk(holder):
        if isinstance(node, ast.Call) and _LOGS.search(f"{ast.unparse(node.func)}("):
            return True
        if isinstance(node, ast.keyword) and node.arg in _OBSERVED:
            return True
    return False


def _holder(module: Module, span: Span | None) -> ast.AST:
    for node in module.walk() if span is not None else ():
        if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef)) and module.span(node) == span:
            return node
    return module.tree


RULE = Rule(
    code="PW804",
    name="unmonitored-call",
    summary="Calls with no tracing, callback or log around them",
    severity=Severity.NOTE,
    default=False,
    guide=("MLOps",),
    cwe=(778,),
    check_module=check,
)
