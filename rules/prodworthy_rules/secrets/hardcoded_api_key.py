"""PW101: a credential that is written in the code."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from prodworthy.finding import Confidence, Severity, Span, mask
from prodworthy.fix.remedy import ReadEnvironment, Remedy
from prodworthy.rule import Module, Report, Rule
from prodworthy.secrets.context import is_for_this_machine
from prodworthy.secrets.structures import is_web_token
from prodworthy.testfile import is_test
from prodworthy_rules._positions import within
from prodworthy_rules.secrets._clients import keys_of_clients
from prodworthy_rules.secrets._places import Place, is_documentation, is_in_example, place_of

if TYPE_CHECKING:
    from prodworthy_redact.credentials import Shape

_SHORTEST = 16


def check(module: Module, report: Report) -> None:
    """Report literals that are a provider's key, or stand where a credential belongs and are no example."""
    from prodworthy_redact import credentials

    shapes = credentials.shapes_in(module.text)
    in_tests = is_test(module.path)
    seen: set[Span] = set()
    for node in module.walk():
        if (
            not isinstance(node, ast.Constant)
            or not isinstance(node.value, str)
            or len(node.value) < _SHORTEST
        ):
            continue
        known = [
            found
            for found in credentials.find(node.value, shapes)
            if not (in_tests and found.shape.weak) and not _is_quoted(node.value, found.text)
        ]
        candidate = not (known or in_tests) and _is_credential(node.value)
        if not (known or candidate) or is_documentation(module, node):
            continue
        place = place_of(module, node)
        named = credentials.names_credential(place.name)
        for found in known:
            if named or not found.shape.weak:
                span = within(module, module.span(node), found.text)
                seen.add(module.span(node))
                literal = module.span(node) if found.text == node.value else None
                _report(report, span, found.text, place, literal, found.shape)
        if candidate and named and not is_in_example(module, node):
            secret = credentials.strip_scheme(node.value)
            seen.add(module.span(node))
            if _is_local(module, secret, place.name):
                continue
            literal = module.span(node) if secret == node.value else None
            _report(report, within(module, module.span(node), secret), secret, place, literal)
    if not in_tests:
        _check_clients(module, report, seen)


def _is_credential(value: str) -> bool:
    from prodworthy_redact import credentials

    return credentials.looks_secret(value) and not is_web_token(value)


def _is_local(module: Module, secret: str, name: str) -> bool:
    """Whether it is the key of a server on this machine, by what stands beside it."""
    at = module.text.find(secret)
    return at >= 0 and is_for_this_machine(module.text, at, at + len(secret), name)


def _is_quoted(text: str, secret: str) -> bool:
    """Whether the key only stands in a longer text, code to run or a prompt, that is data here."""
    return "\n" in text.strip() and text.strip() != secret


def _check_clients(module: Module, report: Report, seen: set[Span]) -> None:
    """What reaches a client's key parameter is a credential under whatever name it was kept before."""
    from prodworthy_redact import credentials

    for sdk, argument, value, span in keys_of_clients(module):
        shapes = credentials.shapes_in(value)
        elsewhere = span.path != module.path and any(credentials.find(value, shapes))
        if span in seen or elsewhere or is_web_token(value):
            continue  # reported where it is written
        seen.add(span)
        here = span if span.path == module.path else module.span(argument)
        secret = credentials.strip_scheme(value)
        _report(report, within(module, here, secret), secret, Place("", f"given to the {sdk} client"))


def _report(
    report: Report,
    span: Span,
    secret: str,
    place: Place,
    literal: Span | None = None,
    shape: Shape | None = None,
) -> None:
    """Report ``secret`` at ``span``; ``literal`` is the string that holds it and nothing else."""
    import hashlib

    label = shape.label if shape else "credential"
    variable = place.name if place.name.isupper() else shape.environment if shape else ""
    report(
        span,
        f"hardcoded {label} `{mask(secret)}` {place.text}",
        hint=f"read it from {f'the environment variable {variable}' if variable else 'the environment'} "
        "or a secret manager, and revoke this one: whoever can read the code or its history has it",
        confidence=Confidence.HIGH if shape and not shape.weak else Confidence.MEDIUM,
        fix=_remedy(literal, variable) if literal and variable else None,
        context=f"{place.name} {hashlib.sha256(secret.encode()).hexdigest()[:16]}",
        secret=hashlib.sha1(secret.encode(), usedforsecurity=False).hexdigest(),
    )


def _remedy(literal: Span, variable: str) -> Remedy:
    return Remedy("Read it from the environment", ReadEnvironment(literal, variable))


RULE = Rule(
    code="PW101",
    name="hardcoded-api-key",
    summary="A credential written in the code: a key, token or secret that is no placeholder",
    severity=Severity.ERROR,
    default=True,
    guide=("API keys",),
    cwe=(798,),
    owasp=("LLM02",),
    check_module=check,
    needs=(
        *(
            "api_key",
            "api-key",
            "apikey",
            "api_token",
            "access_key",
            "access_token",
            "auth_token",
            "bot_token",
        ),
        *("_secret", "secret_", "secretkey", "authorization", "hf_", "aiza", "akia", "gsk_", "xai-", "pplx-"),
        *("nvapi-", "tvly-", "lsv2_", "pcsk_", "ghp_", "github_pat_", "glpat-", "xoxb-", "xoxp-", "k_live_"),
        *("jqqj99", "gocspx-", "r8_", '"sk-', "'sk-", " sk-"),
    ),
)
