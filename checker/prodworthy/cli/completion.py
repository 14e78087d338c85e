"""What shells complete besides commands and options."""

from __future__ import annotations

import click
from click.shell_completion import CompletionItem


def rules(ctx: click.Context, parameter: click.Parameter, incomplete: str) -> list[CompletionItem]:
    """The codes and names of rules; of a list with commas its last word."""
    del ctx, parameter
    from prodworthy.pack import load_packs

    before, comma, word = incomplete.rpartition(",")
    return [
        CompletionItem(f"{before}{comma}{known}", help=rule.summary)
        for rule in load_packs().rules
        for known in (rule.code, rule.name)
        if known.lower().startswith(word.lower())
    ]
