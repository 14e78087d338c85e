"""What goes to standard error: a bar while a long run lasts, and what could not be analysed."""

from __future__ import annotations

import os
import sys
import time
from types import TracebackType

import click

from prodworthy.pipeline import Result
from prodworthy.report.excerpt import printable

_WAIT = 1.0
_EVERY = 0.1
_WIDTH = 30


class Bar:
    """A progress bar, on a terminal and for long runs only."""

    def __init__(self) -> None:
        self._next = time.monotonic() + _WAIT
        self._on = sys.stderr.isatty() and os.environ.get("TERM") != "dumb"
        self._shown = False

    def __enter__(self) -> Bar:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._shown:
            sys.stderr.write("\r\033[K")
            sys.stderr.flush()

    def show(self, done: int, total: int) -> None:
        """Say that ``done`` of ``total`` files are analysed; of how many is not known if that is 0."""
        if not self._on or time.monotonic() < self._next:
            return
        filled = _WIDTH * done // max(total, 1)
        bar = f"{'█' * filled}{'░' * (_WIDTH - filled)} {done}/{total}" if total else f"{done}"
        sys.stderr.write(f"\r{bar} files")
        sys.stderr.flush()
        self._shown, self._next = True, time.monotonic() + _EVERY


def warn(result: Result) -> None:
    """Name what was skipped and what could not be analysed."""
    for path, reason in result.skipped:
        click.echo(f"warning: {printable(path)}: {reason}; it was not checked", err=True)
    for problem in result.problems:
        click.echo(f"error: {printable(str(problem))}", err=True)
    if not result.statistics["files"] and not result.skipped:
        click.echo("warning: no files to check found", err=True)
