"""Findings in notebooks as each format and each option has them."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from notebooks.made import CALL, CLIENT, code, markdown, notebook
from prodworthy.api import check_source
from prodworthy.cli import main

RAW = notebook(markdown("# Title"), code(CLIENT), code(f"# ask\n{CALL}"))
OFF = CLIENT.replace("OpenAI()", "OpenAI(max_retries=0)")


@pytest.fixture(autouse=True)
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "pyproject.toml").write_text("[tool.prodworthy]\nselect = ['PW0', 'PW202', 'PW301']\n")
    write("a.ipynb", RAW)
    return tmp_path


def write(name: str, raw: str) -> None:
    Path(name).parent.mkdir(parents=True, exist_ok=True)
    Path(name).write_text(raw, encoding="utf-8")


def run(*arguments: str, text: str | None = None) -> Result:
    return CliRunner().invoke(main, [*arguments], input=text)


def findings(*arguments: str) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = json.loads(run("check", "--output-format", "json", *arguments).stdout)[
        "findings"
    ]
    return found


def test_full_shows_the_cell_and_its_lines() -> None:
    assert run("check").stdout.splitlines()[1:7] == [
        " --> a.ipynb:cell 3:2:10",
        "  |",
        "1 | # ask",
        "2 | " + CALL,
        "  |          " + "^" * len(CALL.partition(" = ")[2]),
        "  |",
    ]


def test_concise_and_json() -> None:
    assert run("check", "--output-format", "concise").stdout.startswith("a.ipynb:cell 3:2:10: PW301 ")
    (found,) = findings()
    assert (found["path"], found["cell"], found["line"], found["column"]) == ("a.ipynb", 3, 2, 10)
    assert [(edit["cell"], edit["line"]) for edit in found["fix"]["edits"]] == [(3, 2)]


def test_a_setting_in_another_cell_is_told_by_its_cell() -> None:
    write("a.ipynb", notebook(code(OFF), code(CALL.replace(")", ", max_output_tokens=9)"))))
    (found,) = findings()
    assert "(set in cell 1, line 2)" in found["message"]
    assert [step["cell"] for step in found["trace"]] == [1, 2]


def test_github_and_sarif_point_into_the_file() -> None:
    line = next(n for n, text in enumerate(RAW.splitlines(), 1) if "answer" in text)
    assert (
        f"file=a.ipynb,line={line},endLine={line}::cell 3, line 2: "
        in run("check", "--output-format", "github").stdout
    )
    log = json.loads(run("check", "--output-format", "sarif").stdout)
    (result,) = log["runs"][0]["results"]
    (location,) = result["locations"]
    assert location["physicalLocation"]["region"] == {"startLine": line, "endLine": line}
    assert location["logicalLocations"][0]["fullyQualifiedName"] == "cell 3:2:10"
    assert "fixes" not in result


def test_a_broken_cell_is_named_and_the_others_are_checked() -> None:
    write("a.ipynb", notebook(code(CLIENT), code("x = 1\nx y"), code(CALL)))
    done = run("check", "--output-format", "concise")
    assert done.exit_code == 3
    assert [" ".join(line.split()[:3]) for line in done.stdout.splitlines()] == [
        "a.ipynb:cell 2:2:1: PW002",
        "a.ipynb:cell 3:1:10: PW301",
    ]
    assert done.stderr.startswith("error: a.ipynb:cell 2:2: not valid Python")
    problems = json.loads(run("check", "--output-format", "json").stdout)["errors"]
    assert [(p["cell"], p["line"]) for p in problems] == [(2, 2)]
    assert len(json.loads(run("inventory", "--format", "json").stdout)["calls"]) == 1


def test_fingerprints_survive_another_cell_and_another_run() -> None:
    before = [f["fingerprint"] for f in findings()]
    cells = json.loads(RAW)["cells"]
    for cell in cells[1:]:
        cell |= {
            "execution_count": 7,
            "outputs": [{"output_type": "stream", "name": "stdout", "text": ["x"]}],
        }
    write("a.ipynb", notebook(code("print()"), *cells))
    assert [f["fingerprint"] for f in findings()] == before
    assert [f["cell"] for f in findings()] == [4]


def test_a_baseline_holds_back_what_was_there() -> None:
    run("check", "--baseline", "b.json", "--write-baseline")
    write("a.ipynb", notebook(markdown("x"), *json.loads(RAW)["cells"], code(CALL.replace("hello", "bye"))))
    assert [f["cell"] for f in findings("--baseline", "b.json")] == [5]


def test_suppressions_hold_in_their_cell_only() -> None:
    mark = "  # prodworthy: ignore[PW301] capped by the gateway"
    write("a.ipynb", notebook(code(CLIENT), code(CALL + mark), code(CALL)))
    assert [(f["code"], f["cell"]) for f in findings()] == [("PW301", 3)]
    write(
        "a.ipynb",
        notebook(code(CLIENT), code(f"x = 1{mark}"), code(f"%time {CALL}"), code(f"#{mark}\n{CALL}")),
    )
    assert [(f["code"], f["cell"]) for f in findings()] == [("PW001", 2), ("PW301", 3)]
    write(
        "a.ipynb",
        notebook(code(CLIENT), code("a = 1" + mark[:-20] + "\nx y"), code(f"a = 1\n#{mark}"), code(CALL)),
    )
    assert [(f["code"], f["cell"]) for f in findings()] == [("PW002", 2), ("PW001", 3), ("PW301", 4)]


def test_findings_stand_in_the_order_of_the_notebook() -> None:
    write("a.ipynb", notebook(code(CLIENT), code("\n\n" + CALL), code(CALL)))
    assert [(f["cell"], f["line"]) for f in findings()] == [(2, 3), (3, 1)]


def test_per_file_ignores_and_tests() -> None:
    Path("pyproject.toml").write_text("[tool.prodworthy.per-file-ignores]\n'*.ipynb' = ['PW301']\n")
    assert findings() == []
    Path("pyproject.toml").write_text("[tool.prodworthy]\n")
    write("tests/b.ipynb", RAW)
    assert {f["path"] for f in findings()} == {"a.ipynb"}
    Path("pyproject.toml").write_text("[tool.prodworthy]\ncheck-tests = true\n")
    assert {f["path"] for f in findings()} == {"a.ipynb", "tests/b.ipynb"}


def test_standard_input_and_python() -> None:
    done = run("check", "-", "--stdin-filename", "x.ipynb", "--output-format", "concise", text=RAW)
    assert done.stdout.startswith("x.ipynb:cell 3:2:10: PW301 ")
    (found,) = check_source(RAW, "x.ipynb", select=["PW301"])
    assert (found.span.cell, found.line) == (3, 2)


def test_a_module_beside_the_notebook_is_followed_and_a_notebook_never_is() -> None:
    write("pkg/__init__.py", "")
    write("pkg/llm.py", "from openai import OpenAI\n\ndef make():\n    return OpenAI(max_retries=0)\n")
    write("pkg/a.ipynb", notebook(code("from llm import make\nclient = make()"), code(CALL)))
    write("pkg/b.py", f"from a import client\n{CALL}\n")
    write("a.ipynb", notebook(code("")))
    assert [(f["path"], f["code"]) for f in findings("pkg") if f["path"].endswith("ipynb")] == [
        ("pkg/a.ipynb", "PW202"),
        ("pkg/a.ipynb", "PW301"),
    ]
    assert not [f for f in findings("pkg") if f["code"] == "PW202" and f["path"] == "pkg/b.py"]


def test_inventory_lists_cells() -> None:
    assert "a.ipynb:cell 3:2:10  openai" in run("inventory").stdout
    (call,) = json.loads(run("inventory", "--format", "json").stdout)["calls"]
    assert (call["cell"], call["line"], call["end_line"]) == (3, 2, 2)


def test_huge_outputs_do_not_count_and_huge_code_does() -> None:
    Path("pyproject.toml").write_text(
        "[tool.prodworthy]\nmax-file-size = '20 KB'\nselect = ['PW0', 'PW301']\n"
    )
    image = {"output_type": "display_data", "data": {"image/png": "A" * 100_000}, "metadata": {}}
    write("a.ipynb", notebook(code(CLIENT), code(CALL, outputs=[image])))
    assert [f["code"] for f in findings()] == ["PW301"]
    write("a.ipynb", notebook(code(CLIENT), code(CALL), code("a = 1\n" * 5000)))
    assert [f["code"] for f in findings()] == ["PW002"]


def test_other_languages_and_checkpoints_are_passed_over() -> None:
    write("a.ipynb", notebook(code(CLIENT), code(CALL), language="R"))
    write(".ipynb_checkpoints/a-checkpoint.ipynb", RAW)
    done = run("check")
    assert (done.exit_code, done.stderr) == (0, "")


def test_a_named_notebook_of_another_language_is_said_to_be_passed_over() -> None:
    write("a.ipynb", notebook(code("f()"), language="R"))
    done = run("check", "a.ipynb")
    assert done.stderr == "warning: a.ipynb: is a notebook in R; it was not checked\n"
