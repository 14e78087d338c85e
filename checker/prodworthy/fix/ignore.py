"""A file that git should leave alone gets a line in .gitignore."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import PurePosixPath

from prodworthy.finding import Edit, Fix, Span
from prodworthy.fix.remedy import IgnoreFile, Remedy
from prodworthy.fix.text import Text

NAME = ".gitignore"


def is_ignore_file(path: str) -> bool:
    """Whether ``path`` names a file of ignore rules, which is no Python."""
    return path.rpartition("/")[2] == NAME


def ignoring(remedy: Remedy, data: Callable[[str], bytes | None]) -> Fix | None:
    """The fix that adds the rule: to the nearest .gitignore above the file, or to a new one at the root.

    Args:
        remedy: what a rule proposes.
        data: the bytes of a file by its path relative to the project root; None where there is none.
    """
    if not isinstance(remedy.change, IgnoreFile):
        return None
    named = PurePosixPath(remedy.change.path)
    if named.is_absolute() or any(sign in "*?[]!#\\ " for sign in named.name):
        return None
    for folder in named.parents:
        path = (folder / NAME).as_posix()
        held = data(path)
        if held is not None or folder == PurePosixPath("."):
            break
    try:
        text = Text(path, (held or b"").decode("utf-8-sig"))
    except UnicodeDecodeError:
        return None
    last = text.line(text.lines)
    at = text.place(len(text.text))
    content = f"{text.newline if last else ''}{named.name}{text.newline}"
    return Fix(remedy.message, (Edit(Span(path, *at, *at), content),), remedy.applicability)
