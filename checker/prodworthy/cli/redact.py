"""``prodworthy redact``."""

from __future__ import annotations

import sys
import warnings
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO

import click

from prodworthy.cli import UNANALYSED
from prodworthy.errors import ConfigError

if TYPE_CHECKING:
    from prodworthy_redact import Redactor

BLOCKED = 1
_LINES = (".jsonl", ".ndjson")
_BOM = b"\xef\xbb\xbf"


@click.command(name="redact", short_help="Replace personal data and secrets in text or JSON.")
@click.argument("file", default="-", type=click.Path(path_type=Path, dir_okay=False, allow_dash=True))
@click.option("--restore", is_flag=True, help="Put the values of --session back instead.")
@click.option(
    "--session",
    metavar="FILE",
    type=click.Path(path_type=Path, dir_okay=False),
    help="Keep the values, encrypted, in this file.",
)
@click.option("--explain", is_flag=True, help="Show each entity, who found it and why; no values.")
@click.option("--dry-run", is_flag=True, help="Show how many of what would be replaced, as a table.")
@click.option(
    "--format",
    "shape",
    type=click.Choice(["auto", "text", "jsonl"]),
    default="auto",
    show_default=True,
    help="`jsonl` works line by line; auto does for .jsonl and .ndjson. JSON is recognised in both.",
)
@click.option(
    "--config", type=click.Path(path_type=Path, dir_okay=False), help="Use this configuration file."
)
@click.pass_context
def command(
    ctx: click.Context,
    file: Path,
    restore: bool,
    session: Path | None,
    explain: bool,
    dry_run: bool,
    shape: str,
    config: Path | None,
) -> None:
    """Replace personal data and secrets in FILE, or in standard input.

    JSON stays JSON, and in a request to a provider what holds it together stays. With --session the values
    can be put back: `prodworthy redact --restore --session FILE`.

    Exit status: 0 done, 1 the policy forbids sending it, 2 usage or configuration error, 3 not scanned.
    """
    from prodworthy_redact import BlockedError, RedactError

    if restore and (explain or dry_run):
        raise click.UsageError("--restore goes with neither --explain nor --dry-run")
    if restore and session is None:
        raise click.UsageError("--restore needs --session FILE, which holds the values")
    if restore and session is not None and not session.is_file():
        raise ConfigError(f"{session}: no such session file")
    by_line = shape == "jsonl" or (shape == "auto" and file.suffix in _LINES)
    try:
        redactor = _redactor(config, None if explain or dry_run else session)
        if explain or dry_run:
            (_explain if explain else _count)(redactor, _texts(file, by_line))
        else:
            with redactor.session("command line" if session else None) as talk:
                _pipe(talk.restore if restore else talk.redact, file, by_line)
    except BlockedError as error:
        click.echo(f"error: {error}", err=True)
        ctx.exit(BLOCKED if error.kinds else UNANALYSED)
    except RedactError as error:
        raise ConfigError(str(error)) from error


def _redactor(config: Path | None, session: Path | None) -> Redactor:
    """The redactor of the nearest policy; what it warns of is told as any command tells it."""
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        redactor = _built(config, session)
    for warning in caught:
        click.echo(f"warning: {warning.message}", err=True)
    return redactor


def _built(config: Path | None, session: Path | None) -> Redactor:
    from prodworthy_redact import Policy, Redactor
    from prodworthy_redact.keys import Key, required
    from prodworthy_redact.vault import FileVault

    policy = Policy.load(config) if config else Policy.load()
    if session is None:
        return Redactor(policy)
    key = Key.from_environment()
    if key is None:
        raise required("--session")
    return Redactor(policy, vault=FileVault(session, key, single=True), key=key)


def _pipe(work: Callable[[str], str], file: Path, by_line: bool) -> None:
    for text in _texts(file, by_line):
        body = text.removesuffix("\n") if by_line else text
        sys.stdout.buffer.write((work(body) + text[len(body) :]).encode())
        sys.stdout.buffer.flush()


def _texts(file: Path, by_line: bool) -> Iterator[str]:
    """The lines of a file, or all of it."""
    try:
        with sys.stdin.buffer if file == Path("-") else file.open("rb") as stream:
            yield from _decoded(stream, by_line)
    except UnicodeDecodeError as error:
        raise ConfigError(f"{file}: is not UTF-8 text") from error
    except OSError as error:
        raise ConfigError(f"{file}: cannot be read: {error.strerror or error}") from error


def _decoded(stream: BinaryIO, by_line: bool) -> Iterator[str]:
    if not by_line:
        yield stream.read().removeprefix(_BOM).decode()
        return
    for number, line in enumerate(stream):
        yield (line.removeprefix(_BOM) if number == 0 else line).decode()


def _explain(redactor: Redactor, texts: Iterator[str]) -> None:
    from prodworthy_redact.transform import mask

    line = 1
    for text in texts:
        for found in redactor.explain(text):
            before = text[: found.start]
            place = f"{line + before.count(chr(10))}:{found.start - before.rfind(chr(10))}"
            stars = mask(text[found.start : found.end].replace("\n", " "), 0)
            why = f"{found.recognizer}: {found.why}" if found.why else found.recognizer
            click.echo(f"{place}: {found.kind} {found.score:.2f} {found.action}: {stars} ({why})")
        line += text.count("\n")


def _count(redactor: Redactor, texts: Iterator[str]) -> None:
    found: Counter[tuple[str, str, str]] = Counter(
        (entity.kind, entity.action, entity.recognizer) for text in texts for entity in redactor.explain(text)
    )
    rows = [("entity", "action", "recognizer", "count")]
    rows += [(*key, str(count)) for key, count in sorted(found.items())]
    widths = [max(len(row[column]) for row in rows) for column in range(3)]
    for row in rows if found else ():
        cells = (cell.ljust(width) for cell, width in zip(row, widths, strict=False))
        click.echo("  ".join((*cells, row[3].rjust(5))))
    if not found:
        click.echo("nothing to replace")
