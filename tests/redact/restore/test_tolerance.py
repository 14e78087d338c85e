"""What models make of placeholders is still understood; what only looks like one is left."""

from __future__ import annotations

import json

import pytest
from redact.support import redactor

from prodworthy_redact import Session


@pytest.fixture
def session() -> Session:
    session = redactor().session()
    session.redact('Maria Gonzalez, Ann "Nan" Lee, maria@example.com, 1 Main St\nSpringfield')
    return session


@pytest.mark.parametrize(
    ("answer", "restored"),
    [
        ("<person_1>", "Maria Gonzalez"),
        ("<Person_1>,", "Maria Gonzalez,"),
        ("<PERSON\\_1>", "Maria Gonzalez"),
        ("\\<PERSON\\_1\\>", "Maria Gonzalez"),
        ("&lt;PERSON_1&gt;", "Maria Gonzalez"),
        ("&#60;PERSON_1&#62;", "Maria Gonzalez"),
        ("\\u003cPERSON_1\\u003e", "Maria Gonzalez"),
        ("< PERSON_1 >", "Maria Gonzalez"),
        ("<PERSON 1>", "Maria Gonzalez"),
        ("<PERSON-1>", "Maria Gonzalez"),
        ("`<PERSON_1>`", "`Maria Gonzalez`"),
        ("<`PERSON_1`>", "Maria Gonzalez"),
        ("**<PERSON_1>**", "**Maria Gonzalez**"),
        ("<**PERSON_1**>", "Maria Gonzalez"),
        ("<PERSON_1>'s", "Maria Gonzalez's"),
        ("<PERSON_1's>", "Maria Gonzalez's"),
        ("<EMAIL ADDRESS 1>", "maria@example.com"),
        ("PERSON_1 and EMAIL_ADDRESS_1.", "Maria Gonzalez and maria@example.com."),
        ("[PERSON\\_1]", "[Maria Gonzalez]"),
        ("<PERSON_1><PERSON_2>", 'Maria GonzalezAnn "Nan" Lee'),
    ],
)
def test_it_is_understood(session: Session, answer: str, restored: str) -> None:
    assert session.restore(answer) == restored


@pytest.mark.parametrize(
    "answer",
    [
        "<PERSON_9>",
        "<PERSON>",
        "person_1",
        "MY_PERSON_1",
        "PERSON_12",
        "PERSON_1_x",
        "<PERSON_1_Z>",
        "<PERSON_01>",
        "< PERSON",
    ],
)
def test_it_is_left(session: Session, answer: str) -> None:
    assert session.restore(answer) == answer


def test_values_are_escaped_where_they_stand_in_json(session: Session) -> None:
    answer = '{"who": "<PERSON_2>", "where": ["<LOCATION_1>"], "inner": "{\\"who\\": \\"<PERSON_2>\\"}"}'
    restored = json.loads(session.restore(answer))
    assert restored["who"] == 'Ann "Nan" Lee'
    assert restored["where"] == ["1 Main St\nSpringfield"]
    assert json.loads(restored["inner"]) == {"who": 'Ann "Nan" Lee'}


def test_values_are_plain_elsewhere(session: Session) -> None:
    assert session.restore('She said "<PERSON_2>" [1]') == 'She said "Ann "Nan" Lee" [1]'
    assert session.restore('{"a": 1} and <PERSON_2>') == '{"a": 1} and Ann "Nan" Lee'


def test_answers_of_sdks_are_restored(session: Session) -> None:
    answer = {
        "id": "chatcmpl-1",
        "choices": [
            {
                "message": {
                    "role": "assistant",
                    "content": "Dear <PERSON_1>",
                    "tool_calls": [
                        {"id": "c", "function": {"name": "send", "arguments": '{"to": "<PERSON_2>"}'}}
                    ],
                }
            }
        ],
    }
    message = session.restore(answer)["choices"][0]["message"]  # type: ignore[index]
    assert message["content"] == "Dear Maria Gonzalez"
    assert json.loads(message["tool_calls"][0]["function"]["arguments"]) == {"to": 'Ann "Nan" Lee'}
