"""The whole run: discover, read, analyse, suppress, compare with the baseline."""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from prodworthy.analyse import Analyser
from prodworthy.baseline import Baseline
from prodworthy.call import LlmCall
from prodworthy.config import Config, Configs, Overrides
from prodworthy.discover import Discovery, around, discover, project_root, relative
from prodworthy.environments.check import findings as environments
from prodworthy.files import Files
from prodworthy.finding import Finding
from prodworthy.joining import in_order, joined
from prodworthy.outcome import Outcome, Problem
from prodworthy.pack import Packs, load_packs
from prodworthy.selection import Selection
from prodworthy.textcheck import WorkTree
from prodworthy.unresolved import Unresolved

if TYPE_CHECKING:
    from prodworthy.cache.results import Results

Progress = Callable[[int, int], None]


@dataclass(frozen=True, slots=True)
class Request:
    """What to check.

    Attributes:
        paths: files and folders, relative to ``cwd``.
        texts: path -> text that stands in for the file's content (an editor's buffer, standard input).
        only_calls: list the LLM calls and run no rule.
        with_calls: list them beside the findings.
        each: tell every finding, also where one place is behind many (for a baseline).
        unresolved: list what could not be resolved, too.
        cache: use results that earlier runs stored, and store new ones.
        jobs: how many processes analyse files, None for as many as pay. More than one only from a program
            whose main module can be imported, as `multiprocessing` wants it.
    """

    paths: Sequence[Path]
    cwd: Path
    overrides: Overrides = field(default_factory=Overrides)
    config: Path | None = None
    baseline: Baseline | None = None
    texts: Mapping[Path, str] = field(default_factory=dict)
    only_calls: bool = False
    with_calls: bool = False
    each: bool = False
    unresolved: bool = False
    cache: bool = False
    jobs: int | None = 1


@dataclass(frozen=True, slots=True)
class Result:
    """What a run found; everything is sorted by path and position.

    Attributes:
        findings: what is to be reported.
        calls: the LLM calls, where `Request.only_calls` or `with_calls` asked for them.
        problems: what could not be analysed (exit status 3).
        skipped: named files that were not checked, with the reason.
        statistics: how much was read, found and held back.
        files: the sources, for excerpts.
        packs: the rules and their pages.
        fixed: how many findings were mended, and are not among ``findings``.
        unsafe_fixes: whether fixes that want a reader were asked for.
        unresolved: what could not be resolved, where that was asked for.
        compared: whether a baseline was given, so that every finding is new.
    """

    findings: tuple[Finding, ...]
    calls: tuple[LlmCall, ...]
    problems: tuple[Problem, ...]
    skipped: tuple[tuple[str, str], ...]
    statistics: Mapping[str, int | Mapping[str, int]]
    files: Files
    packs: Packs
    fixed: int = 0
    unsafe_fixes: bool = False
    unresolved: tuple[Unresolved, ...] = ()
    compared: bool = False


