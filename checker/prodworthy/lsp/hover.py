"""What is shown for a finding that the pointer is on: how it came about, and the rule's page."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from prodworthy.errors import RuleError
from prodworthy.lsp.report import Item, told
from prodworthy.pack import Packs
from prodworthy.report.offers import option
from prodworthy.rulepage import readable


def markdown(items: Sequence[Item], packs: Packs) -> str:
    """The findings, then each rule's page once."""
    codes = dict.fromkeys(item.finding.code for item in items)
    parts = [*("\n\n".join(_finding(item)) for item in items), *(_page(code, packs) for code in codes)]
    return "\n\n---\n\n".join(part for part in parts if part)


def _finding(item: Item) -> Iterator[str]:
    finding = item.finding
    yield f"**{finding.code} {finding.name}** ({finding.severity.value}): {finding.message}"
    if finding.trace:
        yield told(finding)
    if finding.hint:
        yield f"**help:** {finding.hint}"
    if finding.fix is not None:
        yield f"**fix:** {finding.fix.message} ({option(finding)}, or a quick fix here)"


def _page(code: str, packs: Packs) -> str:
    packed = packs.by_code.get(code)
    if packed is None:
        return ""
    try:
        return readable(packed.rule, packs.page(packed.rule)).rstrip()
    except RuleError:  # a pack's rule may lack a page; its summary then has to do
        return packed.rule.summary
