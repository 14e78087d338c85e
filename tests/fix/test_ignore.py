"""A dotenv file that nothing keeps from git gets an ignore rule, where the others stand or in a file of its own."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from fake_keys import fake_key
from prodworthy.cli import main


@pytest.fixture(autouse=True)
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("PRODWORTHY_CACHE_DIR", str(tmp_path / "cache"))
    subprocess.run(["git", "init", "-q"], cwd=tmp_path, check=True)
    (tmp_path / "api").mkdir()
    dotenv(tmp_path / "api" / ".env")
    return tmp_path


def dotenv(file: Path) -> None:
    file.write_text(f"OPENAI_API_KEY={fake_key('openai')}\n")


def check(*arguments: str) -> Result:
    return CliRunner().invoke(main, ["check", "--select", "PW104", "--exit-zero", *arguments])


def test_a_file_is_made_where_there_is_none(project: Path) -> None:
    shown = check("--diff")
    assert shown.stdout.splitlines() == ["--- a/.gitignore", "+++ b/.gitignore", "@@ -0,0 +1 @@", "+.env"]
    assert not (project / ".gitignore").exists()
    assert "(1 fixed)" in check("--fix").stdout
    assert (project / ".gitignore").read_text() == ".env\n"
    assert subprocess.run(["git", "check-ignore", "-q", "api/.env"], cwd=project, check=False).returncode == 0
    assert check("--diff").stdout == ""


@pytest.mark.parametrize(
    ("before", "after"),
    [
        (b"*.pyc\n", b"*.pyc\n.env\n"),
        (b"*.pyc", b"*.pyc\n.env\n"),
        (b"*.pyc\r\ncache\r\n", b"*.pyc\r\ncache\r\n.env\r\n"),
        (b"# \xc3\xa9\n", b"# \xc3\xa9\n.env\n"),
        (b"", b".env\n"),
    ],
)
def test_the_nearest_file_gets_a_line_at_its_end(project: Path, before: bytes, after: bytes) -> None:
    (project / ".gitignore").write_bytes(b"x\n")
    (project / "api" / ".gitignore").write_bytes(before)
    check("--fix")
    assert (project / "api" / ".gitignore").read_bytes() == after
    assert (project / ".gitignore").read_bytes() == b"x\n"


def test_two_files_of_one_name_need_one_rule_and_others_one_each(project: Path) -> None:
    dotenv(project / ".env")
    dotenv(project / ".env.production")
    check("--fix")
    assert sorted((project / ".gitignore").read_text().split()) == [".env", ".env.production"]
    assert check("--output-format", "concise").stdout == ""


def test_a_rule_does_not_help_what_is_tracked(project: Path) -> None:
    subprocess.run(["git", "add", "api/.env"], cwd=project, check=True)
    (finding,) = json.loads(check("--output-format", "json").stdout)["findings"]
    assert "fix" not in finding
    check("--fix")
    assert not (project / ".gitignore").exists()


def test_a_stored_result_knows_the_file_that_the_rule_goes_to(project: Path) -> None:
    def edit() -> dict[str, object]:
        (finding,) = json.loads(check("--output-format", "json").stdout)["findings"]
        (edit,) = finding["fix"]["edits"]
        return {key: edit[key] for key in ("path", "line", "content")}

    assert edit() == edit() == {"path": ".gitignore", "line": 1, "content": ".env\n"}
    (project / ".gitignore").write_text("a\nb\n")
    assert edit() == {"path": ".gitignore", "line": 3, "content": ".env\n"}
