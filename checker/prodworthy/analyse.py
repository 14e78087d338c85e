"""One file: whether it is worth parsing, its LLM calls, and what the rules say of them."""

from __future__ import annotations

import gc
from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import cached_property, partial
from typing import TYPE_CHECKING

from prodworthy import builtin, suppress
from prodworthy.call import LlmCall
from prodworthy.checking import Check
from prodworthy.config import Config
from prodworthy.errors import ConfigError, ModelError, SourceError
from prodworthy.files import Files
from prodworthy.finding import Applicability, Finding, Fix, Span
from prodworthy.model.knowledge import Knowledge
from prodworthy.outcome import Consulted, Members, Outcome, Problem, settled
from prodworthy.pack import Packs
from prodworthy.prefilter import Prefilter
from prodworthy.privacy import Privacy
from prodworthy.reporter import finding
from prodworthy.rule import Rule
from prodworthy.selection import Selection
from prodworthy.source.python import TOO_DEEP, Source
from prodworthy.testfile import is_test

if TYPE_CHECKING:
    from prodworthy.fix.remedy import Remedy
    from prodworthy.resolve.engine import Engine
    from prodworthy.resolve.library import Library
    from prodworthy.textcheck import GitState
    from prodworthy.unresolved import Unresolved


class Analyser:
    """Analyses the files of a run, each under its own configuration and each by itself.

    What one file gives depends on texts alone, never on which files were analysed before it.

    Args:
        files: reads them.
        packs: the rules and the knowledge.
        paths: every Python file under analysis.
        around: tells the project's Python files, which are searched for callers; None if ``paths`` are all.
        git: what git says of the files.
        only_calls: resolve the LLM calls and run no rule.
        with_calls: tell the calls beside what the rules say.
        unresolved: collect what could not be resolved.
        sharing: the processes that share the memory which one may use.
    """

    def __init__(
        self,
        files: Files,
        packs: Packs,
        paths: Sequence[str],
        git: GitState,
        *,
        around: Callable[[], Sequence[str]] | None = None,
        only_calls: bool = False,
        with_calls: bool = False,
        unresolved: bool = False,
        sharing: int = 1,
    ) -> None:
        self._files = files
        self._packs = packs
        self._paths = paths
        self._around = around
        self._checked = frozenset(paths)
        self._git = git
        self._only_calls = only_calls
        self._tells_calls = only_calls or with_calls
        self._unresolved = unresolved
        self._sharing = sharing
        self._selections: dict[int, Selection] = {}
        self._prefilters: dict[tuple[int, Privacy], Prefilter] = {}
        self._engines: dict[Prefilter, Engine] = {}

    def file(self, path: str, *, named: bool) -> Outcome:
        """Analyse one file; ``named`` ones are parsed even if nothing in them can be of interest."""
        config = self._files.config(path)
        one = _One(self._files, path, config, self._rules(path, config), Members(self._checked))
        try:
            if path in self._checked:
                self._read_and_check(one, named)
        except SourceError as error:
            self._unreadable(one, error)
        except RecursionError:
            self._unreadable(one, SourceError(path, TOO_DEEP))
        self._check_text(one)
        return one.outcome(self._packs.rules)

    def prepare(self, sharing: int) -> None:
        """Load what most analyses need, for ``sharing`` copies of this process to begin with."""
        self._sharing = sharing
        try:
            self._engine(self._files.config("."))
        except (ConfigError, ModelError):
            return  # whoever analyses a file says it

    @cached_property
    def library(self) -> Library:
        """The project's files as all analyses share them."""
        from prodworthy.resolve.library import KEPT, Library

        files, kept = self._files, KEPT // self._sharing
        paths = self._around or (lambda: self._paths)
        library = Library(files.root, files.source, paths, files.data, files.folders, kept)
        files.held = library.source
        return library

    def _rules(self, path: str, config: Config) -> Sequence[Rule]:
        return () if self._only_calls else self._selection(config).for_path(self._below(path, config))

    def _read_and_check(self, one: _One, named: bool) -> None:
        prefilter = self._prefilter(one.config)
        text = self._files.text(one.path)
        if not text and named and (language := self._files.other_language(one.path)):
            one.passed_over = f"is a notebook in {language}"
            return
        touches = prefilter.touches(text) or (self._unresolved and prefilter.suspects(text))
        lowered = text.lower() if any(rule.needs for rule in one.rules) else ""
        wanted = [r for r in one.rules if r.check_module and (_has_word(r, lowered) if r.needs else touches)]
        suppressing = not self._only_calls and suppress.mentions(text)
        if not (touches or wanted or suppressing or named):
            return
        source = self._files.source(one.path, text)
        for error in source.broken:
            self._unreadable(one, error)
        one.analysed = touches or bool(wanted)
        if suppressing:
            one.suppressions = suppress.of_source(source)
        if one.analysed:
            engine = self._engine(one.config).afresh()
            try:
                self._check(one, source, engine, touches, wanted)
            finally:
                one.consulted_by(engine)
                del engine
                self._tidy()

    def _tidy(self) -> None:
        """Free what the analysis of one file made.

        The command line switches the collector off. What is left of a run so far is not looked through again.
        """
        let_go = self.library.trim()
        if gc.isenabled():
            return
        if let_go:
            for engine in self._engines.values():
                engine.let_go()
            gc.unfreeze()
        gc.collect()
        gc.freeze()

    def _check(
        self, one: _One, source: Source, engine: Engine, touches: bool, wanted: Sequence[Rule]
    ) -> None:
        check = Check(source, one.read, one.members, one.config)
        module = engine.module(source)
        tested = is_test(one.path) and not one.config.check_tests
        calls = (check.guarded("", lambda: module.calls) or ()) if touches else ()
        if touches and self._unresolved and not tested:
            one.unresolved = check.guarded("", lambda: module.unresolved) or ()
        for rule in one.rules:
            if rule.check_call is not None and calls and (rule.in_tests or not tested):
                check.calls(rule, calls, demos=rule.in_tests or one.config.check_tests)
        for rule in wanted:
            check.module(rule, module)
        check.join()
        if self._tells_calls:
            # a call whose prompts cannot be traced is a call all the same
            one.calls = tuple(
                check.guarded("", partial(settled, call)) or replace(call, find_origins=tuple)
                for call in calls
            )
        one.findings += check.findings
        one.problems += check.problems
        one.call_count = len(calls)

    def _check_text(self, one: _One) -> None:
        rules = [rule for rule in one.rules if rule.check_text is not None]
        if not rules:
            return
        from prodworthy.textcheck import FileView, TextCheck

        view = FileView(
            one.path, partial(self._files.stream, one.path), partial(self._files.source, one.path), self._git
        )
        check = TextCheck(view, self._files.lines, pedantic=one.config.pedantic, fix=one.fix_of_text)
        try:
            check.run(rules)
        except SourceError as error:
            if not one.problems:
                self._unreadable(one, error)
        one.findings += check.findings
        one.problems += check.problems
        one.suppressed += check.suppressed

    def _unreadable(self, one: _One, error: SourceError) -> None:
        rule = builtin.UNREADABLE_FILE
        below = self._below(one.path, one.config)
        if not self._only_calls and self._selection(one.config).ignores(rule, below):
            return
        one.problems.append(Problem(error.path, error.message, error.line, cell=error.cell))
        if rule in one.rules:
            line = error.line or 1
            span = Span(error.path, line, 1, line, 1, cell=error.cell)
            one.findings.append(finding(rule, span, error.message, context="file"))

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
        key = id(config.models) if config.models else 0, config.privacy
        known = self._prefilters.get(key)
        if known is None:
            try:
                known = Prefilter(Knowledge(self._packs.models, config.models, config.privacy))
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
            known = Engine.over(self.library, prefilter.knowledge)
            self._engines[prefilter] = known
        return known


