"""The rules about a project's settings in its environments: asked once, when a folder is checked."""

from __future__ import annotations

from collections.abc import Sequence

from prodworthy import suppress
from prodworthy.environments.entry import Entry
from prodworthy.errors import SourceError
from prodworthy.files import Files
from prodworthy.finding import Finding
from prodworthy.pack import Packs
from prodworthy.reporter import Reporter
from prodworthy.rule import Rule
from prodworthy.selection import Selection


def findings(files: Files, packs: Packs, paths: Sequence[str], folders: Sequence[str]) -> list[Finding]:
    """What those rules say of the settings below ``folders``, with ``paths`` the files under analysis.

    Files named one by one are not asked about: their settings are part of a whole.
    """
    config = files.config("pyproject.toml")
    rules = [rule for rule in Selection(config, packs.rules).rules if rule.check_environments is not None]
    if not rules or not folders:
        return []
    from prodworthy.environments.collect import collect

    settings = collect(files.root, folders, paths, files.source)
    found = [one for rule in rules for one in _reported(rule, settings, pedantic=config.pedantic)]
    return [one for one in found if _is_on(one, files, packs) and not _is_held(one, files, packs)]


def _reported(rule: Rule, settings: Sequence[Entry], *, pedantic: bool) -> list[Finding]:
    found: list[Finding] = []
    assert rule.check_environments is not None
    rule.check_environments(settings, Reporter(rule, lambda one, _: found.append(one), pedantic=pedantic))
    return found


def _is_on(one: Finding, files: Files, packs: Packs) -> bool:
    """Whether the file's own configuration has the rule on for it."""
    config = files.config(one.path)
    file = files.root / one.path
    below = (file.relative_to(config.root) if file.is_relative_to(config.root) else file).as_posix()
    return any(rule.code == one.code for rule in Selection(config, packs.rules).for_path(below))


def _is_held(one: Finding, files: Files, packs: Packs) -> bool:
    """Whether a comment holds it back: of its statement in Python, of its line or the one above elsewhere."""
    try:
        if one.path.endswith(".py"):
            comments = suppress.of_source(files.source(one.path))
            return not suppress.apply([one], comments, packs.rules, frozenset())[0]
        lines = files.content(one.path).splitlines()
    except SourceError:
        return False
    return suppress.in_text(lines[max(one.line - 2, 0) : one.line], one)
