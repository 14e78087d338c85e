"""The record of judged findings is whole, and the default set keeps what it promises there."""

from __future__ import annotations

import json
from collections import Counter
from pathlib import Path

import pytest

from prodworthy.pack import load_packs

RECORD = Path(__file__).parent.parent / "benchmarks" / "precision"
ENOUGH, SEVERAL = 5, 3
"""Judged findings, and repositories that they come from, from which on a share means anything."""

FINDINGS = [json.loads(line) for line in (RECORD / "findings.jsonl").read_text(encoding="utf-8").splitlines()]
REPOSITORIES = json.loads((RECORD / "repositories.json").read_text())
RULES = {rule.code: rule for rule in load_packs().rules}


def test_a_record_names_a_place_a_rule_and_a_reason() -> None:
    for finding in FINDINGS:
        assert finding["code"] in RULES, finding
        assert finding["verdict"] in ("true", "useless", "false"), finding
        assert finding["reason"].strip(), finding
        assert finding["line"] > 0, finding
        assert REPOSITORIES[finding["repository"]]["commit"] == finding["commit"], finding


def test_enough_was_read() -> None:
    assert len(FINDINGS) >= 150
    assert len({finding["repository"] for finding in FINDINGS}) >= 10


@pytest.mark.parametrize("code", sorted(code for code, rule in RULES.items() if rule.default))
def test_a_rule_of_the_default_set_is_right_nine_times_in_ten(code: str) -> None:
    read = [finding for finding in FINDINGS if finding["code"] == code]
    seen = Counter(finding["verdict"] for finding in read)
    if len(read) >= ENOUGH and len({finding["repository"] for finding in read}) >= SEVERAL:
        assert seen["true"] / seen.total() >= 0.9
