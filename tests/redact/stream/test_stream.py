"""Restoring piece by piece gives what restoring the whole gives, and holds back little."""

from __future__ import annotations

import pytest
from chunk_invariance import assert_chunk_invariant
from chunk_invariance.strategies import splits_of
from hypothesis import given, settings
from hypothesis import strategies as st
from redact.support import PLACEHOLDER_LIKE, SECRET, VALUES, redactor

from prodworthy_redact import Session

SENT = "; ".join(VALUES)
ANSWERS = [
    "Dear <PERSON_1>, <EMAIL_ADDRESS_1> and <PERSON_1_B>.",
    "&lt;PERSON_1&gt; **<person_1>** `PERSON_1`'s <PERSON\\_1> < person 1 > \\<PERSON\\_1\\>",
    '{"to": "<PERSON_3>", "n": "<PHONE_NUMBER_1>"} then <PERSON_3>',
    "<<PERSON_1 <PERSON_1>> PERSON_1 PERSON_12 PERSON_1_B <PERSON_99>",
    "_B\\PERSON_1, A_B\\PERSON_1 and X\\PERSON_1",
    "5 < 6 && a <b> &amp; \\n \\u003cPERSON_1\\u003e",
]
answers = st.lists(
    st.one_of(
        st.sampled_from(PLACEHOLDER_LIKE),
        st.sampled_from(
            ["<PERSON_1>", "<PERSON_3>", "<EMAIL_ADDRESS_2>", "<LOCATION_1>", "PERSON_3", SECRET, ". So "]
        ),
        st.text(max_size=5),
    ),
    max_size=14,
).map("".join)


def ready(**policy: object) -> Session:
    session = redactor(**policy).session()
    session.redact(SENT)
    session.redact({"phone": 4155550123})
    return session


def streamed(session: Session, chunks: list[str]) -> str:
    restorer = session.stream_restorer()
    return "".join([restorer.feed(chunk) for chunk in chunks] + [restorer.flush()])


@pytest.mark.parametrize("mode", ["restore", "restore-and-redact"])
@pytest.mark.parametrize("answer", ANSWERS)
def test_it_does_not_matter_where_an_answer_is_cut(answer: str, mode: str) -> None:
    session = ready(answers=mode)
    tried = assert_chunk_invariant(lambda chunks: [streamed(session, list(chunks))], session.restore, answer)
    assert tried == len(answer)
    assert streamed(session, list(answer)) == session.restore(answer)


@pytest.mark.parametrize(
    "policy", [{}, {"answers": "restore-and-redact"}, {"action": "surrogate"}, {"action": "encrypt"}]
)
def test_any_answer_in_any_pieces(policy: dict[str, object]) -> None:
    session = ready(**policy)
    safe = session.redact(SENT)

    @settings(max_examples=150, deadline=None)
    @given(st.data())
    def check(data: st.DataObject) -> None:
        answer = data.draw(answers) + data.draw(st.sampled_from(["", safe, safe[:20]]))
        chunks = data.draw(splits_of(answer))
        assert streamed(session, chunks) == session.restore(answer)

    check()


def test_bytes_may_be_cut_inside_of_characters() -> None:
    session = ready()
    answer = "Gr\u00fc\u00dfe an <PERSON_1> \U0001f600"
    restorer = session.stream_restorer()
    data = answer.encode()
    pieces = [restorer.feed(data[index : index + 1]) for index in range(len(data))]
    assert "".join([*pieces, restorer.flush()]) == session.restore(answer)


def test_what_cannot_become_a_placeholder_is_given_out_at_once() -> None:
    restorer = ready().stream_restorer()
    assert restorer.feed("Hello, 3 <") == "Hello, 3 "
    assert restorer.feed("b>") == "<b>"
    assert restorer.feed(" <PERS") == " "
    assert restorer.feed("ON_1> and ") == "Maria Gonzalez and "
    assert restorer.feed("x" * 10_000) == "x" * 10_000
    assert restorer.flush() == ""


@pytest.mark.parametrize("policy", [{}, {"action": "encrypt"}])
def test_what_is_held_back_is_bounded(policy: dict[str, object]) -> None:
    for nasty in (
        "<" * 5_000,
        "<" + "P" * 5_000,
        "<PERSON" + "_" * 5_000,
        "\\" * 5_000,
        "PERSON_" * 2_000,
        "<A~" + "a" * 5_000,
    ):
        session = ready(**policy)
        restorer = session.stream_restorer()
        given_out = sum(len(restorer.feed(character)) for character in nasty)
        assert len(nasty) - given_out <= (1_500 if policy else 130)
        assert len(nasty) == given_out + len(restorer.flush())


def test_what_the_model_brings_up_is_redacted_wherever_it_is_cut() -> None:
    session = redactor(answers="restore-and-redact").session()
    session.redact("I am Bob O'Neil")
    answer = f"<PERSON_1>, write to {SECRET}. She is Maria Gonzalez; tell Bob O'Neil." + " Fine." * 30
    expected = "Bob O'Neil, write to <EMAIL_ADDRESS>. She is <PERSON>; tell Bob O'Neil." + " Fine." * 30
    assert session.restore(answer) == expected
    for cut in range(len(answer)):
        assert streamed(session, [answer[:cut], answer[cut:]]) == expected
    assert streamed(session, list(answer)) == expected
