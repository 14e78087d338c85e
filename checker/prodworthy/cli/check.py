"""``prodworthy check``."""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import replace
from pathlib import Path
from typing import TextIO

import click

from prodworthy import baseline as baselines
from prodworthy import report
from prodworthy.cli import UNANALYSED
from prodworthy.cli.completion import rules
from prodworthy.cli.jobs import Jobs
from prodworthy.cli.output import output
from prodworthy.cli.progress import Bar, warn
from prodworthy.config import Overrides, Profile
from prodworthy.errors import ConfigError, SourceError
from prodworthy.pipeline import Request, Result, run
from prodworthy.report.layout import wants_color
from prodworthy.source.text import decode, is_python

_SELECTORS = "CODES"


@click.command(
    name="check", short_help="Report what keeps an LLM application from being ready for production."
)
@click.argument("paths", nargs=-1, type=click.Path(path_type=Path, allow_dash=True))
@click.option(
    "--select",
    metavar=_SELECTORS,
    multiple=True,
    shell_complete=rules,
    help="Check only these: codes, prefixes, names, ALL.",
)
@click.option(
    "--extend-select", metavar=_SELECTORS, multiple=True, shell_complete=rules, help="Check these rules too."
)
@click.option(
    "--ignore", metavar=_SELECTORS, multiple=True, shell_complete=rules, help="Do not check these rules."
)
@click.option("--profile", type=click.Choice([p.value for p in Profile]), help="How far the application is.")
@click.option("--pedantic", is_flag=True, help="Report what is not certain, too.")
@click.option("--fix", is_flag=True, help="Mend what is safe to mend, and report what is left.")
@click.option("--unsafe-fixes", is_flag=True, help="Fixes that change what the program does count, too.")
@click.option("--diff", is_flag=True, help="Show what --fix would change; write and report nothing.")
@click.option(
    "--output-format",
    type=click.Choice(report.FORMATS),
    metavar="FORMAT",
    default="full",
    show_default=True,
    help=f"How to write the findings: {', '.join(report.FORMATS)}.",
)
@click.option(
    "--output-file", type=click.Path(path_type=Path, dir_okay=False), help="Write findings to a file."
)
@click.option("--baseline", type=click.Path(path_type=Path, dir_okay=False), help="Report new findings only.")
@click.option(
    "--write-baseline", is_flag=True, help="Write the findings to the --baseline file and report none."
)
@click.option("--statistics", is_flag=True, help="Count the findings by rule instead of listing them.")
@click.option("--exit-zero", is_flag=True, help="Exit with 0 whatever is found.")
@click.option(
    "--staged", is_flag=True, help="Check what the next commit holds: git's index, not the work tree."
)
@click.option("--history", is_flag=True, help="Search every content in git's history for secrets.")
@click.option("--since", metavar="REVISION", help="With --history, only the commits after this one.")
@click.option("--stdin-filename", type=click.Path(path_type=Path), help="The name of what `-` reads.")
@click.option(
    "--config", type=click.Path(path_type=Path, dir_okay=False), help="Use this configuration file only."
)
@click.option("--jobs", type=Jobs(), default="auto", show_default=True, help="How many processes to use.")
@click.option("--no-cache", is_flag=True, help="Use and store no results of earlier runs.")
@click.option(
    "--color",
    type=click.Choice(["auto", "always", "never"]),
    default="auto",
    show_default=True,
    help="Whether to colour the output; NO_COLOR and FORCE_COLOR are heeded.",
)
@click.pass_context
def command(
    ctx: click.Context,
    paths: tuple[Path, ...],
    select: tuple[str, ...],
    extend_select: tuple[str, ...],
    ignore: tuple[str, ...],
    profile: str | None,
    pedantic: bool,
    fix: bool,
    unsafe_fixes: bool,
    diff: bool,
    output_format: str,
    output_file: Path | None,
    baseline: Path | None,
    write_baseline: bool,
    statistics: bool,
    exit_zero: bool,
    staged: bool,
    history: bool,
    since: str | None,
    stdin_filename: Path | None,
    config: Path | None,
    no_cache: bool,
    jobs: int | None,
    color: str,
) -> None:
    """Report what keeps an LLM application from being ready for production.

    PATHS are files and folders, the current one if none is given; `-` reads standard input.
    """
    if write_baseline and baseline is None:
        raise click.UsageError("--write-baseline needs --baseline FILE, the file to write")
    if write_baseline and diff:
        raise click.UsageError("--diff reports no findings that --write-baseline could write")
    if since is not None and not history:
        raise click.UsageError("--since goes with --history")
    if (staged or history) and (fix or diff or stdin_filename or (staged and history)):
        raise click.UsageError("--staged and --history read what git holds: nothing can be fixed there")
    overrides = Overrides(
        select=_split(select) if select else None,
        extend_select=_split(extend_select),
        ignore=_split(ignore),
        profile=Profile(profile) if profile else None,
        pedantic=pedantic,
    )
    if staged:
        named, texts = _of_index(paths or (Path(),))
        if not named:
            click.echo("nothing is staged", err=True)
            ctx.exit(0)
    else:
        named, texts = _stdin(paths or (Path(),), stdin_filename)
    if texts and fix and not diff:
        raise click.UsageError("--fix needs a file to write; for the path `-`, --diff shows the changes")
    request = Request(
        paths=named,
        cwd=Path.cwd(),
        overrides=overrides,
        config=config.absolute() if config else None,
        baseline=baselines.read_baseline(baseline) if baseline and not write_baseline else None,
        each=write_baseline,
        texts=texts,
        cache=not no_cache,
        jobs=jobs,
    )
    if diff:
        ctx.exit(_show_diff(request, unsafe_fixes, output_file, color))
    if history:
        result = _in_history(request, since)
    else:
        result = _mended(request, unsafe_fixes) if fix else _checked(request)
    result = replace(result, unsafe_fixes=unsafe_fixes)
    warn(result)
    if write_baseline and baseline is not None:
        count = baselines.write_baseline(baseline, result.findings)
        click.echo(f"{baseline}: {count} finding{'s' * (count != 1)} written", err=True)
    else:
        style = "statistics" if statistics and output_format in ("full", "concise") else output_format
        with output(output_file, utf8=style not in report.FOR_PEOPLE) as out:
            report.write(style, result, out, color=_colored(out, color))
    if not exit_zero:
        ctx.exit(UNANALYSED if result.problems else int(bool(result.findings) and not write_baseline))


