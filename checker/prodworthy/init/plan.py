"""Everything that a repository still needs, as changes to look at before they are written."""

from __future__ import annotations

import difflib
import os
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from prodworthy import git
from prodworthy.init.change import Change, Kept
from prodworthy.init.configuration import configuration
from prodworthy.init.hooks import hook
from prodworthy.init.services import services, step
from prodworthy.report.masking import shown_text


@dataclass(frozen=True, slots=True)
class Plan:
    """What to write below ``top``, and what is there already or cannot be told."""

    top: Path
    changes: tuple[Change, ...]
    kept: tuple[str, ...]


def plan(folder: Path, *, ci: Sequence[str] | None = None, hooks: bool = True) -> Plan:
    """What the project in ``folder`` needs.

    Args:
        folder: absolute; in a repository, its root gets the hook and the step.
        ci: the services to write a step for; None for those that the repository uses.
        hooks: whether to add a hook.

    Raises:
        ConfigError: something that is there is wrong, or takes no additions.
    """
    repository = git.top(folder)
    top = repository or folder
    found: list[Change | Kept] = [configuration(folder, top)]
    if hooks:
        found.append(hook(top) if repository else Kept("there is no git repository here, so no hook"))
    chosen = services(top) if ci is None else ci
    found += [step(top, service) for service in chosen]
    if ci is None and not chosen:
        found.append(Kept("no CI service shows; `--ci github` or `--ci gitlab` writes its step"))
    changes = tuple(one for one in found if isinstance(one, Change))
    kept = (one.reason.replace(f"{top}{os.sep}", "") for one in found if isinstance(one, Kept))
    return Plan(top, changes, tuple(kept))


def diff(made: Plan) -> Iterator[str]:
    """The changes as the lines of a diff, without their ends; secrets in the files around them are masked."""
    for change in made.changes:
        name = Path(os.path.relpath(change.file, made.top)).as_posix()
        before, after = (_shown(name, text) for text in (change.before or "", change.after))
        old = "/dev/null" if change.before is None else f"a/{name}"
        yield from difflib.unified_diff(before, after, old, f"b/{name}", lineterm="")


def _shown(name: str, text: str) -> list[str]:
    lines = dict(enumerate(text.splitlines(), 1))
    return list(shown_text(lines, name).values())
