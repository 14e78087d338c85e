"""Python that is newer than the interpreter: lowered, parsed, and every position kept.

The texts hold for any interpreter; the lowering is called directly, so newer ones test it as well.
"""

from __future__ import annotations

import ast
import sys

import pytest
from hypothesis import given
from hypothesis import strategies as st

from prodworthy.source.newer import parse_newer
from prodworthy.source.python import parse_source

FORMS = {
    "the same quotes inside": ('x = f"a{b["k"]} c"\n', "x = f\"a{b['k']} c\"\n"),
    "a backslash inside": ('x = f"{"-".join(a)}\\n"\n', "x = f\"{'-'.join(a)}\\n\"\n"),
    "a comment and line ends inside": ('x = f"{\na # why\n}!"\ny = 1\n', 'x = f"{a}!"\ny = 1\n'),
    "a string in a string in a string": ('x = f"{f"{f"{a}"}"}"\n', 'x = f"""{f\'\'\'{f"{a}"}\'\'\'}"""\n'),
    "text between two expressions": ('x = f"{a}{b}<{c}>"\n', 'x = f"{a}{b}<{c}>"\n'),
    "doubled braces": ('x = f"{{{a["b"]}}}"\n', "x = f\"{{{a['b']}}}\"\n"),
    "a conversion": ('x = f"{a["b"]!r}"\n', "x = f\"{a['b']!r}\"\n"),
    "a tuple": ('x = f"{a, b["c"]}"\n', "x = f\"{a, b['c']}\"\n"),
    "joined strings": ('x = ("p" f"{a["b"]}"\n  "s")\n', "x = f\"p{a['b']}s\"\n"),
    "an element of a tuple": ('x = f"{a["b"]}", c\n', "x = f\"{a['b']}\", c\n"),
    "letters of two bytes": ('x = f"é{a["ü"]}ö", c\n', "x = f\"é{a['ü']}ö\", c\n"),
    "a conditional": ('x = f"{a if b else c["d"]}"\n', "x = f\"{a if b else c['d']}\"\n"),
    "a type alias": ("if x:\n    type A = list[int]\n", "if x:\n    pass\n    A = list[int]\n"),
    "a generic alias": ("type A[T: int] = list[T]\n", "pass\nA = list[T]\n"),
    "a generic function": ("def f[T, *Ts, **P](x: T) -> T: return x\n", "def f(x: T) -> T: return x\n"),
    "a generic class with a default": ("class A[\n    T = int\n](B): pass\n", "class A(B): pass\n"),
    "except without parentheses": (
        "try: a\nexcept B, c.D, E: pass\n", "try: a\nexcept (B, c.D, E): pass\n"),
    "a template": ('x = t"hi {name!r}"\n', 'x = f"hi {name!r}"\n'),
    "a template of text alone": ('x = rt"hi"\n', 'x = rf"hi"\n'),
}  # fmt: skip


@pytest.mark.parametrize(("text", "meant"), FORMS.values(), ids=FORMS)
def test_newer_syntax_means_what_it_says(text: str, meant: str) -> None:
    assert ast.dump(plain(parse_newer(text))) == ast.dump(plain(ast.parse(meant)))


@pytest.mark.parametrize("text", [text for text, _ in FORMS.values()], ids=FORMS)
def test_names_stand_where_they_are_written(text: str) -> None:
    source = parse_source("a.py", text)
    for node in ast.walk(source.tree):
        if isinstance(node, ast.Name):
            span = source.span(node)
            assert source.lines[span.line - 1][span.column - 1 : span.end_column - 1] == node.id


def test_a_string_stands_where_it_is_written() -> None:
    tree = parse_newer('call(f"é{a["b"]}", c)\n')
    joined = next(node for node in ast.walk(tree) if isinstance(node, ast.JoinedStr))
    assert (joined.col_offset, joined.end_col_offset) == (5, 18)


@given(
    st.lists(
        st.sampled_from(["a", "{b}", "{c['k']}", "{d!r}", "{e:>{w}}", "{{", "é", " ", "{f(x, y=1)}", "\\n"])
    )
)
def test_any_f_string_is_read_as_the_interpreter_reads_it(parts: list[str]) -> None:
    text = 'x = f"' + "".join(parts) + '"\n'
    assert ast.dump(plain(parse_newer(text))) == ast.dump(plain(ast.parse(text)))


@pytest.mark.skipif(sys.version_info >= (3, 12), reason="the interpreter reads it itself")
def test_this_interpreter_needs_the_lowering() -> None:
    with pytest.raises(SyntaxError):
        ast.parse(FORMS["the same quotes inside"][0])


def plain(tree: ast.Module) -> ast.Module:
    """``tree`` without what a lowering drops (format specs) and without empty or split text."""
    for node in ast.walk(tree):
        if isinstance(node, ast.FormattedValue):
            node.format_spec = None
        if isinstance(node, ast.JoinedStr):
            merged: list[ast.expr] = []
            for value in node.values:
                if isinstance(value, ast.Constant) and merged and isinstance(merged[-1], ast.Constant):
                    merged[-1] = ast.Constant(str(merged[-1].value) + str(value.value))
                elif not (isinstance(value, ast.Constant) and value.value == ""):
                    merged.append(value)
            node.values = merged
    return tree
