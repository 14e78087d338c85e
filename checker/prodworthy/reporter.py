"""What rules report to, and what becomes of a rule that fails."""

from __future__ import annotations

import traceback
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

from prodworthy.config import Policy
from prodworthy.discreet import discreet
from prodworthy.errors import SourceError
from prodworthy.finding import Confidence, Finding, Fix, Span, TraceStep
from prodworthy.outcome import Problem
from prodworthy.rule import Rule
from prodworthy.source.python import TOO_DEEP

if TYPE_CHECKING:
    from prodworthy.fix.remedy import Remedy

T = TypeVar("T")

DEFAULT = Policy()


class Reporter:
    """Makes findings of what one rule reports (`rule.Report`).

    Args:
        rule: the rule.
        keep: takes a finding, and the place of the defect that it shares with others, if it does.
        pedantic: keep findings of low confidence.
        fix: turns what would mend a finding into edits; without it nothing can be mended.
        statement: tells what identifies a finding for which the rule gives no context.
        policy: the values that fixes write.
    """

    def __init__(
        self,
        rule: Rule,
        keep: Callable[[Finding, Span | None], None],
        *,
        pedantic: bool,
        fix: Callable[[Remedy], Fix | None] | None = None,
        statement: Callable[[Span], str] | None = None,
        policy: Policy = DEFAULT,
    ) -> None:
        self.policy = policy
        self._rule = rule
        self._keep = keep
        self._pedantic = pedantic
        self._fix = fix
        self._statement = statement

    def __call__(
        self,
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
        """Report ``message`` at ``span``."""
        sure = confidence or self._rule.confidence
        if sure is Confidence.LOW and not self._pedantic:
            return
        if not context and self._statement is not None:
            context = self._statement(span)
        found = finding(
            self._rule,
            span,
            message,
            hint=hint,
            confidence=sure,
            trace=trace,
            fix=self._fix(fix) if fix is not None and self._fix is not None else None,
            context=context,
            secret=secret,
        )
        self._keep(found, defect)


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
        told = f"{type(error).__name__}: {discreet(str(error))}"
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
    """A finding of ``rule``; no credential that code brought into its words stays in them."""
    return Finding(
        code=rule.code,
        name=rule.name,
        message=discreet(message),
        span=span,
        severity=rule.severity,
        confidence=confidence or rule.confidence,
        hint=discreet(hint),
        trace=tuple(replace(step, message=discreet(step.message)) for step in trace),
        fix=fix,
        cwe=rule.cwe,
        owasp=rule.owasp,
        context=context,
        secret=secret,
    )
