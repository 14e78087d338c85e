"""The checker from Python."""

from __future__ import annotations

import os
from collections.abc import Iterable, Sequence
from pathlib import Path

from prodworthy.config import Overrides, Profile
from prodworthy.errors import RuleError
from prodworthy.finding import Finding
from prodworthy.pipeline import Request, run


def check_paths(
    paths: Iterable[str | os.PathLike[str]] = (".",),
    *,
    select: Sequence[str] | None = None,
    extend_select: Sequence[str] = (),
    ignore: Sequence[str] = (),
    profile: str | None = None,
    pedantic: bool = False,
    config: str | os.PathLike[str] | None = None,
) -> tuple[Finding, ...]:
    """The findings in files and folders, as ``prodworthy check`` reports them.

    Args:
        paths: files and folders, relative to the working directory.
        select: codes, prefixes of codes, or names that replace the profile's set.
        extend_select: added to it.
        ignore: taken from it.
        profile: ``prototype``, ``staging`` or ``production``.
        pedantic: report what the code does not show for certain, too.
        config: the only configuration file to use.

    Returns:
        Sorted by place. A file that cannot be analysed is a finding of PW002.

    Raises:
        ConfigError: the configuration or a path is wrong.
        RuleError: a rule cannot be loaded, or failed on a file.
    """
    overrides = overrides_of(select, extend_select, ignore, profile, pedantic)
    file = Path(config).absolute() if config is not None else None
    return _findings(Request([Path(path) for path in paths], Path.cwd(), overrides, file))


def check_source(
    text: str,
    filename: str | os.PathLike[str] = "source.py",
    *,
    select: Sequence[str] | None = None,
    extend_select: Sequence[str] = (),
    ignore: Sequence[str] = (),
    profile: str | None = None,
    pedantic: bool = False,
) -> tuple[Finding, ...]:
    """The findings in ``text``, as if it stood in ``filename`` (which need not exist).

    Raises:
        ConfigError: the configuration is wrong.
        RuleError: a rule cannot be loaded, or failed.
    """
    path = Path(filename)
    overrides = overrides_of(select, extend_select, ignore, profile, pedantic)
    return _findings(Request([path], Path.cwd(), overrides, texts={path.absolute(): text}))


def overrides_of(
    select: Sequence[str] | None,
    extend_select: Sequence[str],
    ignore: Sequence[str],
    profile: str | None,
    pedantic: bool,
) -> Overrides:
    """The options of these functions as the command line has them."""
    return Overrides(
        select=None if select is None else tuple(select),
        extend_select=tuple(extend_select),
        ignore=tuple(ignore),
        profile=Profile(profile) if profile else None,
        pedantic=pedantic,
    )


def _findings(request: Request) -> tuple[Finding, ...]:
    result = run(request)
    for problem in result.problems:
        if problem.rule:
            raise RuleError(str(problem))
    return result.findings
