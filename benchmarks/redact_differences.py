"""Entities that differ from presidio's own recognizers, on texts of a folder.

    python benchmarks/redact_differences.py FOLDER [--threshold 0.4]

Reads ``synth_dataset_v2.json`` (presidio-research) and every ``*.jsonl`` with a ``text``, at any depth. The
judge is the one of the tests: presidio's recognizers and its context enhancer on spaCy's tokens.
"""

from __future__ import annotations

import argparse
import importlib
import json
import logging
import sys
from collections.abc import Iterator
from pathlib import Path

from prodworthy_redact.detect import Detector
from prodworthy_redact.policy import Policy

sys.path.insert(0, str(Path(__file__).parent.parent / "tests" / "redact"))


def main() -> None:
    """Prints each difference and their number; exit status 1 where there are any."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("folder", type=Path)
    parser.add_argument("--threshold", type=float, default=0.0)
    arguments = parser.parse_args()
    logging.disable(logging.CRITICAL)
    shown = {"URL": "replace", "UUID": "replace"}
    detector = Detector(
        Policy(
            threshold=arguments.threshold,
            entities=shown,
            names="off",
            credentials=False,
            extra=False,
            cache_size=0,
        )
    )
    judge = importlib.import_module("detect.reference").Presidio(("us", "uk"))
    texts = differing = entities = 0
    for text in _texts(arguments.folder):
        ours = {(e.start, e.end, e.kind, round(e.score, 4)) for e in detector.find_all(text)}
        theirs = judge.analyze(text, arguments.threshold)
        texts, entities = texts + 1, entities + len(theirs)
        if ours != theirs:
            differing += 1
            for sign, found in (("+", ours - theirs), ("-", theirs - ours)):
                for start, end, kind, score in sorted(found):
                    around = text[max(0, start - 40) : end + 10].replace("\n", "\\n")
                    print(f"{sign} {kind} {score} `{text[start:end]}` in `{around}`")
    print(f"{texts} texts, {entities} entities, {differing} texts differ")
    sys.exit(bool(differing))


def _texts(folder: Path) -> Iterator[str]:
    for file in sorted(folder.rglob("synth_dataset_v2.json")):
        yield from (row["full_text"] for row in json.loads(file.read_text(encoding="utf-8")))
    for file in sorted(folder.rglob("*.jsonl")):
        rows = (json.loads(line) for line in file.read_text(encoding="utf-8").splitlines() if line.strip())
        yield from (row["text"] for row in rows if isinstance(row.get("text"), str))


if __name__ == "__main__":
    main()
