"""PW105: an organization or project that the code decides."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator

from prodworthy.finding import Severity, Span
from prodworthy.rule import Module, Report, Rule
from prodworthy.testfile import is_test
from prodworthy_rules.secrets._places import is_documentation, place_of

_SURE = re.compile(r"(?P<kind>org-|proj_)(?=[A-Za-z]*\d)(?=[^A-Z]*[A-Z])(?=[^a-z]*[a-z])[A-Za-z0-9]{20,}")
"""An ID of OpenAI by its form alone."""
_PLAUSIBLE = re.compile(r"(?:org|proj)[-_](?=[A-Za-z0-9]*[0-9A-Z])[A-Za-z0-9]{6,}")
_PLACEHOLDER = re.compile(r"(?i)x{3}|12345|abc|your|example|test|dummy|fake|placeholder")


def check(module: Module, report: Report) -> None:
    """Report an organization or project ID written in the code, once for each place."""
    if is_test(module.path):
        return
    for span, (kind, text) in dict(_ids(module)).items():
        report(
            span,
            f"an {kind} is written in the code ({text}): staging and production cannot differ",
            hint=f"read the {kind.rpartition(' ')[2]} from the environment, as the SDK does by default",
        )


def _ids(module: Module) -> Iterator[tuple[Span, tuple[str, str]]]:
    """Where each ID stands, with what it is and what it is for."""
    for role in ("organization", "project"):
        for sdk, argument in module.client_arguments(role):
            for value, span in module.constants(argument):
                if isinstance(value, str) and _PLAUSIBLE.fullmatch(value) and not _PLACEHOLDER.search(value):
                    yield span, (f"{sdk} {role}", f"given to the {sdk} client")
    if "org-" not in module.text and "proj_" not in module.text:
        return
    for node in module.walk():
        if not isinstance(node, ast.Constant) or not isinstance(node.value, str):
            continue
        match = _SURE.fullmatch(node.value)
        if match is not None and not is_documentation(module, node):
            kind = "openai organization" if match["kind"] == "org-" else "openai project"
            yield module.span(node), (kind, place_of(module, node).text)


RULE = Rule(
    code="PW105",
    name="hardcoded-organization",
    summary="An organization or project ID written in the code",
    severity=Severity.NOTE,
    default=False,
    guide=("Set up the organization", "Staging accounts"),
    cwe=(547,),
    check_module=check,
)
