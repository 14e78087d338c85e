"""Which placeholder stands for what, and what a user's own placeholders mean."""

from __future__ import annotations

import re
from collections.abc import Sequence

import pytest
from redact.support import KEY, redactor

from prodworthy_redact import BlockedError, Policy, PolicyError, Redactor, Session
from prodworthy_redact.detect import Entity
from prodworthy_redact.keys import VARIABLE
from prodworthy_redact.placeholders import Placeholder, parse


@pytest.fixture
def session() -> Session:
    return redactor().session()


def test_a_value_keeps_its_placeholder(session: Session) -> None:
    assert session.redact("Ask Maria Gonzalez") == "Ask <PERSON_1>"
    assert session.redact("Bob O'Neil knows Maria Gonzalez") == "<PERSON_2> knows <PERSON_1>"


def test_a_second_way_of_writing_is_a_form_of_the_first(session: Session) -> None:
    assert session.redact("maria@example.com, Maria@Example.com") == "<EMAIL_ADDRESS_1>, <EMAIL_ADDRESS_1_B>"
    assert session.redact("415-555-0123 or (415) 555-0123") == "<PHONE_NUMBER_1> or <PHONE_NUMBER_1_B>"
    assert session.restore("<EMAIL_ADDRESS_1_B> <PHONE_NUMBER_1_B>") == "Maria@Example.com (415) 555-0123"


def test_aliases_join_the_person_they_name(session: Session) -> None:
    assert session.redact("Maria Gonzalez called. Maria waits.") == "<PERSON_1> called. <PERSON_1_B> waits."
    assert session.redact("Mrs. Gonzalez") == "Mrs. <PERSON_1_C>"
    assert session.restore("<PERSON_1_B>, <PERSON_1_C>: <PERSON_1>") == "Maria, Gonzalez: Maria Gonzalez"


def test_a_longer_name_joins_what_was_its_part(session: Session) -> None:
    assert session.redact("Maria") == "<PERSON_1>"
    assert session.redact("Maria Gonzalez") == "<PERSON_1_B>"


class Words:
    """Every pair of capitalised words, or one, is a person."""

    def find(self, text: str) -> Sequence[Entity]:
        pattern = r"[A-Z][a-z]+(?: [A-Z][a-z]+)?"
        return [Entity(m.start(), m.end(), "PERSON", 1.0, "Words") for m in re.finditer(pattern, text)]


def test_a_name_that_two_people_bear_is_neither() -> None:
    session = Redactor(Policy(), finder=Words(), key=KEY).session()
    assert session.redact("Maria Gonzalez, Maria Lopez") == "<PERSON_1>, <PERSON_2>"
    assert session.redact("Maria") == "<PERSON_3>"
    assert session.redact("Lopez") == "<PERSON_2_B>"


@pytest.mark.parametrize(
    "text",
    [
        "<PERSON_1> and Maria",
        "PERSON_1: Maria",
        "&lt;person_1&gt; Maria",
        "<person 1>, Maria",
        "<PERSON_1_B> Maria",
    ],
)
def test_a_placeholder_that_the_user_wrote_is_never_given_out(session: Session, text: str) -> None:
    safe = session.redact(text)
    assert safe.startswith(text.removesuffix("Maria"))
    assert session.restore(safe) == text
    reserved = "<PERSON_1_B>" if "_B" in text else "<PERSON_1>"
    assert reserved not in session.redact("Maria Gonzalez, Bob O'Neil, Maria, Gonzalez")


def test_a_placeholder_that_was_given_out_becomes_a_value(session: Session) -> None:
    session.redact("Maria Gonzalez")
    safe = session.redact("Your log says <PERSON_1> failed")
    assert safe == "Your log says <PERSON_2> failed"
    assert session.restore(safe) == "Your log says <PERSON_1> failed"


def test_nothing_restores_what_another_session_holds() -> None:
    shared = redactor(entities={"EMAIL_ADDRESS": "encrypt"})
    mine, yours = shared.session("mine"), shared.session("yours")
    token = mine.redact("maria@example.com")
    safe = mine.redact("Maria Gonzalez")
    assert (mine.restore(token), mine.restore(safe)) == ("maria@example.com", "Maria Gonzalez")
    assert (yours.restore(token), yours.restore(safe)) == (token, safe)
    yours.redact("Bob O'Neil")
    assert yours.restore(yours.redact(f"{token} {safe}")) == f"{token} {safe}"


def test_sessions_of_one_name_are_one_and_nameless_ones_are_forgotten() -> None:
    shared = redactor()
    with shared.session("a") as one:
        one.redact("Maria")
    assert shared.session("a").restore("<PERSON_1>") == "Maria"
    with shared.session() as other:
        other.redact("Maria")
    assert other.restore("<PERSON_1>") == "<PERSON_1>"
    shared.session("a").forget()
    assert shared.session("a").restore("<PERSON_1>") == "<PERSON_1>"


