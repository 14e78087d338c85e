"""`assert_ready` in a test of the real pytest."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest
from click.testing import CliRunner

from fake_keys import fake_key
from prodworthy.cli import main
from prodworthy.errors import ConfigError
from prodworthy.testing import assert_ready
from scratch import run

DEFECT = """\
from openai import OpenAI

client = OpenAI(max_retries=0)


def reply(text: str) -> str:
    return client.responses.create(model="gpt-4o-mini", input=text, max_output_tokens=200).output_text
"""


@pytest.fixture(autouse=True)
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    (tmp_path / ".git").mkdir()
    (tmp_path / "bot.py").write_text(DEFECT)
    (tmp_path / "clean.py").write_text("x = 1\n")
    monkeypatch.chdir(tmp_path)
    return tmp_path


def test_a_team_gates_with_it(project: Path) -> None:
    (project / "test_ready.py").write_text(
        "from prodworthy.testing import assert_ready\n\n\ndef test_ready():\n    assert_ready('bot.py')\n"
    )
    failed = run(project, sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", check=False)
    assert failed.returncode == 1
    assert "E       AssertionError: warning[PW202 disabled-retry]" in failed.stdout
    assert "--> bot.py:7:12" in failed.stdout
    assert "assert_ready('bot.py')" in failed.stdout
    assert "testing.py" not in failed.stdout
    (project / "bot.py").write_text(DEFECT.replace("max_retries=0", ""))
    run(project, sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider")


def test_paths_are_one_or_several(project: Path) -> None:
    assert_ready("clean.py")
    assert_ready(project / "clean.py")
    assert_ready(["clean.py"])
    with pytest.raises(AssertionError, match="PW202"):
        assert_ready()
    with pytest.raises(AssertionError, match="PW202"):
        assert_ready(project)
    with pytest.raises(AssertionError, match="PW202"):
        assert_ready(["clean.py", project / "bot.py"])


def test_rules_are_chosen_as_on_the_command_line() -> None:
    assert_ready(select=["PW301"])
    assert_ready(ignore=["PW2"])
    assert_ready(profile="prototype")
    with pytest.raises(AssertionError, match="PW804"):
        assert_ready(ignore=["PW2"], extend_select=["PW804"])
    with pytest.raises(ConfigError, match="PW31O"):
        assert_ready(select=["PW31O"])


def test_what_a_baseline_knows_is_no_failure(project: Path) -> None:
    done = CliRunner().invoke(main, ["check", "--baseline", "known.json", "--write-baseline"])
    assert done.exit_code == 0
    assert_ready(baseline="known.json")
    (project / "new.py").write_text(DEFECT)
    with pytest.raises(AssertionError, match=r"new\.py:7:12"):
        assert_ready(baseline="known.json")
    with pytest.raises(ConfigError, match="there is no such baseline"):
        assert_ready(baseline="none.json")


def test_what_cannot_be_analysed_is_a_failure_whatever_is_selected(project: Path) -> None:
    (project / "broken.py").write_bytes(b"x\0")
    with pytest.raises(AssertionError, match=r"not analysed: broken\.py:1: holds null bytes"):
        assert_ready("broken.py", select=["PW301"])


def test_nothing_to_check_is_a_failure(project: Path) -> None:
    (project / "empty").mkdir()
    with pytest.raises(AssertionError, match="there are no files to check"):
        assert_ready("empty")
    with pytest.raises(ConfigError, match="nowhere: no such file"):
        assert_ready("nowhere")


def test_a_key_does_not_show(project: Path) -> None:
    key = fake_key("openai")
    (project / "bot.py").write_text(f'from openai import OpenAI\n\nclient = OpenAI(api_key="{key}")\n')
    with pytest.raises(AssertionError, match="PW101") as raised:
        assert_ready()
    assert key[8:] not in str(raised.value)
