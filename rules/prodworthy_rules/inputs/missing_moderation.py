"""PW405: users' text, and answers to users, that no moderation sees."""

from __future__ import annotations

import re

from prodworthy.finding import Confidence, Severity
from prodworthy.rule import Module, Report, Rule
from prodworthy.testfile import is_test
from prodworthy_rules._origins import OUTSIDE
from prodworthy_rules._wording import called, listed

MODERATING = re.compile(r"moderat\w*\s*[(.=]", re.IGNORECASE)


def check(module: Module, report: Report) -> None:
    """Report a module's calls with users' text where nothing moderates."""
    if is_test(module.path) or MODERATING.search(module.text):
        return
    for call in module.calls:
        found = [o for o in call.origins("user_prompt") if o.kind in OUTSIDE and "moderation" not in o.safe]
        if found and call.generates:
            report(
                call.span,
                f"users' text goes to {called(call)} with no moderation step: {listed(found)}",
                hint="ask a moderation endpoint about the text before the call, and the answer after it",
                trace=found[0].trace,
                defect=found[0].span,
            )


RULE = Rule(
    code="PW405",
    name="missing-moderation",
    summary="Text from users that goes to a model with no moderation step",
    severity=Severity.NOTE,
    default=False,
    guide=("Safety best practices",),
    cwe=(),
    owasp=("LLM05",),
    confidence=Confidence.MEDIUM,
    check_module=check,
    sanitizer="moderation",
)
