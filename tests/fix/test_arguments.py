"""Arguments are added and removed as the call's author would have done it."""

from __future__ import annotations

import ast
import io
import tokenize

import pytest
from hypothesis import given
from hypothesis import strategies as st

from prodworthy.fix import plain
from prodworthy.fix.arguments import with_argument, without_argument
from prodworthy.fix.text import Layout

ADDED = {
    "f()": "f(cap=9)",
    "f(a)": "f(a, cap=9)",
    "f(a, b=1)": "f(a, b=1, cap=9)",
    "f(a, b=1,)": "f(a, b=1, cap=9,)",
    "(x or y)(a)": "(x or y)(a, cap=9)",
    "a.b(c(1)).d(e=2)": "a.b(c(1)).d(e=2, cap=9)",
    "f(\n    a=1,\n    b=2,  # two\n)": "f(\n    a=1,\n    b=2,  # two\n    cap=9,\n)",
    "f(\n    a=1,\n    b=2  # two\n)": "f(\n    a=1,\n    b=2,  # two\n    cap=9\n)",
    "f(\n    a=1,\n    # b=2,\n)": "f(\n    a=1,\n    # b=2,\n    cap=9,\n)",
    "f(\n    a=1, b=2\n)": "f(\n    a=1, b=2, cap=9\n)",
    "f(\n    a=1,\n\n)": "f(\n    a=1,\n    cap=9,\n\n)",
    "f(\n    a = 1,\n)": "f(\n    a = 1,\n    cap = 9,\n)",
    "f(a=1,\n  b=2)": "f(a=1,\n  b=2,\n  cap=9)",
    "f(a=[\n    1,\n], b=2)": "f(a=[\n    1,\n], b=2, cap=9)",
    "f(\r\n\ta=1,\r\n)": "f(\r\n\ta=1,\r\n\tcap=9,\r\n)",
}
REMOVED = {
    "f(cap=0)": "f()",
    "f(a, cap=0)": "f(a)",
    "f(cap=0, a=1)": "f(a=1)",
    "f(a=1, cap=0,\n  c=3)": "f(a=1,\n  c=3)",
    "f(a=1,\n  cap=0)": "f(a=1)",
    "f(\n    cap=0,\n    a=1,\n)": "f(\n    a=1,\n)",
    "f(\n    a=1,  # one\n    cap=0,  # none\n)": "f(\n    a=1,  # one\n)",
    "f(\n    a=1,\n    # never again\n    cap=0,\n    b=2,\n)": "f(\n    a=1,\n    b=2,\n)",
    "client.with_options(cap=0)": "client",
    "make().with_options(cap=0, a=1)": "make().with_options(a=1)",
}


@pytest.mark.parametrize(("code", "expected"), ADDED.items())
def test_an_argument_is_added_in_the_style_of_the_others(code: str, expected: str) -> None:
    assert with_argument(code, "cap", "9", layout(code)) == expected


@pytest.mark.parametrize(("code", "expected"), REMOVED.items())
def test_an_argument_is_removed_with_what_belongs_to_it(code: str, expected: str) -> None:
    assert without_argument(code, "cap", layout(code)) == expected


@pytest.mark.parametrize(
    "code", ["f(**options)", "f(*args)", "f(x for x in y)", "f(\n    # later\n)", "f", "f(" * 70 + ")" * 70]
)
def test_nothing_is_added_where_it_would_not_be_clear(code: str) -> None:
    assert with_argument(code, "cap", "9", Layout()) is None


def test_a_comment_that_belongs_to_another_argument_keeps_the_removal_from_happening() -> None:
    assert without_argument("f(a=1,  # one\n  cap=0)", "cap", Layout()) is None


