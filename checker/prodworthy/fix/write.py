"""Mended texts to files: whole or not at all, in the encoding and with the mode that they had."""

from __future__ import annotations

import os
from collections.abc import Iterable
from pathlib import Path

from prodworthy.errors import SourceError
from prodworthy.fix.ignore import is_ignore_file
from prodworthy.fix.run import Change
from prodworthy.outcome import Problem
from prodworthy.rewrite import replace_file
from prodworthy.source.text import decode, encode


def write_changes(root: Path, changes: Iterable[Change]) -> tuple[Problem, ...]:
    """Write ``changes`` below ``root``; what stands in the way of one does not stop the others."""
    problems = []
    for change in changes:
        try:
            _write(root / change.path, change)
        except SourceError as error:
            problems.append(Problem(change.path, error.message))
        except OSError as error:
            reason = f"the fix cannot be written: {error.strerror or error}"
            problems.append(Problem(change.path, reason))
    return tuple(problems)


def _write(named: Path, change: Change) -> None:
    file = named.resolve()  # a link stays one
    if is_ignore_file(change.path) and not change.before and not file.exists():
        file.write_text(change.after, encoding="utf-8", newline="")
        return
    old = file.read_bytes()
    if decode(change.path, old).removeprefix("\ufeff") != change.before:
        raise SourceError(change.path, "changed while it was checked, so its fix was not written")
    new = encode(change.path, change.after, old)
    if encode(change.path, change.before, old) != old or decode(change.path, new) != change.after:
        raise SourceError(change.path, "its encoding does not survive rewriting, so its fix was not written")
    if not os.access(file, os.W_OK):
        raise SourceError(change.path, "is not writable, so its fix was not written")
    replace_file(file, new)
