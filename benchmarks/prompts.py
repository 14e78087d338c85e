"""Where prompts come from, read by hand before the tool was asked, and what the tool says.

    python benchmarks/prompts.py                  the record: agreement, and why the rest is missed
    python benchmarks/prompts.py --repos FOLDER   ask the tool again and compare

`precision/prompts.jsonl` holds forty calls of ten applications, drawn at random from a search of their
text (four to seven of each, fewer where there are no more): repository, commit, path, line, the kinds of
origins outside the program that were read in the code, where the answer goes, the kinds that the tool
says, the verdict and the reason. `agrees`: all that was read is said. `in part`: some of it. `open`: the
tool says that a caller decides, and no more. `missed`: it says nothing of it. `not listed`: it knows no
call there. With `--repos`, FOLDER holds the trees as `owner+name`.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
from collections import Counter
from dataclasses import dataclass, replace
from pathlib import Path

RECORD = Path(__file__).parent / "precision" / "prompts.jsonl"
VERDICTS = ("agrees", "in part", "open", "missed", "not listed")
INSIDE = frozenset({"constant", "parameter", "environment"})
"""Kinds that are no origin outside the program."""


@dataclass(frozen=True, slots=True)
class Prompt:
    """One call that somebody has read; ``said`` is None where the tool lists no call."""

    repository: str
    commit: str
    path: str
    line: int
    read: list[str]
    answer: str
    said: list[str] | None
    verdict: str
    reason: str


def record() -> list[Prompt]:
    """Every prompt that was read."""
    return [Prompt(**json.loads(line)) for line in RECORD.read_text(encoding="utf-8").splitlines()]


def judged(read: list[str], said: list[str] | None) -> str:
    """The verdict on what the tool says."""
    if said is None:
        return "not listed"
    if set(read) <= set(said):
        return "agrees"
    if set(read) & set(said):
        return "in part"
    return "open" if "parameter" in said else "missed"


def wrong(prompt: Prompt) -> list[str]:
    """The kinds of origins that the tool says and nobody read."""
    return sorted(set(prompt.said or ()) - set(prompt.read) - INSIDE)


def show(prompts: list[Prompt]) -> None:
    """Print the agreement and every difference."""
    for prompt in prompts:
        if prompt.verdict != "agrees":
            place = f"{prompt.repository} {prompt.path}:{prompt.line}"
            print(
                f"{prompt.verdict:10} {place}\n{'':11}read {prompt.read}, said {prompt.said}: {prompt.reason}"
            )
        if wrong(prompt):
            print(f"{'wrong':10} {prompt.repository} {prompt.path}:{prompt.line} says {wrong(prompt)}")
    counts = Counter(prompt.verdict for prompt in prompts)
    print(f"{len(prompts)} prompts: " + ", ".join(f"{counts[verdict]} {verdict}" for verdict in VERDICTS))
    print(f"{sum(bool(wrong(prompt)) for prompt in prompts)} with an origin that is none")


def asked(folder: Path, prompts: list[Prompt]) -> list[Prompt]:
    """The prompts with what the tool says today."""
    calls: dict[str, list[dict[str, object]]] = {}
    found: list[Prompt] = []
    for prompt in prompts:
        tree = folder / prompt.repository.replace("/", "+")
        if prompt.repository not in calls:
            calls[prompt.repository] = _inventory(tree) if tree.is_dir() else []
        if not tree.is_dir():
            print(f"{prompt.repository}: not in {folder}")
            continue
        said = next((c["prompt_sources"] for c in calls[prompt.repository] if _is(c, prompt)), None)
        assert said is None or isinstance(said, list)
        found.append(replace(prompt, said=said, verdict=judged(prompt.read, said)))
    return found


def _inventory(tree: Path) -> list[dict[str, object]]:
    command = [sys.executable, "-m", "prodworthy", "inventory", ".", "--format", "json"]
    done = subprocess.run(command, cwd=tree, capture_output=True, text=True, check=False)
    if not done.stdout:
        sys.exit(f"{tree}: {done.stderr.strip()}")
    calls: list[dict[str, object]] = json.loads(done.stdout)["calls"]
    return calls


def _is(call: dict[str, object], prompt: Prompt) -> bool:
    first, last = call["line"], call["end_line"]
    assert isinstance(first, int)
    assert isinstance(last, int)
    return call["path"] == prompt.path and first <= prompt.line <= last


def main() -> None:
    """Print the record, or what is said today."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--repos", type=Path, help="folder of trees named owner+name")
    arguments = parser.parse_args()
    prompts = record()
    show(asked(arguments.repos, prompts) if arguments.repos else prompts)


if __name__ == "__main__":
    main()
