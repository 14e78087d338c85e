"""The plugin of flake8: findings of a file as flake8's own."""

from __future__ import annotations

import ast
import os
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from prodworthy import __version__

if TYPE_CHECKING:
    from prodworthy.finding import Finding


class Plugin:
    """Checks one file, under the configuration that `prodworthy check` would use for it.

    Raises:
        ConfigError: the configuration is wrong. flake8 names plugin, file and reason, as it does for
            whatever a constructor raises; so the work is done here.
    """

    name = "prodworthy"
    version = __version__

    def __init__(self, tree: ast.AST, filename: str, lines: Sequence[str]) -> None:
        del tree  # flake8 takes it for a plugin of trees, which it calls once for a file
        self._findings = _findings(Path(os.path.abspath(filename)), "".join(lines))

    def run(self) -> Iterator[tuple[int, int, str, type[Plugin]]]:
        """(line from 1, column from 0, ``PW301 message``, class) of each finding."""
        for finding in self._findings:
            message = " ".join(finding.message.split())
            yield finding.line, finding.span.column - 1, f"{finding.code} {message}", type(self)


def _findings(file: Path, text: str) -> Sequence[Finding]:
    from prodworthy.api import check_source
    from prodworthy.discover import is_project, project_root, relative

    root = project_root((file,), Path.cwd())
    if is_project(root) and file.is_relative_to(root) and _holds(file, text):
        return _of_project(root).get(relative(file, root), ())
    return check_source(text, file)


@cache
def _of_project(root: Path) -> Mapping[str, Sequence[Finding]]:
    """The findings of a project by file. One run over all of it costs less than one for each file."""
    from prodworthy.pipeline import Request, run

    found: dict[str, list[Finding]] = defaultdict(list)
    for finding in run(Request((root,), root, cache=True)).findings:
        found[finding.path].append(finding)
    return found


def _holds(file: Path, text: str) -> bool:
    """Whether ``text`` is what ``file`` holds, and not what an editor is about to save to it."""
    from prodworthy.errors import SourceError
    from prodworthy.source.text import read_text

    try:
        return read_text(file.parent, file.name).replace("\r\n", "\n").replace("\r", "\n") == text
    except SourceError:  # the analysis of its text tells what is wrong with it
        return False
