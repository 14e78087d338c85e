"""PW802 depends on the day: announcements become retirements without new data."""

from __future__ import annotations

from datetime import date

import pytest

from prodworthy import check_source
from prodworthy_rules.operations import retired_model

TEXT = """
from openai import OpenAI

client = OpenAI()
answer = client.responses.create(model="gpt-5-mini", input="hello", max_output_tokens=10)
"""


def said(monkeypatch: pytest.MonkeyPatch, day: date) -> list[str]:
    monkeypatch.setattr(retired_model, "today", lambda: day)
    return [f.message for f in check_source(TEXT, "app.py") if f.code == "PW802"]


def test_an_announcement_is_reported_three_months_ahead(monkeypatch: pytest.MonkeyPatch) -> None:
    assert said(monkeypatch, date(2026, 9, 11)) == []
    (message,) = said(monkeypatch, date(2026, 9, 12))
    assert message.endswith("`gpt-5-mini`, which is to be retired by OpenAI on 2026-12-11")


@pytest.mark.parametrize("day", [date(2026, 12, 11), date(2028, 2, 29)])
def test_it_is_a_retirement_from_its_day_on(monkeypatch: pytest.MonkeyPatch, day: date) -> None:
    (message,) = said(monkeypatch, day)
    assert message.endswith("`gpt-5-mini`, which was retired by OpenAI on 2026-12-11")