def test_a_line_that_grows_too_long_is_spread_as_formatters_do() -> None:
    short = with_argument("f(a=1, b=2)", "cap", "9", Layout(indentation="    ", before=4, width=20))
    assert short == "f(\n        a=1,\n        b=2,\n        cap=9,\n    )"
    long = with_argument("call(a=1, b=2)", "cap", "9", Layout(before=14, width=30))
    assert long == "call(\n    a=1, b=2, cap=9\n)"
    inside = with_argument("call(a=1, b=2)", "cap", "9", Layout(before=14, width=30, inside=True))
    assert inside == "call(a=1, b=2, cap=9)"
    hanging = with_argument("call(\n    a=1, b=2\n)", "cap", "9", Layout(width=14))
    assert hanging == "call(\n    a=1,\n    b=2,\n    cap=9,\n)"
    already = with_argument("f(a=1, b=2)", "cap", "9", Layout(before=40, width=30))
    assert already == "f(a=1, b=2, cap=9)"


SPACES = st.sampled_from(["", " ", "\n    ", "  # why\n    ", "\n    # above\n    ", "\n\n  "])
VALUES = st.sampled_from(["1", "[\n  1,\n]", "(2)", '"a,)#"', "lambda: 0", "g(x=1, y=2)", "[i for i in j]"])


@st.composite
def calls(draw: st.DrawFn) -> str:
    """Calls laid out in any way, comments included."""
    values = draw(st.lists(VALUES, max_size=4))
    arguments = [
        f"{draw(SPACES)}{f'a{n}=' if n else ''}{value}{draw(SPACES)}" for n, value in enumerate(values)
    ]
    trailing = st.just("") if not values else st.one_of(st.just(""), SPACES.map(lambda space: f",{space}"))
    return f"f({','.join(arguments)}{draw(trailing)})"


@given(calls())
def test_a_call_of_any_layout_gains_exactly_one_argument(code: str) -> None:
    new = with_argument(code, "cap", "9", layout(code))
    if new is None:
        assert "#" in code
        return
    assert same_but(code, new)
    assert comments(new) == comments(code)


@given(calls())
def test_what_was_added_can_be_removed_again(code: str) -> None:
    new = with_argument(code, "cap", "9", layout(code))
    if new is None:
        return
    back = without_argument(new, "cap", layout(new))
    assert back is None or ast.dump(ast.parse(back)) == ast.dump(ast.parse(code))
    assert back is not None or comments(new)


@given(calls(), st.sampled_from([0, 60]))
def test_the_plain_way_agrees_with_the_thorough_one(code: str, before: int) -> None:
    where = Layout(before=before, width=88)
    new = plain.with_argument(code, "cap", "9", where)
    assert new is None or new == with_argument(code, "cap", "9", where)


@pytest.mark.parametrize(
    "code",
    [
        *("f()", "f(a)", "f(a, b=1,)", "f(\n    a,\n    b=2\n)", "f(\n  a=1,\n)"),
        *("f('é', b='ü#')", 'f(\n    a="\\n",  # why\n    b="é",\n    c=1\n)'),
    ],
)
def test_everyday_calls_are_plain(code: str) -> None:
    assert plain.with_argument(code, "cap", "9", Layout()) == with_argument(code, "cap", "9", Layout())


def same_but(code: str, new: str) -> bool:
    """Whether ``new`` has the arguments of ``code`` and ``cap=9`` behind them."""
    old, added = call(code), call(new)
    *keywords, last = added.keywords
    same = [ast.dump(a) for a in (*old.args, *old.keywords)] == [
        ast.dump(a) for a in (*added.args, *keywords)
    ]
    return same and last.arg == "cap" and ast.unparse(last.value) == "9"


def call(code: str) -> ast.Call:
    node = ast.parse(code, mode="eval").body
    assert isinstance(node, ast.Call)
    return node


def comments(code: str) -> list[str]:
    tokens = tokenize.generate_tokens(io.StringIO(code).readline)
    return [token.string for token in tokens if token.type == tokenize.COMMENT]


def layout(code: str) -> Layout:
    return Layout(newline="\r\n" if "\r\n" in code else "\n")
