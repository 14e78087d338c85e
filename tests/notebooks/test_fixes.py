"""`--fix` changes the source lines it means to, and not a byte beside them."""

from __future__ import annotations

import difflib
import json
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from fake_keys import fake_key
from notebooks.made import CALL, CLIENT, code, markdown, notebook
from prodworthy.cli import main

NEEDLESS = "b = 2  # prodworthy: ignore[PW301]"


@pytest.fixture(autouse=True)
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)


def check(*arguments: str) -> Result:
    return CliRunner().invoke(main, ["check", *arguments])


def changed(before: str, after: str) -> list[str]:
    """The lines that differ."""
    return [line for line in difflib.ndiff(before.splitlines(), after.splitlines()) if line[0] in "+-"]


def mended(raw: str, *options: str) -> str:
    Path("a.ipynb").write_text(raw, encoding="utf-8", newline="")
    check("--fix", *options, "a.ipynb")
    return Path("a.ipynb").read_bytes().decode()


@pytest.mark.parametrize("layout", [{"indent": 1}, {"indent": 4}, {"indent": "\t"}])
def test_one_line_changes_and_the_rest_stays(layout: dict[str, Any]) -> None:
    output = {"output_type": "stream", "name": "stdout", "text": ["1.0e5\n", "ü\n"]}
    raw = notebook(
        markdown("# é"), code(f"a = 1\n{NEEDLESS}\nc = 'ü'", outputs=[output]), code("d"), **layout
    )
    after = mended(raw)
    assert [line.strip("+- ,\t") for line in changed(raw, after)] == [
        r'"b = 2  # prodworthy: ignore[PW301]\n"',
        r'"b = 2\n"',
    ]


def test_the_last_line_and_the_only_line() -> None:
    assert changed(raw := notebook(code(f"a\n{NEEDLESS}")), mended(raw))[1].strip("+ ") == '"b = 2"'
    assert changed(raw := notebook(code(NEEDLESS)), mended(raw))[1].strip("+ ") == '"b = 2"'


@pytest.mark.parametrize(
    ("cell", "left"),
    [
        ("# prodworthy: ignore[PW301]\na = 1\nb", ["a = 1\n", "b"]),
        ("a = 1\n# prodworthy: ignore[PW301]\nb", ["a = 1\n", "b"]),
        ("a = 1\nb\n# prodworthy: ignore[PW301]", ["a = 1\n", "b"]),
    ],
)
def test_a_line_goes(cell: str, left: list[str]) -> None:
    raw = notebook(code("x"), code(cell), code("y"))
    after = mended(raw)
    assert json.loads(after)["cells"][1]["source"] == left
    assert sum(line[0] == "+" for line in changed(raw, after)) <= 1


def test_lines_come() -> None:
    key = fake_key("openai")
    raw = notebook(markdown("x"), code(f'import sys\nOPENAI_API_KEY = "{key}"'), code("y"))
    after = mended(raw, "--unsafe-fixes")
    source = json.loads(after)["cells"][1]["source"]
    assert source == ["import os\n", "import sys\n", 'OPENAI_API_KEY = os.environ["OPENAI_API_KEY"]']
    assert len(changed(raw, after)) == 3


def test_an_import_is_added_to_the_end_of_its_cell() -> None:
    key = fake_key("openai")
    raw = notebook(code("import json"), code(f'OPENAI_API_KEY = "{key}"'))
    cells = json.loads(mended(raw, "--unsafe-fixes"))["cells"]
    assert cells[0]["source"] == ["import json\n", "import os"]
    assert cells[1]["source"] == ['OPENAI_API_KEY = os.environ["OPENAI_API_KEY"]']


def test_a_source_in_one_string_stays_one() -> None:
    cell = {**code(""), "source": f"a = 'é'\n{NEEDLESS}\n"}
    assert json.loads(mended(notebook(cell)))["cells"][0]["source"] == "a = 'é'\nb = 2\n"


def test_strings_of_many_lines_stay_cut_where_they_were() -> None:
    cell = {**code(""), "source": ["a = 1\nb = 1\n", f"c = 1\n{NEEDLESS}\n", "d = 1\n", "e"]}
    after = json.loads(mended(notebook(cell)))["cells"][0]["source"]
    assert after == ["a = 1\nb = 1\n", "c = 1\nb = 2\n", "d = 1\n", "e"]


def test_escapes_stay_what_they_are() -> None:
    raw = notebook(code(f"a = 'é'\n{NEEDLESS} é"), ensure_ascii=True)
    after = mended(raw)
    assert after.isascii()
    assert json.loads(after)["cells"][0]["source"] == ["a = 'é'\n", "b = 2"]
    slashes = raw.replace("a = ", r"a = 1\/1 + ")
    assert r'"a = 1\/1 + ' in mended(slashes)


def test_line_ends_and_the_end_of_the_file_stay() -> None:
    raw = notebook(code(f"a\n{NEEDLESS}")).replace("\n", "\r\n").rstrip()
    after = mended(raw)
    assert after == raw.replace("  # prodworthy: ignore[PW301]", "")


def test_two_cells_and_a_broken_one() -> None:
    raw = notebook(code(NEEDLESS), code("x y"), code(f"%time f()\n{NEEDLESS}"))
    assert mended(raw) == raw.replace("  # prodworthy: ignore[PW301]", "")


def test_a_fix_reaches_the_cell_with_the_client() -> None:
    raw = notebook(code(CLIENT.replace("OpenAI()", "OpenAI(max_retries=0)")), code(CALL))
    after = mended(raw, "--unsafe-fixes", "--select", "PW202")
    assert after == raw.replace("max_retries=0", "")


def test_what_a_magic_cannot_hold_is_left_and_said() -> None:
    line = "%time " + CALL.replace("hello", "hello, how are you?")
    raw = notebook(code(CLIENT), code(line))
    Path("a.ipynb").write_text(raw, encoding="utf-8")
    done = check("--fix", "--unsafe-fixes", "--select", "PW301", "a.ipynb")
    assert Path("a.ipynb").read_text(encoding="utf-8") == raw
    assert "its fix could not be applied here" in done.stdout
    assert done.exit_code == 1


def test_diff_shows_cells() -> None:
    Path("a.ipynb").write_text(notebook(markdown("x"), code(f"a = 1\n{NEEDLESS}")), encoding="utf-8")
    done = check("--fix", "--diff", "a.ipynb")
    assert done.stdout.splitlines() == [
        "--- a/a.ipynb:cell 2",
        "+++ b/a.ipynb:cell 2",
        "@@ -1,2 +1,2 @@",
        " a = 1",
        "-b = 2  # prodworthy: ignore[PW301]",
        "+b = 2",
    ]


def test_diff_masks_a_key_in_a_cell() -> None:
    key = fake_key("openai")
    Path("a.ipynb").write_text(notebook(code("1\n2"), code(f'OPENAI_API_KEY = "{key}"')), encoding="utf-8")
    done = check("--fix", "--unsafe-fixes", "--diff", "a.ipynb")
    assert "-OPENAI_API_KEY =" in done.stdout
    assert key not in done.output
