"""What CONTRIBUTING.md says to write and to run, written and run as it stands there, in a copy of the repository."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from documents.blocks import ROOT, blocks, commands
from documents.shell import environment, run, shows

DOCUMENT = "CONTRIBUTING.md"
_PLACE = re.compile(r"(Create|Append to|in)\s+`([\w./]+)`:\s*\Z")
RECIPES = ("A rule", "An SDK", "A source", "A recognizer")


@pytest.fixture
def copy(tmp_path: Path) -> Path:
    """What git tracks, with the environment of this one."""
    place = tmp_path / "repository"
    listed = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, text=True, check=True)
    for name in filter(None, listed.stdout.split("\0")):
        if (ROOT / name).is_file():
            (place / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(ROOT / name, place / name)
    (place / ".venv").symlink_to(sys.prefix)
    return place


@pytest.mark.parametrize("recipe", RECIPES)
def test_recipe_works_as_written(recipe: str, copy: Path, tmp_path: Path) -> None:
    first, last = section(recipe)
    written = write_files(copy, first, last)
    assert written
    wanted = [command for command in commands(DOCUMENT) if first <= command.line < last]
    folders = (copy / name for name in ("checker", "rules", "middleware"))
    variables = environment(tmp_path) | {"PYTHONPATH": os.pathsep.join(map(str, folders))}
    for command, (printed, status) in zip(wanted, run(wanted, copy, variables), strict=True):
        where = f"{DOCUMENT}:{command.line}: {command.text}"
        assert status in ((0, 1) if "prodworthy check" in command.text else (0,)), f"{where}{printed}"
        assert shows(command.shown or "", printed), f"{where}prints:\n{printed}"
        assert "deselected" not in printed or re.search(r"[1-9]\d* passed", printed), f"{where}{printed}"


def test_every_block_is_part_of_a_recipe() -> None:
    shown = blocks(DOCUMENT, "python", "toml", "markdown", "console", "sh")
    spans = [section(recipe) for recipe in RECIPES]
    assert [str(block) for block in shown if not any(a <= block.line < b for a, b in spans)] == []


def section(title: str) -> tuple[int, int]:
    """The lines between which a section stands."""
    lines = (ROOT / DOCUMENT).read_text(encoding="utf-8").splitlines()
    heads = [number for number, line in enumerate(lines, 1) if re.match(r"## \w", line)] + [len(lines) + 1]
    first = lines.index(f"## {title}") + 1
    return first, next(head for head in heads if head > first)


def write_files(folder: Path, first: int, last: int) -> list[str]:
    """Every block that stands below a sentence which names its file, written to that file."""
    lines = (ROOT / DOCUMENT).read_text(encoding="utf-8").splitlines()
    written = []
    for block in blocks(DOCUMENT, "python", "toml", "markdown"):
        named = _PLACE.search("\n".join(lines[: block.line - 2]))
        if named and first <= block.line < last:
            file = folder / named[2]
            file.parent.mkdir(parents=True, exist_ok=True)
            before = file.read_text(encoding="utf-8") if named[1] == "Append to" else ""
            file.write_text(before + block.text, encoding="utf-8")
            written.append(named[2])
    return written
