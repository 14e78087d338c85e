"""What is asked of a real git."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest

from prodworthy import git
from prodworthy.errors import ConfigError


@pytest.fixture
def repository(tmp_path: Path) -> Path:
    run(tmp_path, "init", "--quiet", "--initial-branch=main")
    run(tmp_path, "config", "user.email", "dev@example.com")
    run(tmp_path, "config", "user.name", "Dev")
    return tmp_path


def run(folder: Path, *arguments: str) -> None:
    subprocess.run(["git", *arguments], cwd=folder, check=True, capture_output=True)


def commit(folder: Path, message: str, **files: str | None) -> None:
    for name, text in files.items():
        path = folder / name.replace("__", "/").replace("_dot_", ".")
        if text is None:
            path.unlink()
        else:
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text)
    run(folder, "add", "--all")
    run(folder, "commit", "--quiet", "--message", message)


def test_the_index_is_read_not_the_work_tree(repository: Path) -> None:
    commit(repository, "one", a_dot_py="1\n", sub__b_dot_py="1\n", c_dot_py="1\n")
    (repository / "a.py").write_text("2\n")
    (repository / "grün é.py").write_text("new\n")
    run(repository, "add", "a.py", "grün é.py")
    (repository / "a.py").write_text("3\n")
    (repository / "sub/b.py").write_text("not staged\n")
    (repository / "c.py").unlink()
    assert git.staged(repository) == {"a.py": b"2\n", "grün é.py": b"new\n"}
    assert git.unstaged(repository) == {"a.py": b"2\n", "sub/b.py": b"1\n", "c.py": b"1\n"}
    assert git.unstaged(repository / "sub") == {"b.py": b"1\n"}


def test_tracked_files(repository: Path) -> None:
    commit(repository, "one", _dot_env="A=1\n", sub__prod_dot_env="B=1\n", a_dot_py="")
    (repository / "other.env").write_text("C=1\n")
    assert git.tracked(repository, "*.env", ".env*") == {".env", "sub/prod.env"}


def test_history_gives_every_content_once(repository: Path) -> None:
    commit(repository, "one", a="first\n", b="same\n")
    commit(repository, "two", a="second\n", sub__copy="same\n")
    commit(repository, "three", a=None)
    run(repository, "checkout", "--quiet", "-b", "side", "HEAD~1")
    commit(repository, "four", side="on a branch\n")
    run(repository, "checkout", "--quiet", "main")
    contents = sorted(blob.data for blob in git.history(repository))
    assert contents == [b"first\n", b"on a branch\n", b"same\n", b"second\n"]
    (blob,) = [blob for blob in git.history(repository) if blob.data == b"second\n"]
    assert blob.path == "a"
    assert git._run(repository, "rev-parse", "HEAD~1").decode().startswith(blob.commit)
    assert [blob.data for blob in git.history(repository, "HEAD~2")] == [b"second\n", b"same\n"]
    assert [blob.path for blob in git.history(repository / "sub")] == ["copy"]


def test_no_repository_is_told(tmp_path: Path) -> None:
    assert git.top(tmp_path) is None
    assert git.tracked(tmp_path, "*") == frozenset()
    with pytest.raises(ConfigError, match="git"):
        git.staged(tmp_path)


def test_a_revision_that_is_none_is_an_error(repository: Path) -> None:
    commit(repository, "one", a="1")
    for wrong in ("nowhere", "--output=x", "HEAD; touch y"):
        with pytest.raises(ConfigError, match="git rev-parse failed"):
            list(git.history(repository, wrong))
    assert {path.name for path in repository.iterdir()} == {".git", "a"}


def test_programs_that_a_repository_names_are_not_run(repository: Path) -> None:
    commit(repository, "one", a_dot_py="1\n")
    program = repository / "evil.sh"
    program.write_text(f"#!/bin/sh\ntouch {repository}/ran\n")
    program.chmod(0o755)
    run(repository, "config", "core.fsmonitor", str(program))
    run(repository, "config", "diff.external", str(program))
    (repository / "a.py").write_text("2\n")
    git.unstaged(repository)
    git.staged(repository)
    git.tracked(repository, "*")
    list(git.history(repository))
    assert not (repository / "ran").exists()