class _One:
    """What is known of the file at hand while it is analysed."""

    def __init__(
        self, files: Files, path: str, config: Config, rules: Sequence[Rule], members: Members
    ) -> None:
        self.path = path
        self.config = config
        self.rules = rules
        self.members = members
        self.findings: list[Finding] = []
        self.problems: list[Problem] = []
        self.suppressions: tuple[suppress.Suppression, ...] = ()
        self.calls: tuple[LlmCall, ...] = ()
        self.call_count = 0
        self.suppressed = 0
        self.analysed = False
        self.passed_over = ""
        self.unresolved: tuple[Unresolved, ...] = ()
        self._files = files
        self._read: set[str] = set()
        self._consulted = Consulted()

    def read(self, path: str) -> Source:
        """A file, parsed (raises `SourceError`)."""
        self._read.add(path)
        return self._files.source(path)

    def consulted_by(self, engine: Engine) -> None:
        """Note what ``engine`` looked at, after all questions."""
        project = engine.project
        self._consulted = Consulted(project.read, project.probed, tuple(project.searched.values()))

    def outcome(self, rules: Sequence[Rule]) -> Outcome:
        """Everything, once the suppressions have had their say."""
        kept: list[Finding] = self.findings
        if self.suppressions:
            # what is asked once for the whole project may need the comment
            on = frozenset(rule.code for rule in self.rules if rule.check_environments is None)
            kept, complaints = suppress.apply(self.findings, self.suppressions, rules, on)
            self.suppressed += len(self.findings) - len(kept)
            rule = builtin.UNUSED_SUPPRESSION
            if rule.code in on:
                kept += [
                    finding(rule, c.span, c.message, hint=c.hint, fix=self._removal(c), context=c.message)
                    for c in complaints
                ]
        read = {path: None for path in (*self._consulted.read, *self._read) if path != self.path}
        return Outcome(
            path=self.path,
            findings=tuple(kept),
            calls=self.calls,
            call_count=self.call_count,
            problems=self.problems,
            suppressed=self.suppressed,
            analysed=self.analysed,
            passed_over=self.passed_over,
            unresolved=self.unresolved,
            consulted=replace(self._consulted, read=tuple(read), member=self.members.asked),
        )

    def fix_of_text(self, remedy: Remedy) -> Fix | None:
        """The fix of a finding in a file of any kind."""
        from prodworthy.fix.ignore import ignoring

        def data(path: str) -> bytes | None:
            self._read.add(path)
            return self._files.data(path)

        return ignoring(remedy, data)

    def _removal(self, complaint: suppress.Complaint) -> Fix | None:
        if not complaint.unneeded:
            return None
        from prodworthy.fix.edits import fix_of
        from prodworthy.fix.remedy import DropSuppression, Remedy

        change = DropSuppression(complaint.span, complaint.unneeded)
        remedy = Remedy(f"Remove the suppression of {complaint.unneeded}", change, Applicability.SAFE)
        return fix_of(remedy, self.read, self.members)


def _has_word(rule: Rule, lowered: str) -> bool:
    return any(word in lowered for word in rule.needs)
