"""Several processes for one run: what a file gives depends on texts alone, whoever analyses it."""

from __future__ import annotations

import gc
import os
import signal
import sys
import threading
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from prodworthy.analyse import Analyser
from prodworthy.config import Configs, Overrides
from prodworthy.discover import around
from prodworthy.files import Files
from prodworthy.outcome import Outcome, Problem
from prodworthy.pack import load_packs
from prodworthy.textcheck import WorkTree

WORTH = 150
"""Files to analyse for which a second process pays."""

MOST = 8
CHUNK = 10
"""Neighbouring files that a process takes at a time: they consult the same modules."""

_CRASHED = "the process that analysed it died; please report this"


@dataclass(frozen=True, slots=True)
class Setup:
    """What a process needs to build the run's `Analyser`: parts of `Request` and `Discovery`."""

    root: Path
    overrides: Overrides
    config: Path | None
    files: tuple[str, ...]
    whole: bool
    named: frozenset[str]
    ignored: frozenset[str]
    only_calls: bool
    with_calls: bool
    unresolved: bool
    processes: int

    def analyser(self) -> Analyser:
        """The analyser."""
        configs = Configs(self.root, self.overrides, self.config)
        files = Files(self.root, configs, {})
        return Analyser(
            files,
            load_packs(),
            self.files,
            WorkTree(self.root, self.ignored),
            around=None if self.whole else partial(around, self.root, configs, self.files),
            only_calls=self.only_calls,
            with_calls=self.with_calls,
            unresolved=self.unresolved,
            sharing=self.processes,
        )


def processes_for(files: int, wanted: int | None) -> int:
    """How many processes to use for ``files`` files; ``wanted`` is None for as many as pay."""
    if wanted is not None:
        return max(1, min(wanted, files))
    return max(1, min(_processors(), MOST)) if files >= WORTH else 1


def analysed(setup: Setup, paths: Sequence[str], ready: Analyser | None = None) -> Iterator[Outcome]:
    """The outcomes of ``paths``, in any order. A file whose process dies is a problem that names it.

    Args:
        setup: what a process builds its analyser from.
        paths: the files to analyse.
        ready: an analyser like that one, which processes that can be forked start with.

    Raises:
        ConfigError, ModelError, RuleError: as `Analyser.file` does.
    """
    done: set[str] = set()
    inherited = ready if _can_fork() else None
    if inherited is not None:
        inherited.prepare(setup.processes)
        gc.freeze()
    chunks = [paths[at : at + CHUNK] for at in range(0, len(paths), CHUNK)]
    yield from _until_crash(setup, inherited, chunks, setup.processes, done)
    while left := [path for path in paths if path not in done]:
        # one at a time in order, so that the first without an answer is the one that did it
        yield from _until_crash(setup, inherited, [[path] for path in left], 1, done)
        crashed = next((path for path in left if path not in done), None)
        if crashed is not None:
            done.add(crashed)
            yield Outcome(crashed, problems=[Problem(crashed, _CRASHED)])


def _until_crash(
    setup: Setup,
    inherited: Analyser | None,
    chunks: Sequence[Sequence[str]],
    processes: int,
    done: set[str],
) -> Iterator[Outcome]:
    # most runs have too few files for this
    import multiprocessing
    from concurrent.futures import ProcessPoolExecutor
    from concurrent.futures.process import BrokenProcessPool

    context = multiprocessing.get_context("spawn" if inherited is None else "fork")
    pool = ProcessPoolExecutor(processes, context, _begin, (setup, inherited))
    try:
        for future in [pool.submit(_analyse, chunk) for chunk in chunks]:
            outcomes = future.result()
            done.update(outcome.path for outcome in outcomes)
            yield from outcomes
    except BrokenProcessPool:
        return
    finally:
        pool.shutdown(wait=True, cancel_futures=True)


_AT_WORK: list[tuple[Analyser, frozenset[str]]] = []
"""The analyser of this process, and the files that were named one by one."""


def _can_fork() -> bool:
    """Whether a process can be copied as it stands: nothing but this thread is in it."""
    return sys.platform == "linux" and threading.active_count() == 1


def _begin(setup: Setup, inherited: Analyser | None) -> None:
    signal.signal(
        signal.SIGINT, signal.SIG_DFL
    )  # Ctrl-C ends it without a word; the run says what there is to say
    gc.disable()
    _AT_WORK[:] = [(inherited or setup.analyser(), setup.named)]


def _analyse(paths: Sequence[str]) -> list[Outcome]:
    analyser, named = _AT_WORK[0]
    return [analyser.file(path, named=path in named) for path in paths]


def _processors() -> int:
    try:
        return len(os.sched_getaffinity(0))
    except AttributeError:
        return os.cpu_count() or 1
