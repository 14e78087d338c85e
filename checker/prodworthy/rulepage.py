"""A rule's page as people read it."""

from __future__ import annotations

import re

from prodworthy.rule import Rule

_MARK = re.compile(r"# error:(?: \[PW\d{3}\](?: \"[^\"]*\")?)+")
_CODE = re.compile(r"PW\d{3}")


def readable(rule: Rule, page: str) -> str:
    """``page`` in Markdown with a line of facts below its title, and without the marks of its tests.

    Those say on which line which finding is; of them the codes stay.
    """
    title, _, rest = page.partition("\n")
    told = [rule.severity.value, "in the default set" if rule.default else "not in the default set"]
    told += [f"CWE-{number}" for number in rule.cwe] + [f"OWASP {name}" for name in rule.owasp]
    marked = _MARK.sub(lambda mark: "# " + ", ".join(_CODE.findall(mark[0])), rest)
    return f"{title}\n\n*{' · '.join(told)}*\n{marked}"
