"""Packages import what they may, and start-up imports nothing heavy."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
HEAVY = {"libcst", "rich", "presidio_analyzer", "spacy", "detect_secrets", "prodworthy_redact"}


def test_import_contracts_hold() -> None:
    tool = Path(sys.executable).with_name("lint-imports")
    done = subprocess.run([tool, "--no-cache"], cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout


@pytest.mark.parametrize("code", ["import prodworthy", "from prodworthy.cli import main"])
def test_start_up_imports_nothing_heavy(code: str) -> None:
    assert imported_by(code) & HEAVY == set()


def test_a_check_of_a_file_without_llm_calls_imports_nothing_heavy(tmp_path: Path) -> None:
    (tmp_path / "clean.py").write_text(
        "def add(a: int, b: int) -> int:\n    return a + b\n", encoding="utf-8"
    )
    code = (
        "from prodworthy.cli import main; "
        f"main(['check', {str(tmp_path)!r}, '--no-cache'], standalone_mode=False)"
    )
    assert imported_by(code) & HEAVY == set()


def imported_by(code: str) -> set[str]:
    report = "import sys; print('\\n' + ' '.join(name for name in sys.modules if '.' not in name))"
    script = f"try:\n    {code}\nexcept SystemExit:\n    pass\n{report}"
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    return set(done.stdout.splitlines()[-1].split())
