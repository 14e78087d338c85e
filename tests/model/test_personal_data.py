"""The lexicon of personal data finds what it should, and not what only sounds alike."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest

import prodworthy_rules
from prodworthy.model.load import load
from prodworthy.model.schema import PersonalDataModel, PersonalElement

PERSONAL = load(Path(prodworthy_rules.__file__).parent / "models" / "personal_data.toml", PersonalDataModel)
CATEGORIES = {
    "identity",
    "contact",
    "government-id",
    "financial",
    "health",
    "location",
    "credentials",
    "special",
}
SNAKE = re.compile(r"[a-z][a-z0-9]*(_[a-z0-9]+)*")


def test_personal_elements_are_well_formed() -> None:
    names = [element.name for element in PERSONAL.element]
    assert len(names) >= 40
    assert len(names) == len(set(names))
    assert {element.category for element in PERSONAL.element} == CATEGORIES
    for element in PERSONAL.element:
        assert element.confidence in {"high", "medium", "low"}, element.name
        assert element.words or element.whole, element.name
        words = [*element.words, *element.whole, *element.not_after]
        assert [word for word in words if not SNAKE.fullmatch(word)] == [], element.name
        assert [word for word in element.not_after if "_" in word] == [], element.name


def test_no_two_elements_claim_one_name() -> None:
    claims = Counter(word for element in PERSONAL.element for word in {*element.words, *element.whole})
    assert [word for word, count in claims.items() if count > 1] == []


def test_an_element_can_be_reached_with_its_own_words() -> None:
    for element in PERSONAL.element:
        for word in (*element.words, *element.whole):
            assert personal(word) == element.name, word


@pytest.mark.parametrize(
    ("name", "element"),
    [
        ("email", "email"),
        ("customerEmail", "email"),
        ("customer_emails", "email"),
        ("email_2", "email"),
        ("emailAddressList", "email"),
        ("user.phone_number", "phone"),
        ("patientSSN", "ssn"),
        ("ssn", "ssn"),
        ("dateOfBirth", "date_of_birth"),
        ("patient_dob", "date_of_birth"),
        ("CreditCardNumber", "credit_card"),
        ("iban", "iban"),
        ("shipping_address", "home_address"),
        ("medical_record_number", "medical_record_number"),
        ("primary_diagnosis", "diagnosis"),
        ("client_ip", "ip_address"),
        ("user_password", "password"),
        ("passport_no", "passport"),
    ],
)
def test_names_that_are_personal(name: str, element: str) -> None:
    assert personal(name) == element


@pytest.mark.parametrize(
    "name",
    [
        "email_subject_line_template",
        "email_client",
        "email_service",
        "email_template",
        "email_body",
        "send_email",
        "draft_email",
        "generated_email",
        "is_email",
        "num_emails",
        "phone_model",
        "smartphone",
        "first_name_field",
        "first_name_label",
        "repo_full_name",
        "model_full_name",
        "error_diagnosis",
        "root_cause_diagnosis",
        "server_ip_address",
        "db_password",
        "password_hash",
        "HuggingFaceEmbedding",
        "save_patient_info",
        "col_full_name",
        "password_reset_url",
        "redacted_email",
        "credit_card_model",
        "gender_bias_score",
        "name",
        "address",
        "user",
        "user_id",
        "id",
        "location",
        "token",
        "tokens",
        "age",
        "race_condition",
        "resume",
        "description",
        "model_name",
        "function_name",
        "file_name",
        "contact",
        "message",
    ],
)
def test_names_that_are_not(name: str) -> None:
    assert personal(name) is None


def personal(name: str) -> str | None:
    """The element that the lexicon finds in ``name``, read as the schema describes it."""
    spaced = re.sub(r"(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])", "_", name)
    words = [word for word in re.split(r"[_\-.\s]+", spaced.lower()) if word]
    best: tuple[int, str] | None = None
    for element in PERSONAL.element:
        length = _claimed(element, words)
        if length and (best is None or length > best[0]):
            best = (length, element.name)
    return best[1] if best else None


def _claimed(element: PersonalElement, words: list[str]) -> int:
    """How many words at the end of ``words`` name ``element``; 0 for none."""
    otherwise = {*element.not_after, *PERSONAL.not_after}
    for ending in _endings(words):
        joined = "_".join(ending)
        if joined in element.whole or (joined.endswith("s") and joined[:-1] in element.whole):
            return len(ending)
        for sequence in sorted(element.words, key=len, reverse=True):
            for form in (sequence, sequence + "s"):
                parts = form.split("_")
                before = ending[: -len(parts)] if len(parts) < len(ending) else []
                if ending[-len(parts) :] == parts and otherwise.isdisjoint(before):
                    return len(parts)
    return 0


def _endings(words: list[str]) -> Iterator[list[str]]:
    """``words``, then ``words`` without what may trail behind a name."""
    yield words
    while len(words) > 1 and (words[-1].isdigit() or words[-1] in PERSONAL.endings):
        words = words[:-1]
        yield words
