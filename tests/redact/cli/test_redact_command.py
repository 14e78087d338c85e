"""`prodworthy redact` on files and pipes, with the real detector."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from prodworthy.cli import main
from prodworthy_redact import names
from prodworthy_redact.keys import VARIABLE

TEXT = "Write to maria.gonzalez@example.com\nor pay with 4111 1111 1111 1111.\n"


@pytest.fixture(autouse=True)
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    (tmp_path / ".git").mkdir()
    monkeypatch.setenv(VARIABLE, "a key that is used for these tests alone")
    (tmp_path / "prodworthy.toml").write_text('[redact]\nnames = "off"\n', encoding="utf-8")
    return tmp_path


def run(*arguments: str, stdin: str | bytes = "") -> Result:
    return CliRunner().invoke(main, ["redact", *arguments], input=stdin)


def test_text_from_a_pipe_or_a_file(here: Path) -> None:
    expected = "Write to <EMAIL_ADDRESS_1>\nor pay with <CREDIT_CARD_1>.\n"
    (here / "letter.txt").write_text(TEXT, encoding="utf-8")
    assert run(stdin=TEXT).output == run("-", stdin=TEXT).output == run("letter.txt").output == expected


def test_a_session_file_brings_it_back(here: Path) -> None:
    safe = run("--session", "talk", stdin=TEXT)
    assert (safe.exit_code, "maria" in safe.output) == (0, False)
    back = run("--session", "talk", "--restore", stdin=safe.output)
    assert (back.exit_code, back.output) == (0, TEXT)
    assert b"maria" not in (here / "talk").read_bytes()
    assert (here / "talk").stat().st_mode & 0o077 == 0
    assert run("--session", "talk", stdin=safe.output).output == safe.output


def test_json_keeps_its_layout_and_lines_stay_lines(here: Path) -> None:
    request = '{"model": "m",  "messages": [{"role": "user", "content": "maria.gonzalez@example.com"}]}'
    assert run(stdin=request).output == request.replace("maria.gonzalez@example.com", "<EMAIL_ADDRESS_1>")
    (here / "data.jsonl").write_text(f"{request}\n{request}", encoding="utf-8")
    lines = run("data.jsonl").output.splitlines()
    assert lines == run("--format", "jsonl", stdin=f"{request}\n{request}").output.splitlines()
    assert [json.loads(line)["messages"][0]["content"] for line in lines] == ["<EMAIL_ADDRESS_1>"] * 2


def test_explain_tells_where_who_and_why_but_no_value() -> None:
    done = run("--explain", stdin=TEXT)
    first, second = done.output.splitlines()
    assert first.startswith("1:10: EMAIL_ADDRESS 1.00 replace: *****.********@*******.*** (EmailRecognizer")
    assert second.startswith("2:13: CREDIT_CARD 1.00 replace: **** **** **** **** (CreditCardRecognizer")


def test_dry_run_counts() -> None:
    rows = [line.split() for line in run("--dry-run", stdin=TEXT).output.splitlines()]
    assert rows == [
        ["entity", "action", "recognizer", "count"],
        ["CREDIT_CARD", "replace", "CreditCardRecognizer", "1"],
        ["EMAIL_ADDRESS", "replace", "EmailRecognizer", "1"],
    ]
    assert run("--dry-run", stdin="nothing here").output == "nothing to replace\n"


def test_what_is_blocked_is_not_printed(here: Path) -> None:
    (here / "strict.toml").write_text(
        '[redact]\nnames = "off"\nentities.CREDIT_CARD = "block"\n', encoding="utf-8"
    )
    done = run("--config", "strict.toml", stdin=TEXT)
    assert (done.exit_code, done.stdout) == (1, "")
    assert "forbids sending CREDIT_CARD" in done.stderr
    assert "4111" not in done.stderr


@pytest.mark.parametrize(
    ("arguments", "stdin", "told"),
    [
        (["--restore"], "", "--restore needs --session FILE"),
        (["--restore", "--session", "x", "--explain"], "", "--restore goes with neither"),
        (["--restore", "--session", "absent"], "", "absent: no such session file"),
        (["absent.txt"], "", "absent.txt: cannot be read"),
        ([], b"\xff\xfe", "-: is not UTF-8"),
        (["--config", "bad.toml"], "x", "bad.toml: unknown key `action2`"),
    ],
)
def test_mistakes_are_named(here: Path, arguments: list[str], stdin: str | bytes, told: str) -> None:
    (here / "bad.toml").write_text("[redact]\naction2 = 1\n", encoding="utf-8")
    done = run(*arguments, stdin=stdin)
    assert done.exit_code == 2
    assert told in done.stderr


def test_a_session_needs_a_key(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv(VARIABLE)
    done = run("--session", "talk", stdin=TEXT)
    assert done.exit_code == 2
    assert f"--session needs a key: set {VARIABLE}" in done.stderr


def test_a_warning_is_told_as_one_line(here: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(names, "_automatic", lambda _: None)
    monkeypatch.setattr(names, "_warned", False)
    (here / "prodworthy.toml").write_text("[redact]\n", encoding="utf-8")
    done = run(stdin=TEXT)
    assert (done.exit_code, done.stdout) == (0, "Write to <EMAIL_ADDRESS_1>\nor pay with <CREDIT_CARD_1>.\n")
    (line,) = done.stderr.splitlines()
    assert line.startswith("warning: names of people and places are NOT redacted: no model")
