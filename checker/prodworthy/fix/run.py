"""Check, mend, check again, until nothing changes: all in memory, so that only what holds is written."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from prodworthy.errors import SourceError
from prodworthy.finding import Edit, Finding
from prodworthy.fix.text import Text, overlap
from prodworthy.pipeline import Progress, Request, Result, run
from prodworthy.report.offers import is_offered
from prodworthy.source.python import parse_source

_PASSES = 20


@dataclass(frozen=True, slots=True)
class Change:
    """What a file becomes; both texts without a byte order mark."""

    path: str
    before: str
    after: str


@dataclass(frozen=True, slots=True)
class Fixed:
    """A mended project.

    Attributes:
        first: what was found before.
        result: what is left, with the texts of the mended files.
        changes: the files that differ.
    """

    first: Result
    result: Result
    changes: tuple[Change, ...]


@dataclass(slots=True)
class _Plan:
    """Fixes that go together."""

    findings: list[Finding] = field(default_factory=list)
    edits: dict[str, list[Edit]] = field(default_factory=dict)

    def texts(self, result: Result) -> dict[str, str]:
        """The files after the fixes."""
        return {path: _text(result, path).apply(edits) for path, edits in self.edits.items()}

    def add(self, finding: Finding) -> None:
        """Take the finding's fix in, unless an edit of it gets in the way of another."""
        assert finding.fix is not None
        new = [edit for edit in finding.fix.edits if edit not in self.edits.get(edit.span.path, ())]
        taken = [edit.span for edits in self.edits.values() for edit in edits]
        if any(overlap(edit.span, span) for edit in new for span in taken):
            return
        for edit in new:
            self.edits.setdefault(edit.span.path, []).append(edit)
        self.findings.append(finding)


def fix_all(request: Request, *, unsafe: bool = False, progress: Progress | None = None) -> Fixed:
    """Mend what ``request`` names in memory, as far as safe fixes (and unsafe ones) reach.

    A fix stays only if every file it touches still parses and its finding is gone.

    Raises:
        ConfigError: the configuration, or a path, is wrong.
        RuleError: a rule cannot be loaded.
    """
    first = result = run(request, progress)
    mended: dict[str, str] = {}
    refused: set[str] = set()
    count = 0
    for _ in range(_PASSES):
        plan = _plan(result, unsafe, refused)
        if not plan.findings:
            break
        after = plan.texts(result)
        given = {result.files.root / path: text for path, text in (mended | after).items()}
        checked = run(replace(request, texts={**request.texts, **given}), progress)
        failed = _failed(plan, result, checked, after)
        if failed:
            refused.update(finding.fingerprint for finding in failed)
            continue
        mended, result, count = mended | after, checked, count + len(plan.findings)
    changes = [Change(path, _text(first, path).text, text) for path, text in sorted(mended.items())]
    return Fixed(first, replace(result, fixed=count), tuple(c for c in changes if c.before != c.after))


def _plan(result: Result, unsafe: bool, refused: set[str]) -> _Plan:
    plan = _Plan()
    for finding in result.findings:
        if is_offered(finding, unsafe) and finding.fingerprint not in refused:
            plan.add(finding)
    for path, text in plan.texts(result).items():
        if not _parses(path, text):
            return _one_by_one(plan, result, refused)
    return plan


def _one_by_one(tried: _Plan, result: Result, refused: set[str]) -> _Plan:
    """Those fixes of ``tried`` after each of which all files parse; the others are refused."""
    plan = _Plan()
    for finding in tried.findings:
        longer = _Plan(list(plan.findings), {path: list(edits) for path, edits in plan.edits.items()})
        longer.add(finding)
        if all(_parses(path, text) for path, text in longer.texts(result).items()):
            plan = longer
        else:
            refused.add(finding.fingerprint)
    return plan


def _failed(plan: _Plan, before: Result, after: Result, texts: Mapping[str, str]) -> list[Finding]:
    """The fixes whose finding is still where it was."""
    new = {path: Text(path, text) for path, text in texts.items()}
    left = {(f.code, f.path, _start(f, new.get(f.path))) for f in after.findings}
    failed = []
    for finding in plan.findings:
        start = _start(finding, None)
        if finding.path in new:
            old = _text(before, finding.path)
            start = _moved(old, old.offset(*start), plan.edits[finding.path]), 0
        if (finding.code, finding.path, start) in left:
            failed.append(finding)
    return failed


def _start(finding: Finding, text: Text | None) -> tuple[int, int]:
    """Where a finding begins: its offset and 0 in a file that was mended, else its line and column."""
    place = finding.line, finding.span.column
    return (text.offset(*place), 0) if text else place


def _moved(text: Text, offset: int, edits: list[Edit]) -> int:
    """Where a place is after the edits in front of it."""
    moved = offset
    for edit in edits:
        start, end = text.offsets(edit.span)
        if end <= offset:
            moved += len(edit.content) - (end - start)
    return moved


def _text(result: Result, path: str) -> Text:
    return Text(path, result.files.source(path).text)


def _parses(path: str, text: str) -> bool:
    try:
        parse_source(path, text)
    except SourceError:
        return False
    return True
