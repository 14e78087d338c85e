"""Entries are added to dictionaries as the author of the others would have written them."""

from __future__ import annotations

import ast

import pytest
from hypothesis import given
from hypothesis import strategies as st

from prodworthy.fix.entries import with_entry
from prodworthy.fix.text import Layout

ADDED = {
    "{}": '{"cap": 9}',
    '{"a": 1}': '{"a": 1, "cap": 9}',
    "{'a': 1}": "{'a': 1, 'cap': 9}",
    '{"a": 1,}': '{"a": 1, "cap": 9,}',
    '{"a": (1)}': '{"a": (1), "cap": 9}',
    '{\n    "a": 1,  # one\n}': '{\n    "a": 1,  # one\n    "cap": 9,\n}',
    '{\n    "a": 1  # one\n}': '{\n    "a": 1,  # one\n    "cap": 9\n}',
    '{"a": 1,\n "b": 2}': '{"a": 1,\n "b": 2, "cap": 9}',
    '{\n  "ä": "é",\n}': '{\n  "ä": "é",\n  "cap": 9,\n}',
    '{\r\n\t"a": [\r\n\t\t1,\r\n\t],\r\n}': '{\r\n\t"a": [\r\n\t\t1,\r\n\t],\r\n\t"cap": 9,\r\n}',
}


@pytest.mark.parametrize(("code", "expected"), ADDED.items())
def test_an_entry_is_added_in_the_style_of_the_others(code: str, expected: str) -> None:
    assert with_entry(code, ["cap"], "9", layout(code)) == expected


def test_an_entry_inside_another_one_joins_or_makes_it() -> None:
    keys = ["config", "cap"]
    assert (
        with_entry('{"config": {"a": 1}, "b": 2}', keys, "9", Layout())
        == '{"config": {"a": 1, "cap": 9}, "b": 2}'
    )
    assert with_entry('{"b": 2}', keys, "9", Layout()) == '{"b": 2, "config": {"cap": 9}}'


def test_a_line_that_grows_too_long_is_spread() -> None:
    spread = with_entry('{"a": 1, "b": 2}', ["cap"], "9", Layout(before=10, width=30))
    assert spread == '{\n    "a": 1,\n    "b": 2,\n    "cap": 9,\n}'
    assert (
        with_entry('{"a": 1}', ["cap"], "9", Layout(before=20, width=30, inside=True)) == '{"a": 1, "cap": 9}'
    )


@pytest.mark.parametrize(
    "code", ['{**more, "a": 1}', "{name: 1}", '{"cap": 1}', "{1, 2}", '{"config": other}']
)
def test_nothing_is_added_where_it_would_not_be_clear(code: str) -> None:
    assert (
        with_entry(
            code,
            ["config" if "other" in code else "cap", *(["cap"] if "other" in code else [])],
            "9",
            Layout(),
        )
        is None
    )


SPACES = st.sampled_from(["", " ", "\n    ", "  # why\n    ", "\n    # above\n    ", "\n\n  "])
VALUES = st.sampled_from(["1", "[\n  1,\n]", "(2)", '"a,}#"', "lambda: 0", "g(x=1)", "{'x': 1}", "'é'"])


@st.composite
def dictionaries(draw: st.DrawFn) -> str:
    """Dictionaries laid out in any way, comments included."""
    values = draw(st.lists(VALUES, min_size=1, max_size=4))
    entries = [f'{draw(SPACES)}"k{n}": {value}{draw(SPACES)}' for n, value in enumerate(values)]
    trailing = draw(st.one_of(st.just(""), SPACES.map(lambda space: f",{space}")))
    return f"{{{','.join(entries)}{trailing}}}"


@given(dictionaries())
def test_a_dictionary_of_any_layout_gains_exactly_one_entry(code: str) -> None:
    new = with_entry(code, ["cap"], "9", layout(code))
    if new is not None:
        assert ast.literal_eval(masked(new)) == {**ast.literal_eval(masked(code)), "cap": 9}
        assert [c for c in code.split() if c in ("why", "above")] == [
            c for c in new.split() if c in ("why", "above")
        ]


def masked(code: str) -> str:
    return code.replace("lambda: 0", '"l"').replace("g(x=1)", '"g"')


def layout(code: str) -> Layout:
    return Layout(newline="\r\n" if "\r\n" in code else "\n")
