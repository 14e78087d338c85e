"""``prodworthy rules``."""

from __future__ import annotations

import json
import sys
from collections.abc import Sequence

import click

from prodworthy.pack import load_packs
from prodworthy.rule import Rule


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
    for rule in rules:
        mark = "*" if rule.default else " "
        severity = rule.severity.value.ljust(7)
        sys.stdout.write(f"{rule.code} {mark} {rule.name.ljust(width)}  {severity}  {rule.summary}\n")


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
