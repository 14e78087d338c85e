"""Facts of an expression are true of everything it matches."""

from __future__ import annotations

import pytest
import regex
from hypothesis import given, settings
from hypothesis import strategies as st

from prodworthy_redact.detect import presidio
from prodworthy_redact.detect.facts import Facts, derive
from prodworthy_redact.detect.presidio import BuiltPattern
from prodworthy_redact.detect.screen import Screen
from prodworthy_redact.kinds import catalogue


@pytest.mark.parametrize(
    ("pattern", "digits", "width", "needs"),
    [
        (r"\b\d{3}-\d{2}-\d{4}\b", 9, 11, r"\-"),
        (r"\d+", 1, None, ""),
        (r"(?:a|\d)\d?", 0, 2, ""),
        (r"\w+@\w+", 0, None, "@"),
        (r"x(?=y{3})", 0, 1, ""),
        (r"(?:/x|@)[a-b]", 0, 3, "/[x]|@"),
        (r"[0-9]{2}(?:\.[0-9]){3}", 5, 8, r"\.[0123456789]"),
        (r"(?P<a>--?)\d(?P=a)", 1, 5, r"\-"),
        (r"[^@]?", 0, 1, ""),
        (r"(?:a|aa|)\d", 1, 3, ""),
        ("", 0, 0, ""),
    ],
)
def test_facts(pattern: str, digits: int, width: int | None, needs: str) -> None:
    facts = derive(pattern, 0)
    assert (facts.digits, facts.width, facts.needs) == (digits, width, needs)


def test_an_expression_that_re_cannot_parse_has_no_facts() -> None:
    assert derive(r"\p{Lu}+(?|a|b)", 0) == Facts()


def test_an_end_that_a_window_would_move_is_no_window() -> None:
    assert derive(r"\d{4}$", 0).reach is None


def test_matches_ahead_are_counted() -> None:
    assert derive(r"\d(?=abc)", 0).ahead == 4
    assert derive(r"\d(?=.*x)", 0).ahead is None


ALPHABET = "0123456789 -./:@aAbBcfFxXZ\n(),_ſé٣"


@settings(max_examples=250, deadline=None)
@given(st.text(alphabet=ALPHABET, max_size=60), st.integers(min_value=0))
def test_windows_hold_every_match(text: str, choice: int) -> None:
    patterns = expressions()
    pattern, flags = patterns[choice % len(patterns)]
    facts = derive(pattern, flags)
    windows = Screen(text).windows(facts)
    for match in regex.compile(pattern, flags).finditer(text):
        start, end = match.span()
        assert start == end or any(low <= start and end <= high for low, high in windows)


EXPRESSIONS: list[tuple[str, int]] = []


def expressions() -> list[tuple[str, int]]:
    if not EXPRESSIONS:
        for entry in catalogue().recognizers:
            built = presidio.build(entry, "en")
            if isinstance(getattr(built, "patterns", None), list):
                EXPRESSIONS.extend(_of(built))  # type: ignore[arg-type]
    return EXPRESSIONS


def _of(built: BuiltPattern) -> list[tuple[str, int]]:
    return [(pattern.regex, int(built.global_regex_flags)) for pattern in built.patterns]
