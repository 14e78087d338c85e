"""The record of prompts that were read by hand is whole, and says what the command says of it."""

from __future__ import annotations

import subprocess
import sys
from importlib.util import module_from_spec, spec_from_file_location
from pathlib import Path

BENCHMARKS = Path(__file__).parent.parent / "benchmarks"
_SPEC = spec_from_file_location("prompts", BENCHMARKS / "prompts.py")
assert _SPEC is not None
assert _SPEC.loader is not None
prompts = module_from_spec(_SPEC)
sys.modules["prompts"] = prompts
_SPEC.loader.exec_module(prompts)
RECORD = prompts.record()


def test_forty_prompts_of_ten_applications_were_read() -> None:
    assert len({(p.repository, p.path, p.line) for p in RECORD}) == 40
    assert len({p.repository for p in RECORD}) == 10


def test_every_verdict_follows_from_what_was_read_and_said() -> None:
    for prompt in RECORD:
        assert prompt.read, prompt
        assert prompt.answer, prompt
        assert prompt.verdict == prompts.judged(prompt.read, prompt.said), prompt
        assert bool(prompt.reason) == (prompt.verdict != "agrees"), prompt


def test_nothing_is_said_that_is_not_so() -> None:
    assert [p for p in RECORD if prompts.wrong(p)] == []


def test_the_command_prints_the_agreement() -> None:
    done = subprocess.run(
        [sys.executable, str(BENCHMARKS / "prompts.py")], capture_output=True, text=True, check=True
    )
    agreed = sum(p.verdict == "agrees" for p in RECORD)
    assert f"40 prompts: {agreed} agrees" in done.stdout
