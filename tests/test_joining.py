"""What calls in several files share is one finding, and a baseline holds each."""

from __future__ import annotations

from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from prodworthy.cli import main

SETTINGS = """
from openai import OpenAI

client = OpenAI(max_retries=0, timeout=30)
"""
USE = """
from settings import client


def ask(text: str) -> str:
    return client.responses.create(model="gpt-6-luna", input=text, max_output_tokens=300).output_text
"""


@pytest.fixture(autouse=True)
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "settings.py").write_text(SETTINGS)
    for name in ("a.py", "b.py", "c.py"):
        (tmp_path / name).write_text(USE)
    return tmp_path


def check(*arguments: str) -> Result:
    return CliRunner().invoke(main, ["check", "--output-format", "concise", *arguments])


def test_the_first_file_stands_for_the_others() -> None:
    (line,) = check(".").stdout.splitlines()
    assert line.startswith("a.py:6:12: PW202 ")
    assert line.endswith("(set in settings.py:4) (as in 2 more files)")


def test_a_baseline_holds_each() -> None:
    assert check("--baseline", "known.json", "--write-baseline", ".").exit_code == 0
    assert check("--baseline", "known.json", "b.py").exit_code == 0
    assert check("b.py").exit_code == 1
