"""One defect is one finding: said once, and once for what calls in many files owe to the same place."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import replace

from prodworthy.finding import Finding, Span


def in_order(findings: Iterable[Finding]) -> list[Finding]:
    """``findings`` by place, each once: the analyses of two files may both say it of a third."""
    return sorted({_order(finding): finding for finding in findings}.values(), key=_order)


def joined(findings: Iterable[Finding], codes: Collection[str]) -> list[Finding]:
    """``findings`` in their order, those of ``codes`` that begin at the same place in other files left out.

    The first of them says how many calls it stands for.
    """
    kept: list[Finding] = []
    first: dict[tuple[str, Span], int] = {}
    more: dict[int, int] = {}
    for finding in findings:
        if finding.code in codes and finding.trace:
            at = first.setdefault((finding.code, finding.trace[0].span), len(kept))
            if at < len(kept) and kept[at].path != finding.path:
                more[at] = more.get(at, 0) + 1
                continue
        kept.append(finding)
    for at, count in more.items():
        told = f"{kept[at].message} (as in {count} more file{'s' if count > 1 else ''})"
        kept[at] = replace(kept[at], message=told)
    return kept


def _order(finding: Finding) -> tuple[Span, str, str]:
    return finding.span, finding.code, finding.message
