"""Every example of every rule page does what the page says, in the real engine."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from click.testing import CliRunner

from pages.reader import Example, Expected, Page, pages
from prodworthy.cli import main

CASES = [(page, example) for page in pages() for example in page.examples]


@pytest.mark.parametrize(("page", "example"), CASES, ids=[f"{p.code}-{e.section}-{e.line}" for p, e in CASES])
def test_example(page: Page, example: Example, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    write(example, tmp_path)
    assert complaints(example, findings(page.code)) == [], f"{page.path}:{example.line}"


def test_a_wrong_message_a_missing_and_a_surplus_finding_are_told_apart() -> None:
    example = Example(
        "Flagged", 1, 'a()  # error: [PW301] "cap"\nb()  # error: [PW301]\nc()\nd()  # error: [PW301] "n"\n'
    )
    found = [
        Expected("example.py", 1, "PW301", "no retry here"),
        Expected("example.py", 3, "PW301", "no cap"),
        Expected("example.py", 4, "PW301", "n is 3"),
    ]
    assert complaints(example, found) == [
        "example.py:1: PW301 does not say 'cap': no retry here",
        "example.py:2: PW301 is missing",
        "example.py:3: PW301 is not announced: no cap",
    ]


def write(example: Example, folder: Path) -> None:
    for name, text in example.files.items():
        target = folder / name
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text(text, encoding="utf-8")
    config = "pyproject.toml" if "[tool.prodworthy" in example.config else "prodworthy.toml"
    (folder / config).write_text(example.config, encoding="utf-8")


def findings(code: str) -> list[Expected]:
    """What `prodworthy check` finds of ``code`` in the current folder, in the form of expectations."""
    command = ["check", ".", "--output-format", "json", "--no-cache"]
    if not code.startswith("PW0"):  # the engine's own rules speak of what the others do
        command += ["--select", code]
    done = CliRunner().invoke(main, command)
    report = json.loads(done.stdout)
    assert done.exit_code == (3 if report["errors"] else 1 if report["findings"] else 0), done.output
    return [
        Expected(found["path"], found["line"], found["code"], found["message"])
        for found in report["findings"]
        if found["code"] == code
    ]


def complaints(example: Example, found: list[Expected]) -> list[str]:
    """One line for each finding that is missing, wrong or not announced; findings hold their message."""
    left, lines = list(found), []
    for wanted in example.expected:
        here = [f for f in left if (f.path, f.line, f.code) == (wanted.path, wanted.line, wanted.code)]
        match = next((f for f in here if wanted.part in f.part), here[0] if here else None)
        where = f"{wanted.path}:{wanted.line}: {wanted.code}"
        if match is None:
            lines.append(f"{where} is missing")
            continue
        left.remove(match)
        if wanted.part not in match.part:
            lines.append(f"{where} does not say {wanted.part!r}: {match.part}")
    lines += [f"{f.path}:{f.line}: {f.code} is not announced: {f.part}" for f in left]
    return sorted(lines)