def _checked(request: Request) -> Result:
    with Bar() as bar:
        return run(request, bar.show)


def _in_history(request: Request, since: str | None) -> Result:
    from prodworthy.history import run_history

    with Bar() as bar:
        return run_history(request, since, bar.show)


def _of_index(paths: Sequence[Path]) -> tuple[list[Path], dict[Path, str]]:
    """The staged files below ``paths``, and what the index holds where the work tree differs."""
    from prodworthy import git

    top = git.top(Path.cwd())
    if top is None:
        raise ConfigError(f"{Path.cwd()}: --staged needs a git repository")
    chosen = [Path(os.path.abspath(path)) for path in paths]
    staged, unstaged = git.staged(top), git.unstaged(top)
    texts = {}
    for path, data in (staged | unstaged).items():
        with suppress(SourceError):
            texts[top / path] = decode(path, data)
    named = [top / path for path in staged if any((top / path).is_relative_to(one) for one in chosen)]
    # what is not text is passed over; what should be Python is told as such
    return [path for path in named if path in texts or is_python(path.name)], texts


def _mended(request: Request, unsafe: bool) -> Result:
    """Fix and write; the result tells what is left and what could not be written."""
    from prodworthy.fix.run import fix_all
    from prodworthy.fix.write import write_changes

    with Bar() as bar:
        fixed = fix_all(request, unsafe=unsafe, progress=bar.show)
    problems = write_changes(fixed.result.files.root, fixed.changes)
    return replace(fixed.result, problems=(*fixed.result.problems, *problems))


def _show_diff(request: Request, unsafe: bool, file: Path | None, color: str) -> int:
    """Print what fixes would change; the exit status is 1 if that is anything."""
    from prodworthy.fix.diff import diff
    from prodworthy.fix.run import fix_all

    with Bar() as bar:
        fixed = fix_all(request, unsafe=unsafe, progress=bar.show)
    warn(fixed.result)
    with output(file) as out:
        for line in diff(fixed):
            style = {"-": "red", "+": "green", "@": "cyan"}.get(line[:1]) if _colored(out, color) else None
            out.write((click.style(line, fg=style) if style else line) + "\n")
    count, files = fixed.result.fixed, len(fixed.changes)
    told = f"{count} finding{'s' * (count != 1)} would be fixed in {files} file{'s' * (files != 1)}"
    click.echo(told if count else "nothing would be fixed", err=True)
    return UNANALYSED if fixed.result.problems else int(bool(fixed.changes))


def _stdin(paths: Sequence[Path], name: Path | None) -> tuple[list[Path], dict[Path, str]]:
    """The paths, with ``-`` replaced by the name of what standard input holds, and its text."""
    if Path("-") not in paths:
        if name is not None:
            raise click.UsageError("--stdin-filename goes with the path `-`")
        return list(paths), {}
    shown = name or Path("stdin.py")
    text = decode(shown.as_posix(), sys.stdin.buffer.read())
    return [shown if path == Path("-") else path for path in paths], {Path.cwd() / shown: text}


def _split(values: Sequence[str]) -> tuple[str, ...]:
    return tuple(word.strip() for value in values for word in value.split(",") if word.strip())


def _colored(out: TextIO, color: str) -> bool:
    return wants_color(out, os.environ) if color == "auto" else color == "always"
