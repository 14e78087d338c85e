"""The files of a run: read once, parsed once, each under its own configuration."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from prodworthy.config import Config, Configs
from prodworthy.errors import SourceError
from prodworthy.source.python import Source, parse_source
from prodworthy.source.text import read_text


class Files:
    """Reads files by their path relative to ``root``.

    Args:
        root: the project root.
        configs: tells how large a file may be.
        texts: path -> text that stands in for the file's content.
    """

    def __init__(self, root: Path, configs: Configs, texts: Mapping[str, str]) -> None:
        self.root = root
        self._configs = configs
        self._texts = texts
        self._sources: dict[str, Source | SourceError] = {}

    def config(self, path: str) -> Config:
        """What holds for the file."""
        return self._configs.of_folder((self.root / path).parent)

    def text(self, path: str) -> str:
        """The text of a file.

        Raises:
            SourceError: it cannot be read or is not text.
        """
        if path in self._texts:
            return self._texts[path]
        known = self._sources.get(path)
        if isinstance(known, Source):
            return known.text
        return read_text(self.root, path, self.config(path).max_file_size)

    def source(self, path: str, text: str | None = None) -> Source:
        """A file, parsed; ``text`` is its text where it is already read.

        Raises:
            SourceError: it cannot be read or is not Python.
        """
        known = self._sources.get(path)
        if known is None:
            try:
                known = parse_source(path, self.text(path) if text is None else text)
            except SourceError as error:
                known = error
            self._sources[path] = known
        if isinstance(known, SourceError):
            raise known
        return known
