"""``prodworthy explain``."""

from __future__ import annotations

import re
import sys

import click

from prodworthy.errors import ConfigError
from prodworthy.pack import load_packs
from prodworthy.rule import Rule
from prodworthy.selection import unknown

_WIDEST = 100
_MARK = re.compile(r"# error:(?: \[PW\d{3}\](?: \"[^\"]*\")?)+")
_CODE = re.compile(r"PW\d{3}")


@click.command(name="explain", short_help="Show a rule's page.")
@click.argument("rule")
@click.argument("place", required=False)
def command(rule: str, place: str | None) -> None:
    """Show the page of RULE, a code (PW301) or a name (unbounded-output).

    With PLACE (app/chat.py:12), show how the finding there came about, and how to declare the functions on
    its path.
    """
    packs = load_packs()
    found = next((r for r in packs.rules if rule.upper() == r.code or rule.lower() == r.name), None)
    if found is None:
        raise ConfigError(unknown(rule, packs.rules))
    if place is not None:
        from prodworthy.cli.declaring import case

        sys.stdout.write(case(found, place))
        sys.stdout.flush()
        return
    page = packs.page(found)
    if sys.stdout.isatty():
        _show(found, page)
    else:
        sys.stdout.write(page)
    sys.stdout.flush()


def _show(rule: Rule, page: str) -> None:
    """The page for a reader at a terminal: no wider than reads well, without the marks of its tests."""
    from rich.console import Console
    from rich.markdown import Markdown

    console = Console()
    console.width = min(console.width, _WIDEST)
    title, _, rest = page.partition("\n")
    told = [rule.severity.value, "in the default set" if rule.default else "not in the default set"]
    told += [f"CWE-{number}" for number in rule.cwe] + [f"OWASP {name}" for name in rule.owasp]
    marked = _MARK.sub(lambda mark: "# " + ", ".join(_CODE.findall(mark[0])), rest)
    console.print(Markdown(f"{title}\n\n*{' · '.join(told)}*\n{marked}"))
