"""Suppressions hold for their statement, and say when they hold nothing back."""

from __future__ import annotations

import pytest

from prodworthy.finding import Finding, Severity, Span
from prodworthy.rule import Rule
from prodworthy.suppress import apply, suppressions

RULES = (
    Rule("PW101", "hardcoded-api-key", "A rule.", Severity.ERROR, True, ()),
    Rule("PW301", "unbounded-output", "A rule.", Severity.WARNING, True, ()),
)
ON = frozenset({"PW101", "PW301"})


def finding(line: int, code: str = "PW301") -> Finding:
    return Finding(code, "x", "m", Span("a.py", line, 1, line, 2), Severity.WARNING)


def held(text: str, code: str = "PW301") -> set[int]:
    """The lines whose findings a text's suppressions hold back."""
    count = text.count("\n") + 1
    findings = [finding(line, code) for line in range(1, count + 1)]
    kept, _ = apply(findings, suppressions("a.py", text), RULES, ON)
    return set(range(1, count + 1)) - {f.line for f in kept}


def complaints(text: str, *findings: Finding, on: frozenset[str] = ON) -> list[str]:
    return [c.message for c in apply(findings, suppressions("a.py", text), RULES, on)[1]]


@pytest.mark.parametrize(
    ("text", "lines"),
    [
        ("a()\nb()  # prodworthy: ignore[PW301] because\nc()\n", {2}),
        ("b()  # prodworthy: ignore[PW101,PW301]\n", {1}),
        ("b()  #prodworthy:ignore[ PW301 ]\n", {1}),
        ("b()  # prodworthy: ignore[unbounded-output]\n", {1}),
        ("b()  # noqa: PW301\n", {1}),
        ("b()  # noqa: E501, PW301,W291\n", {1}),
        ("b()  # NOQA:PW301 because\n", {1}),
        ("b()  # type: ignore  # noqa: PW301\n", {1}),
        ("b(\n    1,\n    2,\n)  # noqa: PW301\nc()\n", {1, 2, 3, 4}),
        ("b(\n    1,  # noqa: PW301\n    2,\n)\nc()\n", {1, 2, 3, 4}),
        ("b(\n    # noqa: PW301\n    2,\n)\nc()\n", {1, 2, 3, 4}),
        ("# prodworthy: ignore[PW301] because\nb(\n    1,\n)\nc()\n", {1, 2, 3, 4}),
        ("# noqa: PW301\n# and more\nb()\nc()\n", {1, 2, 3}),
        ("# noqa: PW301\n\nb()\n", {1}),
        ("def f(\n    a,\n):  # noqa: PW301\n    b()\n", {1, 2, 3}),
        ("with a(\n) as x:  # noqa: PW301\n    b()\n    c()\n", {1, 2}),
        ("# noqa: PW301\n@d\n@e(\n    1)\ndef f():\n    b()\n", {1, 2, 3, 4, 5}),
        ("if x:\n    b()\n    # noqa: PW301\n    c()\n", {3, 4}),
        ("s = '''\n# noqa: PW301\n'''\n", set()),
        ("b()  # noqa\n", set()),
        ("b()  # nosec\n", set()),
        ("b()  # nosec: PW301\n", set()),
        ("b()  # noqa: PW101\n", set()),
        ("b()  # prodworthy: ignore\n", set()),
    ],
)
def test_what_a_suppression_holds_for(text: str, lines: set[int]) -> None:
    assert held(text) == lines


def test_it_holds_for_its_own_rules_only() -> None:
    text = "b()  # prodworthy: ignore[PW301]\n"
    assert held(text, "PW101") == set()


def test_a_used_one_is_not_complained_of() -> None:
    assert complaints("b(  # noqa: PW301\n1)\n", finding(2)) == []


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("b()  # noqa: PW301\n", "PW301 is not needed"),
        ("b()  # prodworthy: ignore[unbounded-output]\n", "unbounded-output is not needed"),
        ("b()  # prodworthy: ignore[PW3011]\n", "names PW3011, which is no rule"),
        ("b()  # prodworthy: ignore[unbounded-ouput]\n", "names unbounded-ouput, which is no rule"),
        ("b()  # noqa: E501, PW999\n", "names PW999, which is no rule"),
        ("b()  # prodworthy: ignore\n", "names no rule"),
        ("b()  # prodworthy: ignore[]\n", "names no rule"),
        ("b()  # prodworthy: disable\n", "`prodworthy: disable` is no suppression"),
    ],
)
def test_what_holds_nothing_back_is_said(text: str, told: str) -> None:
    (message,) = complaints(text)
    assert told in message


def test_the_nearest_rule_is_offered() -> None:
    _, (first, second) = apply(
        [], suppressions("a.py", "b()  # prodworthy: ignore[unbounded-ouput,PW3011]\n"), RULES, ON
    )
    assert "unbounded-output" in first.hint
    assert "PW301" in second.hint


@pytest.mark.parametrize(
    "text", ["b()  # noqa: E501\n", "# prodworthy: see pyproject.toml\n", "x = 'noqa: PW301'\n"]
)
def test_what_is_no_suppression_is_left_alone(text: str) -> None:
    assert complaints(text) == []


def test_nothing_is_known_of_a_rule_that_was_not_checked() -> None:
    assert complaints("b()  # noqa: PW301\n", on=frozenset({"PW101"})) == []


def test_the_place_of_the_comment_is_told() -> None:
    (suppression,) = suppressions("a.py", "é()  # type: ignore  # noqa: PW301 why\n")
    assert suppression.span == Span("a.py", 1, 22, 1, 35)


def test_a_file_that_ends_in_the_middle_still_has_its_suppressions() -> None:
    assert held("b()  # noqa: PW301\nc(\n") == {1}
