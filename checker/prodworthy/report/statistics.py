"""How often each rule reports."""

from __future__ import annotations

from collections import Counter
from typing import TextIO

from prodworthy.pipeline import Result


def write(result: Result, out: TextIO, color: bool) -> None:
    """Write one line for each rule that reports, the most frequent first."""
    del color
    counts = Counter((finding.code, finding.name) for finding in result.findings)
    width = len(str(max(counts.values(), default=0)))
    for (code, name), count in sorted(counts.items(), key=lambda item: (-item[1], item[0])):
        out.write(f"{count:{width}}  {code}  {name}\n")
