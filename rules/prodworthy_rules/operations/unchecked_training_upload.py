"""PW806: a training file that nobody looked at."""

from __future__ import annotations

import ast
import re

from prodworthy.finding import Severity
from prodworthy.rule import Module, Report, Rule

_CHECKING = re.compile(
    r"valid|check|verif|scan|lint|inspect|redact|anonym|moderat|sanit|clean|dedup|loads$|jsonlines|load_dataset|read_json",
    re.IGNORECASE,
)
_UPLOADS = ("files.create", "files.upload", "files.create_async", "files.upload_async")
_SDKS = ("openai.", "together.", "mistralai.", "fireworks.", "litellm.", "groq.")


def check(module: Module, report: Report) -> None:
    """Report an upload of a fine-tuning file that neither its function nor a caller in the file checks."""
    for node in module.walk():
        if not (isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute)):
            continue
        if node.func.attr not in ("create", "upload", "create_file", "create_async", "upload_async"):
            continue
        if not _is_for_training(module, node):
            continue
        name = module.qualified_name(node.func)
        if not name.startswith(_SDKS) or not (name.endswith(_UPLOADS) or name == "litellm.create_file"):
            continue
        if _checked(module, node):
            continue
        report(
            module.span(node),
            f"`{ast.unparse(node.func)}` uploads a fine-tuning file that nothing here has checked",
            hint="check format, size, duplicates and personal data of every example before the upload",
        )


def _is_for_training(module: Module, call: ast.Call) -> bool:
    for keyword in call.keywords:
        if keyword.arg == "purpose":
            return any(str(value).lower() == "fine-tune" for value, _ in module.constants(keyword.value))
    return False


def _checked(module: Module, call: ast.Call) -> bool:
    if any(k.arg == "check" and getattr(k.value, "value", True) for k in call.keywords):
        return True
    holder = _function(module, call)
    if holder is None:
        return _checks(module.tree)
    callers = [
        _function(module, node) or module.tree
        for node in module.walk()
        if isinstance(node, ast.Call) and ast.unparse(node.func).rpartition(".")[2] == holder.name
    ]
    return any(map(_checks, (holder, *callers)))


def _checks(holder: ast.AST) -> bool:
    return any(isinstance(n, ast.Call) and _CHECKING.search(ast.unparse(n.func)) for n in ast.walk(holder))


def _function(module: Module, node: ast.AST) -> ast.FunctionDef | ast.AsyncFunctionDef | None:
    at = module.parent(node)
    while at is not None and not isinstance(at, (ast.FunctionDef, ast.AsyncFunctionDef)):
        at = module.parent(at)
    return at


RULE = Rule(
    code="PW806",
    name="unchecked-training-upload",
    summary="A fine-tuning file that is uploaded unchecked",
    severity=Severity.NOTE,
    default=False,
    guide=("MLOps",),
    cwe=(20,),
    owasp=("LLM04",),
    check_module=check,
    needs=("fine-tune",),
)
