"""From a notebook's JSON to one module whose places name cells."""

from __future__ import annotations

import ast
import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from notebooks.made import CALL, CLIENT, code, markdown, notebook
from prodworthy.errors import SourceError
from prodworthy.source.python import Source, parse_source


def calls(source: Source) -> list[tuple[int, int, int]]:
    """Cell, line and column of every call."""
    spans = [source.span(node) for node in ast.walk(source.tree) if isinstance(node, ast.Call)]
    return sorted((span.cell, span.line, span.column) for span in spans)


def test_cells_are_counted_with_markdown_and_lines_within_them() -> None:
    source = parse_source("a.ipynb", notebook(markdown("# Title"), code(CLIENT), code("\n" + CALL)))
    assert calls(source) == [(2, 2, 10), (3, 2, 10)]


def test_a_source_may_be_one_string() -> None:
    cell = {**code(""), "source": f"{CLIENT}\n\n{CALL}\n"}
    assert calls(parse_source("a.ipynb", notebook(cell))) == [(1, 2, 10), (1, 4, 10)]


def test_nbformat_3_is_read() -> None:
    cells = [{"cell_type": "code", "language": "python", "input": ["f()"], "outputs": []}] * 2
    raw = json.dumps(
        {"metadata": {"name": ""}, "nbformat": 3, "worksheets": [{"cells": cells}, {"cells": cells}]}
    )
    assert [cell for cell, _, _ in calls(parse_source("a.ipynb", raw))] == [1, 2, 3, 4]


def test_empty_and_other_cells_hold_no_code() -> None:
    raw = notebook(
        code([]), code(""), code("\n\n"), {"cell_type": "raw", "metadata": {}, "source": ["---\n", "jupytext: 1"]},
        {"cell_type": "code"}, {}, code("f()"), code("console.log()", metadata={"vscode": {"languageId": "javascript"}}),
    )  # fmt: skip
    source = parse_source("a.ipynb", raw)
    assert calls(source) == [(7, 1, 1)]
    assert not source.broken


def test_await_and_semicolons_at_top_level() -> None:
    raw = notebook(code("await f();"), code("async with g() as h:\n    h()\nplot();  "), code("return"))
    source = parse_source("a.ipynb", raw)
    assert calls(source) == [(1, 1, 7), (2, 1, 12), (2, 2, 5), (2, 3, 1)]
    assert not source.broken


def test_a_cell_that_does_not_parse_hides_no_other() -> None:
    raw = notebook(
        code("f()"), code("a = 1\nthese are words\n"), markdown("x"), code("g("), code("  h()\n  i()")
    )
    source = parse_source("a.ipynb", raw)
    assert calls(source) == [(1, 1, 1), (5, 1, 3), (5, 2, 3)]
    assert [(error.cell, error.line) for error in source.broken] == [(2, 2), (4, 1)]
    assert str(source.broken[0]).startswith("a.ipynb:cell 2:2: not valid Python")


def test_a_cell_is_no_part_of_the_one_before() -> None:
    split = parse_source("a.ipynb", notebook(code("f("), code(")")))
    assert [error.cell for error in split.broken] == [1, 2]
    block = parse_source("a.ipynb", notebook(code("if a:\n    f()"), code("    g()")))
    assert [(cell, column) for cell, _, column in calls(block)] == [(1, 5), (2, 5)]
    assert len(block.tree.body) == 2


def test_columns_are_characters() -> None:
    assert calls(parse_source("a.ipynb", notebook(code("é = 'ü'; f()"))))[0] == (1, 1, 10)
    assert calls(parse_source("a.ipynb", notebook(code("é = 'ü'; f()"), code("x y"))))[0] == (1, 1, 10)


def test_a_newer_grammar_is_read_in_its_cell() -> None:
    source = parse_source("a.ipynb", notebook(code("f()"), code("""print(f"{d["k"]}", g())"""), code("x y")))
    assert (2, 1, 20) in calls(source)
    assert [error.cell for error in source.broken] == [3]


def test_an_empty_file_is_an_empty_notebook() -> None:
    for raw in ("", "\ufeff", " \n"):
        assert not parse_source("a.ipynb", raw).tree.body


def test_a_notebook_of_another_language_has_no_cells() -> None:
    for language in ("R", "julia", "javascript", "scala"):
        assert not parse_source("a.ipynb", notebook(code("f()"), language=language)).tree.body


@pytest.mark.parametrize(
    ("raw", "told"),
    [
        ('{"cells": [', "not valid JSON, so not a notebook"),
        ("<<<<<<< HEAD\n{}", "not valid JSON, so not a notebook"),
        ("version https://git-lfs.github.com/spec/v1\noid sha256:1\n", "is a pointer of Git LFS"),
        ("[]", "is JSON, but not a notebook"),
        ('{"a": 1}', "is JSON, but not a notebook"),
        ('{"cells": {"a": 1}}', "is JSON, but not a notebook"),
        ("[" * 200_000, "nested too deeply"),
        ('{"cells": [], "n": ' + "9" * 5000 + "}", "cannot be read as JSON"),
    ],
)
def test_what_is_no_notebook_is_named(raw: str, told: str) -> None:
    with pytest.raises(SourceError, match=r"a\.ipynb") as caught:
        parse_source("a.ipynb", raw)
    assert told in str(caught.value)


def test_hostile_cells_are_named_and_the_others_read() -> None:
    deep = "(" * 5000 + ")" * 5000
    raw = notebook(
        code("f()"), code("a = '\0'"), code(deep), code("x = '\ud83d'"), code("g()"), ensure_ascii=True
    )
    source = parse_source("a.ipynb", raw)
    assert [cell for cell, _, _ in calls(source)] == [1, 5]
    assert [error.cell for error in source.broken] == [2, 3, 4]


CELLS = st.lists(
    st.sampled_from(
        [
            "f()",
            "a = 1\nf()\n",
            "",
            "\n",
            "%time f()",
            "%%bash\nls",
            "  f()",
            "f(",
            "if a:\n  f()",
            "é = f()",
            "#",
            "f();",
        ]
    ),
    max_size=6,
)


@given(CELLS)
def test_every_call_is_found_where_it_stands(cells: list[str]) -> None:
    source = parse_source("a.ipynb", notebook(*map(code, cells)))
    for cell, line, column in calls(source):
        assert cells[cell - 1].split("\n")[line - 1][column - 1 :].startswith("f()")
    broken = {error.cell for error in source.broken}
    found = {cell for cell, _, _ in calls(source)}
    assert found == {n for n, text in enumerate(cells, 1) if "f()" in text} - broken
    assert broken == {n for n, text in enumerate(cells, 1) if text == "f("}


def test_a_thousand_cells_are_read() -> None:
    source = parse_source("a.ipynb", notebook(*[code("f()\ng(1)")] * 999, code("x y")))
    assert len(calls(source)) == 1998
