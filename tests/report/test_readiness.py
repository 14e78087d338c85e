"""The readiness report in its three formats: what it says, that it is whole, and that nothing escapes into it."""

from __future__ import annotations

import html
import io
import json
import re
from collections import Counter
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest
from report.readiness_project import DAY, HOSTILE, KEY, PROJECT, assessed, checked, make, written

from prodworthy import report
from prodworthy.readiness.assessment import Assessment
from prodworthy.readiness.trend import read_point

STYLES = ("html", "md", "json")
VOID = {"meta", "link", "br", "wbr", "img", "input", "hr"}


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return make(tmp_path_factory.mktemp("demo"))


@pytest.fixture(scope="module")
def made(project: Path) -> Assessment:
    first = project.parent / "first.json"
    first.write_text(written("json", assessed(project), checked(project)))
    return assessed(project, [read_point(first)])


@pytest.fixture(scope="module")
def texts(project: Path, made: Assessment) -> dict[str, str]:
    result = checked(project)
    return {style: written(style, made, result) for style in STYLES}


@pytest.fixture(scope="module")
def document(texts: dict[str, str]) -> dict[str, Any]:
    read = json.loads(texts["json"])
    assert isinstance(read, dict)
    return read


class Page(HTMLParser):
    """Reads a page strictly: what opens closes, in order."""

    def __init__(self, text: str) -> None:
        super().__init__(convert_charrefs=True)
        self.open: list[str] = []
        self.tags: Counter[str] = Counter()
        self.ids: Counter[str] = Counter()
        self.links: list[str] = []
        self.headings: list[int] = []
        self.words: list[str] = []
        self.attributes: list[tuple[str, str, str]] = []
        self.feed(text)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags[tag] += 1
        for name, value in attrs:
            self.attributes.append((tag, name, value or ""))
            if name == "id":
                self.ids[value or ""] += 1
            if name == "href":
                self.links.append(value or "")
        if re.fullmatch(r"h[1-6]", tag):
            self.headings.append(int(tag[1]))
        if tag not in VOID:
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        self.words.append(data)

    @property
    def text(self) -> str:
        return " ".join("".join(self.words).split())


@pytest.fixture(scope="module")
def page(texts: dict[str, str]) -> Page:
    return Page(texts["html"])


def test_the_page_is_whole_and_its_links_lead_somewhere(page: Page) -> None:
    assert page.open == []
    assert [name for name, count in page.ids.items() if count > 1] == []
    inside = [link[1:] for link in page.links if link.startswith("#")]
    assert set(inside) <= set(page.ids)
    assert [link for link in page.links if not link.startswith(("#", "https://"))] == []


def test_the_page_needs_nothing_from_elsewhere_and_runs_nothing(page: Page) -> None:
    assert not page.tags.keys() & {"script", "img", "iframe", "link", "object", "embed", "form", "base"}
    assert [n for _, n, _ in page.attributes if n.startswith("on") or n in ("src", "srcset")] == []
    policy = [v for _, n, v in page.attributes if n == "content" and v.startswith("default-src")]
    assert policy == ["default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'"]


def test_the_pages_headings_and_tables_can_be_followed_by_ear(page: Page) -> None:
    assert page.headings[0] == 1
    assert page.headings.count(1) == 1
    steps = [after - before for before, after in zip(page.headings, page.headings[1:], strict=False)]
    assert max(steps) == 1
    assert page.tags["main"] == page.tags["nav"] == 1
    assert page.tags["caption"] == page.tags["table"] > 5
    charts = [v for tag, n, v in page.attributes if tag == "svg" and n == "role"]
    assert len(charts) >= 4


def test_names_from_outside_are_text_wherever_they_stand(texts: dict[str, str], page: Page) -> None:
    assert "<script" not in texts["html"]
    assert "<img" not in texts["html"]
    assert PROJECT in page.text
    assert HOSTILE in page.text
    assert "javascript:alert(1)" in page.text
    assert not any(link.startswith("javascript:") for link in page.links)
    assert "Finance <b>&amp;" in page.text
    assert not re.search(r"(?<!\\)<(script|img|b)\b", re.sub(r"`[^`]*`", "", texts["md"]))


@pytest.mark.parametrize("style", STYLES)
def test_no_format_shows_a_key(texts: dict[str, str], style: str) -> None:
    text = html.unescape(re.sub(r"<wbr>", "", texts[style]))
    assert "PW101" in text
    assert not any(KEY[at : at + 12] in text for at in range(len(KEY) - 12))


