"""`inventory`, `rules`, `explain`, and what every command has in common."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from prodworthy.cli import COMMANDS, main

APP = """\
from openai import OpenAI

client = OpenAI(max_retries=5)


def ask(question):
    return client.chat.completions.create(
        model="gpt-4o", max_tokens=200, stream=True, messages=[{"role": "user", "content": question}]
    )
"""
HEAVY = {
    "asyncio", "detect_secrets", "importlib.metadata", "jinja2", "libcst", "pathspec", "presidio_analyzer",
    "prodworthy.api", "pydantic", "requests", "rich", "spacy", "yaml",
}  # fmt: skip


def prodworthy(*arguments: str) -> Result:
    return CliRunner().invoke(main, arguments)


def test_inventory_lists_calls_with_their_settings(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "app.py").write_text(APP)
    document = json.loads(prodworthy("inventory", "--format", "json", "--no-cache", ".").stdout)
    (call,) = document["calls"]
    assert document["version"] == 1
    assert {
        "path": "app.py", "line": 7, "column": 12, "end_line": 9, "sdk": "openai", "api": "chat",
        "method": "chat.completions.create", "model": "gpt-4o", "streams": True,
    }.items() <= call.items()  # fmt: skip
    assert (call["output_cap"]["status"], call["output_cap"]["value"]) == ("set", 200)
    assert (call["retry"]["status"], call["retry"]["attempts"]) == ("explicit", 5)
    assert call["retry"]["origin"] == {"path": "app.py", "line": 3}
    assert call["timeout"] == {"status": "sdk-default", "seconds": 600}
    assert call["prompt_sources"] == sorted(set(call["prompt_sources"]))


def test_inventory_as_a_table(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    assert prodworthy("inventory").stdout == "No LLM calls found.\n"
    (tmp_path / "app.py").write_text(APP)
    head, row, _, total = prodworthy("inventory").stdout.splitlines()
    assert head.split()[:3] == ["CALL", "SDK", "METHOD"]
    assert row.index("openai") == head.index("SDK")
    assert "200 (set)" in row
    assert total == "1 LLM call"


def test_inventory_tells_what_it_could_not_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "app.py").write_text(APP)
    (tmp_path / "bad.py").write_bytes(b"\0")
    done = prodworthy("inventory", "--format", "json")
    assert done.exit_code == 3
    assert "bad.py" in done.stderr
    assert len(json.loads(done.stdout)["calls"]) == 1


def test_rules_lists_every_rule() -> None:
    listed = json.loads(prodworthy("rules", "--output-format", "json").stdout)["rules"]
    assert [r["code"] for r in listed] == sorted(r["code"] for r in listed)
    assert {"PW001", "PW002", "PW301"} <= {r["code"] for r in listed}
    text = prodworthy("rules").stdout.splitlines()
    assert [line.split()[0] for line in text] == [r["code"] for r in listed]


@pytest.mark.parametrize("word", ["PW301", "pw301", "unbounded-output"])
def test_explain_shows_the_page(word: str) -> None:
    done = prodworthy("explain", word)
    assert done.exit_code == 0
    assert done.stdout.startswith("# PW301 unbounded-output\n")


def test_every_command_has_help() -> None:
    shown = prodworthy("--help").stdout
    for name in COMMANDS:
        assert name in shown
        assert "Usage:" in prodworthy(name, "--help").stdout


def test_the_version_is_told() -> None:
    assert prodworthy("--version").stdout.startswith("prodworthy ")


def test_a_clean_file_loads_nothing_heavy(tmp_path: Path) -> None:
    (tmp_path / "clean.py").write_text("import os\nx = os.sep\n")
    script = (
        "import sys; from prodworthy.cli import main\n"
        "try: main(['check', 'clean.py'])\n"
        "except SystemExit: print(*sorted(sys.modules), file=sys.stderr)"
    )
    done = subprocess.run(
        [sys.executable, "-c", script], cwd=tmp_path, capture_output=True, text=True, check=True
    )
    assert HEAVY & set(done.stderr.split()) == set()


def test_explain_shows_a_finding_and_how_to_declare_what_stands_on_its_path(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "app.py").write_text(
        "from openai import OpenAI\n"
        "client = OpenAI()\n"
        "def tidy(text):\n"
        "    return text.strip()\n"
        "def write(customer):\n"
        "    client.responses.create(model='m', input=tidy(customer['email']))\n"
    )
    done = prodworthy("explain", "PW502", "app.py:6")
    assert done.exit_code == 0
    assert "1. app.py:6: `customer['email']` is personal data (email)" in done.stdout
    assert '    redaction = ["app.tidy"]\n' in done.stdout
    (tmp_path / "prodworthy.toml").write_text('[models.sanitizers]\nredaction = ["app.tidy"]\n')
    gone = prodworthy("explain", "PW502", "app.py:6")
    assert gone.exit_code == 2
    assert "no finding of PW502 there" in gone.stderr


def test_arguments_handed_on_as_they_come_are_followed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    Path("stars.py").write_text(
        "from openai import OpenAI\nclient = OpenAI()\n"
        "def post(*args):\n    return client.responses.create(model='m', input=args[0])\n"
        "def outer(*args):\n    return post(*args)\n\nouter(input())\n"
    )
    done = prodworthy("inventory", "--format", "json", "stars.py")
    (call,) = json.loads(done.stdout)["calls"]
    assert call["line"] == 4
    assert done.exit_code == 0


def test_a_call_whose_prompts_cannot_be_traced_is_listed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)

    def fail(*_: object) -> None:
        raise ValueError("no way")

    monkeypatch.setattr("prodworthy.flow.prompts.origins_of", fail)
    Path("one.py").write_text("from openai import OpenAI\nOpenAI().responses.create(model='m', input='q')\n")
    done = prodworthy("inventory", "one.py")
    assert done.exit_code == 3
    assert "one.py:2:1" in done.stdout
    assert "the analysis failed: ValueError: no way" in done.stderr
