"""The findings of dataflow rules that were read one by one: the record is whole, and rules keep their promise."""

from __future__ import annotations

import json
from collections import Counter
from pathlib import Path

import pytest

from prodworthy.pack import load_packs

RECORD = Path(__file__).parent.parent / "benchmarks" / "precision" / "origins.jsonl"
FINDINGS = [json.loads(line) for line in RECORD.read_text(encoding="utf-8").splitlines()]
RULES = {rule.code: rule for rule in load_packs().rules}
ENOUGH = 10
"""Findings from which on a share of nine in ten means anything."""


def test_every_line_names_a_place_a_rule_and_a_reason() -> None:
    for finding in FINDINGS:
        assert finding["code"] in RULES, finding
        assert finding["verdict"] in ("true", "useless", "false"), finding
        assert finding["reason"].strip(), finding
        assert finding["line"] > 0, finding
        assert len(finding["commit"]) == 40, finding
    places = Counter((f["repository"], f["path"], f["line"], f["code"]) for f in FINDINGS)
    assert [place for place, count in places.items() if count > 1] == []


@pytest.mark.parametrize("code", sorted({f["code"] for f in FINDINGS if RULES[f["code"]].default}))
def test_a_rule_of_the_default_set_is_right_nine_times_in_ten(code: str) -> None:
    seen = Counter(f["verdict"] for f in FINDINGS if f["code"] == code)
    if seen.total() >= ENOUGH:
        assert seen["true"] / seen.total() >= 0.9