@pytest.mark.parametrize("style", STYLES)
def test_the_same_code_gives_the_same_bytes(project: Path, style: str) -> None:
    first, second = (written(style, assessed(project), checked(project)) for _ in range(2))
    assert first == second


def test_sections_state_what_their_checks_and_people_came_to(document: dict[str, Any]) -> None:
    sections = {section["name"]: section for section in document["sections"]}
    assert len(sections) == 20
    keys = sections["API keys"]
    failed = [r["code"] for r in keys["rules"] if r["state"] == "findings"]
    assert failed == ["PW101"]
    assert keys["score"] == 75  # one of four errors
    assert {a["key"]: a["state"] for a in sections["Billing limits"]["attestations"]} == {
        "billing-limit": "attested",
        "notification-threshold": "missing",
    }
    assert sections["Business considerations"]["score"] is None
    assert document["attestations"] == {"held": 2, "asked": 20}


def test_attestations_are_judged_on_the_day_of_the_report(document: dict[str, Any], page: Page) -> None:
    states = {a["key"]: a["state"] for s in document["sections"] for a in s["attestations"]}
    assert states["data-processing-agreement"] == "expired"
    assert states["risk-classification"] == "not-applicable"
    assert "expired" in page.text
    assert document["date"] == str(DAY)


def test_calls_have_provider_worst_case_and_data(document: dict[str, Any]) -> None:
    first, second = document["calls"]
    assert (first["provider"], first["completions"], first["worst_case_output_tokens"]) == ("openai", 3, 1500)
    assert {"category": "contact", "element": "email", "redacted": False} in first["data"]
    assert (second["bound"], second["worst_case_output_tokens"]) == ("unbounded", None)


def test_standards_count_what_bears_on_them(document: dict[str, Any]) -> None:
    standards = {s["name"]: {i["id"]: i for i in s["items"]} for s in document["standards"]}
    assert list(standards) == ["OWASP LLM 2025", "CWE", "NIST AI 600-1", "EU AI Act", "GDPR", "SOC 2"]
    counts = Counter(f["code"] for f in document["findings"])
    assert standards["CWE"]["CWE-798"]["findings"] == counts["PW101"] == 1
    for items in standards.values():
        for item in items.values():
            assert item["findings"] == sum(counts[code] for code in item["rules"])
    assert standards["GDPR"]["Article 28"]["attestations"] == ["data-processing-agreement"]


def test_what_could_not_be_read_is_said(texts: dict[str, str], page: Page) -> None:
    assert "Incomplete: 1 problem while reading the project." in page.text
    assert "bad.py:2: holds null bytes" in page.text
    assert "Incomplete: 1 problem" in texts["md"]


def test_a_report_compares_itself_with_its_own_json(document: dict[str, Any], page: Page) -> None:
    assert document["trend"]["new"] == document["trend"]["gone"] == 0
    assert [p["score"] for p in document["trend"]["points"]] == [document["score"]["value"]] * 2
    assert "0 new findings, 0 gone." in page.text


def test_markdown_tables_keep_their_columns(texts: dict[str, str]) -> None:
    rows = [line for line in texts["md"].splitlines() if line.startswith("|")]
    width = 0
    for row in rows:
        cells = len(re.findall(r"(?<!\\)\|", row))
        if row.startswith("|---"):
            assert cells == width
        width = cells if cells != width and not row.startswith("|-") else width
    assert any("a\\|b" in row for row in rows)


def test_a_project_without_calls_is_not_scored_on_calls(tmp_path: Path) -> None:
    (tmp_path / "a.py").write_text("x = 1\n")
    result = checked(tmp_path)
    of = assessed(tmp_path)
    sections = {section.model.name: section for section in of.sections}
    assert sections["Latency: streaming"].score.value is None
    assert sections["API keys"].score.value == 100
    page = Page(written("html", of, result))
    assert page.open == []
    assert "None found." in page.text
    assert "not applicable" in page.text


def test_findings_alone_as_a_page(project: Path) -> None:
    result = checked(project)
    out = io.StringIO()
    report.write("html", result, out)
    page = Page(out.getvalue())
    assert page.open == []
    assert {link[1:] for link in page.links if link.startswith("#")} <= set(page.ids)
    assert "eval(answer.choices[0].message.content)" in page.text  # the source stands beside its finding
    assert not any(KEY[at : at + 12] in out.getvalue() for at in range(len(KEY) - 12))
