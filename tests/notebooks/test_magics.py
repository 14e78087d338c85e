"""What IPython adds to Python is taken out line for line, and what is Python keeps its column."""

from __future__ import annotations

import ast

import pytest
from hypothesis import given
from hypothesis import strategies as st

from prodworthy.source.magics import python_of

GONE = [
    "%pip install openai",
    "!pip install openai",
    "!!ls",
    "pip install -U openai",
    "%matplotlib inline",
    "%load_ext autoreload",
    "%autoreload 2",
    "?print",
    "print?",
    "print??",
    "client.responses.create?",
    "table['a'].head?  # a column",
    "%%timeit?",
    "cd data/raw",
    "ls data",
    "!echo 'don''t'",
    "!curl -X POST https://x.test \\\n  -d '{\"a\": 1}'",
    "%env TOKENIZERS_PARALLELISM=false",
]


@pytest.mark.parametrize("magic", GONE)
def test_a_magic_leaves_its_lines_and_nothing_else(magic: str) -> None:
    cell = f"a = 1\n{magic}\nb = 2"
    python = python_of(cell)
    assert python.count("\n") == cell.count("\n")
    assert [node.lineno for node in ast.parse(python).body] == [1, cell.count("\n") + 1]


@pytest.mark.parametrize("magic", GONE)
def test_a_magic_in_a_block_leaves_the_block_whole(magic: str) -> None:
    cell = f"if colab:\n    {magic}\nelse:\n    b = 2"
    python = python_of(cell)
    assert python.count("\n") == cell.count("\n")
    assert isinstance(ast.parse(python).body[0], ast.If)


@pytest.mark.parametrize(
    "line",
    [
        "%time answer = ask('why')",
        "%timeit answer = ask('why')",
        "%timeit -n 10 -r3 answer = ask('why')",
        "%prun -s cumulative answer = ask('why')",
        "%memit -c answer = ask('why')",
    ],
)
def test_code_behind_a_magic_keeps_its_column(line: str) -> None:
    for indent in ("", "    "):
        cell = f"if True:\n{indent}{line}" if indent else f"a = 1\n{line}"
        calls = [node for node in ast.walk(ast.parse(python_of(cell))) if isinstance(node, ast.Call)]
        assert [(c.lineno, c.col_offset) for c in calls] == [(2, len(indent) + line.index("ask("))]


def test_what_a_magic_gives_is_assigned_and_unknown() -> None:
    for line in (
        "files = !ls {folder}",
        "files = %sql select 1",
        "a, b = !ls",
        "x['k'] = !ls",
        "x = %timeit -o f()",
    ):
        (statement,) = ast.parse(python_of(line)).body
        assert isinstance(statement, ast.Assign)
        assert ast.unparse(statement.value) == "get_ipython()"


def test_a_timed_value_is_the_value() -> None:
    line = "answer = %time ask('why')"
    (statement,) = ast.parse(python_of(line)).body
    assert isinstance(statement, ast.Assign)
    assert statement.value.col_offset == line.index("ask(")


def test_a_script_that_is_run_gives_its_names() -> None:
    assert python_of("%run ./lib/setup.py") == "from lib.setup import *"
    assert python_of("%run other.ipynb") == ""


@pytest.mark.parametrize(
    "magic", ["%%time", "%%capture --no-stderr out", "%%timeit -n 1", "%%time\n%%capture", "# why\n%%time"]
)
def test_cell_magics_around_python_leave_the_code(magic: str) -> None:
    cell = f"{magic}\na = 1"
    assert python_of(cell).strip("# why\n") == "a = 1"
    assert python_of(cell).count("\n") == cell.count("\n")


@pytest.mark.parametrize(
    "magic", ["%%bash", "%%html", "%%!", "%%writefile app.py", "%%sql", "%%javascript", "\n%%R -i df"]
)
def test_cells_in_another_language_leave_empty_lines(magic: str) -> None:
    assert python_of(f"{magic}\necho $(ls)\n<b>") == "\n" * (magic.count("\n") + 2)


def test_databricks_cells_in_another_language_leave_empty_lines() -> None:
    assert python_of("%sql\nLIST JAR a.jar") == "\n"
    assert python_of("%md # Title\nsome words") == "\n"
    assert python_of("%sql select 1\nrows = _") == "\nrows = _"
    assert python_of("%run ./setup\na = 1") == "\na = 1"


@pytest.mark.parametrize(
    "cell",
    [
        'prompt = """\n%time is money\n!important\nreally?\n"""',
        "total = (\n    a\n    % b\n)",
        "total = a \\\n    % b",
        "text = f'{a}' # what?",
        "# why?\na = 1",
        "note = 'it\\'s'\nb = {\n    'c': '''\n%%bash\n''' }",
        "ls = [1]\nls[0] in ls",
        "x = a if b else c  # right?",
    ],
)
def test_python_that_looks_like_magic_stays(cell: str) -> None:
    assert python_of(cell) == cell


@given(st.text(alphabet="%!?=ab \n'\"#\\()[]{}", max_size=60))
def test_any_text_keeps_its_lines(cell: str) -> None:
    assert python_of(cell).count("\n") == cell.count("\n")
