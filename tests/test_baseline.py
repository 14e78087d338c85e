"""The baseline knows findings by content and number, not by place."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest

from prodworthy.baseline import read_baseline, write_baseline
from prodworthy.errors import ConfigError
from prodworthy.finding import Finding, Severity, Span


def finding(line: int = 1, context: str = "call()", code: str = "PW301", path: str = "a.py") -> Finding:
    return Finding(code, "x", "m", Span(path, line, 1, line, 2), Severity.WARNING, context=context)


def test_a_finding_may_move(tmp_path: Path) -> None:
    file = tmp_path / "baseline.json"
    assert write_baseline(file, [finding(3), finding(9, "other()")]) == 2
    assert read_baseline(file).new([finding(40), finding(7, "other()")]) == []


def test_a_second_one_of_the_same_content_is_new(tmp_path: Path) -> None:
    file = tmp_path / "baseline.json"
    write_baseline(file, [finding(3)])
    assert read_baseline(file).new([finding(3), finding(30)]) == [finding(30)]


@pytest.mark.parametrize("changed", [finding(context="call(1)"), finding(code="PW304"), finding(path="b.py")])
def test_another_content_rule_or_file_is_new(tmp_path: Path, changed: Finding) -> None:
    file = tmp_path / "baseline.json"
    write_baseline(file, [finding()])
    assert read_baseline(file).new([changed]) == [changed]


def test_the_file_is_the_same_for_the_same_findings(tmp_path: Path) -> None:
    one, two = tmp_path / "one.json", tmp_path / "two.json"
    some = [finding(1), finding(2), finding(3), finding(4, path="b.py")]
    write_baseline(one, some)
    write_baseline(two, [replace(f, span=replace(f.span, line=f.span.line + 5)) for f in reversed(some)])
    assert one.read_bytes() == two.read_bytes()
    entries = json.loads(one.read_text(encoding="utf-8"))["findings"]
    assert [(e["path"], e["count"]) for e in entries] == [("a.py", 3), ("b.py", 1)]
    assert all(set(entry) == {"path", "code", "fingerprint", "count"} for entry in entries)


def test_an_unreadable_file_is_never_known(tmp_path: Path) -> None:
    assert write_baseline(tmp_path / "baseline.json", [finding(code="PW002")]) == 0


@pytest.mark.parametrize(
    ("text", "told"),
    [
        (None, "there is no such baseline"),
        ("", "not a baseline"),
        ("[]", "not a baseline"),
        ('{"version": 1}', "not a baseline"),
        ('{"version": 1, "findings": [{"fingerprint": "a"}]}', "not a baseline"),
        ('{"version": 1, "findings": [{"fingerprint": "a", "count": "many"}]}', "not a baseline"),
        ('{"version": 9, "findings": []}', "version 9"),
        ("\x00\xff", "not a baseline"),
    ],
)
def test_what_is_no_baseline_is_named(tmp_path: Path, text: str | None, told: str) -> None:
    file = tmp_path / "baseline.json"
    if text is not None:
        file.write_bytes(text.encode("latin-1"))
    with pytest.raises(ConfigError, match=told) as caught:
        read_baseline(file)
    assert str(file) in str(caught.value)


def test_a_place_that_cannot_be_written_is_named(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="cannot be written"):
        write_baseline(tmp_path / "no" / "baseline.json", [])
