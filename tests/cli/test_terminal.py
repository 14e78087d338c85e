"""`explain` and `rules` as somebody at a terminal sees them, narrow and wide."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

pytest.importorskip("pty", reason="no pseudo-terminals on this platform")
import fcntl
import pty
import struct
import termios

from prodworthy.report.layout import cells

_BAR = re.compile(r"[^\n]*\x1b\[K")  # what is shown while one waits, until it is wiped off
_STYLE = re.compile(r"\x1b\[[0-9;]*m|\x1b\]8;[^\x1b]*\x1b\\")  # colours and links


def written(columns: int, *arguments: str, status: int = 0, **environment: str) -> str:
    """What a command writes to a terminal of so many columns."""
    ours, theirs = pty.openpty()
    fcntl.ioctl(theirs, termios.TIOCSWINSZ, struct.pack("HHHH", 40, columns, 0, 0))
    telling = ("COLUMNS", "LINES", "NO_COLOR", "FORCE_COLOR", "CI", "TMUX", "TERM_PROGRAM", "VTE_VERSION")
    env = {k: v for k, v in os.environ.items() if k not in telling} | {"TERM": "xterm"} | environment
    command = [sys.executable, "-m", "prodworthy", *arguments]
    process = subprocess.Popen(command, stdin=theirs, stdout=theirs, stderr=theirs, env=env)
    os.close(theirs)
    shown = b""
    while True:
        try:
            part = os.read(ours, 65536)
        except OSError:  # Linux ends a terminal that nobody writes to so
            break
        if not part:
            break
        shown += part
    os.close(ours)
    assert process.wait() == status, shown.decode()
    return _BAR.sub("", shown.decode()).replace("\r", "")


def seen(columns: int, *arguments: str, status: int = 0, **environment: str) -> list[str]:
    """The lines that a terminal of so many columns shows, without colours."""
    shown = written(columns, *arguments, status=status, **environment)
    return [line.rstrip() for line in _STYLE.sub("", shown).splitlines()]


@pytest.mark.parametrize("columns", [80, 160])
def test_rules_fit_the_terminal(columns: int) -> None:
    lines = seen(columns, "rules")
    assert max(map(len, lines)) <= columns
    heads = [line for line in lines if line.startswith("PW")]
    assert len(heads) > 40
    told = "A suppression comment holds nothing back, or names a rule that does not"
    place = 8 if columns == 80 else heads[0].index("A suppression")
    assert (lines[1] if columns == 80 else lines[0])[place:].startswith(told)
    assert all(line[:8].isspace() for line in lines[:-2] if not line.startswith("PW"))
    assert lines[-1].startswith("* is in the default set")


LONG = """\
from flask import request
from openai import OpenAI

client = OpenAI()
answers = {}


def handle():
    question = request.json["a_question"] or "nothing at all was asked, or nothing that anybody could answer"
    answers["漢字かな 👍 e\u0301"] = client.responses.create(model="m", input=question, instructions="Answer in one word", n=1)
