"""The plugin in the real flake8, and findings as flake8 has them."""

from __future__ import annotations

import re
import subprocess
import sys
from importlib.metadata import entry_points
from pathlib import Path

import pytest

from fake_keys import fake_key
from prodworthy import __version__
from scratch import run

DEFECT = """\
from openai import OpenAI

client = OpenAI(max_retries=0)


def reply(text: str) -> str:
    return client.responses.create(model="gpt-4o-mini", input=text, max_output_tokens=200).output_text
"""
FLAKE8 = (sys.executable, "-m", "flake8", "--jobs", "1", "--extend-ignore", "E501")


@pytest.fixture
def project(tmp_path: Path) -> Path:
    (tmp_path / ".git").mkdir()
    (tmp_path / "bot.py").write_text(DEFECT, encoding="utf-8")
    (tmp_path / "clean.py").write_text("x = 1\n", encoding="utf-8")
    return tmp_path


def test_findings_are_flake8s(project: Path) -> None:
    done = run(project, *FLAKE8, check=False)
    assert done.returncode == 1, done.stderr
    (line,) = done.stdout.splitlines()
    assert line.startswith("./bot.py:7:12: PW202 `client.responses.create` is not retried")
    assert f"prodworthy: {__version__}" in run(project, *FLAKE8, "--version").stdout


@pytest.mark.parametrize(
    "option", ["--ignore=PW", "--extend-ignore=E501,PW2", "--select=F", "--exclude=bot.py"]
)
def test_flake8s_options_hold(project: Path, option: str) -> None:
    assert run(project, *FLAKE8, option).stdout == ""


def test_both_kinds_of_suppression_hold(project: Path) -> None:
    for comment in ("# noqa: PW202", "# prodworthy: ignore[PW202] the gateway retries"):
        (project / "bot.py").write_text(DEFECT.replace("output_text\n", f"output_text  {comment}\n"))
        assert run(project, *FLAKE8).stdout == ""
    (project / "bot.py").write_text("x = 1  # noqa: PW202\n")
    assert "PW001" in run(project, *FLAKE8, "--disable-noqa", check=False).stdout


def test_our_own_configuration_says_which_rules_run(project: Path) -> None:
    (project / "pyproject.toml").write_text(
        "[tool.prodworthy]\nignore = ['PW202']\nextend-select = ['PW804']\n"
    )
    (line,) = run(project, *FLAKE8, check=False).stdout.splitlines()
    assert " PW804 " in line


def test_a_wrong_configuration_is_told_by_name(project: Path) -> None:
    (project / "prodworthy.toml").write_text("ignroe = []\n")
    done = run(project, *FLAKE8, check=False)
    assert done.returncode == 1
    assert '"prodworthy[PW]" failed during execution due to ConfigError' in done.stdout
    assert "did you mean `ignore`?" in done.stdout


def test_text_on_standard_input_and_odd_files_pass(project: Path) -> None:
    (project / "bom.py").write_bytes(b"\xef\xbb\xbf" + DEFECT.encode())
    (project / "latin.py").write_bytes(b"# -*- coding: latin-1 -*-\n" + DEFECT.encode() + b"# \xe9\n")
    (project / "broken.py").write_text("def (:\n")
    (project / "empty.py").write_text("")
    found = run(project, *FLAKE8, check=False)
    assert found.stderr == ""
    told = [line.split(": ")[0] for line in found.stdout.splitlines() if " PW202 " in line]
    assert told == ["./bom.py:7:12", "./bot.py:7:12", "./latin.py:8:12"]
    assert re.search(r"^\./broken\.py:1:\d+: E999", found.stdout, re.MULTILINE)


def test_several_processes_say_the_same(project: Path) -> None:
    for number in range(8):
        (project / f"bot{number}.py").write_text(DEFECT)
    one = run(project, *FLAKE8, check=False).stdout
    assert one.count("PW202") == 9
    assert run(project, *FLAKE8, "--jobs", "2", check=False).stdout == one


def test_a_key_does_not_show(project: Path) -> None:
    key = fake_key("openai")
    (project / "bot.py").write_text(f'from openai import OpenAI\n\nclient = OpenAI(api_key="{key}")\n')
    done = run(project, *FLAKE8, check=False)
    assert " PW101 " in done.stdout
    assert key[8:] not in done.stdout + done.stderr


def test_the_name_of_the_plugin_is_one_that_flake8_takes() -> None:
    (point,) = [p for p in entry_points(group="flake8.extension") if p.value.startswith("prodworthy")]
    assert re.fullmatch(r"[A-Z]{1,3}[0-9]{0,3}", point.name)


def test_callers_in_other_files_count(project: Path) -> None:
    (project / "ask.py").write_text(
        "import requests\n\n\ndef ask(text: str) -> str:\n"
        "    body = {'model': 'gpt-4o', 'max_tokens': 5, 'messages': [{'role': 'user', 'content': text}]}\n"
        "    url = 'https://api.openai.com/v1/chat/completions'\n"
        "    return requests.post(url, json=body, timeout=5).text\n"
    )
    assert " PW201 " in run(project, *FLAKE8, "ask.py", check=False).stdout
    (project / "job.py").write_text(
        "from tenacity import retry, stop_after_attempt, wait_exponential\n\nfrom ask import ask\n\n\n"
        "@retry(stop=stop_after_attempt(3), wait=wait_exponential())\ndef job(text: str) -> str:\n"
        "    return ask(text)\n"
    )
    assert run(project, *FLAKE8, "ask.py").stdout == ""


def test_an_editors_text_is_checked_and_not_the_file(project: Path) -> None:
    command = [*FLAKE8, "--stdin-display-name", "bot.py", "-"]
    for text, count in ((DEFECT, 1), (DEFECT.replace("max_retries=0", ""), 0), (f"\n{DEFECT}", 1)):
        done = subprocess.run(command, cwd=project, input=text, capture_output=True, text=True, check=False)
        assert done.stdout.count("PW202") == count, done.stdout + done.stderr


def test_a_folder_that_is_no_project_is_not_searched(project: Path) -> None:
    (project / ".git").rmdir()
    (project / "prodworthy.toml").unlink(missing_ok=True)
    assert run(project, *FLAKE8, "bot.py", check=False).stdout.count("PW202") == 1
    assert not (project / ".prodworthy_cache").exists()
