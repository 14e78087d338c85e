"""The rules about a project's settings in its environments: asked once, when a folder is checked."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from prodworthy import suppress
from prodworthy.checking import finding
from prodworthy.environments.entry import Entry
from prodworthy.errors import SourceError
from prodworthy.files import Files
from prodworthy.finding import Confidence, Finding, Span, TraceStep
from prodworthy.fix.remedy import Remedy
from prodworthy.pack import Packs
from prodworthy.rule import Report, Rule
from prodworthy.selection import Selection

_IGNORE = re.compile(r"#\s*prodworthy:\s*ignore\[([^\]\n]*)\]", re.IGNORECASE)


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


def _reported(rule: Rule, settings: Sequence[Entry], *, pedantic: bool) -> Iterator[Finding]:
    found: list[Finding] = []

    def report(
        span: Span,
        message: str,
        *,
        hint: str = "",
        confidence: Confidence | None = None,
        trace: tuple[TraceStep, ...] = (),
        fix: Remedy | None = None,
        context: str = "",
        defect: Span | None = None,
        secret: str = "",
    ) -> None:
        del fix, defect  # of code alone
        sure = confidence or rule.confidence
        if sure is not Confidence.LOW or pedantic:
            found.append(
                finding(
                    rule,
                    span,
                    message,
                    hint=hint,
                    confidence=sure,
                    trace=trace,
                    context=context,
                    secret=secret,
                )
            )

    assert rule.check_environments is not None
    typed: Report = report
    rule.check_environments(settings, typed)
    return iter(found)


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
    for number in (one.line - 1, one.line):
        line = lines[number - 1] if 1 <= number <= len(lines) else ""
        match = _IGNORE.search(line)
        if match is not None and (number == one.line or line.lstrip().startswith("#")):
            words = {word.strip() for word in match[1].split(",")}
            if words & {one.code, one.name}:
                return True
    return False
