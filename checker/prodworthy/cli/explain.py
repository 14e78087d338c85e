"""``prodworthy explain``."""

from __future__ import annotations

import sys

import click

from prodworthy.errors import ConfigError
from prodworthy.pack import load_packs
from prodworthy.selection import unknown


@click.command(name="explain", short_help="Show a rule's page.")
@click.argument("rule")
def command(rule: str) -> None:
    """Show the page of RULE, a code (PW301) or a name (unbounded-output)."""
    packs = load_packs()
    found = next((r for r in packs.rules if rule.upper() == r.code or rule.lower() == r.name), None)
    if found is None:
        raise ConfigError(unknown(rule, packs.rules))
    page = packs.page(found)
    if sys.stdout.isatty():
        from rich.console import Console
        from rich.markdown import Markdown

        Console().print(Markdown(page))
    else:
        sys.stdout.write(page)
    sys.stdout.flush()
