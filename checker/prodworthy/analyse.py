"""One file: whether it is worth parsing, its LLM calls, and what the rules say of them."""

from __future__ import annotations

import ast
import traceback
from collections.abc import Callable, Container, Sequence
from dataclasses import dataclass, field, replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

from prodworthy import builtin, suppress
from prodworthy.call import LlmCall
from prodworthy.config import Config
from prodworthy.errors import ModelError, SourceError
from prodworthy.files import Files
from prodworthy.finding import Confidence, Finding, Fix, Span, TraceStep
from prodworthy.model.knowledge import Knowledge
from prodworthy.pack import Packs
from prodworthy.prefilter import Prefilter
from prodworthy.rule import Module, Report, Rule
from prodworthy.selection import Selection
from prodworthy.source.python import TOO_DEEP, Source
from prodworthy.testfile import is_test
from prodworthy.unresolved import Unresolved

if TYPE_CHECKING:
    from prodworthy.fix.remedy import Remedy
    from prodworthy.resolve.engine import Engine

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Problem:
    """Something that could not be analysed: a file, or a rule on a file."""

    path: str
    message: str
    line: int | None = None
    rule: str = ""
    cell: int = 0

    def __str__(self) -> str:
        return str(SourceError(self.path, self.message, self.line, self.cell))


@dataclass(slots=True)
class Outcome:
    """What one file gave.

    Attributes:
        findings: of the rules that are on, suppressions not yet considered.
        suppressions: the file's comments that hold findings back.
        on: the codes of the rules that were checked.
        analysed: whether the file was worth parsing.
        passed_over: why a named file was not checked, else empty.
        unresolved: what could not be resolved, where that was asked for.
    """

    path: str
    findings: list[Finding] = field(default_factory=list)
    calls: tuple[LlmCall, ...] = ()
    problems: list[Problem] = field(default_factory=list)
    suppressions: tuple[suppress.Suppression, ...] = ()
    on: frozenset[str] = frozenset()
    analysed: bool = False
    passed_over: str = ""
    unresolved: tuple[Unresolved, ...] = ()


class Analyser:
    """Analyses the files of a run, each under its own configuration.

    Args:
        files: reads them.
        packs: the rules and the knowledge.
        paths: every file under analysis, which is searched for callers.
        only_calls: resolve the LLM calls and run no rule.
        unresolved: collect what could not be resolved.
    """

    def __init__(
        self,
        files: Files,
        packs: Packs,
        paths: Sequence[str],
        *,
        only_calls: bool = False,
        unresolved: bool = False,
    ) -> None:
        self._files = files
        self._packs = packs
        self._paths = paths
        self._checked = frozenset(paths)
        self._only_calls = only_calls
        self._unresolved = unresolved
        self._selections: dict[int, Selection] = {}
        self._prefilters: dict[int, Prefilter] = {}
        self._engines: dict[Prefilter, Engine] = {}

    def file(self, path: str, *, named: bool) -> Outcome:
        """Analyse one file; ``named`` ones are parsed even if nothing in them can be of interest."""
        outcome = Outcome(path)
        config = self._files.config(path)
        rules = () if self._only_calls else self._selection(config).for_path(self._below(path, config))
        outcome.on = frozenset(rule.code for rule in rules)
        try:
            self._read_and_check(outcome, config, rules, named)
        except SourceError as error:
            self._unreadable(outcome, config, error)
        except RecursionError:
            self._unreadable(outcome, config, SourceError(path, TOO_DEEP))
        return outcome

    def _read_and_check(self, outcome: Outcome, config: Config, rules: Sequence[Rule], named: bool) -> None:
        prefilter = self._prefilter(config)
        text = self._files.text(outcome.path)
        if not text and named and (language := self._files.other_language(outcome.path)):
            outcome.passed_over = f"is a notebook in {language}"
            return
        touches = prefilter.touches(text) or (self._unresolved and prefilter.suspects(text))
        lowered = text.lower() if any(rule.needs for rule in rules) else ""
        wanted = [r for r in rules if r.check_module and (_has_word(r, lowered) if r.needs else touches)]
        suppressing = not self._only_calls and suppress.mentions(text)
        if not (touches or wanted or suppressing or named):
            return
        source = self._files.source(outcome.path, text)
        for error in source.broken:
            self._unreadable(outcome, config, error)
        outcome.analysed = touches or bool(wanted)
        if suppressing:
            outcome.suppressions = suppress.of_source(source)
        if not outcome.analysed:
            return
        module = self._engine(config).module(source)
        check = _Check(outcome, source, self._files, self._checked, config.pedantic)
        tested = is_test(outcome.path) and not config.check_tests
        if touches:
            outcome.calls = check.guarded("", lambda: module.calls) or ()
            if self._unresolved and not tested:
                outcome.unresolved = check.guarded("", lambda: module.unresolved) or ()
        for rule in rules:
            if rule.check_call is not None and outcome.calls and (rule.in_tests or not tested):
                check.calls(rule, demos=rule.in_tests or config.check_tests)
        for rule in wanted:
            check.module(rule, module)
        check.join()

    def _unreadable(self, outcome: Outcome, config: Config, error: SourceError) -> None:
        rule = builtin.UNREADABLE_FILE
        below = self._below(outcome.path, config)
        if not self._only_calls and self._selection(config).ignores(rule, below):
            return
        outcome.problems.append(Problem(error.path, error.message, error.line, cell=error.cell))
        if rule.code in outcome.on:
            line = error.line or 1
            span = Span(error.path, line, 1, line, 1, cell=error.cell)
            outcome.findings.append(finding(rule, span, error.message, context="file"))

    def _below(self, path: str, config: Config) -> str:
        """``path`` as the globs of ``config`` mean it."""
        file = self._files.root / path
        return (file.relative_to(config.root) if file.is_relative_to(config.root) else file).as_posix()

    def _selection(self, config: Config) -> Selection:
        known = self._selections.get(id(config))
        if known is None:
            known = self._selections[id(config)] = Selection(config, self._packs.rules)
        return known

    def _prefilter(self, config: Config) -> Prefilter:
        key = id(config.models) if config.models else 0
        known = self._prefilters.get(key)
        if known is None:
            try:
                known = Prefilter(Knowledge(self._packs.models, config.models))
            except ModelError as error:
                raise ModelError(f"{config.origin}: {error}" if config.models else str(error)) from error
            self._prefilters[key] = known
        return known

    def _engine(self, config: Config) -> Engine:
        # imported here: a run that meets no LLM has no need of the resolver
        from prodworthy.resolve.engine import Engine

        prefilter = self._prefilter(config)
        known = self._engines.get(prefilter)
        if known is None:
            known = Engine(self._files.root, prefilter.knowledge, self._files.source, self._paths)
            self._engines[prefilter] = known
        return known