"""


@pytest.mark.parametrize("columns", [60, 80, 160])
def test_findings_fit_the_terminal(columns: int, tmp_path: Path) -> None:
    (tmp_path / "app.py").write_text(LONG, encoding="utf-8")
    (tmp_path / "pyproject.toml").write_text("")
    lines = seen(columns, "check", "--no-cache", "--select", "PW401,PW301", str(tmp_path), status=1)
    assert [line for line in lines if cells(line) > columns] == []
    head = next(at for at, line in enumerate(lines) if "PW401" in line)
    path = next(at for at, line in enumerate(lines) if " = path: 1. " in line)
    if columns == 60:
        assert lines[head + 1].startswith("    ")
        assert lines[path + 1].startswith(" " * lines[path].index("app.py:"))
    # the caret stands below the call, whatever is in front of it
    at = next(at for at, line in enumerate(lines) if "^" in line)
    assert cells(lines[at - 1].partition("client.")[0]) == lines[at].index("^")


def test_the_lines_of_a_log_stay_whole(tmp_path: Path) -> None:
    (tmp_path / "app.py").write_text(LONG, encoding="utf-8")
    command = [sys.executable, "-m", "prodworthy", "check", "--no-cache", "--select", "PW301", str(tmp_path)]
    shown = subprocess.run(command, capture_output=True, check=False, env=os.environ | {"COLUMNS": "60"})
    first = shown.stdout.decode().splitlines()[0]
    assert first.endswith("so an answer can run to the model's own limit")
    assert "\x1b" not in shown.stdout.decode()


@pytest.mark.parametrize("arguments", [("inventory", "--no-cache"), ("explain", "PW301"), ("rules",)])
def test_a_dumb_terminal_gets_plain_text(arguments: tuple[str, ...], tmp_path: Path) -> None:
    (tmp_path / "app.py").write_text(LONG, encoding="utf-8")
    where = (str(tmp_path),) if arguments[0] == "inventory" else ()
    assert "\x1b" not in written(80, *arguments, *where, TERM="dumb")


@pytest.mark.parametrize(
    ("environment", "colored", "linked"),
    [
        ({}, True, False),
        ({"TERM_PROGRAM": "vscode"}, True, True),
        ({"VTE_VERSION": "7600"}, True, True),
        ({"VTE_VERSION": "7600", "TMUX": "/tmp/x"}, True, False),
        ({"TERM": "dumb", "TERM_PROGRAM": "vscode"}, False, False),
        ({"NO_COLOR": "1", "TERM_PROGRAM": "vscode"}, False, False),
        ({"TERM": "dumb", "FORCE_COLOR": "1"}, True, False),
        ({"TERM": "dumb", "FORCE_COLOR": "0"}, False, False),
    ],
)
def test_terminals_get_what_they_understand(
    environment: dict[str, str], colored: bool, linked: bool, tmp_path: Path
) -> None:
    (tmp_path / "app.py").write_text(LONG, encoding="utf-8")
    arguments = ("check", "--no-cache", "--select", "PW301", str(tmp_path))
    shown = written(100, *arguments, status=1, **environment)
    assert ("\x1b[" in shown) is colored
    assert ("\x1b]8;;file://" in shown) is linked
    assert "33m" not in shown  # yellow cannot be read on white


@pytest.mark.parametrize("columns", [80, 160])
def test_explain_reads_well(columns: int) -> None:
    lines = seen(columns, "explain", "PW301")
    assert max(map(len, lines)) <= min(columns, 100)
    assert lines[0].strip() == "PW301 unbounded-output"
    assert "warning · in the default set · CWE-770 · OWASP LLM10" in lines
    assert not [line for line in lines if "# error:" in line]
    assert [line for line in lines if line.endswith("# PW301")]


def test_a_narrow_terminal_shows_the_inventory_file_by_file(tmp_path: Path) -> None:
    (tmp_path / "app.py").write_text(
        "from openai import OpenAI\n\n\ndef ask(text: str) -> object:\n    client = OpenAI(timeout=20)\n"
        "    return client.chat.completions.create(model='gpt-6', messages=[{'role': 'user', 'content': text}])\n"
    )
    wide = seen(200, "inventory", "--no-cache", str(tmp_path))
    assert wide[0].startswith("CALL ")
    narrow = seen(60, "inventory", "--no-cache", str(tmp_path))
    first, second, *settings = (line for line in narrow if line.strip())
    assert first == "app.py"
    assert second.split() == ["6:12", "openai", "chat.completions.create", "gpt-6"]
    told = " ".join(" ".join(settings).split())
    assert told.startswith("cap unset, retry 2 (sdk-default), timeout 20 (explicit), prompt from")
    assert told.endswith("1 LLM call")
    assert max(map(len, narrow)) <= 60
