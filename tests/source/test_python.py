"""Sources: positions in characters, and clear errors for what cannot be parsed."""

from __future__ import annotations

import ast
import sys
import warnings

import pytest

from prodworthy.errors import SourceError
from prodworthy.finding import Span
from prodworthy.source.python import parse_source

DEEP = {
    "parentheses": "x = " + "(" * 5000 + "1" + ")" * 5000,
    "negations": "x = " + "not " * 5000 + "1",
    "lambdas": "x = " + "lambda: " * 5000 + "1",
    "powers": "x = " + "1**" * 5000 + "1",
    "blocks": "".join(" " * depth + "if x:\n" for depth in range(5000)) + " " * 5000 + "pass",
    "lists after newer syntax": 'y = f"{a["b"]}"\nx = ' + "[" * 5000 + "]" * 5000,
    "lambdas after newer syntax": 'y = t"{a}"\nx = ' + "lambda: " * 5000 + "1",
}


def test_columns_count_characters() -> None:
    source = parse_source("a.py", "é = 'ü'; name = call(é)\n")
    call = next(node for node in ast.walk(source.tree) if isinstance(node, ast.Call))
    assert source.span(call) == Span("a.py", 1, 17, 1, 24)


def test_lines_are_those_of_the_tree() -> None:
    source = parse_source("a.py", 'x = "a\x0cb\u2028"\r\ny = 2\rz = 3\n')
    assert [source.lines[node.lineno - 1][0] for node in source.tree.body] == ["x", "y", "z"]


def test_a_byte_order_mark_moves_nothing() -> None:
    source = parse_source("a.py", "\ufeffx = 1\n")
    assert source.span(source.tree.body[0]) == Span("a.py", 1, 1, 1, 6)


def test_the_parsers_warnings_are_kept_quiet() -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        assert parse_source("a.py", 'x = "\\d"\n').tree.body


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("x = 1\ny = = 2\n", 2),
        ("x = (\n", 1),
        ('print "hello"\n', 1),
        ("def f():\nreturn 1\n", 2),
        ('ok = f"{a["b"]}"\nx = 1\ny = = 2\n', 3),
    ],
)
def test_broken_python_is_named_with_its_line(text: str, line: int) -> None:
    with pytest.raises(SourceError, match=r"bad\.py:\d+: not valid Python: ") as caught:
        parse_source("bad.py", text)
    assert caught.value.line == line


@pytest.mark.parametrize("text", DEEP.values(), ids=DEEP)
def test_a_deep_file_is_an_error_or_a_tree_and_never_a_crash(text: str) -> None:
    try:
        deepest = len(list(ast.walk(parse_source("deep.py", text).tree)))
    except SourceError as error:
        told, deepest = str(error), 0
    if deepest:
        assert sys.version_info >= (3, 13)
        assert deepest > 5000
    else:
        assert told.startswith("deep.py:")
        assert "nested too deeply" in told
