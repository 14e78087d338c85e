"""Every rule of the pack is held to the same form, and so is its page."""

from __future__ import annotations

import re

import pytest

from pages.reader import PACKED, Page, pages, read
from prodworthy.pack import PackedRule, load_packs

PAGES = pages()
FAMILIES = {
    "pages": "0",  # the engine's own
    "secrets": "1",
    "resilience": "2",
    "limits": "3",
    "inputs": "4",
    "privacy": "5",
    "outputs": "6",
    "latency": "7",
    "operations": "8",
}
SECTIONS = ["What it does", "Why it matters", "Flagged", "Accepted", "Fixed", "References"]
LINK = re.compile(r"- \[[^\]]+\]\((\S+)\)")

each_rule = pytest.mark.parametrize("packed", PACKED, ids=lambda packed: packed.rule.code)
each_page = pytest.mark.parametrize("page", PAGES, ids=lambda page: page.code)


@each_rule
def test_a_rule_has_its_page(packed: PackedRule) -> None:
    page = read(packed.page)
    assert (page.code, page.name) == (packed.rule.code, packed.rule.name)
    assert packed.page.stem == packed.rule.name.replace("-", "_")


def test_a_page_has_its_rule() -> None:
    written = {path for folder in load_packs().folders for path in folder.glob("*/*.md")}
    assert written - {packed.page for packed in PACKED} == set()


@each_rule
def test_metadata_is_whole(packed: PackedRule) -> None:
    rule = packed.rule
    assert rule.code.startswith("PW" + FAMILIES[packed.page.parent.name])
    assert 20 <= len(rule.summary) <= 100
    assert rule.summary[0].isupper()
    assert not rule.summary.endswith(".")
    assert all(re.fullmatch(r"LLM(0\d|10)", entry) for entry in rule.owasp)
    assert not any(word != word.lower() for word in rule.needs)
    for check in (rule.check_call, rule.check_module):
        assert check is None or check.__doc__


@each_rule
def test_a_rule_about_code_says_whom_it_serves_and_how_it_looks(packed: PackedRule) -> None:
    rule = packed.rule
    if rule.code.startswith("PW0"):
        assert (rule.check_call, rule.check_module, rule.check_text) == (None, None, None), (
            "the engine reports it itself"
        )
        return
    assert rule.guide
    assert rule.cwe or rule.owasp
    assert rule.check_call or rule.check_module or rule.check_text or rule.check_environments
    assert packed.page.with_suffix(".py").read_text(encoding="utf-8").startswith(f'"""{rule.code}: ')


def test_names_are_unique_and_the_pack_is_found() -> None:
    names = [packed.rule.name for packed in PACKED]
    assert len(set(names)) == len(names)
    assert {"unused-suppression", "hardcoded-api-key", "unbounded-output"} <= set(names)


@each_page
def test_sections_stand_in_their_order(page: Page) -> None:
    assert list(page.sections) == SECTIONS
    for section in ("What it does", "Why it matters"):
        assert page.sections[section].strip(), section


@each_page
def test_sections_hold_the_examples_that_they_promise(page: Page) -> None:
    flagged = [e for e in page.examples if e.section == "Flagged"]
    silent = [e for e in page.examples if e.section in ("Accepted", "Fixed")]
    assert flagged
    assert {e.section for e in silent} == {"Accepted", "Fixed"}
    for example in flagged:
        assert example.expected, f"{page.path}:{example.line} announces no finding"
        assert {wanted.code for wanted in example.expected} == {page.code}
    for example in silent:
        assert not example.expected, f"{page.path}:{example.line} announces a finding"


@each_page
def test_references_are_https_links(page: Page) -> None:
    lines = page.sections["References"].strip().splitlines()
    assert lines
    for line in lines:
        link = LINK.fullmatch(line)
        assert link, line
        assert link[1].startswith("https://")
