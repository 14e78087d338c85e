"""PW607: tools that let a model do anything."""

from __future__ import annotations

import ast

from prodworthy.finding import Confidence, Severity
from prodworthy.rule import Module, Report, Rule
from prodworthy.testfile import is_test
from prodworthy_rules._origins import unchecked
from prodworthy_rules._wording import listed

TOOL = frozenset({"tool"})
DOES = {"code": "runs as code", "shell": "gives to a shell", "sql": "runs as SQL"}
READY = {
    "PythonREPLTool": "runs any Python",
    "PythonAstREPLTool": "runs any Python",
    "ShellTool": "runs any command",
    "LocalCommandLineCodeExecutor": "runs any command on this machine",
}
"""Tools that are dangerous as they come, by the name of their class, in any release of their library."""


def check(module: Module, report: Report) -> None:
    """Report tools that run what the model says, and switches that allow it."""
    if is_test(module.path):
        return
    for sink in module.sinks(*DOES):
        origins = [o for o in unchecked(sink.origins(), TOOL) if o.safe.isdisjoint(("sql", "shell"))]
        if origins:
            report(
                sink.span,
                f"a tool {DOES[sink.kind]} what the model says: {listed(origins)} in `{sink.callee}`",
                hint="offer narrow tools with checked arguments; run code in a sandbox, ask a person first",
                trace=origins[0].trace,
            )
    for node in _calls(module):
        for keyword in node.keywords:
            if (keyword.arg or "").startswith("allow_dangerous") and _is_true(keyword.value):
                report(
                    module.span(keyword),
                    f"`{keyword.arg}` lets the model's text be run or unpickled unseen",
                    hint="leave it off and load or run only what this program itself wrote",
                    confidence=Confidence.LOW if "deserialization" in (keyword.arg or "") else None,
                )
        name = module.qualified_name(node.func) if _last(node.func) in READY else ""
        if name.rpartition(".")[2] in READY and "." in name:
            report(
                module.span(node),
                f"the tool `{_last(node.func)}` {READY[_last(node.func)]} that the model writes",
                hint="run it in a container or sandbox with no secrets and no network",
            )


def _calls(module: Module) -> list[ast.Call]:
    if not any(word in module.text for word in (*READY, "allow_dangerous")):
        return []
    return [node for node in module.walk() if isinstance(node, ast.Call)]


def _last(node: ast.expr) -> str:
    return node.attr if isinstance(node, ast.Attribute) else getattr(node, "id", "")


def _is_true(node: ast.expr) -> bool:
    return isinstance(node, ast.Constant) and node.value is True


RULE = Rule(
    code="PW607",
    name="dangerous-tool",
    summary="An agent's tool that runs shell commands, code or SQL unguarded",
    severity=Severity.ERROR,
    default=True,
    guide=("Safety best practices",),
    cwe=(77,),
    owasp=("LLM06",),
    confidence=Confidence.MEDIUM,
    check_module=check,
    sanitizer="validation",
)