def test_actions() -> None:
    text = "Maria Gonzalez, maria@example.com, 415-555-0123"
    mask = redactor(action="mask").session().redact(text)
    assert mask == "***** ********, *****@*******.***, ***-***-****"
    digests = [redactor(action="hash").session(name).redact(text) for name in "ab"]
    assert digests[0] == digests[1]
    assert re.fullmatch(
        r"<PERSON#[a-p]{24}>, <EMAIL_ADDRESS#[a-p]{24}>, <PHONE_NUMBER#[a-p]{24}>", digests[0]
    )
    allowed = redactor(entities={"PERSON": "allow"}).session()
    assert allowed.redact(text) == "Maria Gonzalez, <EMAIL_ADDRESS_1>, <PHONE_NUMBER_1>"
    assert allowed.redact("4111 1111") == "4111 1111"


def test_results_of_every_action_stay_as_they_are() -> None:
    text = "Maria Gonzalez, maria@example.com, 415-555-0123"
    for action in ("mask", "hash", "surrogate", "encrypt", "replace"):
        session = redactor(action=action).session()
        safe = session.redact(text)
        assert safe != text
        assert session.redact(safe) == safe


def test_surrogates_are_stable_and_plausible() -> None:
    one, other = (redactor(action="surrogate").session("talk") for _ in range(2))
    text = "Maria Gonzalez <maria@example.com>, 415-555-0123, Maria Gonzalez"
    safe = one.redact(text)
    assert safe == other.redact(text)
    assert re.fullmatch(r"(\w+ \w+) <[\w.]+@example\.org>, \d{3}-555-01\d\d, \1", safe)
    assert one.restore(safe) == text


def test_a_surrogate_that_a_user_writes_is_the_users_own() -> None:
    session = redactor(action="surrogate").session()
    invented = session.redact("Maria Gonzalez")
    safe = session.redact(f"I am {invented}.")
    assert invented not in safe
    assert session.restore(safe) == f"I am {invented}."


def test_blocked_means_that_nothing_is_sent_or_kept() -> None:
    session = redactor(entities={"EMAIL_ADDRESS": "block"}).session()
    with pytest.raises(BlockedError, match="forbids sending EMAIL_ADDRESS") as caught:
        session.redact([{"a": "Maria Gonzalez"}, {"b": "maria@example.com"}])
    assert caught.value.kinds == ("EMAIL_ADDRESS",)
    assert session.restore("<PERSON_1>") == "<PERSON_1>"


@pytest.mark.parametrize("action", ["hash", "encrypt"])
def test_an_action_that_needs_a_key_says_so_at_start(action: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv(VARIABLE, raising=False)
    with pytest.raises(PolicyError, match=f"`{action}` needs a key: set {VARIABLE}"):
        Redactor(Policy(entities={"PERSON": action}))
    monkeypatch.setenv(VARIABLE, "short")
    with pytest.raises(PolicyError, match="has 5 characters; use 32 or more"):
        Redactor(Policy())


class Failing:
    def find(self, text: str) -> Sequence[Entity]:
        raise ValueError(f"cannot read {text}")


def test_what_cannot_be_scanned_is_not_sent() -> None:
    session = Redactor(Policy(), finder=Failing(), key=KEY).session()
    with pytest.raises(BlockedError, match="could not be scanned") as caught:
        session.redact("Maria Gonzalez")
    assert caught.value.kinds == ()
    assert caught.value.__context__ is None


def test_unless_the_policy_lets_it_pass() -> None:
    entries: list[object] = []
    session = Redactor(Policy(on_error="allow"), finder=Failing(), key=KEY, audit=entries.append).session()
    assert session.redact("Maria Gonzalez") == "Maria Gonzalez"
    assert "unscanned" in str(entries[0])


def test_too_much_is_refused() -> None:
    with pytest.raises(BlockedError, match="12 characters are more than `max_text`"):
        redactor(max_text=10).session().redact({"a": "123456", "b": "123456"})


def test_what_is_no_json_is_named() -> None:
    with pytest.raises(TypeError, match="cannot redact object: give text or JSON"):
        redactor().session().redact({"a": object()})
    deep: list[object] = []
    for _ in range(400):
        deep = [deep]
    with pytest.raises(BlockedError, match="nested"):
        redactor().session().redact(deep)


@pytest.mark.parametrize("name", ["PERSON_1", "PERSON_1_B", "US_SSN_12_AA", "PERSON_999999_ZZZ"])
def test_names_are_read_as_they_are_written(name: str) -> None:
    placeholder = parse(name)
    assert placeholder is not None
    assert placeholder.name == name


@pytest.mark.parametrize(
    "name", ["PERSON", "PERSON_0", "PERSON_01", "PERSON_1_A", "person_1", "PERSON_1000000", "_1"]
)
def test_other_names_are_none(name: str) -> None:
    assert parse(name) is None


def test_forms_are_counted_in_letters() -> None:
    assert [Placeholder("A", 1, form).name for form in (1, 2, 26, 27, 28)] == [
        "A_1",
        "A_1_B",
        "A_1_Z",
        "A_1_AA",
        "A_1_AB",
    ]
