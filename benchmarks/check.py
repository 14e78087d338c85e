"""Seconds of `prodworthy check` beside its peers, in one alternating run over the trees you name.

    python benchmarks/check.py --rounds 5 path/to/application [more trees]

Peers are taken from the environment that runs this (`pip install bandit ruff detect-secrets`); those that
are not installed are left out. Every figure is CPU time (user and system) of the whole process, the median
over the rounds; the ratio is to the first peer. `one file` checks one clean file in full.
"""

from __future__ import annotations

import argparse
import os
import statistics
import subprocess
import sys
from pathlib import Path
from resource import RUSAGE_CHILDREN, getrusage

BIN = Path(sys.executable).parent
CLEAN = Path(__file__).parent.parent / "examples" / "support_bot_fixed" / "support_bot" / "llm.py"

PEERS = {
    "prodworthy": ["prodworthy", "check", "--no-cache", "."],
    "bandit": ["bandit", "-q", "-r", "."],
    "ruff": ["ruff", "check", "--no-cache", "-q", "--select", "S", "."],
    "detect-secrets": ["detect-secrets", "scan", "--all-files", "."],
}


def seconds(command: list[str], folder: Path) -> float:
    """CPU seconds of one run."""
    before = getrusage(RUSAGE_CHILDREN)
    environment = {k: v for k, v in os.environ.items() if k != "PYTHONDONTWRITEBYTECODE"}
    subprocess.run(command, cwd=folder, capture_output=True, check=False, env=environment)
    after = getrusage(RUSAGE_CHILDREN)
    return after.ru_utime - before.ru_utime + after.ru_stime - before.ru_stime


def measure(folder: Path, rounds: int) -> dict[str, float]:
    """The median of every tool that is installed, all of them once a round."""
    tools = {name: [str(BIN / c[0]), *c[1:]] for name, c in PEERS.items() if (BIN / c[0]).exists()}
    taken: dict[str, list[float]] = {name: [] for name in tools}
    for _ in range(rounds):
        for name, command in tools.items():
            taken[name].append(seconds(command, folder))
    return {name: statistics.median(times) for name, times in taken.items()}


def main() -> None:
    """Print one table a tree, then the single file."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("trees", nargs="+", type=Path)
    parser.add_argument("--rounds", type=int, default=5)
    arguments = parser.parse_args()
    for tree in arguments.trees:
        found = measure(tree, arguments.rounds)
        print(f"\n{tree.name}")
        for name, median in found.items():
            print(f"  {name:16}{median:8.2f} s   {found['prodworthy'] / median:6.2f}x")
    one = [seconds([str(BIN / "prodworthy"), "check", str(CLEAN)], CLEAN.parent) for _ in range(10)]
    print(f"\none file          {statistics.median(one):.3f} s (median of ten)")


if __name__ == "__main__":
    main()
