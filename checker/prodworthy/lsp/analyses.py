"""Reports on what is open now: one analysis at a time, called off as soon as somebody types on."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import TypeVar

from prodworthy.errors import ProdworthyError
from prodworthy.files import Files
from prodworthy.lsp.documents import Document
from prodworthy.lsp.projects import Projects
from prodworthy.lsp.report import Report, Reports
from prodworthy.workspace.superseded import SupersededError

T = TypeVar("T")

QUIET = 0.05
"""Seconds without another key after which what was typed is analysed."""

_STACK = 64 * 1024 * 1024
"""Bytes of stack for the thread that analyses: some systems give one too little for deeply nested code."""


class OutdatedError(Exception):
    """Something was typed before there was an answer, which would have been about another text."""


class Analyses:
    """The reports on the open files.

    Args:
        documents: tells what is open.
        projects: the projects; one thread alone uses them.
        reports: words what is found.
    """

    def __init__(
        self, documents: Callable[[], dict[Path, Document]], projects: Projects, reports: Reports
    ) -> None:
        self._documents = documents
        self._projects = projects
        self._reports = reports
        self._revision = 0
        self._quiet_at = 0.0
        self._made: dict[Path, tuple[int, Report]] = {}
        self._running: dict[Path, tuple[int, asyncio.Task[Report | None]]] = {}
        self._thread = _thread()

    def typed(self) -> None:
        """A text changed, and another change may follow soon."""
        self._quiet_at = asyncio.get_running_loop().time() + QUIET
        self._revision += 1

    def changed(self, work: Callable[[Projects], None] | None = None) -> None:
        """Something else changed; ``work`` tells the projects what."""
        self._revision += 1
        if work is not None:
            self._thread.submit(work, self._projects)

    def close(self) -> None:
        """Call off what is under way."""
        self._revision += 1
        self._thread.shutdown(wait=False, cancel_futures=True)

    async def report(self, path: Path) -> Report | None:
        """The report on an open file; None if it is not open.

        Raises:
            OutdatedError: something was typed meanwhile.
        """
        revision = self._revision
        known = self._made.get(path)
        if known is not None and known[0] == revision:
            return known[1]
        running = self._running.get(path)
        if running is None or running[0] != revision:
            running = revision, asyncio.ensure_future(self._begin(path, revision))
            self._running[path] = running
        try:
            return await asyncio.shield(running[1])
        finally:
            if self._running.get(path) is running and running[1].done():
                del self._running[path]

    async def about(self, path: Path, work: Callable[[Report, Files], T]) -> T | None:
        """What ``work`` makes of the report on an open file, once nobody types; None if it is not open.

        The files that it is given are the project's as the report saw them.
        """
        while True:
            try:
                report, revision = await self.report(path), self._revision
                if report is None:
                    return None
                return await self._in_thread(lambda: self._with_files(report, revision, work))  # noqa: B023
            except OutdatedError:
                continue

    def _with_files(self, report: Report, revision: int, work: Callable[[Report, Files], T]) -> T:
        self._look(revision)
        return work(report, self._projects.of(report.document.path).files)

    async def _begin(self, path: Path, revision: int) -> Report | None:
        """Wait until nobody types, and analyse."""
        loop = asyncio.get_running_loop()
        while (wait := self._quiet_at - loop.time()) > 0:
            await asyncio.sleep(wait)
        self._look(revision)
        documents = self._documents()
        self._made = {known: made for known, made in self._made.items() if known in documents}
        document = documents.get(path)
        if document is None:
            return None
        report = await self._in_thread(lambda: self._analysed(document, documents, revision))
        if not report.error:
            self._made[path] = revision, report
        return report

    def _analysed(self, document: Document, documents: dict[Path, Document], revision: int) -> Report:
        """In the thread."""
        self._look(revision)
        try:
            session = self._projects.of(document.path)
            texts = {path: open_.text for path, open_ in documents.items()}
            texts = self._projects.texts(session, texts)
            checked = session.check(document.path, texts, lambda: self._revision != revision)
            if checked is None:
                return Report(document, documents)
            return self._reports.made(document, documents, checked, session.files)
        except SupersededError:
            raise OutdatedError from None
        except ProdworthyError as error:
            return Report(document, documents, error=str(error))

    def _look(self, revision: int) -> None:
        if self._revision != revision:
            raise OutdatedError

    async def _in_thread(self, work: Callable[[], T]) -> T:
        return await asyncio.wrap_future(self._thread.submit(work))


def _thread() -> ThreadPoolExecutor:
    before = threading.stack_size(_STACK)
    try:
        executor = ThreadPoolExecutor(1, "analysis")
        executor.submit(int).result()  # starts the thread
    finally:
        threading.stack_size(before)
    return executor
