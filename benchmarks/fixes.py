"""What `--fix --unsafe-fixes` makes of real applications: every change verified, the diffs there to be read.

    python benchmarks/fixes.py path/to/application [more trees]          # figures
    python benchmarks/fixes.py --diffs path/to/application               # and every diff
    python benchmarks/fixes.py --select PW801,PW301 path/to/application  # these rules only

Each tree is copied, and the copy put under git as a clone would be; the tree itself is not touched. Of every
file that changed must hold: it parses as it did before; of the findings that offered a fix none is left (by
path, code and number) or offered once more; comments, line ends, byte order mark and the rest of a notebook
are what they were; a second run changes nothing. If any of that does not hold, the exit status is 1. Diffs
mask credentials.
"""

from __future__ import annotations

import argparse
import ast
import io
import json
import shutil
import subprocess
import sys
import tempfile
import tokenize
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

Found = Mapping[str, object]
Key = tuple[str, str]
"""Path and code."""

_NOT_COPIED = shutil.ignore_patterns(".git", ".prodworthy_cache")


@dataclass(slots=True)
class Outcome:
    """What became of one tree."""

    name: str
    findings: int = 0
    offered: Counter[str] = field(default_factory=Counter)
    left: Counter[str] = field(default_factory=Counter)
    changed: list[str] = field(default_factory=list)
    diff: str = ""
    complaints: list[str] = field(default_factory=list)


def outcome(tree: Path, select: str) -> Outcome:
    """Fix a copy of ``tree`` and look at what came of it."""
    done = Outcome(tree.resolve().name)
    with tempfile.TemporaryDirectory() as folder:
        copy = Path(folder) / done.name
        shutil.copytree(tree, copy, ignore=_NOT_COPIED, symlinks=True)
        _as_clone(copy)
        before = _contents(copy)
        first = _check(copy, select)
        done.findings = len(first)
        done.offered = Counter(str(f["code"]) for f in first if "fix" in f)
        done.diff = _run(copy, select, "--diff", "--unsafe-fixes").stdout
        _run(copy, select, "--fix", "--unsafe-fixes")
        after = _contents(copy)
        done.changed = sorted(path for path in after if after[path] != before.get(path))
        for path in done.changed:
            done.complaints += _broken(path, before.get(path, b""), after[path])
        second = _check(copy, select)
        done.left = Counter(str(f["code"]) for f in second if "fix" in f)
        done.complaints += _unmended(first, second)
        _run(copy, select, "--fix", "--unsafe-fixes")
        again = _contents(copy)
        done.complaints += [
            f"{path}: a second run changes it" for path in again if again[path] != after.get(path)
        ]
    return done


def _as_clone(copy: Path) -> None:
    for command in (["init", "-q"], ["add", "-A"]):
        subprocess.run(["git", *command], cwd=copy, check=True, capture_output=True)


def _contents(folder: Path) -> dict[str, bytes]:
    files = (p for p in folder.rglob("*") if p.is_file() and not p.is_symlink())
    named = {p.relative_to(folder).as_posix(): p for p in files}
    return {
        name: p.read_bytes()
        for name, p in named.items()
        if not name.startswith((".git/", ".prodworthy_cache/"))
    }


def _run(folder: Path, select: str, *options: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "prodworthy", "check", ".", "--no-cache", *options]
    chosen = ["--select", select] if select else []
    done = subprocess.run([*command, *chosen], cwd=folder, capture_output=True, text=True, check=False)
    if done.returncode not in (0, 1, 3):
        sys.exit(f"{folder.name}: {done.stderr.strip()}")
    return done


def _check(folder: Path, select: str) -> Sequence[Found]:
    found: Sequence[Found] = json.loads(_run(folder, select, "--output-format", "json").stdout)["findings"]
    return found


def _unmended(first: Sequence[Found], second: Sequence[Found]) -> Iterator[str]:
    """What is left of findings that offered a fix."""
    counts, offered, left = (Counter(_key(f) for f in found) for found in (first, _fixable(first), second))
    for key, number in offered.items():
        if left[key] > counts[key] - number:
            path, code = key
            told = f"{left[key]} {code} left of {counts[key]}, {number} of them fixable"
            yield f"{path}: {told}"
    for finding in _fixable(second):
        yield f"{finding['path']}:{finding['line']}: {finding['code']} still offers its fix"


