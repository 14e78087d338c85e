"""PW105: an organization or project that the code decides."""

from __future__ import annotations

import re

from prodworthy.finding import Severity
from prodworthy.rule import Module, Report, Rule

_ID = re.compile(r"(?:org|proj)[-_][A-Za-z0-9]{6,}")


def check(module: Module, report: Report) -> None:
    """Report an organization or project ID written where a client is built."""
    for role in ("organization", "project"):
        for sdk, argument in module.client_arguments(role):
            for value, span in module.constants(argument):
                if isinstance(value, str) and _ID.fullmatch(value):
                    report(
                        span,
                        f"an {sdk} {role} is written in the code: staging and production cannot differ",
                        hint=f"read the {role} from the environment, as the SDK does by default",
                    )


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
