"""The shipped example has the defects that its author put there, and the fixed one has none."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from click.testing import CliRunner

from prodworthy.cli import main

EXAMPLES = Path(__file__).parent.parent / "examples"
DEFECTS = {
    ("scripts/weekly_digest.py", "PW802"),
    ("scripts/weekly_digest.py", "PW807"),
    ("support_bot/config.py", "PW101"),
    ("support_bot/escalation.py", "PW502"),
    ("support_bot/llm.py", "PW202"),
    ("support_bot/llm.py", "PW208"),
    ("support_bot/llm.py", "PW301"),
    ("support_bot/retrieval.py", "PW201"),
    ("support_bot/retrieval.py", "PW207"),
    ("support_bot/routes/agents.py", "PW401"),
    ("support_bot/routes/agents.py", "PW402"),
    ("support_bot/triage.py", "PW501"),
}


def test_the_defects_are_found(monkeypatch: pytest.MonkeyPatch) -> None:
    found = {(path, code) for path, _, code in check("support_bot", monkeypatch)}
    assert DEFECTS - found == set()


def test_the_fixed_one_is_clean(monkeypatch: pytest.MonkeyPatch) -> None:
    assert check("support_bot_fixed", monkeypatch) == []


def test_both_are_the_same_application() -> None:
    faulty, fixed = (
        {path.relative_to(EXAMPLES / name) for path in (EXAMPLES / name).rglob("*.py")}
        for name in ("support_bot", "support_bot_fixed")
    )
    assert fixed - faulty == {Path("support_bot/privacy.py")}
    assert faulty <= fixed


def check(name: str, monkeypatch: pytest.MonkeyPatch) -> list[tuple[str, int, str]]:
    monkeypatch.chdir(EXAMPLES / name)
    done = CliRunner().invoke(main, ["check", ".", "--output-format", "json", "--no-cache", "--exit-zero"])
    assert done.exit_code == 0, done.output
    report = json.loads(done.stdout)
    assert report["errors"] == []
    prefix = f"examples/{name}/"
    return [
        (found["path"].removeprefix(prefix), found["line"], found["code"]) for found in report["findings"]
    ]
