"""How an analysis is called off: it looks, wherever it asks for a file, whether somebody still wants it."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from prodworthy.config import Configs
from prodworthy.files import Files
from prodworthy.folders import Folders
from prodworthy.source.python import Source

Stop = Callable[[], bool]
"""Whether nobody wants the answer any more."""


class SupersededError(BaseException):
    """Nobody wants the answer any more. No failure, so that nothing that reports failures catches it."""


class StoppableFiles(Files):
    """Files that raise `SupersededError` once ``stop`` says so."""

    def __init__(self, root: Path, configs: Configs, texts: Mapping[str, str]) -> None:
        super().__init__(root, configs, texts)
        self._stop: Stop | None = None
        self.folders = _StoppableFolders(root, self.look)

    @contextmanager
    def until(self, stop: Stop | None) -> Iterator[None]:
        """Let ``stop`` have its say for a while."""
        self._stop = stop
        try:
            yield
        finally:
            self._stop = None

    def look(self) -> None:
        """Raise `SupersededError` if nobody wants the answer any more."""
        if self._stop is not None and self._stop():
            raise SupersededError

    def source(self, path: str, text: str | None = None) -> Source:
        """A file, parsed (raises `SourceError`)."""
        self.look()
        return super().source(path, text)


class _StoppableFolders(Folders):
    def __init__(self, root: Path, look: Callable[[], None]) -> None:
        super().__init__(root)
        self._look = look

    def has(self, path: str) -> bool:
        self._look()
        return super().has(path)
