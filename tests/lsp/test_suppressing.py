"""The comment that an editor offers holds its finding back, and changes nothing else."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

from prodworthy.api import check_source
from prodworthy.finding import Confidence, Finding, Severity, Span
from prodworthy.fix.text import Text
from prodworthy.lsp.suppressing import suppression
from prodworthy.source.python import parse_source

HEAD = "from openai import OpenAI\n\nclient = OpenAI()\n"
CALL = 'client.responses.create(model="m", input="x")'
IGNORE = "# prodworthy: ignore[PW301]"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (f"answer = {CALL}\n", f"answer = {CALL}  {IGNORE}\n"),
        (f"answer = {CALL}", f"answer = {CALL}  {IGNORE}"),
        (f"answer = {CALL}  # why\n", f"answer = {CALL}  # why  {IGNORE}\n"),
        (
            'a = client.responses.create(\n    model="m",\n    input="x",\n)\n',
            f'a = client.responses.create(  {IGNORE}\n    model="m",\n    input="x",\n)\n',
        ),
        # no comment can stand behind these lines
        (
            f"answer = \\\n    {CALL} \\\n    .output\n",
            f"{IGNORE}\nanswer = \\\n    {CALL} \\\n    .output\n",
        ),
        (
            f'if client:\n    answer = {CALL[:-4]}"""\n# x""")\n',
            f'if client:\n    {IGNORE}\n    answer = {CALL[:-4]}"""\n# x""")\n',
        ),
        # joined to what is there
        (
            f"answer = {CALL}  # prodworthy: ignore[PW105] kept\n",
            f"answer = {CALL}  # prodworthy: ignore[PW105, PW301] kept\n",
        ),
        (f"answer = {CALL}  # noqa: E501\n", f"answer = {CALL}  # noqa: E501  {IGNORE}\n"),
    ],
)
@pytest.mark.parametrize("newline", ["\n", "\r\n"])
def test_python(text: str, expected: str, newline: str) -> None:
    whole, wanted = ((HEAD + one).replace("\n", newline) for one in (text, expected))
    [finding] = check_source(whole, "app.py", select=["PW301"])
    edit = suppression(finding, whole, parse_source("app.py", whole))
    assert edit is not None
    after = Text("app.py", whole).apply([edit])
    assert after == wanted
    assert check_source(after, "app.py", select=["PW301"]) == ()
    assert ast.dump(ast.parse(after)) == ast.dump(ast.parse(whole))


def test_there_is_none_in_code_that_does_not_parse() -> None:
    text = "import openai\ndef (\n"
    [finding] = check_source(text, "app.py", select=["PW002"])
    assert suppression(finding, text, None) is None


@pytest.mark.parametrize(
    ("path", "expected"),
    [
        ("a/conf.yaml", "  # prodworthy: ignore[PW102]\n"),
        (".env.local", "  # prodworthy: ignore[PW102]\n"),
        ("Dockerfile", "  # prodworthy: ignore[PW102]\n"),
        ("web/app.ts", "  // prodworthy: ignore[PW102]\n"),
        ("notes.md", "  <!-- prodworthy: ignore[PW102] -->\n"),
        ("data.json", None),
    ],
)
def test_other_files_as_they_write_comments(path: str, expected: str | None, tmp_path: Path) -> None:
    del tmp_path
    found = Finding(
        "PW102", "secret-in-file", "", Span(path, 2, 8, 2, 12), Severity.ERROR, confidence=Confidence.HIGH
    )
    edit = suppression(found, "first:\n  key: abcd\n", None)
    assert (edit.content if edit is not None else None) == expected
    if edit is not None:
        assert (edit.span.line, edit.span.column) == (2, 1)
