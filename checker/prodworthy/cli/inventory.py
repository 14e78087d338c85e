"""``prodworthy inventory``."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TextIO

import click

from prodworthy.cli import UNANALYSED
from prodworthy.cli.jobs import Jobs
from prodworthy.cli.output import output
from prodworthy.cli.progress import Bar, warn
from prodworthy.pipeline import Request, Result, run
from prodworthy.report import calls
from prodworthy.report.layout import terminal_width, wants_color


@click.command(name="inventory", short_help="List every LLM call with its effective settings.")
@click.argument("paths", nargs=-1, type=click.Path(path_type=Path))
@click.option(
    "--format",
    "style",
    type=click.Choice(calls.FORMATS),
    default="table",
    show_default=True,
    help="How to write the calls.",
)
@click.option(
    "--unresolved", is_flag=True, help="List what could not be resolved instead, and what would help."
)
@click.option(
    "--config", type=click.Path(path_type=Path, dir_okay=False), help="Use this configuration file only."
)
@click.option("--jobs", type=Jobs(), default="auto", show_default=True, help="How many processes to use.")
@click.option("--no-cache", is_flag=True, help="Use and store no results of earlier runs.")
@click.pass_context
def command(
    ctx: click.Context,
    paths: tuple[Path, ...],
    style: str,
    unresolved: bool,
    config: Path | None,
    no_cache: bool,
    jobs: int | None,
) -> None:
    """List every LLM call in PATHS (the current folder if none is given) with its effective settings.

    As `cyclonedx` it is an AI bill of materials: the models, SDKs and providers of all calls outside of
    tests, and the categories of data that are sent.
    """
    if unresolved and style == "cyclonedx":
        raise click.UsageError("--unresolved is written as a table or as JSON")
    request = Request(
        paths=paths or (Path(),),
        cwd=Path.cwd(),
        config=config.absolute() if config else None,
        only_calls=True,
        unresolved=unresolved,
        cache=not no_cache,
        jobs=jobs,
    )
    with Bar() as bar:
        result = run(request, bar.show)
    warn(result)
    with output(None, utf8=style != "table") as out:
        _write(result, out, style, unresolved)
    ctx.exit(UNANALYSED if result.problems else 0)


def _write(result: Result, out: TextIO, style: str, unresolved: bool) -> None:
    if unresolved:
        from prodworthy.report import unresolved as places

        (places.write_json if style == "json" else places.write_table)(result.unresolved, out)
    elif style == "json":
        calls.write_json(result.calls, out)
    elif style == "cyclonedx":
        _write_bom(result, out)
    else:
        calls.write_table(result.calls, out, terminal_width(out), wants_color(out, os.environ))


def _write_bom(result: Result, out: TextIO) -> None:
    from prodworthy.cli.day import today
    from prodworthy.model.knowledge import Knowledge
    from prodworthy.readiness.assessment import call_facts, subject_of
    from prodworthy.report import bom

    sdks = Knowledge(result.packs.models, result.files.config("pyproject.toml").models)
    bom.write(call_facts(result), subject_of(result, today()), sdks.distribution, out)
