"""What is redacted comes back exactly, whatever it is, and is not redacted twice."""

from __future__ import annotations

import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from redact.support import VALUES, json_values, redactor, texts

REDACTOR = redactor()
RESTORABLE = ("replace", "surrogate", "encrypt")


@pytest.mark.parametrize("action", RESTORABLE)
@settings(max_examples=150, deadline=None)
@given(texts)
def test_any_text_comes_back(action: str, text: str) -> None:
    session = redactor(action=action).session()
    safe = session.redact(text)
    assert session.restore(safe) == text
    assert session.redact(safe) == safe


@settings(max_examples=200, deadline=None)
@given(st.lists(texts, max_size=6))
def test_any_conversation_comes_back(turns: list[str]) -> None:
    """One exception lies in the matter: a user who types exactly what the redactor wrote means that."""
    session = REDACTOR.session()
    written: set[str] = set()
    for text in turns:
        safe = session.redact(text)
        assert text in written or session.restore(safe) == text
        assert session.redact(safe) == safe
        written |= {safe} - {text}


@pytest.mark.parametrize("action", RESTORABLE)
@settings(max_examples=100, deadline=None)
@given(json_values)
def test_any_json_comes_back(action: str, value: object) -> None:
    session = redactor(action=action).session()
    safe = session.redact(value)
    assert session.restore(safe) == value
    assert session.redact(safe) == safe


@pytest.mark.parametrize("ascii_only", [True, False])
@settings(max_examples=150, deadline=None)
@given(json_values)
def test_json_in_a_string_comes_back_to_the_letter_and_stays_json(ascii_only: bool, value: object) -> None:
    text = json.dumps(
        {"arguments": json.dumps([value], ensure_ascii=ascii_only), "v": value}, ensure_ascii=ascii_only
    )
    session = REDACTOR.session()
    safe = session.redact(text)
    assert session.restore(safe) == text
    json.loads(json.loads(safe)["arguments"])


@settings(max_examples=200, deadline=None)
@given(texts)
def test_no_value_is_left(text: str) -> None:
    safe = REDACTOR.session().redact(text)
    assert not [value for value in VALUES if value in safe]
