"""Precision of the default set on real applications, from findings that were read one by one.

    python benchmarks/precision.py                  the record: precision a rule, findings a repository
    python benchmarks/precision.py --repos FOLDER   check the trees again and compare with the record

`precision/findings.jsonl` holds one finding a line: repository, commit, path, line, code, verdict, reason.
A verdict is `true` (a competent engineer of that project would mend it), `useless` (it is so, and nobody
would) or `false`. Precision is the share of `true`. `precision/repositories.json` holds what was checked:
commit and lines of Python. In the repositories that joined last, what is rare was read wherever it was
found, and of what is common a part. With `--repos`, FOLDER holds the trees at those commits as
`owner+name`; each finding is matched by path, line and code, and is `same`, `gone`, or `new` (nobody has
judged it yet).
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

RECORD = Path(__file__).parent / "precision"
VERDICTS = ("true", "useless", "false")
TARGET = 0.9

Key = tuple[str, str, int, str]
"""Repository, path, line and code."""


@dataclass(frozen=True, slots=True)
class Judged:
    """A finding that somebody has read."""

    repository: str
    commit: str
    path: str
    line: int
    code: str
    verdict: str
    reason: str

    @property
    def key(self) -> Key:
        """What tells it from other findings."""
        return self.repository, self.path, self.line, self.code


def record() -> list[Judged]:
    """Every judged finding."""
    lines = (RECORD / "findings.jsonl").read_text(encoding="utf-8").splitlines()
    return [Judged(**json.loads(line)) for line in lines]


def repositories() -> dict[str, dict[str, str | int]]:
    """What was checked: repository -> commit, lines of Python."""
    found: dict[str, dict[str, str | int]] = json.loads((RECORD / "repositories.json").read_text())
    return found


def by_rule(judged: Iterable[Judged]) -> None:
    """Print the verdicts and the precision of each rule."""
    counts: dict[str, Counter[str]] = defaultdict(Counter)
    for finding in judged:
        counts[finding.code][finding.verdict] += 1
        counts["all"][finding.verdict] += 1
    print(f"{'rule':8}{'read':>6}" + "".join(f"{v:>9}" for v in VERDICTS) + f"{'precision':>11}")
    for code in sorted(counts, key=lambda c: (c == "all", c)):
        seen = counts[code]
        share = seen["true"] / seen.total()
        mark = "" if share >= TARGET else f"  below {TARGET:.0%}"
        print(
            f"{code:8}{seen.total():>6}"
            + "".join(f"{seen[v]:>9}" for v in VERDICTS)
            + f"{share:>11.1%}{mark}"
        )


def by_repository(judged: Iterable[Judged]) -> None:
    """Print how large each repository is, and how many of its findings were read."""
    counts = Counter(finding.repository for finding in judged)
    print(f"\n{'repository':60}{'lines':>10}{'read':>6}")
    for name, about in sorted(repositories().items(), key=lambda item: str(item[0]).lower()):
        print(f"{name:60}{int(about['lines']):>10,}{counts[name]:>6}")
    total = sum(int(about["lines"]) for about in repositories().values())
    print(f"{'all':60}{total:>10,}{counts.total():>6}")


def check(tree: Path) -> list[tuple[str, int, str]]:
    """Path, line and code of what the default set finds in a tree today."""
    command = [sys.executable, "-m", "prodworthy", "check", ".", "--no-cache", "--output-format", "json"]
    done = subprocess.run(command, cwd=tree, capture_output=True, text=True, check=False)
    if not done.stdout:
        sys.exit(f"{tree}: {done.stderr.strip()}")
    return [(f["path"], f["line"], f["code"]) for f in json.loads(done.stdout)["findings"]]


def compare(folder: Path, judged: list[Judged]) -> None:
    """Print the precision of what is found today, and what the record does not know or no longer finds."""
    known = {finding.key: finding for finding in judged}
    same: list[Judged] = []
    new: list[Key] = []
    for name in repositories():
        tree = folder / name.replace("/", "+")
        if not tree.is_dir():
            known = {key: value for key, value in known.items() if value.repository != name}
            print(f"{name}: not in {folder}")
            continue
        for key in dict.fromkeys((name, *found) for found in check(tree)):
            finding = known.pop(key, None)
            if finding is not None:
                same.append(finding)
            elif key[3] != "PW002":
                new.append(key)
    by_rule(same)
    print(f"\n{len(same)} same, {len(new)} new, {len(known)} gone")
    for key in sorted(new):
        print(f"new   {key[0]} {key[1]}:{key[2]} {key[3]}")
    for key, finding in sorted(known.items()):
        print(f"gone  {key[0]} {key[1]}:{key[2]} {key[3]} ({finding.verdict})")


def main() -> None:
    """Print the record, or compare it with what is found today."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--repos", type=Path, help="folder of trees named owner+name")
    arguments = parser.parse_args()
    judged = record()
    if arguments.repos:
        compare(arguments.repos, judged)
    else:
        by_rule(judged)
        by_repository(judged)


if __name__ == "__main__":
    main()