def _fixable(found: Sequence[Found]) -> list[Found]:
    return [f for f in found if "fix" in f]


def _key(finding: Found) -> Key:
    return str(finding["path"]), str(finding["code"])


def _broken(path: str, before: bytes, after: bytes) -> Iterator[str]:
    """What is wrong with the change of one file."""
    if before and (b"\r\n" in before) != (b"\r\n" in after):
        yield f"{path}: other line ends"
    if before and before.startswith(b"\xef\xbb\xbf") != after.startswith(b"\xef\xbb\xbf"):
        yield f"{path}: another byte order mark"
    if path.endswith(".ipynb"):
        yield from _broken_notebook(path, json.loads(before), json.loads(after))
    elif path.endswith((".py", ".pyi")):
        if _parses(before) and not _parses(after):
            yield f"{path}: does not parse any more"
        lost = _comments(before) - _comments(after)
        lost = Counter({c: n for c, n in lost.items() if "prodworthy" not in c and "noqa" not in c})
        if lost:
            yield f"{path}: comments lost: {', '.join(lost)}"


def _broken_notebook(path: str, before: dict[str, object], after: dict[str, object]) -> Iterator[str]:
    cells = [list(_cells(notebook)) for notebook in (before, after)]
    if len(cells[0]) != len(cells[1]):
        yield f"{path}: other cells"
        return
    for number, (old, new) in enumerate(zip(*cells, strict=True), 1):
        if {**old, "source": ""} != {**new, "source": ""}:
            yield f"{path}: cell {number} changed outside its source"
        if old["cell_type"] != "code" and old != new:
            yield f"{path}: cell {number} is no code and changed"
        if _parses(_source(old)) and not _parses(_source(new)):
            yield f"{path}: cell {number} does not parse any more"
    if {**before, "cells": []} != {**after, "cells": []}:
        yield f"{path}: something beside the cells changed"


def _cells(notebook: dict[str, object]) -> Iterator[dict[str, object]]:
    cells = notebook.get("cells")
    assert isinstance(cells, list)
    yield from cells


def _source(cell: dict[str, object]) -> bytes:
    source = cell["source"]
    return ("".join(source) if isinstance(source, list) else str(source)).encode()


def _parses(code: bytes) -> bool:
    try:
        ast.parse(code)
    except (SyntaxError, ValueError):
        return False
    return True


def _comments(code: bytes) -> Counter[str]:
    try:
        tokens = tokenize.tokenize(io.BytesIO(code).readline)
        return Counter(t.string for t in tokens if t.type == tokenize.COMMENT)
    except (tokenize.TokenError, SyntaxError):
        return Counter()


def main() -> None:
    """Print one line a tree, the complaints, and the diffs where they are asked for."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("trees", nargs="+", type=Path)
    parser.add_argument("--select", default="", help="codes, names or prefixes; the default set otherwise")
    parser.add_argument("--diffs", action="store_true", help="print every diff")
    arguments = parser.parse_args()
    total: Counter[str] = Counter()
    complaints = files = 0
    for tree in arguments.trees:
        done = outcome(tree, arguments.select)
        total += done.offered
        complaints += len(done.complaints)
        files += len(done.changed)
        by_code = ", ".join(f"{code} {n}" for code, n in sorted(done.offered.items())) or "none"
        print(f"{done.name}: {done.findings} findings, {len(done.changed)} files changed; fixes: {by_code}")
        for complaint in done.complaints:
            print(f"  WRONG {complaint}")
        if arguments.diffs:
            print(done.diff)
        sys.stdout.flush()
    by_code = ", ".join(f"{code} {n}" for code, n in sorted(total.items()))
    print(f"all: {total.total()} fixes ({by_code}) in {files} files; {complaints} complaints")
    sys.exit(1 if complaints else 0)


if __name__ == "__main__":
    main()
