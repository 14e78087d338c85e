"""What is shown for a finding that the pointer is on: how it came about, and the rule's page."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from prodworthy.errors import RuleError
from prodworthy.lsp.report import Item, told
from prodworthy.pack import Packs
from prodworthy.report.offers import option
from prodworthy.rule import Rule

_MARK = re.compile(r"# error:(?: \[PW\d{3}\](?: \"[^\"]*\")?)+")
_CODE = re.compile(r"PW\d{3}")


def markdown(items: Sequence[Item], packs: Packs) -> str:
    """The findings, then each rule's page once."""
    codes = dict.fromkeys(item.finding.code for item in items)
    parts = [*("\n\n".join(_finding(item)) for item in items), *(_page(code, packs) for code in codes)]
    return "\n\n---\n\n".join(part for part in parts if part)


def readable(page: str) -> str:
    """A rule's page for readers: without the marks of its tests, which say on what line which finding is."""
    return _MARK.sub(lambda mark: "# " + ", ".join(_CODE.findall(mark[0])), page)


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
        title, _, rest = readable(packs.page(packed.rule)).partition("\n")
    except RuleError:  # a pack's rule may lack a page; its summary then has to do
        return packed.rule.summary
    return f"{title}\n\n*{' · '.join(_facts(packed.rule))}*\n{rest.rstrip()}"


def _facts(rule: Rule) -> list[str]:
    names = [f"CWE-{number}" for number in rule.cwe] + [f"OWASP {name}" for name in rule.owasp]
    return [rule.severity.value, "in the default set" if rule.default else "not in the default set", *names]
