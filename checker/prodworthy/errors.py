"""The exceptions of the checker: one short tree; every message names the thing and what to do."""

from __future__ import annotations


class ProdworthyError(Exception):
    """Anything the checker raises on purpose."""


class ConfigError(ProdworthyError):
    """The configuration or the command line is wrong (exit status 2)."""


class ModelError(ProdworthyError):
    """A knowledge file (SDK, framework, host) does not have the shape it must have."""


class RuleError(ProdworthyError):
    """A rule could not be loaded, or failed on a file; the message names both."""


class SourceError(ProdworthyError):
    """A file could not be read or parsed.

    Attributes:
        path: the file, relative to the project root.
        line: where, from 1, if known.
        cell: the cell of a notebook that ``line`` counts in, from 1; 0 for the file as a whole.
    """

    def __init__(self, path: str, message: str, line: int | None = None, cell: int = 0) -> None:
        place = f":cell {cell}" * bool(cell) + (f":{line}" if line else "")
        super().__init__(f"{path}{place}: {message}")
        self.path = path
        self.message = message
        self.line = line
        self.cell = cell
