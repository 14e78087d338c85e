"""PW102 and PW104 from the command line: files of every kind, git, baselines, comments."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from fake_keys import fake_key
from prodworthy.cli import main
from secrets_forms import written

KEY = fake_key("anthropic")


@pytest.fixture(autouse=True)
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "prodworthy.toml").write_text("")
    return tmp_path


def prodworthy(*arguments: str) -> Result:
    return CliRunner().invoke(main, [*arguments, "--no-cache"])


def found(*arguments: str) -> list[tuple[str, str, int]]:
    done = prodworthy("check", *arguments, "--output-format", "json", "--select", "PW101,PW102,PW104")
    assert KEY not in done.output
    return [(f["path"], f["code"], f["line"]) for f in json.loads(done.stdout)["findings"]]


def git(*arguments: str) -> None:
    subprocess.run(
        ["git", "-c", "user.name=D", "-c", "user.email=d@example.com", *arguments],
        check=True,
        capture_output=True,
    )


def test_every_way_to_write_a_key_down_is_found_once() -> None:
    names = set()
    for path, text in written("ANTHROPIC_API_KEY", KEY):
        Path(path).write_text(text)
        names.add(path)
    places = found(".")
    assert {path for path, _, _ in places} == names
    assert len(places) == len(names)
    codes = {path: code for path, code, _ in places}
    assert (codes[".env"], codes["source.ipynb"], codes["output.ipynb"]) == ("PW104", "PW101", "PW102")


@pytest.mark.parametrize("style", ["full", "concise", "json", "sarif", "github"])
def test_no_report_gives_it_away(style: str) -> None:
    for path, text in written("MISTRAL_API_KEY", fake_key("base62")):
        Path(path).write_text(text)
    done = prodworthy("check", ".", "--output-format", style)
    assert done.exit_code == 1
    secret = fake_key("base62")
    assert not any(secret[at : at + 8] in done.output for at in range(4, len(secret) - 8))


def test_a_file_is_read_when_it_is_named() -> None:
    Path("deploy.yaml").write_text(f"key: {KEY}\n")
    assert found("deploy.yaml") == [("deploy.yaml", "PW102", 1)]


def test_only_rules_about_python_need_no_other_files() -> None:
    Path("deploy.yaml").write_text(f"key: {KEY}\n")
    done = prodworthy("check", ".", "--select", "PW3", "--output-format", "json")
    assert json.loads(done.stdout)["statistics"]["files"] == 0


def test_comments_hold_findings_back() -> None:
    Path("a.yaml").write_text(f"key: {KEY} # prodworthy: ignore[PW102] of the mock\n")
    Path("b.yaml").write_text(f"# prodworthy: ignore[secret-in-file] of the mock\nkey: {KEY}\nother: {KEY}\n")
    Path("c.py").write_text(f"x = 1  # {KEY} # prodworthy: ignore[PW102] of the mock\n")
    Path("d.md").write_text(f"Write `# prodworthy: ignore[PW102]`.\n{KEY}\n")
    assert found(".") == [("b.yaml", "PW102", 3), ("d.md", "PW102", 2)]


def test_per_file_ignores_hold() -> None:
    Path("prodworthy.toml").write_text('[per-file-ignores]\n"docs/**" = ["PW102"]\n')
    Path("docs").mkdir()
    Path("docs/a.md").write_text(f"{KEY}\n")
    assert found(".") == []


def test_a_dotenv_file_that_is_ignored_is_where_keys_belong() -> None:
    git("init", "--quiet")
    Path(".env").write_text(f"K={KEY}\n")
    assert found(".") == [(".env", "PW104", 1)]
    Path(".gitignore").write_text(".env\n")
    assert found(".") == []
    assert found(".env") == []
    git("add", "--force", ".env")
    assert found(".") == [(".env", "PW104", 1)]
    assert found(".env") == [(".env", "PW104", 1)]


def test_the_example_of_a_dotenv_file_is_a_file_like_any_other() -> None:
    Path(".env.example").write_text(f"K={KEY}\nOTHER=your-api-key\n")
    assert found(".") == [(".env.example", "PW102", 1)]


def test_a_file_that_cannot_be_read_is_told_and_the_others_are_checked(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    Path("a.yaml").write_text("x")
    Path("b.yaml").write_text(f"key: {KEY}\n")
    inner = open

    def refuse(file: str, mode: str = "r", *rest: object, **options: object) -> object:
        if str(file).endswith("a.yaml"):
            raise PermissionError(13, "Permission denied")
        return inner(file, mode, *rest, **options)  # type: ignore[call-overload]

    monkeypatch.setattr("builtins.open", refuse)
    done = prodworthy("check", ".")
    assert done.exit_code == 3
    assert "a.yaml: cannot be read: Permission denied" in done.stderr
    assert "b.yaml" in done.stdout


def test_a_baseline_of_detect_secrets_is_read_and_written() -> None:
    Path("config.yaml").write_text(f"aws: {fake_key('aws')}\n")
    scan = subprocess.run(
        [sys.executable, "-m", "detect_secrets", "scan", "--all-files"], capture_output=True, check=True
    )
    Path(".secrets.baseline").write_bytes(scan.stdout)
    Path("new.yaml").write_text(f"key: {KEY}\n")
    Path("app.py").write_text(f'KEY = "{fake_key("groq")}"\n')
    assert found(".", "--baseline", ".secrets.baseline") == [("app.py", "PW101", 1), ("new.yaml", "PW102", 1)]
    done = prodworthy("check", ".", "--baseline", ".secrets.baseline", "--write-baseline")
    assert done.exit_code == 0
    assert found(".", "--baseline", ".secrets.baseline") == []
    held = json.loads(Path(".secrets.baseline").read_text())
    assert held["plugins_used"] == json.loads(scan.stdout)["plugins_used"]
    assert held["results"]["config.yaml"][0]["type"] == "AWS Access Key"
    assert set(held["results"]) == {"config.yaml", "new.yaml", "app.py"}
    assert KEY not in Path(".secrets.baseline").read_text()


def test_detect_secrets_reads_what_was_written() -> None:
    Path("new.yaml").write_text(f"key: {KEY}\n")
    prodworthy("check", ".", "--baseline", ".secrets.baseline", "--write-baseline")
    done = subprocess.run(
        [sys.executable, "-m", "detect_secrets", "scan", "--baseline", ".secrets.baseline"],
        capture_output=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr


def test_a_baseline_that_is_none_is_an_error() -> None:
    Path(".secrets.baseline").write_text('{"results": [], "plugins_used": []}')
    done = prodworthy("check", ".", "--baseline", ".secrets.baseline", "--write-baseline")
    assert done.exit_code == 2
    assert "not a baseline of detect-secrets" in done.stderr


def test_broken_notebooks_are_searched_as_text() -> None:
    Path("a.ipynb").write_text('{"cells": [ {"source": "' + KEY + '"')
    done = prodworthy("check", ".", "--output-format", "json", "--select", "PW102,PW002")
    assert {f["code"] for f in json.loads(done.stdout)["findings"]} == {"PW102", "PW002"}
    assert done.exit_code == 3


def test_the_index_is_checked_not_the_work_tree() -> None:
    git("init", "--quiet")
    Path("app.py").write_text("import os\n")
    Path("deploy.yaml").write_text("key: ${KEY}\n")
    git("add", ".")
    git("commit", "--quiet", "--message", "one")
    assert "nothing is staged" in prodworthy("check", "--staged").stderr
    Path("app.py").write_text(f'KEY = "{KEY}"\n')
    Path("sub").mkdir()
    Path("sub/deploy.yaml").write_text(f"key: {KEY}\n")
    git("add", ".")
    Path("app.py").write_text("import os\n")
    Path("deploy.yaml").write_text(f"key: {KEY}\n")
    assert found("--staged") == [("app.py", "PW101", 1), ("sub/deploy.yaml", "PW102", 1)]
    assert found("--staged", "sub") == [("sub/deploy.yaml", "PW102", 1)]
    assert found(".") == [("deploy.yaml", "PW102", 1), ("sub/deploy.yaml", "PW102", 1)]


def test_what_was_taken_out_is_still_in_the_history() -> None:
    git("init", "--quiet", "--initial-branch", "main")
    Path(".env").write_text(f"K={KEY}\n")
    Path("deploy.yaml").write_text(f"key: {fake_key('groq')}\n")
    git("add", ".")
    git("commit", "--quiet", "--message", "one")
    git("rm", "--quiet", ".env")
    Path("deploy.yaml").write_text("key: ${KEY}\n")
    git("add", ".")
    git("commit", "--quiet", "--message", "two")
    assert found(".") == []
    places = found("--history")
    assert [(path.partition(":")[2], code, line) for path, code, line in places] == [
        (".env", "PW104", 1),
        ("deploy.yaml", "PW102", 1),
    ]
    shown = subprocess.run(["git", "show", places[0][0]], capture_output=True, check=True, text=True)
    assert KEY in shown.stdout
    assert found("--history", "--since", "HEAD~1") == []
    wrong = prodworthy("check", "--history", "--since", "nowhere")
    assert (wrong.exit_code, "nowhere" in wrong.output or "rev-parse" in wrong.output) == (2, True)


@pytest.mark.parametrize("options", [["--since", "HEAD"], ["--staged", "--fix"], ["--staged", "--history"]])
def test_what_does_not_go_together_is_told(options: list[str]) -> None:
    assert prodworthy("check", *options).exit_code == 2


def test_outside_of_a_repository_there_is_no_index() -> None:
    assert "git repository" in prodworthy("check", "--staged").stderr
