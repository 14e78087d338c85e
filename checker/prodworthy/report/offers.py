"""Which findings a run with ``--fix`` would mend, and how a report says so."""

from __future__ import annotations

from prodworthy.finding import Applicability, Finding


def is_offered(finding: Finding, unsafe: bool) -> bool:
    """Whether ``--fix`` (and ``--unsafe-fixes``, for ``unsafe``) mends ``finding``."""
    return finding.fix is not None and (unsafe or finding.fix.applicability is Applicability.SAFE)


def option(finding: Finding) -> str:
    """The options that mend ``finding``."""
    safe = finding.fix is not None and finding.fix.applicability is Applicability.SAFE
    return "`--fix`" if safe else "`--fix --unsafe-fixes`"
