"""The engine's own rules: what it has to say of files and suppressions rather than of code."""

from __future__ import annotations

from prodworthy.finding import Severity
from prodworthy.rule import Rule

UNUSED_SUPPRESSION = Rule(
    code="PW001",
    name="unused-suppression",
    summary="A suppression comment holds nothing back, or names a rule that does not exist",
    severity=Severity.WARNING,
    default=True,
    guide=(),
)

UNREADABLE_FILE = Rule(
    code="PW002",
    name="unreadable-file",
    summary="A file cannot be read or parsed, so nothing is known of it",
    severity=Severity.ERROR,
    default=True,
    guide=(),
)

RULES = (UNUSED_SUPPRESSION, UNREADABLE_FILE)
