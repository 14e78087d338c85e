"""The files of a run: read and parsed when somebody asks, each under its own configuration."""

from __future__ import annotations

import os
from collections import OrderedDict
from collections.abc import Callable, Mapping
from io import BytesIO
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO

from prodworthy.config import Config, Configs
from prodworthy.errors import SourceError
from prodworthy.folders import Folders
from prodworthy.source.python import Source, parse_source
from prodworthy.source.text import is_notebook, read_text, too_large

if TYPE_CHECKING:
    from prodworthy.source.notebook import Notebook

_SHOWN = 20 * 1024 * 1024
_OUTPUTS = 20
"""How many times max-file-size a notebook may have, most of which are outputs; its code has to keep to it."""

KEPT = 300_000
"""Characters of source whose trees stay in memory for whoever asks next."""


class Files:
    """Reads files by their path relative to ``root``.

    Args:
        root: the project root.
        configs: tells how large a file may be.
        texts: path -> text that stands in for the file's content.

    Attributes:
        held: gives a file that somebody else has parsed and keeps.
    """

    def __init__(self, root: Path, configs: Configs, texts: Mapping[str, str]) -> None:
        self.root = root
        self.folders = Folders(root)
        self._configs = configs
        self._texts = texts
        self._sources: OrderedDict[str, Source] = OrderedDict()
        self._errors: dict[str, SourceError] = {}
        self._size = 0
        self._notebooks: dict[str, Notebook] = {}
        self.held: Callable[[str], Source | None] = lambda _: None

    def config(self, path: str) -> Config:
        """What holds for the file."""
        return self._configs.of_folder((self.root / path).parent)

    def stream(self, path: str) -> BinaryIO:
        """A file, opened to read its bytes (raises `OSError`)."""
        if path in self._texts:
            return BytesIO(self._texts[path].encode("utf-8", "surrogatepass"))
        return open(os.path.join(self.root, path), "rb")

    def data(self, path: str) -> bytes | None:
        """The bytes of a file; None if there are none."""
        if path in self._texts:
            return self._texts[path].encode("utf-8", "surrogatepass")
        try:
            with open(os.path.join(self.root, path), "rb") as file:
                return file.read()
        except OSError:
            return None

    def content(self, path: str) -> str:
        """What a file holds, as text.

        Raises:
            SourceError: it cannot be read or is not text.
        """
        if path in self._texts:
            return self._texts[path]
        limit = self.config(path).max_file_size
        return read_text(self.root, path, limit * _OUTPUTS if is_notebook(path) else limit)

    def lines(self, path: str, first: int, last: int) -> tuple[str, ...]:
        """The lines ``first`` to ``last`` of a file of any kind; none of an unreadable or very large one."""
        try:
            if path in self._texts:
                return tuple(self._texts[path].splitlines()[first - 1 : last])
            file = self.root / path
            if file.stat().st_size > _SHOWN:
                return ()
            with file.open(encoding="utf-8", errors="replace") as stream:
                return tuple(line.rstrip("\n") for line in islice(stream, first - 1, last))
        except OSError:
            return ()

    def text(self, path: str) -> str:
        """The Python in a file: all of its content, or a notebook's code cells in order.

        Raises:
            SourceError: it cannot be read or is not text.
        """
        known = self._sources.get(path)
        if known is not None:
            return known.text
        return self._notebook(path).text if is_notebook(path) else self.content(path)

    def source(self, path: str, text: str | None = None) -> Source:
        """A file, parsed; ``text`` is its text where it is already read.

        Raises:
            SourceError: it cannot be read or is not Python.
        """
        if path in self._errors:
            raise self._errors[path]
        known = self._sources.get(path) or self.held(path)
        if known is None:
            try:
                known = self._parsed(path, text)
            except SourceError as error:
                self._errors[path] = error
                raise
            self._keep(path, known)
        elif path in self._sources:
            self._sources.move_to_end(path)
        return known

    def forget(self, path: str) -> None:
        """Read ``path`` again when somebody asks: it may hold another text now."""
        known = self._sources.pop(path, None)
        if known is not None:
            self._size -= len(known.text)
        self._errors.pop(path, None)
        self._notebooks.pop(path, None)

    def other_language(self, path: str) -> str:
        """The language of a notebook that is not in Python, else empty."""
        notebook = self._notebook(path) if is_notebook(path) else None
        return notebook.language if notebook is not None and not notebook.is_python else ""

    def _parsed(self, path: str, text: str | None) -> Source:
        if not is_notebook(path):
            return parse_source(path, self.text(path) if text is None else text)
        from prodworthy.source.cells import parse_notebook  # most runs meet no notebook

        return parse_notebook(self._notebook(path))

    def _notebook(self, path: str) -> Notebook:
        known = self._notebooks.get(path)
        if known is None:
            from prodworthy.source.notebook import read_notebook

            known = self._notebooks[path] = read_notebook(path, self.content(path))
            size, limit = len(known.text), self.config(path).max_file_size
            if size > limit:
                raise SourceError(path, too_large(size, limit))
        return known

    def _keep(self, path: str, source: Source) -> None:
        self._sources[path] = source
        self._size += len(source.text)
        while self._size > KEPT and len(self._sources) > 1:
            _, oldest = self._sources.popitem(last=False)
            self._size -= len(oldest.text)
