"""The Python API: what both packages make public, from their docstrings."""

from __future__ import annotations

import importlib
import inspect
from collections.abc import Iterator

_TEXTS = {
    "prodworthy": "The checker from a program. Paths, selections and errors are those of `prodworthy check`.",
    "prodworthy_redact": "The redactor. [Redaction](../redact.md) shows how these are used together, "
    "[transports](../transports.md) how they protect an SDK's client.",
}


def pages() -> Iterator[tuple[str, str]]:
    """One page: functions, classes and exceptions of each package."""
    parts = ["# Python API\n"]
    for package, text in _TEXTS.items():
        parts += [f"## {package}\n\n{text}\n", *_directives(package)]
    yield "reference/python.md", "\n".join(parts)


def _directives(package: str) -> Iterator[str]:
    module = importlib.import_module(package)
    names = [name for name in module.__all__ if not name.startswith("__")]
    found = {name: getattr(module, name) for name in names}
    # functions first, exceptions last
    for name in sorted(found, key=lambda name: (_kind(found[name]), name)):
        kind = ("autofunction", "autoclass", "autoexception")[_kind(found[name])]
        options = "" if kind == "autofunction" else "   :members:\n"
        yield f"```{{eval-rst}}\n.. {kind}:: {package}.{name}\n{options}```\n"


def _kind(value: object) -> int:
    if not inspect.isclass(value):
        return 0
    return 2 if issubclass(value, Exception) else 1
