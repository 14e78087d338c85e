"""For tests that gate on readiness: ``assert_ready("app")``."""

from __future__ import annotations

import io
import os
from collections.abc import Iterable, Sequence
from pathlib import Path

from prodworthy import baseline as baselines
from prodworthy.api import overrides_of
from prodworthy.pipeline import Request, Result, run


def assert_ready(
    paths: str | os.PathLike[str] | Iterable[str | os.PathLike[str]] = ".",
    *,
    select: Sequence[str] | None = None,
    extend_select: Sequence[str] = (),
    ignore: Sequence[str] = (),
    profile: str | None = None,
    pedantic: bool = False,
    config: str | os.PathLike[str] | None = None,
    baseline: str | os.PathLike[str] | None = None,
) -> None:
    """Fail, with what `prodworthy check` would print, unless it would find nothing.

    Results are stored and used again, as that command does.

    Args:
        paths: a file or folder, or several, relative to the working directory (pytest's is where it was
            started).
        select: codes, prefixes of codes, or names that replace the profile's set.
        extend_select: added to it.
        ignore: taken from it.
        profile: ``prototype``, ``staging`` or ``production``.
        pedantic: report what the code does not show for certain, too.
        config: the only configuration file to use.
        baseline: a file of `prodworthy check --write-baseline`; what it knows is no failure.

    Raises:
        AssertionError: there are findings, or something could not be analysed.
        ConfigError: the configuration, a path or the baseline is wrong.
    """
    __tracebackhide__ = True  # pytest shows the test, not this
    listed = [paths] if isinstance(paths, str | os.PathLike) else paths
    request = Request(
        [Path(path) for path in listed],
        Path.cwd(),
        overrides_of(select, extend_select, ignore, profile, pedantic),
        Path(config).absolute() if config is not None else None,
        baselines.read_baseline(Path(baseline)) if baseline is not None else None,
        cache=True,
    )
    result = run(request)
    if result.findings or result.problems or not result.statistics["files"]:
        raise AssertionError(_told(result))


def _told(result: Result) -> str:
    from prodworthy.report.full import write

    out = io.StringIO()
    write(result, out, color=False)
    problems = [f"not analysed: {problem}" for problem in result.problems]
    nothing = [] if result.statistics["files"] else ["there are no files to check"]
    return "\n".join([*nothing, *problems, "", out.getvalue()]).strip("\n")
