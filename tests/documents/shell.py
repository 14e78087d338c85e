"""Runs the commands of a document one after the other in one shell, as a reader would."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path

from documents.blocks import ROOT, Command

_BEGIN, _END = "\x1e", "\x1f"
_RAN = re.compile(f"{_BEGIN}(.*?){_BEGIN}(\\d+){_END}", re.DOTALL)


def run(commands: Sequence[Command], folder: Path, environment: Mapping[str, str]) -> list[tuple[str, int]]:
    """What each command printed, on both streams, and its exit status."""
    script = "exec 2>&1\n" + "".join(
        f"printf '{_BEGIN}'\n(exit ${{status:-0}})\n{one.text.rstrip()}\n"
        f"status=$?; printf '{_BEGIN}%s{_END}' $status\n"
        for one in commands
    )
    done = subprocess.run(
        ["bash"], input=script, cwd=folder, env=dict(environment), capture_output=True, text=True, timeout=300, check=False
    )  # fmt: skip
    ran = [(output, int(status)) for output, status in _RAN.findall(done.stdout)]
    assert len(ran) == len(commands), done.stdout[-2000:]
    return ran


def environment(home: Path) -> dict[str, str]:
    """That of a reader who has just installed prodworthy: nothing of the tests' own is left in it."""
    kept = {name: os.environ[name] for name in ("LANG", "SYSTEMROOT", "TMPDIR") if name in os.environ}
    return {
        **kept,
        "PATH": os.pathsep.join((str(Path(sys.executable).parent), os.environ["PATH"])),
        "HOME": str(home),
        "GIT_CONFIG_GLOBAL": os.devnull,
        "PRODWORTHY_CACHE_DIR": str(home / "cache"),
        "PYTHONUTF8": "1",
        "COLUMNS": "100",
    }


def project(folder: Path, files: Mapping[str, str]) -> Path:
    """The support bot in a repository of its own, with one commit, a tag, and the files that a page speaks of."""
    place = folder / "application"
    shutil.copytree(ROOT / "examples" / "support_bot", place)
    for name, text in files.items():
        (place / name).parent.mkdir(parents=True, exist_ok=True)
        (place / name).write_text(text, encoding="utf-8")
    git = ["git", "-c", "user.name=Reader", "-c", "user.email=reader@example.org"]
    for arguments in (["init", "-q"], ["add", "-A"], ["commit", "-qm", "Begin"], ["tag", "v1.2"]):
        subprocess.run([*git, *arguments], cwd=place, check=True)
    return place


def checkout(folder: Path) -> Path:
    """What a checkout holds of the example applications."""
    place = folder / "checkout"
    shutil.copytree(ROOT / "examples", place / "examples")
    return place


def shows(shown: str, printed: str) -> bool:
    """Whether ``printed`` is what a document shows: ``...`` stands for anything, in a line of its own for lines."""
    pattern = ""
    for line in shown.strip().splitlines():
        one = re.escape(line.rstrip()).replace(re.escape("..."), ".*")
        pattern += r"(?:.*\n)*" if one == ".*" else one + r"[ \t]*\n"
    return re.fullmatch(pattern, printed.strip() + "\n" * bool(printed.strip())) is not None
