"""PW506: prompts and keys that everybody on the way can read."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator

from prodworthy.finding import Confidence, Severity
from prodworthy.rule import Module, Report, Rule
from prodworthy_rules._wording import called, set_where, steps

_LOCAL = re.compile(
    r"http://(?:localhost|127\.|0\.0\.0\.0|10\.|192\.168\.|172\.(?:1[6-9]|2\d|3[01])\.|\[?::1"
    r"|host\.docker|[\w-]+(?:[:/]|$)|[^/]*\.(?:local|internal|svc|lan|cluster|test|example)(?:[:/]|$)|[^/]*[\x00{$])"
)


def _is_remote(address: str) -> bool:
    # a bare name (`http://ollama:11434`) is another container of the same installation
    return _LOCAL.match(address) is None


def _unverified(module: Module) -> Iterator[ast.expr]:
    """The `verify=False` of HTTP clients and requests in a module that calls a model."""
    if "verify" not in module.text or not module.calls:
        return
    clients = {argument for _, argument in module.client_arguments("http_client")}
    requests = {call.span for call in module.calls}
    for node in module.walk():
        if isinstance(node, ast.Call) and (node in clients or module.span(node) in requests):
            for keyword in node.keywords:
                if keyword.arg in ("verify", "verify_ssl", "ssl") and _is_false(keyword.value):
                    yield keyword.value


def _is_false(node: ast.expr) -> bool:
    return isinstance(node, ast.Constant) and node.value is False


def check(module: Module, report: Report) -> None:
    """Report clients that talk plainly, or to whoever answers."""
    for call in module.calls:
        base = call.setting("base_url")
        address = base.value if isinstance(base.value, str) else ""
        if base.status == "set" and address.startswith("http://") and _is_remote(address):
            report(
                call.span,
                f"{called(call)} sends prompts and key over plain HTTP{set_where(call, base)}",
                hint="use an https:// address",
                trace=steps(call, base, f"the address is `{address}`"),
                defect=base.origin,
            )
    for argument in _unverified(module):
        report(
            module.span(argument),
            "certificates are not checked: whoever stands in between reads the prompts and the key",
            hint="drop `verify=False`; give the path of your own authority's certificate where there is one",
        )


RULE = Rule(
    code="PW506",
    name="insecure-transport",
    summary="Requests to a remote API over plain HTTP, or with certificates unchecked",
    severity=Severity.ERROR,
    default=True,
    guide=("Security and compliance",),
    cwe=(319, 295),
    owasp=("LLM02",),
    confidence=Confidence.HIGH,
    check_module=check,
)
