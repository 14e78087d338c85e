"""The plugin of flake8: findings of a file as flake8's own."""

from __future__ import annotations

import ast
from collections.abc import Iterator, Sequence

from prodworthy import __version__


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
        from prodworthy.api import check_source

        self._findings = check_source("".join(lines), filename)

    def run(self) -> Iterator[tuple[int, int, str, type[Plugin]]]:
        """(line from 1, column from 0, ``PW301 message``, class) of each finding."""
        for finding in self._findings:
            message = " ".join(finding.message.split())
            yield finding.line, finding.span.column - 1, f"{finding.code} {message}", type(self)
