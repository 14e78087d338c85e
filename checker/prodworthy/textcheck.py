"""The rules about files of any kind, on one file: Python, configuration, scripts, documents, notebooks."""

from __future__ import annotations

import re
from collections.abc import Callable, Container, Sequence
from contextlib import AbstractContextManager
from functools import cached_property, partial
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO, Protocol

from prodworthy.checking import finding, guarded
from prodworthy.errors import SourceError
from prodworthy.finding import Confidence, Finding, Span, TraceStep
from prodworthy.outcome import Problem
from prodworthy.rule import Report, Rule
from prodworthy.source.python import Source
from prodworthy.source.text import is_python

if TYPE_CHECKING:
    from prodworthy.fix.remedy import Remedy
    from prodworthy.secrets.found import FoundSecret

_DOTENV = (".env*", "*.env", "*/.env*", ".envrc", "*/.envrc")
_IGNORE = re.compile(r"prodworthy:\s*ignore\[([^\]\n]*)\]", re.IGNORECASE)
_ALONE = re.compile(r"\s*(?:#|//|--|;|<!--|/\*|\{#)\s*prodworthy:", re.IGNORECASE)

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

    Attributes:
        findings: what the rules reported and no comment in a file that is not Python holds back.
        suppressed: how many such comments held back.
        problems: what failed.
    """

    def __init__(self, file: FileView, lines: Lines, *, pedantic: bool) -> None:
        self.findings: list[Finding] = []
        self.problems: list[Problem] = []
        self.suppressed = 0
        self._file = file
        self._lines = lines
        self._pedantic = pedantic

    def run(self, rules: Sequence[Rule]) -> None:
        """Run those of ``rules`` that are about files of any kind.

        Raises:
            SourceError: the file cannot be read.
        """
        for rule in rules:
            if rule.check_text is not None:
                work = partial(rule.check_text, self._file, self._reporter(rule))
                guarded(self._file.path, rule.code, work, self.problems)

    def _reporter(self, rule: Rule) -> Report:
        def report(
            span: Span,
            message: str,
            *,
            hint: str = "",
            confidence: Confidence | None = None,
            trace: tuple[TraceStep, ...] = (),
            fix: Remedy | None = None,
            context: str = "",
            defect: Span | None = None,
            secret: str = "",
        ) -> None:
            del fix, defect  # of Python code alone
            sure = confidence or rule.confidence
            if sure is Confidence.LOW and not self._pedantic:
                return
            if not is_python(span.path) and self._is_held(span, rule):
                self.suppressed += 1
                return
            self.findings.append(
                finding(
                    rule,
                    span,
                    message,
                    hint=hint,
                    confidence=sure,
                    trace=trace,
                    context=context,
                    secret=secret,
                )
            )

        return report

    def _is_held(self, span: Span, rule: Rule) -> bool:
        """Whether a comment on the line, or alone on the line above, names ``rule``."""
        first = max(span.line - 1, 1)
        for number, line in enumerate(self._lines(span.path, first, span.line), first):
            for found in _IGNORE.finditer(line):
                words = {word.strip() for word in found[1].split(",")}
                if words & {rule.code, rule.name} and (number == span.line or _ALONE.match(line)):
                    return True
        return False
