"""Seconds and memory of `prodworthy check` beside its peers, in one alternating run over the trees you name.

    python benchmarks/check.py --semgrep-rules semgrep-rules/python path/to/application [more trees]

Peers are taken from the environment that runs this (`pip install bandit ruff semgrep detect-secrets`); those
that are not installed are left out, and so is semgrep without a folder of rules (it would download them).
Every figure is the CPU time (user and system) of the whole process, the median over the rounds, and its
largest memory; the ratio is to bandit. `warm` uses results that the run before it stored. `one file` checks
one clean file in full: it makes three LLM calls, whose callers are looked for in all of its project, which is
a small application once and this repository then. `growth` is a cold run over 1, 4 and 16 copies of the first
tree, beside each other.
"""

from __future__ import annotations

import argparse
import os
import shutil
import statistics
import subprocess
import sys
import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

BIN = Path(sys.executable).parent
APPLICATION = Path(__file__).parent.parent / "examples" / "support_bot_fixed"
CLEAN = Path("support_bot", "llm.py")
COPIES = (1, 4, 16)
BASE = "bandit"


@dataclass(frozen=True, slots=True)
class Cost:
    """CPU seconds and peak memory in MB of one process and its children."""

    seconds: float
    memory: float


def cost(command: Sequence[str | Path], folder: Path, results: Path) -> Cost:
    """What one run costs; stored results are kept in ``results``."""
    environment = {k: v for k, v in os.environ.items() if k != "PYTHONDONTWRITEBYTECODE"}
    environment["PRODWORTHY_CACHE_DIR"] = str(results)
    with subprocess.Popen(
        command, cwd=folder, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, env=environment
    ) as process:
        _, status, usage = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
    unit = 1024 * 1024 if sys.platform == "darwin" else 1024
    return Cost(usage.ru_utime + usage.ru_stime, usage.ru_maxrss / unit)


def commands(rules: Path | None, jobs: Sequence[str], alone: Path) -> dict[str, list[str | Path]]:
    """The tools that are installed, by the name they have in the table; ``alone`` is a small application."""
    check: list[str | Path] = [BIN / "prodworthy", "check", *jobs]
    found: dict[str, list[str | Path]] = {
        "prodworthy cold": [*check, "--no-cache", "."],
        "prodworthy warm": [*check, "."],
        "one file": [*check, "--no-cache", alone / CLEAN],
        "one file (here)": [*check, "--no-cache", APPLICATION / CLEAN],
        BASE: [BIN / "bandit", "-q", "-r", "."],
        "ruff (S)": [BIN / "ruff", "check", "--no-cache", "-q", "--select", "S", "."],
        "detect-secrets": [BIN / "detect-secrets", "scan", "--all-files", "."],
    }
    if rules is not None:
        quiet = ["--metrics", "off", "--disable-version-check", "--quiet", "--jobs", "1"]
        found["semgrep"] = [BIN / "semgrep", "scan", *quiet, "--config", rules, "."]
    return {name: command for name, command in found.items() if Path(command[0]).exists()}


def measure(tools: Mapping[str, Sequence[str | Path]], folder: Path, rounds: int) -> dict[str, Cost]:
    """The median of every tool, all of them once a round."""
    taken: dict[str, list[Cost]] = {name: [] for name in tools}
    with tempfile.TemporaryDirectory() as results:
        cost(tools["prodworthy warm"], folder, Path(results))
        for _ in range(rounds):
            for name, command in tools.items():
                taken[name].append(cost(command, folder, Path(results)))
    return {
        name: Cost(statistics.median(c.seconds for c in costs), max(c.memory for c in costs))
        for name, costs in taken.items()
    }


def growth(command: Sequence[str | Path], tree: Path) -> dict[int, Cost]:
    """What a cold run over several copies of ``tree`` costs."""
    found: dict[int, Cost] = {}
    with tempfile.TemporaryDirectory() as folder:
        for copies in COPIES:
            for number in range(copies):
                place = Path(folder) / f"copy{number}"
                if not place.exists():
                    shutil.copytree(tree, place, ignore=shutil.ignore_patterns(".git"), symlinks=True)
            found[copies] = cost(command, Path(folder), Path(folder) / "none")
    return found


def main() -> None:
    """Print one table a tree, then how the cost grows."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("trees", nargs="+", type=Path)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--semgrep-rules", type=Path)
    parser.add_argument("--jobs", default="1", help="for prodworthy; its peers run on one process")
    parser.add_argument("--no-growth", action="store_true")
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        alone = Path(folder) / "application"
        shutil.copytree(APPLICATION, alone)
        (alone / ".git").mkdir()  # where a project begins
        report(arguments, alone)


def report(arguments: argparse.Namespace, alone: Path) -> None:
    """Measure, and print the tables."""
    rules = arguments.semgrep_rules.absolute() if arguments.semgrep_rules else None
    tools = commands(rules, ["--jobs", arguments.jobs], alone)
    for tree in arguments.trees:
        found = measure(tools, tree, arguments.rounds)
        print(f"\n| {tree.resolve().name} | CPU s | to {BASE} | MB |\n|---|---|---|---|")
        for name, median in found.items():
            ratio = median.seconds / found[BASE].seconds if BASE in found else float("nan")
            print(f"| {name} | {median.seconds:.2f} | {ratio:.2f} | {median.memory:.0f} |", flush=True)
    if not arguments.no_growth:
        sizes = growth(tools["prodworthy cold"], arguments.trees[0])
        print(f"\n| copies of {arguments.trees[0].resolve().name} | CPU s | to one | MB |\n|---|---|---|---|")
        for copies, one in sizes.items():
            print(
                f"| {copies} | {one.seconds:.2f} | {one.seconds / sizes[1].seconds:.1f} | {one.memory:.0f} |"
            )


if __name__ == "__main__":
    main()
