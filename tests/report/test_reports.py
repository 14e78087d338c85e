"""Every format on one small project, as a whole where people read it and by its schema where programs do."""

from __future__ import annotations

import io
import json
import re
from pathlib import Path
from typing import Any

import pytest

from official import validate_sarif
from prodworthy import report
from prodworthy.config import Overrides
from prodworthy.finding import Edit, Finding, Fix, Severity, Span, TraceStep
from prodworthy.pipeline import Request, Result, run

APP = """\
import sys
from openai import OpenAI

client = OpenAI(max_retries=0)


def ask(question):
    return client.chat.completions.create(
        model="gpt-4o",
        messages=[{"role": "user", "content": question}],
    )
"""


@pytest.fixture
def project(tmp_path: Path) -> Path:
    (tmp_path / "app.py").write_text(APP)
    (tmp_path / "bad é.py").write_bytes(b"x = 1\n\0")
    return tmp_path


def result(root: Path, *select: str) -> Result:
    return run(Request([Path()], root, Overrides(select=select or ("PW301", "PW002"))))


def written(name: str, of: Result, *, color: bool = False) -> str:
    out = io.StringIO()
    report.write(name, of, out, color=color)
    return out.getvalue()


def with_findings(base: Result, *findings: Finding) -> Result:
    return Result(findings, base.calls, base.problems, base.skipped, base.statistics, base.files, base.packs)


def finding(message: str = "m", **changes: object) -> Finding:
    values: dict[str, object] = {
        "span": Span("app.py", 8, 12, 11, 6),
        "severity": Severity.WARNING,
        **changes,
    }
    return Finding("PW301", "unbounded-output", message, **values)  # type: ignore[arg-type]


def test_full_shows_source_place_and_help(project: Path) -> None:
    step = TraceStep(Span("app.py", 7, 9, 7, 17), "`question` comes from the caller")
    shown = with_findings(result(project), finding("no cap", hint="set `max_tokens`", trace=(step, step)))
    assert (
        written("full", shown)
        == """\
warning[PW301 unbounded-output]: no cap
  --> app.py:8:12
   |
 7 | def ask(question):
 8 |     return client.chat.completions.create(
   |            ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^
 9 |         model="gpt-4o",
10 |         messages=[{"role": "user", "content": question}],
11 |     )
   |
   = path: 1. app.py:7:9: `question` comes from the caller
   =       2. app.py:7:9: `question` comes from the caller
   = help: set `max_tokens`

1 finding (1 warning) in 2 files with 1 LLM call.
"""
    )


def test_full_shows_what_has_no_source(project: Path) -> None:
    (shown,) = result(project, "PW002").findings
    text = written("full", with_findings(result(project), shown))
    assert text.startswith("error[PW002 unreadable-file]: holds null bytes")
    assert " --> bad é.py:2:1\n" in text


def test_colour_changes_no_letter(project: Path) -> None:
    plain, colored = (written("full", result(project), color=color) for color in (False, True))
    assert "\x1b[" in colored
    stripped = "\n".join(line.rstrip() for line in re.sub(r"\x1b\[[0-9;]*m", "", colored).split("\n"))
    assert stripped == plain


def test_nothing_found_is_said(tmp_path: Path) -> None:
    (tmp_path / "a.py").write_text("x = 1\n")
    assert written("full", result(tmp_path)) == "All clear: no findings in 1 file with 0 LLM calls.\n"


@pytest.mark.parametrize(
    ("line", "column", "end", "marks"),
    [
        ("x = call(1)", 5, 12, "    ^^^^^^^"),
        ("x = '日本', call(1)", 11, 18, "            ^^^^^^^"),
        ("if x:\tcall(1)", 7, 14, "         ^^^^^^^"),
    ],
)
def test_the_mark_stands_below_what_it_marks(
    tmp_path: Path, line: str, column: int, end: int, marks: str
) -> None:
    (tmp_path / "app.py").write_text(line + "\n", encoding="utf-8")
    text = written("full", with_findings(result(tmp_path), finding(span=Span("app.py", 1, column, 1, end))))
    assert f"  | {marks}\n" in text


def test_a_long_line_is_cut_around_the_finding(tmp_path: Path) -> None:
    (tmp_path / "app.py").write_text("x = [" + "1, " * 500 + "call(), " + "1, " * 500 + "]\n")
    text = written("full", with_findings(result(tmp_path), finding(span=Span("app.py", 1, 1506, 1, 1512))))
    assert max(len(line) for line in text.splitlines()) < 200
    assert "call()" in text


def test_source_and_messages_cannot_steer_the_terminal(tmp_path: Path) -> None:
    (tmp_path / "app.py").write_text("x = '\x1b[2J'\n")
    text = written(
        "full", with_findings(result(tmp_path), finding("a\x1b[2Jb", span=Span("app.py", 1, 1, 1, 2)))
    )
    assert "\x1b" not in text