def run(request: Request, progress: Progress | None = None) -> Result:
    """Check what ``request`` names.

    Raises:
        ConfigError: the configuration, or a path, is wrong.
        RuleError: a rule cannot be loaded.
    """
    packs = load_packs()
    root = project_root(request.paths, request.cwd)
    configs = Configs(root, request.overrides, request.config)
    texts = {relative(path, root): text for path, text in request.texts.items()}
    found = discover(request.paths, root, request.cwd, configs, texts, others=_reads_all(request, packs))
    files = Files(root, configs, texts)
    git = WorkTree(root, found.ignored)
    found.others += sorted(path for path in found.hidden if git.tracks(path))
    analyser = Analyser(
        files,
        packs,
        found.files,
        git,
        around=None if _is_whole(found) else partial(around, root, configs, found.files),
        only_calls=request.only_calls,
        with_calls=request.with_calls,
        unresolved=request.unresolved,
    )

    stored = _stored(request, root, files, packs, found, analyser)
    paths = [*found.files, *found.others]
    known: dict[str, Outcome] = {}
    keys: dict[str, str] = {}
    if stored is not None:
        keys = {path: _key(files.config(path), git, path, path in found.named) for path in paths}
        known = {path: outcome for path in paths if (outcome := stored.get(path, keys[path])) is not None}
    for outcome in _analysed(request, analyser, found, root, [path for path in paths if path not in known]):
        if progress is not None:
            progress(len(known), len(paths))
        known[outcome.path] = outcome
        if stored is not None:
            stored.put(outcome, keys[outcome.path])
    if stored is not None:
        stored.save()
    outcomes = [known[path] for path in paths]

    said = [f for outcome in outcomes for f in outcome.findings]
    if not request.only_calls:
        said += environments(files, packs, found.files, found.folders)
    findings = in_order(said)
    fresh = request.baseline.new(findings) if request.baseline else findings
    if not request.each:
        fresh = joined(fresh, [rule.code for rule in packs.rules if rule.one_per_origin])
    calls = [call for outcome in outcomes for call in outcome.calls]
    unread = [Problem(error.path, error.message, error.line, cell=error.cell) for error in found.errors]
    return Result(
        findings=tuple(fresh),
        calls=tuple(sorted(calls, key=lambda call: call.span)),
        problems=tuple(unread + [problem for outcome in outcomes for problem in outcome.problems]),
        skipped=tuple(found.skipped + [(o.path, o.passed_over) for o in outcomes if o.passed_over]),
        statistics={
            "files": len(paths),
            "analysed": sum(outcome.analysed for outcome in outcomes),
            "calls": sum(outcome.call_count for outcome in outcomes),
            "findings": len(fresh),
            "suppressed": sum(outcome.suppressed for outcome in outcomes),
            "baselined": len(findings) - len(fresh),
            "by_code": dict(sorted(Counter(f.code for f in fresh).items())),
        },
        files=files,
        packs=packs,
        unresolved=tuple(place for outcome in outcomes for place in outcome.unresolved),
        compared=request.baseline is not None,
    )


def _analysed(
    request: Request, analyser: Analyser, found: Discovery, root: Path, paths: Sequence[str]
) -> Iterator[Outcome]:
    """The outcomes of ``paths``: from this process, or from several where they pay."""
    if request.jobs != 1 and not request.texts:
        from prodworthy import jobs

        processes = jobs.processes_for(len(paths), request.jobs)
        if processes > 1:
            setup = jobs.Setup(
                root,
                request.overrides,
                request.config,
                tuple(found.files),
                _is_whole(found),
                frozenset(found.named),
                frozenset(found.ignored),
                request.only_calls,
                request.with_calls,
                request.unresolved,
                processes,
            )
            yield from jobs.analysed(setup, paths, analyser)
            return
    for path in paths:
        yield analyser.file(path, named=path in found.named)


def _is_whole(found: Discovery) -> bool:
    """Whether the whole project is checked: its root was named."""
    return "." in found.folders


def _reads_all(request: Request, packs: Packs) -> bool:
    """Whether files that are not Python matter: not if the command line chooses rules about Python alone."""
    if request.only_calls:
        return False
    if request.overrides.select is None:
        return True
    chosen = Selection(request.overrides.apply(Config(request.cwd)), packs.rules)
    return any(rule.check_text is not None for rule in chosen.rules)


def _stored(
    request: Request, root: Path, files: Files, packs: Packs, found: Discovery, analyser: Analyser
) -> Results | None:
    """The results of earlier runs like this one; texts that stand in for files are nobody's to store."""
    if not request.cache or request.texts:
        return None
    from prodworthy.cache import key, place
    from prodworthy.cache.results import Results

    paths = sorted(relative(Path(os.path.abspath(request.cwd / path)), root) for path in request.paths)
    asked = (request.only_calls, request.with_calls, request.unresolved)
    ways = repr((paths, request.overrides, request.config, *asked))
    name = f"{key.digest(key.tool(packs), str(root), ways)}.json"
    whole = _is_whole(found)
    return Results(place.folder_of(root) / name, files, found.files, lambda: analyser.library, whole=whole)


def _key(config: Config, git: WorkTree, path: str, named: bool) -> str:
    """What the result for ``path`` depends on besides contents."""
    return repr((config, named, git.ignores(path), "env" in path and git.tracks(path)))
