"""``prodworthy rules``."""

from __future__ import annotations

import json
import shutil
import sys
import textwrap
from collections.abc import Sequence

import click

from prodworthy.pack import load_packs
from prodworthy.rule import Rule

_NARROWEST = 60
_BELOW = " " * 8


@click.command(name="rules", short_help="List the rules.")
@click.option(
    "--output-format",
    type=click.Choice(["text", "json"]),
    default="text",
    show_default=True,
    help="How to write the rules.",
)
def command(output_format: str) -> None:
    """List every rule with its code, name and summary; `*` marks the default set."""
    rules = load_packs().rules
    if output_format == "json":
        json.dump({"version": 1, "rules": [_record(rule) for rule in rules]}, sys.stdout, indent=2)
        sys.stdout.write("\n")
    else:
        _write_table(rules)
    sys.stdout.flush()


def _write_table(rules: Sequence[Rule]) -> None:
    width = max(len(rule.name) for rule in rules)
    room = shutil.get_terminal_size().columns if sys.stdout.isatty() else sys.maxsize
    for rule in rules:
        mark = "*" if rule.default else " "
        head = f"{rule.code} {mark} {rule.name.ljust(width)}  {rule.severity.value.ljust(7)}  "
        sys.stdout.write(_entry(head, rule.summary, room) + "\n")
    if sys.stdout.isatty():
        sys.stdout.write("\n* is in the default set; `prodworthy explain RULE` shows a rule's page\n")


def _entry(head: str, summary: str, room: int) -> str:
    """A rule in one line; where the terminal is too narrow for columns, its summary below it."""
    if len(head) + _NARROWEST > room:
        below = textwrap.fill(summary, room, initial_indent=_BELOW, subsequent_indent=_BELOW)
        return f"{head.rstrip()}\n{below}"
    if len(head) + len(summary) <= room:
        return head + summary
    return textwrap.fill(summary, room, initial_indent=head, subsequent_indent=" " * len(head))


def _record(rule: Rule) -> dict[str, object]:
    return {
        "code": rule.code,
        "name": rule.name,
        "summary": rule.summary,
        "severity": rule.severity.value,
        "confidence": rule.confidence.value,
        "default": rule.default,
        "guide": list(rule.guide),
        "cwe": list(rule.cwe),
        "owasp": list(rule.owasp),
    }