def test_concise(project: Path) -> None:
    first, second = written("concise", result(project)).splitlines()
    assert first.startswith("app.py:8:12: PW301 `client.chat.completions.create` has no output cap")
    assert second.startswith("bad é.py:2:1: PW002 holds null bytes")


def test_json_has_the_documented_shape(project: Path) -> None:
    edit = Edit(Span("app.py", 9, 9, 9, 9), "max_tokens=500, ")
    step = TraceStep(Span("app.py", 7, 9, 7, 17), "from here")
    shown = finding(fix=Fix("cap it", (edit,)), trace=(step,), cwe=(770,), owasp=("LLM10",))
    document = json.loads(written("json", with_findings(result(project), shown)))
    (record,) = document["findings"]
    assert document["version"] == 1
    assert {
        "code": "PW301", "name": "unbounded-output", "message": "m", "severity": "warning",
        "confidence": "high", "path": "app.py", "line": 8, "column": 12, "end_line": 11, "end_column": 6,
        "trace": [{"path": "app.py", "line": 7, "column": 9, "message": "from here"}],
        "fingerprint": shown.fingerprint, "cwe": [770], "owasp": ["LLM10"], "url": "",
    }.items() <= record.items()  # fmt: skip
    assert record["fix"]["applicability"] == "unsafe"
    assert record["fix"]["edits"][0]["content"] == "max_tokens=500, "
    assert "cell" not in record
    assert document["errors"] == [
        {"path": "bad é.py", "line": 2, "message": document["errors"][0]["message"]}
    ]
    assert document["statistics"]["files"] == 2


def test_json_is_the_same_each_time(project: Path) -> None:
    assert written("json", result(project)) == written("json", result(project))


def test_github_commands_are_escaped(project: Path) -> None:
    shown = finding("100% of a\nb", span=Span("a,b:c.py", 1, 2, 1, 5), severity=Severity.NOTE)
    first, second = written("github", with_findings(result(project), shown)).splitlines()
    place = "file=a%2Cb%3Ac.py,line=1,endLine=1,col=2,endColumn=5"
    assert first == f"::notice title=PW301 unbounded-output,{place}::100%25 of a%0Ab"
    assert second.startswith("::error title=not analysed,file=bad é.py,line=2::holds null bytes")


def sarif(of: Result) -> dict[str, Any]:
    document = json.loads(written("sarif", of))
    validate_sarif(document)
    (record,) = document["runs"]
    assert isinstance(record, dict)
    return record


def test_sarif_holds_to_the_schema_and_knows_rules_and_weaknesses(project: Path) -> None:
    record = sarif(result(project))
    rules = record["tool"]["driver"]["rules"]
    assert [rule["id"] for rule in rules] == ["PW002", "PW301"]
    assert rules[1]["help"]["markdown"].startswith("# PW301 unbounded-output")
    assert [r["target"]["id"] for r in rules[1]["relationships"]] == ["CWE-770", "LLM10"]
    cwe, owasp = record["taxonomies"]
    (limits,) = cwe["taxa"]
    assert limits["name"] == "Allocation of Resources Without Limits or Throttling"
    assert limits["id"] == "CWE-770"
    assert owasp["taxa"] == [{"id": "LLM10", "name": "Unbounded Consumption"}]
    assert record["invocations"][0]["executionSuccessful"] is False


def test_sarif_places_are_relative_and_encoded(project: Path) -> None:
    places = [r["locations"][0]["physicalLocation"] for r in sarif(result(project))["results"]]
    assert [place["artifactLocation"] for place in places] == [
        {"uri": "app.py", "uriBaseId": "PROJECTROOT"},
        {"uri": "bad%20%C3%A9.py", "uriBaseId": "PROJECTROOT"},
    ]
    assert places[0]["region"]["snippet"]["text"].startswith("    return client.chat.completions.create(")
    assert str(project) not in written("sarif", result(project))


def test_sarif_has_paths_fixes_and_distinct_fingerprints(project: Path) -> None:
    step = TraceStep(Span("app.py", 7, 9, 7, 17), "from here")
    fix = Fix("cap it", (Edit(Span("app.py", 9, 9, 9, 9), "max_tokens=500, "),))
    shown = finding(trace=(step,), fix=fix)
    one, two = sarif(with_findings(result(project), shown, shown))["results"]
    assert one["codeFlows"][0]["threadFlows"][0]["locations"][0]["location"]["message"] == {
        "text": "from here"
    }
    assert one["fixes"][0]["artifactChanges"][0]["replacements"][0]["insertedContent"] == {
        "text": "max_tokens=500, "
    }
    assert one["partialFingerprints"] != two["partialFingerprints"]


def test_statistics_count_by_rule(project: Path) -> None:
    of = with_findings(result(project), finding(), finding(), *result(project, "PW002").findings)
    assert written("statistics", of) == "2  PW301  unbounded-output\n1  PW002  unreadable-file\n"
