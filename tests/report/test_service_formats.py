"""What services read: every such format holds to its official schema, whatever the project holds."""

from __future__ import annotations

import io
import json
import os
import re
import subprocess
import sys
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result
from markdown_it import MarkdownIt

from fake_keys import fake_key
from official import validate_gitlab, validate_junit, validate_sarif
from prodworthy import report
from prodworthy.cli import main
from prodworthy.config import Overrides
from prodworthy.finding import Edit, Finding, Fix, Severity, Span, TraceStep
from prodworthy.outcome import Problem
from prodworthy.pipeline import Request, run
from prodworthy.report import calls
from prodworthy.report.summary import write as write_summary

ROOT = Path(__file__).parent.parent.parent
BOT = """\
from openai import OpenAI

client = OpenAI(max_retries=0)


def ask(question):
    return client.chat.completions.create(model="gpt-4o", messages=[{"role": "user", "content": question}])
"""


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A project in the folder ``services/bot`` of a repository."""
    (tmp_path / ".git").mkdir()
    bot = tmp_path / "services" / "bot"
    bot.mkdir(parents=True)
    (bot / "pyproject.toml").write_text("[tool.prodworthy]\nselect = ['PW002', 'PW202', 'PW301']\n")
    (bot / "app.py").write_text(BOT)
    monkeypatch.chdir(bot)
    return bot


@pytest.fixture
def hostile(project: Path) -> Path:
    """The same, with file names that no format expects; where the system knows no such name, without it."""
    names = [
        b"a\n::error::owned.py",
        b"no\xffutf8.py",
        b"esc\x1b[2J.py",
        b"<b a='1'>&amp;\"|`c`.py",
        b"x,y:z%0A.py",
    ]
    for name in names:
        try:
            Path(os.fsdecode(name)).write_text(BOT)
        except (OSError, ValueError):
            continue
    try:
        Path(os.fsdecode(b"nul\xfe.py")).write_bytes(b"x\0")
    except (OSError, ValueError):
        Path("nul.py").write_bytes(b"x\0")
    return project


def check(*arguments: str, **environment: str) -> Result:
    return CliRunner(env=environment).invoke(main, ["check", "--no-cache", *arguments])


def written(name: str, *arguments: str) -> str:
    done = check("--output-format", name, *arguments)
    assert done.exit_code in (0, 1, 3), done.output
    return done.stdout


def sarif_run(*arguments: str) -> dict[str, Any]:
    document = json.loads(written("sarif", *arguments))
    validate_sarif(document)
    (only,) = document["runs"]
    assert isinstance(only, dict)
    return only


def gitlab(*arguments: str) -> list[dict[str, Any]]:
    document: list[dict[str, Any]] = json.loads(written("gitlab", *arguments))
    validate_gitlab(document)
    return document


@pytest.mark.parametrize("folder", ["support_bot", "support_bot_fixed"])
def test_the_examples_hold_to_every_schema(folder: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(ROOT)
    arguments = (f"examples/{folder}", "--select", "ALL")
    record = sarif_run(*arguments)
    count = len(record["results"])
    assert len(gitlab(*arguments)) == count
    assert len(list(validate_junit(written("junit", *arguments)).iter("failure"))) == count
    assert count or folder == "support_bot_fixed"
    if folder == "support_bot":
        assert any("codeFlows" in result for result in record["results"])
        assert any("fixes" in result for result in record["results"])
        assert {taxonomy["name"] for taxonomy in record["taxonomies"]} == {"CWE", "OWASP LLM 2025"}
        assert all(taxonomy["taxa"] for taxonomy in record["taxonomies"])


def test_paths_are_those_of_the_repository(project: Path) -> None:
    uris = {r["locations"][0]["physicalLocation"]["artifactLocation"]["uri"] for r in sarif_run()["results"]}
    assert uris == {"services/bot/app.py"}
    assert {issue["location"]["path"] for issue in gitlab()} == {"services/bot/app.py"}
    assert all(
        ",line=" in line and "file=services/bot/app.py," in line for line in written("github").splitlines()
    )
    assert project.as_posix() not in written("sarif") + written("gitlab") + written("junit")


def test_a_fix_changes_the_same_file_that_the_result_is_in(project: Path) -> None:
    found = run(Request([Path()], project, Overrides(select=("PW301",))))
    edit = Edit(Span("app.py", 7, 50, 7, 50), "max_tokens=500, ")
    finding = Finding(
        "PW301", "n", "m", Span("app.py", 7, 12, 7, 20), Severity.NOTE, fix=Fix("cap it", (edit,))
    )
    out = io.StringIO()
    report.write(
        "sarif", type(found)((finding,), (), (), (), found.statistics, found.files, found.packs), out
    )
    (result,) = json.loads(out.getvalue())["runs"][0]["results"]
    (change,) = result["fixes"][0]["artifactChanges"]
    assert change["artifactLocation"] == result["locations"][0]["physicalLocation"]["artifactLocation"]


def test_sarif_says_what_is_new_against_a_baseline(project: Path) -> None:
    assert all("baselineState" not in result for result in sarif_run()["results"])
    assert check("--baseline", "known.json", "--write-baseline").exit_code == 0
    (project / "new.py").write_text(BOT)
    results = sarif_run("--baseline", "known.json")["results"]
    assert {result["baselineState"] for result in results} == {"new"}
    assert {r["locations"][0]["physicalLocation"]["artifactLocation"]["uri"] for r in results} == {
        "services/bot/new.py"
    }


def test_sarif_tells_what_was_not_analysed_or_skipped(project: Path) -> None:
    (project / "nul.py").write_bytes(b"x\n\0")
    (project / "plan.png").write_bytes(b"x")
    (invocation,) = sarif_run("app.py", "nul.py", "plan.png")["invocations"]
    assert invocation["executionSuccessful"] is False
    told = [
        (n["level"], n["locations"][0]["physicalLocation"]["artifactLocation"]["uri"].rpartition("/")[2])
        for n in invocation["toolExecutionNotifications"]
    ]
    assert told == [("error", "nul.py"), ("warning", "plan.png")]


def test_a_clean_project_is_valid_and_not_empty_for_junit(project: Path) -> None:
    (project / "app.py").write_text("x = 1\n")
    assert sarif_run()["results"] == []
    assert gitlab() == []
    (case,) = validate_junit(written("junit")).iter("testcase")
    assert (case.get("name"), len(case)) == ("no findings", 0)


def test_junit_names_file_rule_and_place(project: Path) -> None:
    (project / "sub").mkdir()
    (project / "app.py").rename(project / "sub" / "app.py")
    root = validate_junit(written("junit"))
    (suite,) = root
    assert suite.get("name") == "sub/app.py"
    first, second = suite
    assert first.get("classname") == "sub.app"
    assert [case.get("name") for case in suite] == [
        "PW202 disabled-retry at 7:12",
        "PW301 unbounded-output at 7:12",
    ]
    failure = second.find("failure")
    assert failure is not None
    assert failure.get("type") == "warning"
    assert "has no output cap" in (failure.get("message") or "")
    assert "What to do: set `max_completion_tokens`" in (failure.text or "")


def test_same_findings_stay_apart(project: Path) -> None:
    found = run(Request([Path()], project, Overrides(select=("PW301",))))
    twice = type(found)(found.findings * 2, (), (), (), found.statistics, found.files, found.packs)
    for name, validate in (
        ("gitlab", lambda text: validate_gitlab(json.loads(text))),
        ("junit", validate_junit),
    ):
        out = io.StringIO()
        report.write(name, twice, out)
        validate(out.getvalue())


def test_problems_that_are_no_findings_are_told(project: Path) -> None:
    found = run(Request([Path()], project, Overrides(select=("PW301",))))
    problem = Problem("app.py", "PW301 failed: ValueError: a\x00b ]]> <c>", rule="PW301")
    failed = type(found)((), (), (problem,), (), found.statistics, found.files, found.packs)
    texts = {}
    for name in report.FORMATS:
        out = io.StringIO()
        report.write(name, failed, out)
        texts[name] = out.getvalue()
    validate_sarif(json.loads(texts["sarif"]))
    (notification,) = json.loads(texts["sarif"])["runs"][0]["invocations"][0]["toolExecutionNotifications"]
    assert notification["associatedRule"] == {"id": "PW301"}
    validate_gitlab(json.loads(texts["gitlab"]))
    assert json.loads(texts["gitlab"])[0]["severity"] == "blocker"
    (error,) = validate_junit(texts["junit"]).iter("error")
    assert error.get("message") == "PW301 failed: ValueError: a\\x00b ]]> <c>"
    assert texts["github"].startswith("::error title=not analysed,file=services/bot/app.py::PW301 failed")


@pytest.mark.parametrize("name", ["\x1b[2J", "\x00", "\ud800", "\ufffe", "\U0001f600", "]]>", "a\r\nb\tc"])
def test_junit_survives_what_xml_cannot_hold(project: Path, name: str) -> None:
    found = run(Request([Path()], project, Overrides(select=("PW301",))))
    step = TraceStep(Span(f"{name}.py", 1, 1, 1, 1), name)
    finding = Finding(
        "PW301", "n", name, Span(f"{name}.py", 1, 1, 1, 1), Severity.NOTE, hint=name, trace=(step,)
    )
    out = io.StringIO()
    report.write(
        "junit", type(found)((finding,), (), (), (), found.statistics, found.files, found.packs), out
    )
    out.getvalue().encode("utf-8")
    validate_junit(out.getvalue())


def test_hostile_names_break_no_format(hostile: Path) -> None:
    count = len(list(hostile.glob("*.py"))) - 1
    assert len(sarif_run()["results"]) == 2 * count + 1
    assert len(gitlab()) == 2 * count + 1
    assert len(list(validate_junit(written("junit")).iter("failure"))) == 2 * count + 1
    assert len(json.loads(written("json"))["findings"]) == 2 * count + 1
    lines = written("github").split("\n")
    assert [line for line in lines if not re.match(r"::(warning|error) title=PW\d{3} ", line)] == [""]
    assert len(lines) == 2 * count + 2
    for name in ("full", "concise"):
        text = written(name)
        assert not re.search(r"^::", text, re.MULTILINE)
        assert "\x1b" not in text


@pytest.mark.parametrize("name", report.FORMATS)
def test_hostile_names_can_be_written_to_a_file(hostile: Path, name: str) -> None:
    shown = check("--output-format", name)
    stored = check("--output-format", name, "--output-file", str(hostile.parent / "out"))
    assert (stored.exit_code, stored.stdout) == (3, "")
    assert (hostile.parent / "out").read_bytes() == shown.stdout_bytes
    assert not re.search(r"^::", stored.stderr, re.MULTILINE)


@pytest.mark.parametrize("name", report.FORMATS)
@pytest.mark.parametrize(("text", "status"), [("x = 1\n", 0), (BOT, 1), ("x\0", 3)])
def test_exit_status_is_the_same_for_every_format(project: Path, name: str, text: str, status: int) -> None:
    (project / "app.py").write_text(text)
    for to in ((), ("--output-file", str(project.parent / "out"))):
        assert check("--output-format", name, *to).exit_code == status
    assert check("--output-format", name, "--exit-zero").exit_code == 0


def test_a_terminal_of_another_encoding_still_gets_whole_documents(hostile: Path) -> None:
    (hostile / "é.py").write_text(BOT, encoding="utf-8")
    for name in ("sarif", "gitlab", "json"):
        command = [sys.executable, "-m", "prodworthy", "check", "--no-cache", "--output-format", name]
        done = subprocess.run(
            command, capture_output=True, check=False, env={**os.environ, "PYTHONIOENCODING": "ascii"}
        )
        assert done.returncode == 3
        json.loads(done.stdout)


@pytest.mark.parametrize("style", [*calls.FORMATS, "unresolved"])
def test_inventories_survive_hostile_names_and_terminals(hostile: Path, style: str) -> None:
    (hostile / "é.py").write_text(BOT, encoding="utf-8")
    options = ["--unresolved", "--format", "json"] if style == "unresolved" else ["--format", style]
    command = [sys.executable, "-m", "prodworthy", "inventory", "--no-cache", *options]
    done = subprocess.run(
        command, capture_output=True, check=False, env={**os.environ, "PYTHONIOENCODING": "ascii"}
    )
    assert done.returncode == 3, done.stderr
    assert b"\x1b" not in done.stdout
    if style != "table":
        json.loads(done.stdout)


@pytest.mark.parametrize("name", ["known.json", ".secrets.baseline"])
def test_a_baseline_knows_hostile_names(hostile: Path, name: str) -> None:
    for file in hostile.glob("nul*"):
        file.unlink()
    for file in hostile.glob("*.py"):
        file.write_text(f'import openai\n\nclient = openai.OpenAI(api_key="{fake_key("openai")}")\n')
    options = ("--select", "PW101", "--baseline", f"../{name}")
    done = check(*options, "--write-baseline")
    assert (done.exit_code, done.exception) == (0, None), done.output
    assert check(*options).exit_code == 0
    assert check("--select", "PW101").exit_code == 1


def test_the_summary_of_a_step_is_added_to(project: Path) -> None:
    summary = project.parent / "summary.md"
    summary.write_text("# Before\n")
    places = {"GITHUB_SERVER_URL": "https://github.example", "GITHUB_REPOSITORY": "o/r", "GITHUB_SHA": "abc"}
    done = check("--output-format", "github", GITHUB_STEP_SUMMARY=str(summary), **places)
    assert done.exit_code == 1
    lines = summary.read_text(encoding="utf-8").splitlines()
    assert lines[:2] == ["# Before", "## prodworthy: 2 warnings"]
    assert lines[5].startswith(
        "| warning | PW202 disabled-retry | [app.py:7:12](https://github.example/o/r/blob/abc/services/bot/app.py#L7) | <code>"
    )
    assert "has no output cap" in lines[6]


def test_only_the_github_format_writes_a_summary(project: Path) -> None:
    summary = project.parent / "summary.md"
    for name in report.FORMATS:
        check("--output-format", name, GITHUB_STEP_SUMMARY=str(summary))
        assert summary.exists() == (name == "github")
        summary.unlink(missing_ok=True)


def test_a_summary_that_cannot_be_written_is_an_error(project: Path) -> None:
    done = check("--output-format", "github", GITHUB_STEP_SUMMARY=str(project / "none" / "summary.md"))
    assert done.exit_code == 2
    assert "GITHUB_STEP_SUMMARY names" in done.stderr


def test_a_summary_holds_no_markup_but_its_own(hostile: Path) -> None:
    summary = hostile.parent / "summary.md"
    check("--output-format", "github", GITHUB_STEP_SUMMARY=str(summary))
    text = summary.read_text(encoding="utf-8")
    rows = [line for line in text.splitlines() if line.startswith("| ")][1:]
    assert len(rows) == 2 * (len(list(hostile.glob("*.py"))) - 1) + 1
    assert all(len(re.findall(r"(?<!\\)\|", row)) == 5 for row in rows)
    assert set(re.findall(r"(?<!\\)<[^>]*>", text)) == {"<br>", "<code>", "</code>"}


def test_a_summary_is_one_table_in_markdown(hostile: Path) -> None:
    summary = hostile.parent / "summary.md"
    places = {"GITHUB_SERVER_URL": "https://github.example", "GITHUB_REPOSITORY": "o/r", "GITHUB_SHA": "abc"}
    check("--output-format", "github", GITHUB_STEP_SUMMARY=str(summary), **places)
    page = MarkdownIt().enable("table").render(summary.read_text(encoding="utf-8"))
    rows = re.findall(r"<tr>.*?</tr>", page, re.DOTALL)[1:]
    assert len(rows) == 2 * (len(list(hostile.glob("*.py"))) - 1) + 1
    assert all(row.count("<td>") == 4 for row in rows)
    assert all(row.count("<a ") == 1 for row in rows)
    assert any("&lt;b a='1'&gt;&amp;amp;&quot;|<code>c</code>.py:7:12</a>" in row for row in rows)


def test_a_summary_stays_below_what_github_shows(project: Path) -> None:
    found = run(Request([Path()], project, Overrides(select=("PW301",))))
    (one,) = found.findings
    many = replace(found, findings=(replace(one, message="m<>|" * 1000),) * 2000)
    summary = io.StringIO()
    write_summary(many, summary)
    assert "These are the first 500 of 2000" in summary.getvalue()
    assert len(summary.getvalue().encode()) < 1024 * 1024


def test_a_file_outside_of_the_repository_keeps_its_whole_path(
    project: Path, tmp_path_factory: pytest.TempPathFactory
) -> None:
    other = tmp_path_factory.mktemp("other") / "bot.py"
    other.write_text(BOT)
    assert (project / "app.py").exists()
    uris = [
        result["locations"][0]["physicalLocation"]["artifactLocation"]
        for result in sarif_run("app.py", str(other), "--select", "PW301")["results"]
    ]
    assert {"uri": other.as_uri()} in uris
    assert {"uri": "services/bot/app.py", "uriBaseId": "PROJECTROOT"} in uris
