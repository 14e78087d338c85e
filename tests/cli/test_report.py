"""``prodworthy report``: where it goes, on which day it is, and how it ends."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from prodworthy.cli import main
from prodworthy.report import words

APP = """\
from openai import OpenAI

client = OpenAI(max_retries=0)
client.chat.completions.create(model="m", messages=[], max_tokens=9)
"""


@pytest.fixture(autouse=True)
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    folder = tmp_path / "shop"
    folder.mkdir()
    monkeypatch.chdir(folder)
    (folder / "app.py").write_text(APP)
    (folder / "prodworthy.toml").write_text("")
    return folder


def prodworthy(*arguments: str) -> Result:
    return CliRunner().invoke(main, ["report", "--no-cache", *arguments])


def test_a_report_is_no_gate() -> None:
    done = prodworthy()
    assert done.exit_code == 0
    assert "PW202 disabled-retry" in done.stdout


@pytest.mark.parametrize(
    ("name", "arguments", "begins"),
    [
        ("out.html", [], "<!doctype html>"),
        ("OUT.HTM", [], "<!doctype html>"),
        ("out.json", [], "{"),
        ("out.md", [], "# Production readiness of shop"),
        ("out", [], "# Production readiness of shop"),
        ("out.md", ["--format", "html"], "<!doctype html>"),
    ],
)
def test_the_file_tells_the_format(project: Path, name: str, arguments: list[str], begins: str) -> None:
    done = prodworthy("--output-file", name, *arguments)
    assert (done.exit_code, done.stdout) == (0, "")
    assert (project / name).read_text(encoding="utf-8").startswith(begins)


def test_the_day_is_given_or_recorded(monkeypatch: pytest.MonkeyPatch) -> None:
    assert json.loads(prodworthy("--format", "json", "--date", "2026-02-03").stdout)["date"] == "2026-02-03"
    monkeypatch.setenv("SOURCE_DATE_EPOCH", "86400")
    assert json.loads(prodworthy("--format", "json").stdout)["date"] == "1970-01-02"
    monkeypatch.setenv("SOURCE_DATE_EPOCH", "soon")
    done = prodworthy("--format", "json")
    assert (done.exit_code, done.stderr) == (2, "error: SOURCE_DATE_EPOCH: 'soon' is no number of seconds\n")


def test_every_rule_is_looked_at_but_those_the_configuration_ignores(project: Path) -> None:
    (project / "prodworthy.toml").write_text('ignore = ["PW202", "PW3"]\n')
    document = json.loads(prodworthy("--format", "json").stdout)
    states = {r["code"]: r["state"] for s in document["sections"] for r in s["rules"]}
    assert states["PW202"] == states["PW301"] == states["PW307"] == "off"
    assert states["PW804"] == "findings"
    assert "PW202" not in {f["code"] for f in document["findings"]}
    narrow = json.loads(prodworthy("--format", "json", "--profile", "prototype").stdout)
    assert {r["code"]: r["state"] for s in narrow["sections"] for r in s["rules"]}["PW804"] == "off"


def test_what_cannot_be_read_ends_with_3_and_is_reported_all_the_same(project: Path) -> None:
    (project / "bad.py").write_bytes(b"x\0")
    done = prodworthy()
    assert done.exit_code == 3
    assert "error: bad.py:1: holds null bytes" in done.stderr
    assert "**Incomplete: 1 problem while reading the project.**" in done.stdout


def test_calls_in_tests_are_left_out(project: Path) -> None:
    (project / "tests").mkdir()
    (project / "tests" / "test_app.py").write_text(APP)
    done = prodworthy()
    assert "1 call in tests left out." in done.stdout
    assert len(json.loads(prodworthy("--format", "json").stdout)["calls"]) == 1


def test_what_is_wrong_is_told() -> None:
    assert prodworthy("--compare", "none.json").stderr == (
        "error: none.json: cannot be read: No such file or directory\n"
    )
    done = prodworthy("--output-file", "no/such/folder.html")
    assert done.exit_code == 2
    assert "no/such/folder.html: cannot be written" in done.stderr.replace("\\", "/")
    assert prodworthy("--date", "yesterday").exit_code == 2


def test_a_report_is_compared_with_an_earlier_one(project: Path) -> None:
    prodworthy("--output-file", "first.json", "--date", "2026-01-01")
    (project / "app.py").write_text(APP.replace("max_retries=0", ""))
    done = prodworthy("--compare", "first.json", "--date", "2026-02-01")
    assert "## Since 2026-01-01" in done.stdout
    assert "0 findings new, 1 gone." in done.stdout
    assert "| Rate limits | to be attested | 100 | +34 | 0 | 0 of 1 |" in done.stdout
    row = ("Latency: streaming", "not applicable", words.NOTHING, words.NOTHING, "0", words.NOTHING)
    assert f"| {' | '.join(row)} |" in done.stdout
