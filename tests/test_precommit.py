"""The hook in a real repository, run by the real pre-commit: it blocks a defect and passes the fix."""

from __future__ import annotations

import json
import sys
from pathlib import Path

import pytest

from scratch import git, run

ROOT = Path(__file__).parent.parent
DEFECT = """\
from openai import OpenAI

client = OpenAI(max_retries=0)


def reply(text: str) -> str:
    return client.responses.create(model="gpt-4o-mini", input=text, max_output_tokens=200).output_text
"""


def test_the_hook_blocks_a_staged_defect_and_passes_the_fix(repository: Path) -> None:
    (repository / "bot.py").write_text(DEFECT, encoding="utf-8")
    git(repository, "add", "bot.py")
    blocked = git(repository, "commit", "-m", "A defect", check=False)
    assert blocked.returncode == 1
    assert "PW202" in blocked.stdout + blocked.stderr
    assert git(repository, "log", "--format=%s").stdout == "Hook\n"

    (repository / "bot.py").write_text(DEFECT.replace("max_retries=0", ""), encoding="utf-8")
    git(repository, "add", "bot.py")
    git(repository, "commit", "-m", "The fix")
    assert git(repository, "log", "--format=%s").stdout == "The fix\nHook\n"


def test_the_hook_looks_only_at_what_is_staged(repository: Path) -> None:
    (repository / "bot.py").write_text(DEFECT, encoding="utf-8")
    (repository / "notes.txt").write_text("text\n", encoding="utf-8")
    git(repository, "add", "notes.txt")
    assert "Skipped" in git(repository, "commit", "-m", "Notes").stderr


def test_the_hook_reads_notebooks(repository: Path) -> None:
    cell = {"cell_type": "code", "execution_count": 1, "metadata": {}, "outputs": [], "source": DEFECT}
    notebook = {"cells": [cell], "metadata": {}, "nbformat": 4, "nbformat_minor": 5}
    (repository / "bot.ipynb").write_text(json.dumps(notebook), encoding="utf-8")
    git(repository, "add", "bot.ipynb")
    blocked = git(repository, "commit", "-m", "A defect", check=False)
    assert blocked.returncode == 1
    assert "bot.ipynb:cell 1:7:" in blocked.stdout + blocked.stderr


def test_the_fix_hook_mends_what_is_safe_and_stops_the_commit(repository: Path) -> None:
    (repository / "bot.py").write_text("total = 1  # noqa: PW301\n", encoding="utf-8")
    git(repository, "add", "bot.py")
    blocked = git(repository, "commit", "-m", "A comment too many", check=False)
    assert blocked.returncode == 1
    assert "files were modified by this hook" in blocked.stdout + blocked.stderr
    assert (repository / "bot.py").read_text(encoding="utf-8") == "total = 1\n"
    git(repository, "add", "bot.py")
    git(repository, "commit", "-m", "Mended")


@pytest.fixture
def repository(tmp_path: Path) -> Path:
    """A repository with the shipped hook installed; its tool is this environment's prodworthy."""
    git(tmp_path, "init", "--quiet")
    (tmp_path / ".pre-commit-config.yaml").write_text(hook_configuration(), encoding="utf-8")
    git(tmp_path, "add", ".pre-commit-config.yaml")
    git(tmp_path, "commit", "-m", "Hook")
    run(tmp_path, sys.executable, "-m", "pre_commit", "install")
    return tmp_path


def hook_configuration() -> str:
    """The shipped hook as a local one: the same entry and files, without building an environment."""
    shipped = (ROOT / ".pre-commit-hooks.yaml").read_text(encoding="utf-8")
    assert "language: python" in shipped
    hooks = shipped.replace("language: python", "language: system")
    return "repos:\n  - repo: local\n    hooks:\n" + "".join(
        f"      {line}\n" if line else "\n" for line in hooks.splitlines()
    )
