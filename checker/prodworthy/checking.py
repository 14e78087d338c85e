"""The rules on one file; one that fails is named, and the others still run."""

from __future__ import annotations

import ast
import traceback
from collections.abc import Callable, Container, Sequence
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

from prodworthy.call import LlmCall
from prodworthy.errors import SourceError
from prodworthy.finding import Confidence, Finding, Fix, Span, TraceStep
from prodworthy.outcome import Problem
from prodworthy.rule import Module, Report, Rule
from prodworthy.source.python import TOO_DEEP, Source

if TYPE_CHECKING:
    from prodworthy.fix.remedy import Remedy

T = TypeVar("T")


class Check:
    """Runs rules on one file.

    Args:
        source: the file.
        read: reads another one, for what a finding says of it (raises `SourceError`).
        checked: the files that a fix may change.
        pedantic: keep findings of low confidence.

    Attributes:
        findings: what the rules reported.
        problems: what failed.
    """

    def __init__(
        self, source: Source, read: Callable[[str], Source], checked: Container[str], *, pedantic: bool
    ) -> None:
        self.findings: list[Finding] = []
        self.problems: list[Problem] = []
        self._source = source
        self._read = read
        self._checked = checked
        self._pedantic = pedantic
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
            sure = confidence or rule.confidence
            if sure is Confidence.LOW and not self._pedantic:
                return
            text = context or self._statement(span)
            mend = self._fix(fix) if fix is not None else None
            found = finding(
                rule,
                span,
                message,
                hint=hint,
                confidence=sure,
                trace=trace,
                fix=mend,
                context=text,
                secret=secret,
            )
            if defect is not None:
                same = self._shared.setdefault((rule.code, defect), [])
                same.append(found)
                if len(same) > 1:
                    return
            self.findings.append(found)

        return report

    def _fix(self, remedy: Remedy) -> Fix | None:
        from prodworthy.fix.edits import fix_of  # only a finding that can be mended needs it

        return fix_of(remedy, self._read, self._checked)

    def _statement(self, span: Span) -> str:
        """The text of the statement that holds ``span``: what identifies a finding when code moves."""
        source = self._source if span.path == self._source.path else self._read(span.path)
        first, last = statement_lines(source.tree, source.above(span) + span.line)
        return " ".join(" ".join(source.lines[first - 1 : last]).split())


def guarded(path: str, rule: str, work: Callable[[], T], problems: list[Problem]) -> T | None:
    """The result of ``work`` on the file ``path``; where it fails, one more of ``problems``, and None.

    Raises:
        SourceError: the file cannot be read, which is no failure of the rule.
    """
    try:
        return work()
    except SourceError:
        raise
    except RecursionError:
        message = f"{rule or 'the analysis'} gave up: {TOO_DEEP}"
    except Exception as error:
        frame = traceback.extract_tb(error.__traceback__)[-1]
        where = f"{Path(frame.filename).name}:{frame.lineno}"
        told = f"{type(error).__name__}: {error}"
        message = f"{rule or 'the analysis'} failed: {told} ({where}); please report this"
    problems.append(Problem(path, message, rule=rule))
    return None


def finding(
    rule: Rule,
    span: Span,
    message: str,
    *,
    hint: str = "",
    confidence: Confidence | None = None,
    trace: tuple[TraceStep, ...] = (),
    fix: Fix | None = None,
    context: str = "",
    secret: str = "",
) -> Finding:
    """A finding of ``rule``."""
    return Finding(
        code=rule.code,
        name=rule.name,
        message=message,
        span=span,
        severity=rule.severity,
        confidence=confidence or rule.confidence,
        hint=hint,
        trace=trace,
        fix=fix,
        cwe=rule.cwe,
        owasp=rule.owasp,
        context=context,
        secret=secret,
    )


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
