"""Which files are checked."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from prodworthy.config import Configs
from prodworthy.discover import Discovery, discover, project_root
from prodworthy.errors import ConfigError


def make(root: Path, *paths: str, **files: str) -> None:
    for path in paths:
        (root / path).parent.mkdir(parents=True, exist_ok=True)
        (root / path).write_text(files.get(path, "x = 1\n"), encoding="utf-8")


def write(root: Path, path: str, text: str) -> None:
    (root / path).parent.mkdir(parents=True, exist_ok=True)
    (root / path).write_text(text, encoding="utf-8")


def found(root: Path, *paths: str) -> Discovery:
    return discover([Path(path) for path in paths or (".",)], root, root, Configs(root))


def test_python_files_in_a_stable_order(tmp_path: Path) -> None:
    make(tmp_path, "b.py", "a/z.pyi", "a.pyw", "a/b/c.py", "notes.txt", "a/data.json")
    assert found(tmp_path).files == ["a.pyw", "a/b/c.py", "a/z.pyi", "b.py"]
    assert found(tmp_path, "b.py", "a", "b.py").files == ["a/b/c.py", "a/z.pyi", "b.py"]


def test_what_is_nobodys_source_is_left_out(tmp_path: Path) -> None:
    make(
        tmp_path,
        "app.py",
        ".venv/x.py",
        "node_modules/x.py",
        "build/x.py",
        "lib/site-packages/x.py",
        "env/lib/x.py",
    )
    write(tmp_path, "env/pyvenv.cfg", "home = /usr\n")
    assert found(tmp_path).files == ["app.py"]


def test_nested_ignore_files(tmp_path: Path) -> None:
    (tmp_path / ".git" / "info").mkdir(parents=True)
    make(
        tmp_path,
        "a.py",
        "gen_a.py",
        "sub/gen_b.py",
        "sub/keep.py",
        "sub/deep/gen_c.py",
        "out/x.py",
        "local.py",
    )
    write(tmp_path, ".gitignore", "gen_*.py\n/out/\n")
    write(tmp_path, "sub/.gitignore", "!gen_b.py\n")
    write(tmp_path, ".git/info/exclude", "local.py\n")
    assert found(tmp_path).files == ["a.py", "sub/gen_b.py", "sub/keep.py"]
    assert found(tmp_path, "sub/deep").files == []


def test_a_named_file_is_checked_although_git_ignores_it(tmp_path: Path) -> None:
    make(tmp_path, "gen.py")
    write(tmp_path, ".gitignore", "gen.py\n")
    assert found(tmp_path, "gen.py").files == ["gen.py"]
    assert found(tmp_path, "gen.py").named == {"gen.py"}


def test_exclude_holds_for_named_files_too(tmp_path: Path) -> None:
    write(tmp_path, "prodworthy.toml", 'extend-exclude = ["legacy", "*_pb2.py", "/only/here.py"]\n')
    make(
        tmp_path, "a.py", "legacy/a.py", "x/legacy/deep/b.py", "x/a_pb2.py", "only/here.py", "x/only/here.py"
    )
    assert found(tmp_path).files == ["a.py", "x/only/here.py"]
    named = found(tmp_path, "x/legacy/deep/b.py", "x/a_pb2.py", "legacy", "only/here.py", "a.py")
    assert named.files == ["a.py"]
    assert [path for path, _ in named.skipped] == [
        "x/legacy/deep/b.py",
        "x/a_pb2.py",
        "legacy",
        "only/here.py",
    ]


def test_the_nearest_configuration_excludes(tmp_path: Path) -> None:
    write(tmp_path, "prodworthy.toml", 'extend-exclude = ["one"]\n')
    write(tmp_path, "sub/prodworthy.toml", 'extend-exclude = ["two"]\n')
    make(tmp_path, "one/a.py", "two/a.py", "sub/one/a.py", "sub/two/a.py")
    assert found(tmp_path).files == ["sub/one/a.py", "two/a.py"]


def test_links_are_not_followed(tmp_path: Path) -> None:
    make(tmp_path, "pkg/a.py")
    (tmp_path / "pkg" / "loop").symlink_to(tmp_path, target_is_directory=True)
    (tmp_path / "pkg" / "again.py").symlink_to(tmp_path / "pkg" / "a.py")
    (tmp_path / "pkg" / "broken.py").symlink_to(tmp_path / "nowhere.py")
    assert found(tmp_path).files == ["pkg/a.py"]
    assert found(tmp_path, "pkg/again.py").files == ["pkg/again.py"]


@pytest.mark.skipif(os.name == "nt" or os.geteuid() == 0, reason="root reads every folder")
def test_an_unreadable_folder_is_named(tmp_path: Path) -> None:
    make(tmp_path, "a.py", "closed/b.py")
    (tmp_path / "closed").chmod(0)
    try:
        result = found(tmp_path)
    finally:
        (tmp_path / "closed").chmod(0o700)
    assert result.files == ["a.py"]
    assert [error.path for error in result.errors] == ["closed"]


def test_an_unreadable_folder_is_named_whoever_asks(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    make(tmp_path, "a.py", "closed/b.py")
    scan = os.scandir

    def guarded(path: Path) -> object:
        if path.name == "closed":
            raise PermissionError(13, "Permission denied")
        return scan(path)

    monkeypatch.setattr(os, "scandir", guarded)
    result = found(tmp_path)
    assert result.files == ["a.py"]
    assert [str(error) for error in result.errors] == ["closed: cannot be read: Permission denied"]


def test_a_path_that_does_not_exist_is_named(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match=r"nowhere\.py: no such file"):
        found(tmp_path, "nowhere.py")


def test_scripts_without_a_suffix(tmp_path: Path) -> None:
    write(tmp_path, "tool", "#!/usr/bin/env python3\nx = 1\n")
    write(tmp_path, "shell", "#!/bin/sh\n")
    write(tmp_path, "notes.md", "text\n")
    result = found(tmp_path, "tool", "shell", "notes.md")
    assert result.files == ["tool"]
    assert [path for path, _ in result.skipped] == ["shell", "notes.md"]


def test_the_root_is_the_nearest_project(tmp_path: Path) -> None:
    make(tmp_path, "one/pkg/a.py", "two/b.py", "three/c.py")
    write(tmp_path, "one/pyproject.toml", "")
    write(tmp_path, "two/prodworthy.toml", "")
    one, two, three = tmp_path / "one", tmp_path / "two", tmp_path / "three"
    assert project_root([Path("a.py")], one / "pkg") == one
    assert project_root([], one) == one
    assert project_root([two / "b.py"], one) == two
    assert project_root([three / "c.py"], one) == three
    assert project_root([Path("two/b.py")], tmp_path) == two


def test_a_file_outside_the_root_keeps_its_full_path(tmp_path: Path) -> None:
    make(tmp_path, "one/a.py", "two/b.py")
    result = found(tmp_path / "one", "a.py", "../two/b.py")
    assert result.files == [(tmp_path / "two" / "b.py").as_posix(), "a.py"]
