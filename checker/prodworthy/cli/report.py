"""``prodworthy report``."""

from __future__ import annotations

import datetime
from pathlib import Path

import click

from prodworthy.cli import UNANALYSED
from prodworthy.cli.day import EPOCH, today
from prodworthy.cli.jobs import Jobs
from prodworthy.cli.output import output
from prodworthy.cli.progress import Bar, warn
from prodworthy.config import Overrides, Profile
from prodworthy.pipeline import Request, run

FORMATS = ("html", "md", "json")


@click.command(name="report", short_help="Write the readiness report, section by section of the guide.")
@click.argument("paths", nargs=-1, type=click.Path(path_type=Path))
@click.option(
    "--format",
    "style",
    type=click.Choice(FORMATS),
    help="By default what the name of --output-file ends in, else md.",
)
@click.option("--output-file", type=click.Path(path_type=Path, dir_okay=False), help="Write it to a file.")
@click.option(
    "--compare",
    metavar="FILE",
    multiple=True,
    type=click.Path(path_type=Path, dir_okay=False),
    help="Show what changed since an earlier report in JSON; several make a line of scores.",
)
@click.option(
    "--date",
    type=click.DateTime(["%Y-%m-%d"]),
    help=f"The day of the report. By default that of {EPOCH}, else today.",
)
@click.option("--project", help="The project's name. By default that of its folder.")
@click.option(
    "--profile",
    type=click.Choice([p.value for p in Profile]),
    help="Check what this profile has on. By default every rule.",
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
    style: str | None,
    output_file: Path | None,
    compare: tuple[Path, ...],
    date: datetime.datetime | None,
    project: str | None,
    profile: str | None,
    config: Path | None,
    no_cache: bool,
    jobs: int | None,
) -> None:
    """Write the readiness report of PATHS (the current folder if none is given).

    It has a score for each section of the production guide, the findings by severity and by standard, every
    LLM call with what it can cost and sends, and what only people can attest. It is a report, not a gate: it
    ends with 0 whatever it says, and with 3 where something could not be analysed.
    """
    from prodworthy.readiness.assessment import assess, subject_of
    from prodworthy.readiness.trend import read_point

    day = date.date() if date is not None else today()
    earlier = [read_point(file) for file in compare]
    every = Overrides(extend_select=("ALL",)) if profile is None else Overrides(profile=Profile(profile))
    request = Request(
        paths=paths or (Path(),),
        cwd=Path.cwd(),
        overrides=every,
        config=config.absolute() if config else None,
        with_calls=True,
        cache=not no_cache,
        jobs=jobs,
    )
    with Bar() as bar:
        result = run(request, bar.show)
    warn(result)
    assessment = assess(result, subject_of(result, day, project), earlier)
    style = style or _by_name(output_file)
    with output(output_file, utf8=style != "md") as out:
        match style:
            case "html":
                from prodworthy.report import readiness_html

                readiness_html.write(assessment, result.packs.rules, out)
            case "json":
                from prodworthy.report import readiness_json

                readiness_json.write(assessment, out)
            case _:
                from prodworthy.report import readiness_md

                readiness_md.write(assessment, out)
    ctx.exit(UNANALYSED if result.problems else 0)


def _by_name(file: Path | None) -> str:
    ending = file.suffix.lower().removeprefix(".") if file is not None else ""
    return {"htm": "html", "markdown": "md"}.get(ending, ending if ending in FORMATS else "md")
