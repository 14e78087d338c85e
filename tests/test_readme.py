"""README promises what the repository holds."""

from __future__ import annotations

import re
import subprocess
from pathlib import Path

import pytest
from click.testing import CliRunner

from pages.reader import PACKED
from prodworthy.cli import main

ROOT = Path(__file__).parent.parent
README = (ROOT / "README.md").read_text(encoding="utf-8")


def test_quick_start_begins_with_two_shell_blocks_that_need_nothing_else() -> None:
    check, test = shell_blocks()[:2]
    for block in (check, test):
        commands = [line.removesuffix("&&").strip() for line in block.splitlines()]
        assert commands[0] == "python3 -m venv .venv"
        assert all(command.startswith(".venv/bin/") for command in commands[1:])
    assert check.endswith("prodworthy check examples/support_bot --exit-zero\n")
    assert test.rstrip().endswith("-m pytest --quiet")


def test_ci_runs_readmes_commands() -> None:
    script = (ROOT / ".ci" / "run").read_text(encoding="utf-8")
    function = script[script.index("quick_start() {") : script.index("step() {")]
    for number, block in enumerate(shell_blocks(), 1):
        done = subprocess.run(
            ["bash", "-c", f"{function}\nquick_start {number}"],
            cwd=ROOT,
            capture_output=True,
            text=True,
            check=True,
        )
        assert done.stdout == block


def test_rule_table_is_the_pack() -> None:
    rows = re.findall(r"^\| (PW\d{3}) \| \[([a-z-]+)\]\((\S+)\) \| (.+) \|$", README, re.MULTILINE)
    assert rows == [
        (packed.rule.code, packed.rule.name, packed.page.relative_to(ROOT).as_posix(), packed.rule.summary)
        for packed in PACKED
    ]


def test_the_finding_shown_is_a_real_one(monkeypatch: pytest.MonkeyPatch) -> None:
    shown = re.findall(r"^```text\n(.*?)^```$", README, re.MULTILINE | re.DOTALL)
    monkeypatch.chdir(ROOT)
    command = ["check", "examples/support_bot", "--select", "PW208", "--no-cache"]
    done = CliRunner().invoke(main, command)
    assert shown == [done.stdout.rpartition("\n\n")[0] + "\n"]


def test_links_lead_somewhere() -> None:
    links = [link for link in re.findall(r"\]\(([^)#]+)\)", README) if "://" not in link]
    assert links
    assert [link for link in links if not (ROOT / link).exists()] == []


def shell_blocks() -> list[str]:
    section = README.split("## Quick start\n")[1].split("\n## ")[0]
    return re.findall(r"^```sh\n(.*?)^```$", section, re.MULTILINE | re.DOTALL)
