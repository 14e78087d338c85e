"""`prodworthy check --fix`: what is written, what is left, and how files keep their form."""

from __future__ import annotations

import json
import os
import stat
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from fake_keys import fake_key
from prodworthy.cli import main
from prodworthy.finding import Edit, Finding
from prodworthy.fix import run as fixing
from prodworthy.fix.run import Change, fix_all
from prodworthy.fix.write import write_changes
from prodworthy.pipeline import Request

UNCAPPED = """\
from openai import OpenAI

client = OpenAI(max_retries=0)
total = 1  # prodworthy: ignore[PW301] no call here


def reply(text: str) -> str:
    answer = client.responses.create(
        model="gpt-4o-mini",
        input=text,
    )
    return answer.output_text
"""
CAPPED = """\
from openai import OpenAI

client = OpenAI()
total = 1


def reply(text: str) -> str:
    answer = client.responses.create(
        model="gpt-4o-mini",
        input=text,
        max_output_tokens=1024,
    )
    return answer.output_text
"""


@pytest.fixture(autouse=True)
def app(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    file = tmp_path / "app.py"
    file.write_text(UNCAPPED, encoding="utf-8")
    return file


def check(*arguments: str, stdin: str | None = None) -> Result:
    return CliRunner().invoke(main, ["check", *arguments], input=stdin)


def test_safe_fixes_alone_are_applied_without_unsafe_fixes(app: Path) -> None:
    done = check("--fix", "--output-format", "concise")
    assert done.exit_code == 1
    assert [line.split()[1] for line in done.stdout.splitlines()] == ["PW202", "PW301"]
    assert app.read_text() == UNCAPPED.replace("  # prodworthy: ignore[PW301] no call here", "")


def test_unsafe_fixes_mend_the_rest_and_a_second_run_changes_nothing(app: Path) -> None:
    done = check("--fix", "--unsafe-fixes")
    assert (done.exit_code, app.read_text()) == (0, CAPPED)
    assert done.stdout == "All clear: no findings in 1 file with 1 LLM call (3 fixed).\n"
    before = app.stat()
    assert check("--fix", "--unsafe-fixes").exit_code == 0
    assert (app.stat().st_mtime_ns, app.stat().st_ino) == (before.st_mtime_ns, before.st_ino)


def test_without_fix_nothing_is_written_and_the_report_says_what_could_be(app: Path) -> None:
    done = check()
    assert app.read_text() == UNCAPPED
    assert " = fix: Set `max_output_tokens=1024`: `--fix --unsafe-fixes`\n" in done.stdout
    assert " = fix: Remove the suppression of PW301: `--fix`\n" in done.stdout
    assert done.stdout.endswith("[*] 1 fixable with `--fix`, 2 more with `--unsafe-fixes`.\n")
    assert check("--unsafe-fixes").stdout.endswith("[*] 3 fixable with `--fix --unsafe-fixes`.\n")
    assert check("--select", "PW301").stdout.endswith("1 fixable with `--fix --unsafe-fixes`.\n")
    assert "PW301 [*] " in check("--unsafe-fixes", "--output-format", "concise").stdout
    assert app.read_text() == UNCAPPED


def test_diff_shows_and_writes_nothing(app: Path) -> None:
    done = check("--diff", "--unsafe-fixes")
    assert done.exit_code == 1
    assert done.stderr == "3 findings would be fixed in 1 file\n"
    lines = done.stdout.splitlines()
    assert lines[:3] == ["--- a/app.py", "+++ b/app.py", "@@ -1,12 +1,13 @@"]
    changed = [line for line in lines[3:] if not line.startswith(" ")]
    assert changed == [
        "-client = OpenAI(max_retries=0)",
        "-total = 1  # prodworthy: ignore[PW301] no call here",
        "+client = OpenAI()",
        "+total = 1",
        "+        max_output_tokens=1024,",
    ]
    assert app.read_text() == UNCAPPED


def test_diff_is_0_where_nothing_would_change(app: Path) -> None:
    app.write_text(CAPPED)
    done = check("--diff", "--unsafe-fixes")
    assert (done.exit_code, done.stdout, done.stderr) == (0, "", "nothing would be fixed\n")


def test_diff_never_shows_a_secret(app: Path) -> None:
    key = fake_key("openai")
    app.write_text(f'import re\n\nOPENAI_API_KEY = "{key}"\n')
    done = check("--diff", "--unsafe-fixes")
    assert '+OPENAI_API_KEY = os.environ["OPENAI_API_KEY"]' in done.stdout
    assert key[10:] not in done.stdout
    assert check("--fix", "--unsafe-fixes").exit_code == 0
    assert app.read_text() == 'import os\nimport re\n\nOPENAI_API_KEY = os.environ["OPENAI_API_KEY"]\n'


def test_two_keys_import_once(app: Path) -> None:
    app.write_text(f'OPENAI_API_KEY = "{fake_key("openai")}"\nGROQ_API_KEY = "{fake_key("groq")}"\n')
    assert check("--fix", "--unsafe-fixes").exit_code == 0
    assert app.read_text() == (
        'import os\n\nOPENAI_API_KEY = os.environ["OPENAI_API_KEY"]\nGROQ_API_KEY = os.environ["GROQ_API_KEY"]\n'
    )


def test_two_fixes_of_one_call_do_not_get_in_each_others_way(app: Path) -> None:
    app.write_text(
        "from langchain_openai import ChatOpenAI\n\n"
        'llm = ChatOpenAI(temperature=0, streaming=True, verbose=False, model_name="gpt-4o")\n'
        'llm.invoke("Hello")\n'
    )
    assert check("--fix", "--unsafe-fixes").exit_code == 0
    assert app.read_text() == (
        "from langchain_openai import ChatOpenAI\n\n"
        "llm = ChatOpenAI(\n    temperature=0,\n    streaming=True,\n    verbose=False,\n"
        '    model_name="gpt-4o",\n    timeout=60,\n    max_tokens=1024,\n)\n'
        'llm.invoke("Hello")\n'
    )


@pytest.mark.parametrize("model", ["o3-mini", "gpt-5", "openai/gpt-5.1", "gemini-2.5-flash"])
def test_a_model_that_reasons_gets_no_short_cap(app: Path, model: str) -> None:
    app.write_text(UNCAPPED.replace("gpt-4o-mini", model))
    assert check("--select", "PW301", "--fix", "--unsafe-fixes").exit_code == 1
    assert "1024" not in app.read_text()


@pytest.mark.parametrize(
    ("prefix", "encoding", "newline"),
    [
        (b"\xef\xbb\xbf", "utf-8", "\n"),
        (b"", "utf-8", "\r\n"),
        (b"# -*- coding: latin-1 -*-\n", "latin-1", "\n"),
        (b"", "utf-8", "\r"),
    ],
)
def test_a_file_keeps_its_encoding_mark_newlines_and_mode(
    app: Path, prefix: bytes, encoding: str, newline: str
) -> None:
    def as_bytes(code: str) -> bytes:
        return prefix + (code + '"é"\n').replace("\n", newline).encode(encoding)

    app.write_bytes(as_bytes(UNCAPPED))
    app.chmod(0o750)
    assert check("--fix", "--unsafe-fixes").exit_code == 0
    assert app.read_bytes() == as_bytes(CAPPED)
    assert stat.S_IMODE(app.stat().st_mode) == 0o750
    assert os.listdir(app.parent) == ["app.py"]


def test_a_link_that_is_named_stays_a_link(app: Path) -> None:
    link = app.parent / "link.py"
    link.symlink_to(app.name)
    assert check("link.py", "--fix", "--unsafe-fixes").exit_code == 0
    assert (link.is_symlink(), app.read_text()) == (True, CAPPED)


def test_a_file_that_is_not_checked_is_not_written(app: Path) -> None:
    app.write_text("from openai import OpenAI\n\nclient = OpenAI(max_retries=0)\n")
    (app.parent / "use.py").write_text(
        "from app import client\n\nclient.responses.create(model='m', input='x', max_output_tokens=9)\n"
    )
    one = check("use.py", "--fix", "--unsafe-fixes", "--output-format", "json")
    assert [f["code"] for f in json.loads(one.stdout)["findings"]] == ["PW202"]
    assert "fix" not in json.loads(one.stdout)["findings"][0]
    assert check(".", "--fix", "--unsafe-fixes").exit_code == 0
    assert app.read_text() == "from openai import OpenAI\n\nclient = OpenAI()\n"


def test_a_suppressed_and_a_baselined_finding_are_left_alone(app: Path) -> None:
    app.write_text(UNCAPPED.replace("max_retries=0)", "max_retries=0)  # noqa: PW202"))
    check("--baseline", "known.json", "--write-baseline")
    before = app.read_text()
    assert check("--baseline", "known.json", "--fix", "--unsafe-fixes").exit_code == 0
    assert app.read_text() == before


def test_standard_input_cannot_be_written_but_compared(app: Path) -> None:
    refused = check("-", "--fix", stdin=UNCAPPED)
    assert (refused.exit_code, refused.stdout) == (2, "")
    assert "--diff" in refused.stderr
    assert "+        max_output_tokens=1024," in check("-", "--diff", "--unsafe-fixes", stdin=UNCAPPED).stdout
    assert app.read_text() == UNCAPPED


def test_a_file_that_cannot_be_written_is_3_and_named(app: Path) -> None:
    change = Change("app.py", "something else", "new")
    (problem,) = write_changes(app.parent, [change])
    assert str(problem) == "app.py: changed while it was checked, so its fix was not written"
    (problem,) = write_changes(app.parent, [Change("gone.py", "", "")])
    assert str(problem) == "gone.py: the fix cannot be written: No such file or directory"
    assert app.read_text() == UNCAPPED


def test_a_fix_that_breaks_its_file_or_mends_nothing_is_not_applied(
    app: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    honest = fixing._Plan.add  # the rules' fixes hold, so one that does not has to be made here

    def spoil(text: str) -> None:
        def add(plan: fixing._Plan, finding: Finding) -> None:
            honest(plan, finding)
            if finding.code == "PW301" and plan.findings[-1] is finding:
                edits = plan.edits["app.py"]
                edits[-1] = Edit(edits[-1].span, text)

        monkeypatch.setattr(fixing._Plan, "add", add)

    for text in ("        max_output_tokens=,\n", "        store=False,\n"):
        spoil(text)
        fixed = fix_all(Request([app], app.parent), unsafe=True)
        assert [f.code for f in fixed.result.findings] == ["PW301"]
        assert fixed.changes == (
            Change("app.py", UNCAPPED, CAPPED.replace("        max_output_tokens=1024,\n", "")),
        )


def test_json_and_sarif_hold_the_edits() -> None:
    found = json.loads(check("--select", "PW301", "--output-format", "json").stdout)["findings"][0]
    edit = {"path": "app.py", "line": 11, "column": 1, "end_line": 11, "end_column": 1}
    content = "        max_output_tokens=1024,\n"
    assert found["fix"] == {
        "applicability": "unsafe",
        "message": "Set `max_output_tokens=1024`",
        "edits": [{**edit, "content": content}],
    }
    log = json.loads(check("--select", "PW301", "--output-format", "sarif").stdout)
    (fix,) = log["runs"][0]["results"][0]["fixes"]
    (replacement,) = fix["artifactChanges"][0]["replacements"]
    assert replacement["insertedContent"] == {"text": content}
