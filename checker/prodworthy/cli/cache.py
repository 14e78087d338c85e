"""``prodworthy cache``."""

from __future__ import annotations

from pathlib import Path

import click

from prodworthy.cache.place import clean, folder_of
from prodworthy.discover import project_root
from prodworthy.errors import ConfigError


@click.group(name="cache", short_help="Remove stored results.")
def command() -> None:
    """The results of earlier runs, which `check` and `inventory` use for files that have not changed."""


@command.command(name="clean", short_help="Remove this project's stored results.")
def clean_command() -> None:
    """Remove the stored results: .prodworthy_cache in the project root, or $PRODWORTHY_CACHE_DIR."""
    folder = folder_of(project_root((), Path.cwd()))
    try:
        count = clean(folder)
    except OSError as error:
        raise ConfigError(f"{folder}: cannot be removed: {error.strerror or error}") from error
    click.echo(
        f"{folder}: {count} file{'s' * (count != 1)} of results removed" if count else "nothing is stored",
        err=True,
    )