class _Check:
    """Runs rules on one file; one that fails is named, and the others still run."""

    def __init__(
        self, outcome: Outcome, source: Source, files: Files, checked: Container[str], pedantic: bool
    ) -> None:
        self._outcome = outcome
        self._source = source
        self._files = files
        self._checked = checked
        self._pedantic = pedantic
        self._shared: dict[tuple[str, Span], list[Finding]] = {}

    def join(self) -> None:
        """Let the first finding about a shared defect say how many calls it holds for."""
        for same in self._shared.values():
            more = len(same) - 1
            if more:
                place = self._outcome.findings.index(same[0])
                told = f"{same[0].message} (as for {more} more call{'s' if more > 1 else ''} in this file)"
                self._outcome.findings[place] = replace(same[0], message=told)

    def calls(self, rule: Rule, *, demos: bool) -> None:
        """Run a rule on the LLM calls of the file, ``demos`` of its own modules included or not."""
        check = rule.check_call
        assert check is not None
        for call in self._outcome.calls:
            if call.demo and not demos:
                continue
            self.guarded(rule.code, partial(check, call, self._reporter(rule)))

    def module(self, rule: Rule, module: Module) -> None:
        """Run a rule on the file."""
        assert rule.check_module is not None
        self.guarded(rule.code, partial(rule.check_module, module, self._reporter(rule)))

    def guarded(self, rule: str, work: Callable[[], T]) -> T | None:
        """The result of ``work``; where it fails, a problem that names rule and file, and None."""
        try:
            return work()
        except RecursionError:
            message = f"{rule or 'the analysis'} gave up: {TOO_DEEP}"
        except Exception as error:
            frame = traceback.extract_tb(error.__traceback__)[-1]
            where = f"{Path(frame.filename).name}:{frame.lineno}"
            told = f"{type(error).__name__}: {error}"
            message = f"{rule or 'the analysis'} failed: {told} ({where}); please report this"
        self._outcome.problems.append(Problem(self._outcome.path, message, rule=rule))
        return None

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
        ) -> None:
            sure = confidence or rule.confidence
            if sure is Confidence.LOW and not self._pedantic:
                return
            text = context or self._statement(span)
            mend = self._fix(fix) if fix is not None else None
            found = finding(
                rule, span, message, hint=hint, confidence=sure, trace=trace, fix=mend, context=text
            )
            if defect is not None:
                same = self._shared.setdefault((rule.code, defect), [])
                same.append(found)
                if len(same) > 1:
                    return
            self._outcome.findings.append(found)

        return report

    def _fix(self, remedy: Remedy) -> Fix | None:
        from prodworthy.fix.edits import fix_of  # only a finding that can be mended needs it

        return fix_of(remedy, self._files.source, self._checked)

    def _statement(self, span: Span) -> str:
        """The text of the statement that holds ``span``: what identifies a finding when code moves."""
        source = self._source if span.path == self._source.path else self._files.source(span.path)
        first, last = statement_lines(source.tree, source.above(span) + span.line)
        return " ".join(" ".join(source.lines[first - 1 : last]).split())


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


def _has_word(rule: Rule, lowered: str) -> bool:
    return any(word in lowered for word in rule.needs)
