"""A file that is checked by itself is found what the whole project shows of it."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from click.testing import CliRunner

from prodworthy.api import check_paths, check_source
from prodworthy.cli import main

ASK = """\
import requests


def ask(question: str) -> str:
    body = {"model": "gpt-4o", "max_tokens": 5, "messages": [{"role": "user", "content": question}]}
    return requests.post("https://api.openai.com/v1/chat/completions", json=body, timeout=5).text
"""
CALLER = """\
from tenacity import retry, stop_after_attempt, wait_exponential

from app.ask import ask


@retry(stop=stop_after_attempt(3), wait=wait_exponential())
def patiently(question: str) -> str:
    return ask(question)
"""


@pytest.fixture(autouse=True)
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    (tmp_path / "pyproject.toml").write_text("[project]\n")
    for name, text in {"app/__init__.py": "", "app/ask.py": ASK, "jobs/nightly.py": CALLER}.items():
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text(text)
    monkeypatch.chdir(tmp_path)
    return tmp_path


def codes(*paths: str) -> list[str]:
    return [finding.code for finding in check_paths(paths or ["."], select=["PW201"])]


@pytest.mark.parametrize("path", ["app/ask.py", "app"])
def test_callers_count_wherever_they_are(path: str, project: Path) -> None:
    assert codes() == codes(path) == []
    (project / "jobs" / "nightly.py").unlink()
    assert codes() == codes(path) == ["PW201"]


def test_nothing_is_reported_of_files_that_nobody_named(project: Path) -> None:
    (project / "jobs" / "nightly.py").write_text(ASK)
    found = check_paths(["app"], select=["PW201"])
    assert [finding.path for finding in found] == ["app/ask.py"]


def test_texts_that_stand_in_for_files_have_callers_too() -> None:
    assert check_source(ASK, "app/ask.py", select=["PW201"]) == ()
    assert [f.code for f in check_source(ASK, "app/other.py", select=["PW201"])] == ["PW201"]


def test_what_is_excluded_or_ignored_calls_nothing(project: Path) -> None:
    (project / ".gitignore").write_text("jobs/\n")
    assert codes("app/ask.py") == ["PW201"]


def test_a_folder_that_is_no_project_is_not_searched(project: Path) -> None:
    (project / "pyproject.toml").unlink()
    assert codes("app/ask.py") == ["PW201"]


def test_a_wrong_configuration_elsewhere_is_no_matter(project: Path) -> None:
    (project / "jobs" / "prodworthy.toml").write_text("no-such-key = 1\n")
    assert codes("app/ask.py") == ["PW201"]


def test_stored_results_know_of_callers(project: Path) -> None:
    def found() -> list[str]:
        done = CliRunner().invoke(
            main, ["check", "app/ask.py", "--select", "PW201", "--output-format", "json"]
        )
        return [one["code"] for one in json.loads(done.stdout)["findings"]]

    assert found() == found() == []
    caller = project / "jobs" / "nightly.py"
    caller.write_text(CALLER.replace("@retry(stop=stop_after_attempt(3), wait=wait_exponential())\n", ""))
    assert found() == found() == ["PW201"]
    caller.write_text(CALLER)
    assert found() == found() == []
    caller.unlink()
    assert found() == found() == ["PW201"]
