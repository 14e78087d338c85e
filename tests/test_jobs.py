"""Several processes: the same answers as from one, and a crash that names the file."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest
from click.testing import CliRunner
from crashing import CrashingSetup

from prodworthy import jobs
from prodworthy.cli import main
from prodworthy.config import Overrides

EXAMPLES = Path(__file__).parent.parent / "examples"
CALL = "import openai\n\nopenai.OpenAI(timeout=None).responses.create(model='m', input='x')\n"


def output(folder: Path, *options: str, command: str = "check") -> str:
    style = "--format" if command == "inventory" else "--output-format"
    arguments = [sys.executable, "-m", "prodworthy", command, style, "json", "--no-cache", *options, "."]
    return subprocess.run(arguments, cwd=folder, capture_output=True, text=True, check=False).stdout


@pytest.mark.parametrize("command", ["check", "inventory"])
def test_the_number_of_processes_makes_no_difference(command: str) -> None:
    one = output(EXAMPLES, "--jobs", "1", command=command)
    assert one == output(EXAMPLES, "--jobs", "3", command=command)
    assert '"line"' in one


def test_a_file_whose_process_dies_is_named_and_the_others_are_analysed(tmp_path: Path) -> None:
    names = [f"{name}.py" for name in ("a", "b", "deadly", "e", "f")]
    for name in names:
        (tmp_path / name).write_text(CALL)
    setup = CrashingSetup(
        tmp_path, Overrides(), None, tuple(names), True, frozenset(), frozenset(), False, False, False, 2
    )
    outcomes = {outcome.path: outcome for outcome in jobs.analysed(setup, names)}
    assert sorted(outcomes) == names
    (problem,) = outcomes.pop("deadly.py").problems
    assert str(problem).startswith("deadly.py: the process that analysed it died")
    assert all([f.code for f in o.findings if f.code == "PW208"] == ["PW208"] for o in outcomes.values())


def test_processes_are_started_where_they_pay(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(jobs, "_processors", lambda: 4)
    assert jobs.processes_for(jobs.WORTH - 1, None) == 1
    assert jobs.processes_for(jobs.WORTH, None) == 4
    assert jobs.processes_for(3, 8) == 3
    assert jobs.processes_for(0, 8) == 1


def test_jobs_wants_a_number_or_auto() -> None:
    done = CliRunner().invoke(main, ["check", "--jobs", "many", "."])
    assert done.exit_code == 2
    assert "'many' is neither a number of processes nor `auto`" in done.output
