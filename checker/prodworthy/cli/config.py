"""``prodworthy config``."""

from __future__ import annotations

import json
import sys

import click


@click.group(name="config", short_help="Describe the configuration for editors.")
def command() -> None:
    """The configuration: `[tool.prodworthy]` in pyproject.toml, or prodworthy.toml."""


@command.command(name="schema", short_help="Print its JSON schema.")
def schema_command() -> None:
    """Print the JSON schema of the configuration, by which editors complete and check it."""
    from prodworthy.configschema import schema
    from prodworthy.pack import load_packs

    json.dump(schema(load_packs()), sys.stdout, indent=2, ensure_ascii=False)
    sys.stdout.write("\n")
    sys.stdout.flush()
