"""What developers and their prompts say every day holds no personal data, and none is found in it."""

from __future__ import annotations

from pathlib import Path

import pytest

from prodworthy_redact.detect import Detector
from prodworthy_redact.names import rampart
from prodworthy_redact.policy import Policy

CLEAN = Path(__file__).with_name("clean_chat.txt").read_text(encoding="utf-8").splitlines()


@pytest.mark.parametrize("names", ["off", "required"])
def test_nothing_is_found_in_clean_chat(names: str) -> None:
    if names == "required" and not rampart.is_installed():
        pytest.skip("the extra `names` is not installed")
    detector = Detector(Policy(names=names, cache_size=0))
    found = {line: [(e.kind, line[e.start : e.end]) for e in detector.find(line)] for line in CLEAN}
    assert {line: entities for line, entities in found.items() if entities} == {}
    assert len(found) > 250
