"""The rules about files of any kind, on one file: Python, configuration, scripts, documents, notebooks."""

from __future__ import annotations

from collections.abc import Callable, Container, Sequence
from contextlib import AbstractContextManager
from functools import cached_property, partial
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO, Protocol

from prodworthy import suppress
from prodworthy.errors import SourceError
from prodworthy.finding import Finding, Fix, Span
from prodworthy.outcome import Problem
from prodworthy.reporter import Reporter, guarded
from prodworthy.rule import Rule
from prodworthy.source.python import Source
from prodworthy.source.text import is_python

if TYPE_CHECKING:
    from prodworthy.fix.remedy import Remedy
    from prodworthy.secrets.found import FoundSecret

_DOTENV = (".env*", "*.env", "*/.env*", ".envrc", "*/.envrc")

Lines = Callable[[str, int, int], Sequence[str]]
"""The lines from one number to another of a file."""


class GitState(Protocol):
    """What git says of the files of a project."""

    def tracks(self, path: str, /) -> bool:
        """Whether git tracks the dotenv file ``path``."""

    def ignores(self, path: str, /) -> bool:
        """Whether an ignore rule covers ``path``."""


class WorkTree:
    """What git says of the files of a project (`GitState`), asked once.

    Args:
        root: the project root.
        ignored: files that were named although an ignore rule covers them.
    """

    def __init__(self, root: Path, ignored: Container[str]) -> None:
        self._ignored = ignored
        self._root = root

    def tracks(self, path: str) -> bool:
        """Whether git tracks the dotenv file ``path``."""
        return path in self._tracked

    def ignores(self, path: str) -> bool:
        """Whether an ignore rule covers ``path``."""
        return path in self._ignored

    @cached_property
    def _tracked(self) -> frozenset[str]:
        from prodworthy.git import tracked

        return tracked(self._root, *_DOTENV)


class FileView:
    """A file of any kind as rules see it (`rule.TextFile`).

    Args:
        path: relative to the project root.
        opened: opens it for reading.
        source: parses it; asked only for Python.
        git: what git says.
    """

    def __init__(
        self,
        path: str,
        opened: Callable[[], AbstractContextManager[BinaryIO]],
        source: Callable[[], Source],
        git: GitState,
    ) -> None:
        self.path = path
        self._opened = opened
        self._source = source
        self._git = git

    @cached_property
    def secrets(self) -> tuple[FoundSecret, ...]:
        """The credentials in it, but for those in the strings of Python code.

        Raises:
            SourceError: it cannot be read.
        """
        from prodworthy.secrets.found import in_file

        try:
            with self._opened() as stream:
                return in_file(self.path, stream, self._source)
        except OSError as error:
            raise SourceError(self.path, f"cannot be read: {error.strerror or error}") from error

    @property
    def tracked(self) -> bool:
        """Whether git tracks it."""
        return self._git.tracks(self.path)

    @property
    def ignored(self) -> bool:
        """Whether an ignore rule covers it."""
        return self._git.ignores(self.path)


class TextCheck:
    """Runs the rules about files of any kind on one file.

    Args:
        file: the file.
        lines: reads lines of it, for comments that hold findings back; those of Python are read elsewhere.
        pedantic: keep findings of low confidence.
        fix: turns what would mend a finding into edits; without it nothing can be mended.

    Attributes:
        findings: what the rules reported and no comment in a file that is not Python holds back.
        suppressed: how many such comments held back.
        problems: what failed.
    """

    def __init__(
        self,
        file: FileView,
        lines: Lines,
        *,
        pedantic: bool,
        fix: Callable[[Remedy], Fix | None] | None = None,
    ) -> None:
        self.findings: list[Finding] = []
        self.problems: list[Problem] = []
        self.suppressed = 0
        self._file = file
        self._lines = lines
        self._pedantic = pedantic
        self._fix = fix

    def run(self, rules: Sequence[Rule]) -> None:
        """Run those of ``rules`` that are about files of any kind.

        Raises:
            SourceError: the file cannot be read.
        """
        for rule in rules:
            if rule.check_text is not None:
                report = Reporter(rule, self._keep, pedantic=self._pedantic, fix=self._fix)
                work = partial(rule.check_text, self._file, report)
                guarded(self._file.path, rule.code, work, self.problems)

    def _keep(self, found: Finding, _: Span | None) -> None:
        first = max(found.line - 1, 1)
        if not is_python(found.path) and suppress.in_text(self._lines(found.path, first, found.line), found):
            self.suppressed += 1
        else:
            self.findings.append(found)
