"""Presidio is the judge: the same entities, the same scores, from the whole text at once."""

from __future__ import annotations

from functools import cache

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from redact.detect import generated
from redact.detect.reference import Found, Presidio

from prodworthy_redact.detect import Detector
from prodworthy_redact.kinds import catalogue
from prodworthy_redact.policy import Policy


@pytest.mark.parametrize("threshold", [0.0, 0.4])
@pytest.mark.parametrize("block", range(4))
def test_generated_texts(block: int, threshold: float) -> None:
    for seed in range(block * 40, block * 40 + 40):
        text = generated.text(seed)
        assert ours(text, threshold) == judge().analyze(text, threshold), f"seed {seed}: {text!r}"


def test_every_region() -> None:
    regions = catalogue().regions
    detector, presidio = Detector(policy(0.0, regions)), Presidio(regions)
    for seed in range(5000, 5030):
        text = generated.text(seed)
        assert found(detector, text) == presidio.analyze(text), f"seed {seed}: {text!r}"


PIECES = st.sampled_from(
    ("ssn ", "phone ", "card: ", "078-05-1120", "2125550147", "+44 20 7946 0958", "4111 1111 1111 1111", "1.2.3.4", "a@b.co",
     "::1", "/", "-", " ", "\n", "12", "3/4/2021", ", ", "é", "x", "(", ")", "A1234567", "www.a.com", "9", "ext 5")
)  # fmt: skip


@settings(max_examples=150, deadline=None)
@given(st.lists(PIECES, max_size=12).map("".join))
def test_spans_of_anything(text: str) -> None:
    """Context words aside: they depend on spaCy's long list of exceptions."""
    assert spans(ours(text, 0.0)) == spans(judge().analyze(text, 0.0))


@settings(max_examples=60, deadline=None)
@given(st.text(max_size=80))
def test_spans_of_any_unicode(text: str) -> None:
    assert spans(ours(text, 0.0)) == spans(judge().analyze(text, 0.0))


@pytest.mark.parametrize(
    "number",
    [
        "4900948022576220",
        "49 030 755474",
        "0049 30 755474",
        "011 49 30 755474",
        "1640",
        "0800 1111",
        "(0)30 755474",
        "12125550147",
    ],
)
def test_numbers_with_prefixes(number: str) -> None:
    for text in (number, f"call {number} now", f"x{number}", f"{number}/{number}", f"12 {number} 34"):
        assert ours(text, 0.0) == judge().analyze(text, 0.0), text


def test_the_phone_recognizer_is_copied_as_it_is() -> None:
    from presidio_analyzer.predefined_recognizers import PhoneRecognizer

    from prodworthy_redact.detect import phone

    theirs = PhoneRecognizer()
    assert tuple(theirs.supported_regions) == phone.REGIONS
    assert tuple(theirs.context) == phone.CONTEXT
    assert (theirs.SCORE, theirs.leniency) == (phone.SCORE, 1)


def test_the_catalogue_lists_what_presidio_has() -> None:
    from presidio_analyzer import PatternRecognizer, predefined_recognizers

    listed = {entry.name for entry in catalogue().recognizers}
    theirs = {
        name
        for name in predefined_recognizers.__all__
        if isinstance(kind := getattr(predefined_recognizers, name), type)
        and issubclass(kind, PatternRecognizer)
    }
    assert theirs - listed == set()


def spans(entities: Found) -> set[tuple[int, int, str]]:
    return {(start, end, kind) for start, end, kind, _ in entities}


def ours(text: str, threshold: float) -> Found:
    return found(detector(threshold), text)


def found(detector: Detector, text: str) -> Found:
    return {(e.start, e.end, e.kind, round(e.score, 4)) for e in detector.find_all(text)}


def policy(threshold: float, regions: tuple[str, ...] = ("us", "uk")) -> Policy:
    shown = {"URL": "replace", "UUID": "replace"}
    return Policy(
        threshold=threshold,
        regions=regions,
        entities=shown,
        credentials=False,
        extra=False,
        names="off",
        cache_size=0,
    )


@cache
def detector(threshold: float) -> Detector:
    return Detector(policy(threshold))


@cache
def judge() -> Presidio:
    return Presidio(("us", "uk"))
