"""`prodworthy init`: what it adds, what it leaves alone, and that what it adds works."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import tomli
import yaml
from click.testing import CliRunner, Result

from fake_keys import fake_key
from official import validate_configuration
from prodworthy.cli import main
from prodworthy.errors import ConfigError
from prodworthy.init.change import Change, write
from scratch import git, run

DEFECT = """\
from openai import OpenAI

client = OpenAI(max_retries=0)


def reply(text: str) -> str:
    return client.responses.create(model="gpt-4o-mini", input=text, max_output_tokens=200).output_text
"""
HOOK: dict[str, Any] = {
    "repo": "local",
    "hooks": [
        {
            "id": "prodworthy",
            "name": "prodworthy",
            "entry": "prodworthy check",
            "language": "system",
            "types": ["text"],
            "require_serial": True,
        }
    ],
}
WORKFLOW = Path(".github/workflows/prodworthy.yml")


@pytest.fixture(autouse=True)
def repository(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    git(tmp_path, "init", "--quiet", "--initial-branch=trunk")
    monkeypatch.chdir(tmp_path)
    return tmp_path


def init(*arguments: str) -> Result:
    return CliRunner().invoke(main, ["init", *arguments])


def put(name: str, text: str) -> None:
    Path(name).parent.mkdir(parents=True, exist_ok=True)
    Path(name).write_bytes(text.encode())


def got(name: str | Path) -> str:
    return Path(name).read_bytes().decode()


def everything() -> dict[str, bytes]:
    return {str(f): f.read_bytes() for f in Path().rglob("*") if f.is_file() and ".git" not in f.parts}


def only_adds(before: str, after: str) -> bool:
    """Whether every line of ``before`` stands in ``after``, whole and in its order."""
    left = iter(after.splitlines())
    return all(line in left for line in before.splitlines())


# --- the whole


def test_in_an_empty_repository_everything_is_written_and_then_nothing() -> None:
    git(Path(), "remote", "add", "origin", "https://github.com/acme/bot.git")
    done = init("--yes")
    assert done.exit_code == 0, done.output
    assert set(everything()) == {"prodworthy.toml", ".pre-commit-config.yaml", str(WORKFLOW)}
    assert "+++ b/prodworthy.toml" in done.stdout
    before = everything()
    again = init("--yes")
    assert (again.exit_code, again.stdout) == (0, "")
    assert again.stderr.splitlines()[-1] == "nothing to do"
    assert everything() == before


def test_a_dry_run_writes_nothing() -> None:
    done = init("--dry-run", "--ci", "github")
    assert done.exit_code == 0
    assert done.stdout.count("--- /dev/null") == 3
    assert everything() == {}


def test_without_a_terminal_nothing_is_written_unasked() -> None:
    done = init()
    assert done.exit_code == 2
    assert "`--yes` writes without asking" in done.stderr
    assert everything() == {}


@pytest.mark.parametrize(("answer", "files"), [("y", 2), ("n", 0), ("", 0)])
def test_at_a_terminal_it_asks(answer: str, files: int) -> None:
    pty = pytest.importorskip("pty", reason="no pseudo-terminals on this platform")
    ours, theirs = pty.openpty()
    os.write(ours, f"{answer}\n".encode())
    command = [sys.executable, "-m", "prodworthy", "init"]
    done = subprocess.run(command, stdin=theirs, capture_output=True, text=True, timeout=60, check=False)
    os.close(theirs)
    os.close(ours)
    assert done.returncode == 0, done.stderr
    assert "Write these 2 files? [y/N]" in done.stderr
    assert "+++ b/prodworthy.toml" in done.stdout
    assert len(everything()) == files


def test_outside_of_a_repository_there_is_no_hook(
    tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = tmp_path_factory.mktemp("plain")
    monkeypatch.chdir(folder)
    done = init("--yes")
    assert "note: there is no git repository here, so no hook" in done.stderr
    assert [file.name for file in folder.iterdir()] == ["prodworthy.toml"]


def test_from_a_folder_of_a_project_it_finds_project_and_repository(
    repository: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    put("services/bot/pyproject.toml", "[project]\n")
    put("services/bot/src/bot.py", "x = 1\n")
    monkeypatch.chdir("services/bot/src")
    assert init("--yes", "--ci", "github").exit_code == 0
    monkeypatch.chdir(repository)
    assert "[tool.prodworthy]" in got("services/bot/pyproject.toml")
    assert set(everything()) == {
        ".pre-commit-config.yaml",
        "services/bot/pyproject.toml",
        "services/bot/src/bot.py",
        str(WORKFLOW),
    }


def test_what_changed_since_it_was_shown_is_not_written(repository: Path) -> None:
    put("pyproject.toml", "[project]\n")
    with pytest.raises(ConfigError, match="has changed since"):
        write(Change(repository / "pyproject.toml", "", "x", "w"))
    with pytest.raises(ConfigError, match="cannot be written"):
        write(Change(repository / "pyproject.toml", None, "x", "w"))
    assert got("pyproject.toml") == "[project]\n"


def test_modes_and_links_stay(repository: Path) -> None:
    put("shared/pyproject.toml", "[project]\n")
    Path("shared/pyproject.toml").chmod(0o640)
    try:
        Path("pyproject.toml").symlink_to("shared/pyproject.toml")
    except OSError:
        pytest.skip("no links on this platform")
    assert init("--yes").exit_code == 0
    assert Path("pyproject.toml").is_symlink()
    assert "[tool.prodworthy]" in got("shared/pyproject.toml")
    assert Path("shared/pyproject.toml").stat().st_mode & 0o777 == 0o640
    assert repository.is_dir()


def test_no_secret_of_the_files_is_shown() -> None:
    key = fake_key("openai")
    put("pyproject.toml", f'[tool.other]\napi_key = "{key}"\n')
    put(".gitlab-ci.yml", f"job:\n  script: [run]\n  variables:\n    OPENAI_API_KEY: {key}\n")
    put(".pre-commit-config.yaml", f"repos:\n  - repo: local\n    hooks: []\n  # {key}\n")
    done = init("--yes")
    assert done.exit_code == 0, done.output
    assert done.stdout.count("+++ b/") == 3
    assert key[8:] not in done.output
    assert all(key in got(name) for name in ("pyproject.toml", ".gitlab-ci.yml", ".pre-commit-config.yaml"))


@pytest.mark.parametrize(
    "name", [".gitlab-ci.yml", ".pre-commit-config.yaml", "pyproject.toml", "prodworthy.toml"]
)
def test_an_error_shows_no_secret_either(name: str) -> None:
    key = fake_key("openai")
    put(name, f"a: [ {key}\n  b: {key} : {key}\n")
    done = init("--yes")
    assert done.exit_code == 2
    assert f"{name}: not valid" in done.stderr
    assert key[8:] not in done.output


# --- configuration


@pytest.mark.parametrize(
    "before",
    [
        "",
        "[project]\nname = 'x' # why\n",
        "[project]\r\nname = 'x'\r\n",
        "\ufeff[project]\nname = 'x'\n",
        "[project]\nname = 'x'",
        "tool.ruff.line-length = 100\n",
        "[tool.ruff]\nselect = [\n  'A', # a\n]\n\n\n",
        "[[tool.mypy.overrides]]\nmodule = 'x'\n",
    ],
)
def test_pyproject_gets_a_table_and_keeps_every_character(before: str) -> None:
    put("pyproject.toml", before)
    assert init("--yes").exit_code == 0
    after = got("pyproject.toml")
    assert after.startswith(before)
    assert ("\r\n" in after) == ("\r\n" in before)
    assert "\n" not in after.replace("\r\n", "") or "\r\n" not in before
    table = tomli.loads(after.removeprefix("\ufeff"))
    assert table.pop("tool")["prodworthy"] == {"profile": "staging"}
    assert not Path("prodworthy.toml").exists()
    put("bot.py", DEFECT)
    assert CliRunner().invoke(main, ["check", "bot.py"]).exit_code == 1


@pytest.mark.parametrize(
    "text",
    ["[tool.prodworthy]\n", "[tool.prodworthy.redact]\nnames = 'off'\n", "tool.prodworthy.pedantic = true\n"],
)
def test_a_table_that_is_there_is_left(text: str) -> None:
    put("pyproject.toml", text)
    assert "note: pyproject.toml has [tool.prodworthy]" in init("--yes").stderr
    assert got("pyproject.toml") == text


def test_a_file_of_our_own_is_left() -> None:
    put("prodworthy.toml", "pedantic = true\n")
    put("pyproject.toml", "[project]\n")
    assert "note: prodworthy.toml is there" in init("--yes").stderr
    assert (got("prodworthy.toml"), got("pyproject.toml")) == ("pedantic = true\n", "[project]\n")


@pytest.mark.parametrize(
    ("name", "text", "told"),
    [
        ("pyproject.toml", "tool = {}\n", "takes no [tool.prodworthy]"),
        ("pyproject.toml", "tool = 1\n", "takes no [tool.prodworthy]"),
        ("pyproject.toml", "[project\n", "not valid TOML"),
        ("prodworthy.toml", "no-such-key = 1\n", "unknown key `no-such-key`"),
        (".pre-commit-config.yaml", "repos: [\n", "not valid YAML"),
        (".pre-commit-config.yaml", "- repo: local\n", "has no list of `repos`"),
        (".gitlab-ci.yml", "a: b: c\n", "not valid YAML"),
        (".gitlab-ci.yml", "- a\n", "holds no jobs"),
        (".gitlab-ci.yml", "a: " + "[" * 5000, "not valid YAML"),
    ],
)
def test_a_wrong_file_is_named_and_nothing_is_written(name: str, text: str, told: str) -> None:
    put(name, text)
    done = init("--yes")
    assert done.exit_code == 2
    assert f"{name}: " in done.stderr
    assert told in done.stderr
    assert set(everything()) == {name}


def test_a_file_of_another_encoding_is_named() -> None:
    Path("pyproject.toml").write_bytes(b"# \xe9\n")
    done = init("--yes")
    assert (done.exit_code, "pyproject.toml: is not UTF-8 text" in done.stderr) == (2, True)


# --- the hook


@pytest.mark.parametrize(
    "before",
    [
        "repos:\n  - repo: local\n    hooks:\n      - id: x # why\n  # the end\n",
        "repos:\n- repo: local\n  hooks:\n  - id: x\n",
        "# top\nci:\n  skip: [x]\nrepos:\n    - repo: a\n      rev: v1\n      hooks: [{id: x}]\n\n# then\nfail_fast: true\n",
        "repos:\r\n- repo: local\r\n  hooks: []\r\nfail_fast: true\r\n",
        "repos:\n- repo: local\n  hooks:\n  - id: x\n    entry: |\n      a\n      b\n\n\n# end\nfail_fast: true\n",
        "repos:\n- repo: local\n  hooks:\n  - id: x\n    entry: >-\n      a\n      b",
        "repos:\n- repo: local\n  hooks:\n  - id: x\n    name: 'é\n      b'\n    args: [--a,\n      --b] # c\nexclude: |\n  (?x)^(\n    a\n  )$\n",
    ],
)
def test_the_hook_is_added_and_everything_else_stays(before: str) -> None:
    put(".pre-commit-config.yaml", before)
    done = init("--yes")
    assert done.exit_code == 0, done.output
    after = got(".pre-commit-config.yaml")
    assert only_adds(before, after)
    assert ("\r\n" in after) == ("\r\n" in before)
    held, was = yaml.safe_load(after), yaml.safe_load(before)
    assert held == {**was, "repos": [*was["repos"], HOOK]}
    assert init("--yes").stderr.endswith("nothing to do\n")


@pytest.mark.parametrize(
    "before",
    [
        "repos: []\n",
        "repos: [{repo: local, hooks: []}]\n",
        "{repos: []}\n",
        "repos:\n- &a\n  repo: local\n  hooks: []\n- *a\n",
    ],
)
def test_a_list_that_takes_no_lines_is_told(before: str) -> None:
    put(".pre-commit-config.yaml", before)
    done = init("--yes")
    assert done.exit_code == 0
    assert "takes no lines; add this to it by hand:\n- repo: local\n" in done.stderr
    assert got(".pre-commit-config.yaml") == before


@pytest.mark.parametrize("entry", ["id: prodworthy", "id: ready\n        entry: uv run prodworthy check"])
def test_a_hook_that_is_there_is_left(entry: str) -> None:
    text = f"repos:\n  - repo: https://git.example/acme/tools\n    hooks:\n      - {entry}\n"
    put(".pre-commit-config.yaml", text)
    assert "note: .pre-commit-config.yaml runs prodworthy" in init("--yes").stderr
    assert got(".pre-commit-config.yaml") == text


def test_no_hook_where_none_is_wanted() -> None:
    init("--yes", "--no-hook")
    assert set(everything()) == {"prodworthy.toml"}


def test_pre_commit_runs_what_was_written(repository: Path) -> None:
    put(
        ".pre-commit-config.yaml",
        "# ours\nrepos:\n- repo: local\n  hooks:\n  - {id: t, name: t, entry: 'true', language: system}\n",
    )
    assert init("--yes", "--ci", "github").exit_code == 0
    put("bot.py", DEFECT)
    git(repository, "add", "--all")
    pre_commit = (sys.executable, "-m", "pre_commit")
    run(repository, *pre_commit, "validate-config")
    failed = run(repository, *pre_commit, "run", "--all-files", check=False)
    assert failed.returncode == 1
    assert "PW202" in failed.stdout
    put("bot.py", DEFECT.replace("max_retries=0", ""))
    git(repository, "add", "--all")
    passed = run(repository, *pre_commit, "run", "--all-files")
    assert passed.stdout.count("Passed") == 2
    run(repository, *pre_commit, "install")
    git(repository, "commit", "-m", "All of it")
    assert git(repository, "status", "--porcelain").stdout == ""


# --- the step in CI


@pytest.mark.parametrize(
    ("remote", "files"),
    [
        ("git@github.com:acme/bot.git", {str(WORKFLOW)}),
        ("https://user:pass@gitlab.example.com/github/bot.git", {".gitlab-ci.yml"}),
        ("ssh://git@gitlab.com:2222/acme/bot.git", {".gitlab-ci.yml"}),
        ("https://git.example.com/github/gitlab.git", set()),
        ("/srv/git/github", set()),
    ],
)
def test_the_service_shows_by_where_the_repository_comes_from(remote: str, files: set[str]) -> None:
    git(Path(), "remote", "add", "origin", remote)
    done = init("--yes", "--no-hook")
    assert set(everything()) == {"prodworthy.toml", *files}
    assert ("no CI service shows" in done.stderr) == (not files)


def test_what_the_repository_uses_wins_over_where_it_comes_from() -> None:
    git(Path(), "remote", "add", "origin", "git@github.com:acme/bot.git")
    put(".gitlab-ci.yml", "lint:\n  script: [lint]\n")
    init("--yes", "--no-hook")
    assert set(everything()) == {"prodworthy.toml", ".gitlab-ci.yml"}


@pytest.mark.parametrize("branch", ["trunk", "release/1.x", "1.0", "it's", "#5"])
def test_the_workflow_is_sound(branch: str, repository: Path) -> None:
    git(repository, "checkout", "--quiet", "-b", branch, check=False)
    assert init("--yes", "--no-hook", "--ci", "github").exit_code == 0
    held = yaml.safe_load(got(WORKFLOW))
    assert held[True]["push"]["branches"] == [branch]  # YAML 1.1 takes `on` for true
    assert [step["run"] for step in held["jobs"]["prodworthy"]["steps"] if "run" in step][-1] == (
        "prodworthy check --output-format github"
    )
    validate_configuration("github-workflows", {"on" if key is True else key: held[key] for key in held})
    if branch == "trunk":
        run(repository, "zizmor", "--offline", "--no-config", "--persona", "pedantic", str(WORKFLOW))


def test_a_workflow_that_is_there_is_left() -> None:
    put(str(WORKFLOW), "# mine\n")
    assert f"note: {WORKFLOW} is there" in init("--yes").stderr
    assert got(WORKFLOW) == "# mine\n"
    put(".github/workflows/ci.yaml", "jobs: {a: {steps: [{run: prodworthy check}]}}\n")
    WORKFLOW.unlink()
    assert "note: .github/workflows/ci.yaml runs prodworthy" in init("--yes").stderr
    assert not WORKFLOW.exists()


@pytest.mark.parametrize(
    ("before", "stage"),
    [
        ("", "test"),
        ("# nothing yet\n", "test"),
        ("lint:\n  script: [lint]", "test"),
        ("stages: [build, test, deploy]\nbuild:\n  stage: build\n  script: [make]\n", "test"),
        ("stages:\n  - build\n  - quality\n  - deploy\n", "quality"),
        ("stages: [build, ship it]\n", "ship it"),
        ("stages: [build]\n", "build"),
        ("lint:\r\n  script:\r\n    - !reference [.setup, script] # why\r\n", "test"),
        ("spec:\n  inputs:\n    a:\n---\ninclude:\n  - local: a.yml\n", "test"),
    ],
)
def test_the_job_is_added_and_everything_else_stays(before: str, stage: str) -> None:
    put(".gitlab-ci.yml", before)
    done = init("--yes", "--no-hook")
    assert done.exit_code == 0, done.output
    after = got(".gitlab-ci.yml")
    assert after.startswith(before)
    assert ("\r\n" in after) == ("\r\n" in before)
    job = yaml.safe_load(after[after.index("prodworthy:") :])["prodworthy"]
    assert job["stage"] == stage
    assert job["artifacts"]["reports"] == {"codequality": "gl-code-quality-report.json"}
    validate_configuration("gitlab-ci", {"prodworthy": job})
    assert init("--yes", "--no-hook").stderr.endswith("nothing to do\n")


@pytest.mark.parametrize("before", ["{lint: {script: [lint]}}\n", "lint:\n  script: [lint]\n...\n"])
def test_a_pipeline_that_takes_no_lines_is_told(before: str) -> None:
    put(".gitlab-ci.yml", before)
    done = init("--yes", "--no-hook")
    assert "takes no lines at its end; add this to it by hand:\nprodworthy:\n" in done.stderr
    assert got(".gitlab-ci.yml") == before
