"""Comparing with earlier reports."""

from __future__ import annotations

import datetime
import json
from pathlib import Path

import pytest

from prodworthy.errors import ConfigError
from prodworthy.finding import Finding, Severity, Span
from prodworthy.readiness.trend import point, read_point, trend

DAY = datetime.date(2026, 6, 1)


def finding(code: str, context: str) -> Finding:
    return Finding(code, "name", "m", Span("a.py", 1, 1, 1, 2), Severity.NOTE, context=context)


def document(folder: Path, name: str, *findings: Finding, **more: object) -> Path:
    file = folder / name
    told = [{"code": f.code, "fingerprint": f.fingerprint, "message": "x"} for f in findings]
    file.write_text(json.dumps({"version": 1, "findings": told, **more}))
    return file


def test_findings_are_new_or_gone_by_their_fingerprints(tmp_path: Path) -> None:
    a, b, c = finding("PW301", "a"), finding("PW301", "b"), finding("PW207", "c")
    before = read_point(document(tmp_path, "x.json", a, a, b, date="2026-05-01"))
    found = trend([before], point(DAY, 70, {}, [a, c], 3))
    assert found is not None
    assert (found.new, found.gone) == (1, 2)
    assert found.codes == {"PW207": (0, 1), "PW301": (3, 1)}


def test_reports_stand_in_the_order_of_their_dates(tmp_path: Path) -> None:
    late = read_point(document(tmp_path, "a.json", date="2026-05-01", score={"value": 60}))
    early = read_point(document(tmp_path, "b.json", date="2026-01-01", score={"value": 40}))
    bare = read_point(document(tmp_path, "check.json"))
    found = trend([late, early, bare], point(DAY, 70, {}, [], 0))
    assert found is not None
    assert [(one.name, one.score) for one in found.points] == [
        ("check.json", None), ("2026-01-01", 40), ("2026-05-01", 60), ("2026-06-01", 70),
    ]  # fmt: skip
    assert found.before.name == "2026-05-01"


def test_nothing_earlier_is_no_trend() -> None:
    assert trend([], point(DAY, 70, {}, [], 0)) is None


@pytest.mark.parametrize(
    ("content", "told"),
    [
        ("{", "is not the JSON of `prodworthy report` or `prodworthy check`: Invalid JSON"),
        ('{"version": 2, "findings": []}', "is not the JSON of `prodworthy report` or `prodworthy check`: version:"),
        ('{"version": 1}', "is not the JSON of `prodworthy report` or `prodworthy check`: findings:"),
        ("\0\xff", "is not the JSON of"),
    ],
)  # fmt: skip
def test_what_is_no_report_is_named(tmp_path: Path, content: str, told: str) -> None:
    file = tmp_path / "old.json"
    file.write_bytes(content.encode("latin-1"))
    with pytest.raises(ConfigError) as caught:
        read_point(file)
    assert str(caught.value).startswith(f"{file}: {told}")


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="cannot be read"):
        read_point(tmp_path / "none.json")
