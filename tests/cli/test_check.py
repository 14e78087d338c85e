"""`prodworthy check`: exit statuses, streams, and what the options do."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from prodworthy.cli import main

UNCAPPED = """\
from openai import OpenAI

client = OpenAI()
reply = client.chat.completions.create(model="gpt-4o", messages=[{"role": "user", "content": "Hello"}])
"""


@pytest.fixture(autouse=True)
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "app.py").write_text(UNCAPPED)
    (tmp_path / "clean.py").write_text("x = 1\n")
    return tmp_path


def prodworthy(*arguments: str, stdin: str | bytes | None = None) -> Result:
    return CliRunner().invoke(main, arguments, input=stdin)


def codes(done: Result) -> list[str]:
    return [found["code"] for found in json.loads(done.stdout)["findings"]]


def test_clean_is_0() -> None:
    done = prodworthy("check", "clean.py")
    assert (done.exit_code, done.stderr) == (0, "")
    assert done.stdout == "All clear: no findings in 1 file with 0 LLM calls.\n"


def test_findings_are_1_and_the_only_thing_on_stdout() -> None:
    done = prodworthy("check", "--output-format", "concise")
    assert (done.exit_code, done.stderr) == (1, "")
    assert done.stdout.startswith("app.py:4:9: PW301 ")


def test_what_could_not_be_analysed_is_3_and_named_on_stderr(project: Path) -> None:
    (project / "bad.py").write_bytes(b"x\0")
    done = prodworthy("check", "--output-format", "concise")
    assert done.exit_code == 3
    assert [line.split()[1] for line in done.stdout.splitlines()] == ["PW301", "PW002"]
    assert done.stderr == "error: bad.py:1: holds null bytes, so it is binary, not source\n"


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (["check", "nowhere"], "nowhere: no such file or directory"),
        (["check", "--select", "PW31O"], "command line: select: unknown rule 'PW31O'"),
        (["check", "--config", "none.toml"], "none.toml: cannot be read"),
        (["check", "--baseline", "none.json"], "none.json: there is no such baseline"),
        (["check", "--write-baseline"], "--write-baseline needs --baseline"),
        (["check", "--output-file", "no/such/dir.txt"], "cannot be written"),
        (["check", "--output-format", "yaml"], "'yaml' is not one of"),
        (["check", "--stdin-filename", "a.py"], "goes with the path `-`"),
        (["check", "--no-such-option"], "No such option"),
        (["explain", "PW30l"], "did you mean PW3"),
        (["inventory", "nowhere"], "nowhere: no such file"),
        (["no-such-command"], "there is no command"),
    ],
)
def test_a_wrong_command_line_is_2_and_says_why(arguments: list[str], told: str) -> None:
    done = prodworthy(*arguments)
    assert done.exit_code == 2
    assert told in done.stderr
    assert done.stdout == ""


def test_a_wrong_configuration_is_2_and_names_file_and_line(project: Path) -> None:
    (project / "prodworthy.toml").write_text("select = [\n  1 2\n]\n")
    done = prodworthy("check")
    assert done.exit_code == 2
    assert "prodworthy.toml: not valid TOML" in done.stderr
    assert "line 2" in done.stderr


def test_exit_zero_is_for_findings_and_errors_alike(project: Path) -> None:
    (project / "bad.py").write_bytes(b"x\0")
    done = prodworthy("check", "--exit-zero")
    assert done.exit_code == 0
    assert "bad.py" in done.stderr


def test_selection() -> None:
    assert codes(prodworthy("check", "--output-format", "json", "--select", "PW301")) == ["PW301"]
    assert codes(prodworthy("check", "--output-format", "json", "--ignore", "PW304,unbounded-output")) == []
    assert codes(prodworthy("check", "--output-format", "json", "--profile", "prototype")) == []


def test_standard_input_stands_in_for_a_file(project: Path) -> None:
    (project / "prodworthy.toml").write_text('[per-file-ignores]\n"quiet/*" = ["PW301"]\n')
    loud = prodworthy(
        "check", "-", "--stdin-filename", "loud/a.py", "--output-format", "json", stdin=UNCAPPED
    )
    quiet = prodworthy(
        "check", "-", "--stdin-filename", "quiet/a.py", "--output-format", "json", stdin=UNCAPPED
    )
    assert [f["path"] for f in json.loads(loud.stdout)["findings"]] == ["loud/a.py"]
    assert codes(quiet) == []
    assert prodworthy("check", "-", stdin=b"x = '\xe9'\n").exit_code == 3


def test_the_report_goes_to_a_file(project: Path) -> None:
    done = prodworthy("check", "--output-format", "json", "--output-file", "out.json")
    assert (done.exit_code, done.stdout) == (1, "")
    assert [
        f["code"] for f in json.loads((project / "out.json").read_text(encoding="utf-8"))["findings"]
    ] == ["PW301"]


def test_a_baseline_is_written_and_used(project: Path) -> None:
    written = prodworthy("check", "--baseline", "known.json", "--write-baseline")
    assert (written.exit_code, written.stdout) == (0, "")
    assert "known.json: 1 finding written" in written.stderr
    assert prodworthy("check", "--baseline", "known.json").exit_code == 0
    (project / "new.py").write_text(UNCAPPED)
    done = prodworthy("check", "--baseline", "known.json", "--output-format", "concise")
    assert done.stdout.startswith("new.py:4:9: PW301")
    assert len(done.stdout.splitlines()) == 1


def test_statistics() -> None:
    assert prodworthy("check", "--statistics").stdout == "1  PW301  unbounded-output\n"


def test_colour_on_request() -> None:
    assert "\x1b[" in prodworthy("check", "--color", "always").stdout
    assert "\x1b[" not in prodworthy("check").stdout


def test_a_file_that_is_not_checked_is_named() -> None:
    Path("plan.png").write_text("x")
    done = prodworthy("check", "plan.png", "clean.py")
    assert done.exit_code == 0
    assert done.stderr == "warning: plan.png: is not a text file; it was not checked\n"
    done = prodworthy("inventory", "plan.png", "clean.py")
    assert done.stderr == "warning: plan.png: is neither a Python file nor a notebook; it was not checked\n"


def test_an_empty_folder_is_told(tmp_path: Path) -> None:
    (tmp_path / "empty").mkdir()
    done = prodworthy("check", "empty")
    assert (done.exit_code, done.stderr) == (0, "warning: no files to check found\n")


def test_a_reader_that_goes_away_is_nobodys_fault() -> None:
    for number in range(300):
        Path(f"app{number}.py").write_text(UNCAPPED)
    done = subprocess.run(
        f'"{sys.executable}" -m prodworthy check | head -1',
        shell=True, capture_output=True, text=True, check=True, env={**os.environ},
    )  # fmt: skip
    assert done.stdout.startswith("warning[PW301")
    assert done.stderr == ""


def test_a_terminal_that_cannot_show_a_letter_is_no_crash(project: Path) -> None:
    (project / "é日.py").write_text(UNCAPPED, encoding="utf-8")
    done = subprocess.run(
        [sys.executable, "-m", "prodworthy", "check", "é日.py", "--output-format", "concise"],
        capture_output=True, check=False, env={**os.environ, "PYTHONIOENCODING": "ascii"},
    )  # fmt: skip
    assert done.returncode == 1
    assert b"PW301" in done.stdout
    assert b"Traceback" not in done.stderr
