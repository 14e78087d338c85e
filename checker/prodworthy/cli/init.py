"""``prodworthy init``."""

from __future__ import annotations

import os
import sys
from pathlib import Path

import click

from prodworthy.errors import ConfigError
from prodworthy.init.change import write
from prodworthy.init.plan import Plan, diff, plan
from prodworthy.report.excerpt import printable
from prodworthy.report.layout import wants_color

_STYLES = {"-": "red", "+": "green", "@": "cyan"}
_BASELINE = "prodworthy check --baseline .prodworthy-baseline.json --write-baseline"


@click.command(name="init", short_help="Set prodworthy up in this repository: configuration, hook, CI.")
@click.option("--yes", is_flag=True, help="Write without asking.")
@click.option("--dry-run", is_flag=True, help="Only show what would be written.")
@click.option(
    "--ci",
    type=click.Choice(["auto", "github", "gitlab", "none"]),
    default="auto",
    show_default=True,
    help="The service to write a step for.",
)
@click.option("--no-hook", is_flag=True, help="Add no hook of pre-commit.")
def command(yes: bool, dry_run: bool, ci: str, no_hook: bool) -> None:
    """Write configuration, the hook of pre-commit and the step in CI, after showing them.

    What is there stays: lines are only added, a second run changes nothing.
    """
    chosen = {"auto": None, "none": ()}.get(ci, (ci,))
    made = plan(Path.cwd(), ci=chosen, hooks=not no_hook)
    for reason in made.kept:
        click.echo(f"note: {reason}", err=True)
    if not made.changes:
        click.echo("nothing to do", err=True)
        return
    _show(made)
    if dry_run:
        return
    if not yes:
        if not sys.stdin.isatty():
            raise ConfigError("nothing was written: there is nobody to ask; `--yes` writes without asking")
        count = len(made.changes)
        if not click.confirm(
            f"Write {'these' if count > 1 else 'this'} {count} file{'s' * (count > 1)}?", err=True
        ):
            click.echo("nothing was written", err=True)
            return
    for change in made.changes:
        write(change)
        click.echo(f"wrote {_name(made, change.file)}: {change.what}", err=True)
    _tell_more(made)


def _show(made: Plan) -> None:
    colored = wants_color(sys.stdout, os.environ)
    for line in diff(made):
        shown = printable(line)
        click.echo(click.style(shown, fg=_STYLES.get(line[:1])) if colored else shown, color=colored)
    sys.stdout.flush()


def _name(made: Plan, file: Path) -> str:
    return Path(os.path.relpath(file, made.top)).as_posix()


def _tell_more(made: Plan) -> None:
    click.echo("\n`prodworthy check` shows what there is to mend now.", err=True)
    click.echo(f"`{_BASELINE}` accepts it; add `--baseline`\nwith that file to the commands above.", err=True)
    if any(change.what.startswith("hook") for change in made.changes):
        click.echo("`pre-commit install` switches the hook on.", err=True)
