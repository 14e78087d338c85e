"""One writer per format."""

from __future__ import annotations

import importlib
from collections.abc import Callable
from typing import TextIO, cast

from prodworthy.pipeline import Result

FORMATS = ("full", "concise", "json", "sarif", "github", "gitlab", "junit", "html")
FOR_PEOPLE = ("full", "concise", "statistics")
"""The formats that are written in a terminal's encoding; the others are UTF-8 everywhere."""


def write(name: str, result: Result, out: TextIO, *, color: bool = False) -> None:
    """Write ``result`` to ``out`` in the format ``name``, whose module is loaded only now."""
    module = importlib.import_module(f"prodworthy.report.{name}")
    cast(Callable[[Result, TextIO, bool], None], module.write)(result, out, color)
