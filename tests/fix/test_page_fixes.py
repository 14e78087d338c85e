"""Every fix that is offered on a rule page's example removes its finding and touches nothing else."""

from __future__ import annotations

import ast
import difflib
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from pages.reader import Example, Page, pages
from prodworthy.config import Overrides
from prodworthy.finding import Finding
from prodworthy.fix.text import Text
from prodworthy.pipeline import Request, Result, run
from prodworthy.source.text import is_python

CASES = [(page, e) for page in pages() for e in page.examples if e.section == "Flagged"]
OFFERED = {
    *("PW001", "PW101", "PW201", "PW202", "PW207", "PW208", "PW211"),
    *("PW301", "PW502", "PW801", "PW802", "PW807"),
}

each_case = pytest.mark.parametrize(("page", "example"), CASES, ids=[f"{p.code}-{e.line}" for p, e in CASES])


@each_case
def test_each_fix_alone_mends_its_finding_and_changes_no_line_besides(
    page: Page, example: Example, tmp_path: Path
) -> None:
    before = check(example, page.code, tmp_path)
    for finding, after in mended(before, page.code, tmp_path):
        assert finding.fix is not None
        texts = {edit.span.path: before.files.source(edit.span.path).text for edit in finding.fix.edits}
        for path, old in texts.items():
            new = after.files.source(path).text
            ast.parse(new)
            edited = {
                line
                for edit in finding.fix.edits
                if edit.span.path == path
                for line in range(edit.span.line, edit.span.end_line + 1)
            }
            assert changed_lines(old, new) <= edited
        assert len(after.findings) < len(before.findings), finding
        assert {f.code for f in after.findings} <= {page.code}


@pytest.mark.parametrize("code", sorted(OFFERED))
def test_pages_show_code_that_can_be_fixed(code: str, tmp_path: Path) -> None:
    found: list[Finding] = []
    for number, example in enumerate(e for p, e in CASES if p.code == code):
        found += check(example, code, tmp_path / str(number)).findings
    assert any(finding.fix for finding in found)


def mended(before: Result, code: str, folder: Path) -> Iterator[tuple[Finding, Result]]:
    """Each finding that has a fix, with what is found after that fix alone."""
    for finding in before.findings:
        if finding.fix is None or finding.code != code:
            continue
        if not all(is_python(edit.span.path) for edit in finding.fix.edits):
            continue  # what changes another kind of file has its own tests
        texts = {
            folder / path: Text(path, before.files.source(path).text).apply(
                edit for edit in finding.fix.edits if edit.span.path == path
            )
            for path in {edit.span.path for edit in finding.fix.edits}
        }
        yield finding, run(replace(request(code, folder), texts=texts))


def check(example: Example, code: str, folder: Path) -> Result:
    folder.mkdir(exist_ok=True)
    config = "pyproject.toml" if "[tool.prodworthy" in example.config else "prodworthy.toml"
    for name, text in {**example.files, config: example.config}.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(text, encoding="utf-8")
    return run(request(code, folder))


def request(code: str, folder: Path) -> Request:
    select = None if code.startswith("PW0") else (code,)
    return Request([folder], folder, Overrides(select=select))


def changed_lines(old: str, new: str) -> set[int]:
    """The lines of ``old`` that are different in ``new``, or that something was put in front of."""
    a, b = old.splitlines(), new.splitlines()
    blocks = difflib.SequenceMatcher(None, a, b, autojunk=False).get_opcodes()
    return {line for tag, i, j, *_ in blocks if tag != "equal" for line in range(i + 1, max(j, i + 1) + 1)}
