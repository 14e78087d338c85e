"""The rules on one file; one that fails is named, and the others still run."""

from __future__ import annotations

import ast
from collections.abc import Callable, Container, Sequence
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING, TypeVar

from prodworthy.call import LlmCall
from prodworthy.config import Config
from prodworthy.finding import Finding, Fix, Span
from prodworthy.outcome import Problem
from prodworthy.reporter import Reporter, guarded
from prodworthy.rule import Module, Report, Rule
from prodworthy.source.python import Source

if TYPE_CHECKING:
    from prodworthy.fix.remedy import Remedy

T = TypeVar("T")


class Check:
    """Runs rules on one file.

    Args:
        source: the file.
        read: reads another one, for what a finding says of it (raises `SourceError`).
        checked: the files that a fix may change.
        config: what holds for the file.

    Attributes:
        findings: what the rules reported.
        problems: what failed.
    """

    def __init__(
        self, source: Source, read: Callable[[str], Source], checked: Container[str], config: Config
    ) -> None:
        self.findings: list[Finding] = []
        self.problems: list[Problem] = []
        self._source = source
        self._read = read
        self._checked = checked
        self._config = config
        self._shared: dict[tuple[str, Span], list[Finding]] = {}

    def join(self) -> None:
        """Let the first finding about a shared defect say how many calls it holds for."""
        for same in self._shared.values():
            more = len(same) - 1
            if more:
                place = self.findings.index(same[0])
                told = f"{same[0].message} (as for {more} more call{'s' if more > 1 else ''} in this file)"
                self.findings[place] = replace(same[0], message=told)

    def calls(self, rule: Rule, calls: Sequence[LlmCall], *, demos: bool) -> None:
        """Run a rule on the file's LLM calls, ``demos`` of its own modules included or not."""
        check = rule.check_call
        assert check is not None
        for call in calls:
            if call.demo and not demos:
                continue
            self.guarded(rule.code, partial(check, call, self._reporter(rule)))

    def module(self, rule: Rule, module: Module) -> None:
        """Run a rule on the file."""
        assert rule.check_module is not None
        self.guarded(rule.code, partial(rule.check_module, module, self._reporter(rule)))

    def guarded(self, rule: str, work: Callable[[], T]) -> T | None:
        """The result of ``work``; where it fails, a problem that names rule and file, and None."""
        return guarded(self._source.path, rule, work, self.problems)

    def _reporter(self, rule: Rule) -> Report:
        keep = partial(self._keep, rule.code)
        return Reporter(
            rule,
            keep,
            pedantic=self._config.pedantic,
            fix=self._fix,
            statement=self._statement,
            policy=self._config.policy,
        )

    def _keep(self, code: str, found: Finding, defect: Span | None) -> None:
        if defect is not None:
            same = self._shared.setdefault((code, defect), [])
            same.append(found)
            if len(same) > 1:
                return
        self.findings.append(found)

    def _fix(self, remedy: Remedy) -> Fix | None:
        from prodworthy.fix.edits import fix_of  # only a finding that can be mended needs it

        return fix_of(remedy, self._read, self._checked)

    def _statement(self, span: Span) -> str:
        """The text of the statement that holds ``span``: what identifies a finding when code moves."""
        source = self._source if span.path == self._source.path else self._read(span.path)
        first, last = statement_lines(source.tree, source.above(span) + span.line)
        return " ".join(" ".join(source.lines[first - 1 : last]).split())


def statement_lines(tree: ast.Module, line: int) -> tuple[int, int]:
    """The lines of the innermost statement around ``line``; of a compound statement only its header."""
    best = (line, line)
    for node in ast.walk(tree):
        if isinstance(node, ast.stmt) and node.lineno <= line <= (node.end_lineno or node.lineno):
            body = getattr(node, "body", None)
            first = body[0].lineno if isinstance(body, list) and body else None
            if first is None or line < first or first == node.lineno:
                last = (node.end_lineno or line) if first is None else max(first - 1, node.lineno)
                best = node.lineno, last
    return best
