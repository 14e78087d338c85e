"""Check, mend, check again, until nothing changes: all in memory, so that only what holds is written."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace

from prodworthy.errors import SourceError
from prodworthy.finding import Edit, Finding, Span
from prodworthy.fix.ignore import is_ignore_file
from prodworthy.fix.text import Text, overlap
from prodworthy.pipeline import Progress, Request, Result, run
from prodworthy.report.offers import is_offered
from prodworthy.source.python import parse_source

_PASSES = 20


@dataclass(frozen=True, slots=True)
class Change:
    """What a file becomes: what it holds before and after, both without a byte order mark."""

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
        """What the files hold after the fixes; a notebook that cannot be rewritten safely stays as it is."""
        return {path: _edited(result, path, edits) for path, edits in self.edits.items()}

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
        failed = _failed(plan, result, checked)
        if failed:
            refused.update(finding.fingerprint for finding in failed)
            continue
        mended, result, count = mended | after, checked, count + len(plan.findings)
    changes = [Change(path, _content(first, path), text) for path, text in sorted(mended.items())]
    left = tuple(_refused(f) if f.fingerprint in refused else f for f in result.findings)
    done = replace(result, fixed=count, findings=left)
    return Fixed(first, done, tuple(c for c in changes if c.before != c.after))


def _refused(finding: Finding) -> Finding:
    told = "its fix could not be applied here without breaking the code"
    return replace(finding, fix=None, hint=f"{finding.hint} ({told})" if finding.hint else told)


def _plan(result: Result, unsafe: bool, refused: set[str]) -> _Plan:
    plan = _Plan()
    for finding in result.findings:
        if is_offered(finding, unsafe) and finding.fingerprint not in refused:
            plan.add(finding)
    if not _parse(plan, result):
        return _one_by_one(plan, result, refused)
    return plan


def _one_by_one(tried: _Plan, result: Result, refused: set[str]) -> _Plan:
    """Those fixes of ``tried`` after each of which all files parse; the others are refused."""
    plan = _Plan()
    for finding in tried.findings:
        longer = _Plan(list(plan.findings), {path: list(edits) for path, edits in plan.edits.items()})
        longer.add(finding)
        if _parse(longer, result):
            plan = longer
        else:
            refused.add(finding.fingerprint)
    return plan


def _failed(plan: _Plan, before: Result, after: Result) -> list[Finding]:
    """The fixes whose finding is still where it was, with what led to it."""
    new = {path: _text(after, path) for path in plan.edits}
    left = {_identity(f, lambda span: _start(span, new.get(span.path))) for f in after.findings}
    old = {path: _text(before, path) for path in plan.edits}

    def moved(span: Span) -> tuple[int, int]:
        text = old.get(span.path)
        return (_moved(text, text.offsets(span)[0], plan.edits[span.path]), 0) if text else _start(span, None)

    return [finding for finding in plan.findings if _identity(finding, moved) in left]


def _identity(finding: Finding, start: Callable[[Span], tuple[int, int]]) -> tuple[object, ...]:
    led = finding.trace[0].span if finding.trace else finding.span
    return finding.code, finding.path, start(finding.span), led.path, start(led)


def _start(span: Span, text: Text | None) -> tuple[int, int]:
    """Where ``span`` begins: its offset and 0 in a file that was mended, else its line and column."""
    return (text.offsets(span)[0], 0) if text else (span.line, span.column)


def _moved(text: Text, offset: int, edits: list[Edit]) -> int:
    """Where a place is after the edits in front of it."""
    moved = offset
    for edit in edits:
        start, end = text.offsets(edit.span)
        if end <= offset:
            moved += len(edit.content) - (end - start)
    return moved


def _text(result: Result, path: str) -> Text:
    if is_ignore_file(path):
        return Text(path, _content(result, path))
    return Text.of(result.files.source(path))


def _content(result: Result, path: str) -> str:
    """What a file holds; nothing where there is none yet."""
    if is_ignore_file(path) and result.files.data(path) is None:
        return ""
    return result.files.content(path).removeprefix("\ufeff")


def _edited(result: Result, path: str, edits: list[Edit]) -> str:
    if is_ignore_file(path):
        return _text(result, path).apply(edits)
    source = result.files.source(path)
    if not source.cells:
        return Text.of(source).apply(edits)
    from prodworthy.fix.notebook import with_edits

    raw = _content(result, path)
    try:
        return with_edits(raw, source, edits)
    except SourceError:
        return raw


def _parse(plan: _Plan, result: Result) -> bool:
    """Whether what parses before the fixes, files and the cells of notebooks, does so after them."""
    for path, text in plan.texts(result).items():
        if is_ignore_file(path):
            continue
        try:
            broken = parse_source(path, text).broken
        except SourceError:
            return False
        before = {error.cell for error in result.files.source(path).broken}
        if not before.issuperset(error.cell for error in broken):
            return False
    return True
