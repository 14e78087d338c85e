"""``prodworthy explain``."""

from __future__ import annotations

import sys

import click

from prodworthy.cli.completion import rules
from prodworthy.errors import ConfigError
from prodworthy.pack import load_packs
from prodworthy.rule import Rule
from prodworthy.rulepage import readable
from prodworthy.selection import unknown

_WIDEST = 100


@click.command(name="explain", short_help="Show a rule's page.")
@click.argument("rule", shell_complete=rules)
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
    """The page for a reader at a terminal, no wider than reads well."""
    from rich.console import Console
    from rich.markdown import Markdown
    from rich.theme import Theme

    from prodworthy.cli.colors import code_colors

    # rich has code stand on black, which is a bar on a light terminal
    console = Console(theme=Theme({"markdown.code": "bold cyan", "markdown.h2": "bold"}))
    console.width = min(console.width, _WIDEST)
    console.print(Markdown(readable(rule, page), code_theme=code_colors()))  # type: ignore[arg-type]
