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

_NARROWEST = 24


@click.command(name="rules", short_help="List the rules.")
@click.option("--output-format", type=click.Choice(["text", "json"]), default="text", show_default=True)
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
        sys.stdout.write(_line(head, rule.summary, room) + "\n")


def _line(head: str, summary: str, room: int) -> str:
    """A rule in one line, its summary in several below each other where the terminal is narrower."""
    if len(head) + len(summary) <= room or room - len(head) < _NARROWEST:
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
