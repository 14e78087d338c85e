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

_STYLE = re.compile(r"\x1b\[[0-9;]*m|\x1b\]8;[^\x1b]*\x1b\\")  # colours and links


def seen(columns: int, *arguments: str) -> list[str]:
    """The lines that a terminal of so many columns shows, without colours."""
    ours, theirs = pty.openpty()
    fcntl.ioctl(theirs, termios.TIOCSWINSZ, struct.pack("HHHH", 40, columns, 0, 0))
    env = {k: v for k, v in os.environ.items() if k not in ("COLUMNS", "LINES", "NO_COLOR")} | {
        "TERM": "xterm"
    }
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
    assert process.wait() == 0
    return [line.rstrip() for line in _STYLE.sub("", shown.decode()).replace("\r", "").splitlines()]


@pytest.mark.parametrize("columns", [80, 160])
def test_rules_fit_the_terminal(columns: int) -> None:
    lines = seen(columns, "rules")
    assert max(map(len, lines)) <= columns
    heads = [line for line in lines if line.startswith("PW")]
    column = heads[0].index("A suppression")
    assert all(line[:column].isspace() for line in lines if not line.startswith("PW"))
    assert (len(lines) > len(heads)) is (columns == 80)


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
