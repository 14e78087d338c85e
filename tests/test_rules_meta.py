"""Every rule of the pack is held to the same form, and so is its page."""

from __future__ import annotations

import importlib
import re
from pathlib import Path

import pytest

from pages.reader import PACK, Page, pages, read
from prodworthy.rule import Rule

MODULES = sorted(path for path in PACK.glob("*/*.py") if not path.name.startswith("_"))
PAGES = pages()
FAMILIES = {
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


def rule_of(module: Path) -> Rule:
    rule = importlib.import_module(f"prodworthy_rules.{module.parent.name}.{module.stem}").RULE
    assert isinstance(rule, Rule)
    return rule


each_module = pytest.mark.parametrize("module", MODULES, ids=lambda path: path.stem)
each_page = pytest.mark.parametrize("page", PAGES, ids=lambda page: page.path.stem)


@each_module
def test_rule_and_page_stand_beside_each_other(module: Path) -> None:
    rule, page = rule_of(module), read(module.with_suffix(".md"))
    assert (page.code, page.name) == (rule.code, rule.name)
    assert module.stem == rule.name.replace("-", "_")


@each_module
def test_metadata_is_whole(module: Path) -> None:
    rule = rule_of(module)
    assert rule.code.startswith("PW" + FAMILIES[module.parent.name])
    assert 20 <= len(rule.summary) <= 100
    assert not rule.summary.endswith(".")
    assert rule.guide
    assert rule.cwe or rule.owasp
    assert all(re.fullmatch(r"LLM(0\d|10)", entry) for entry in rule.owasp)
    assert rule.check_call or rule.check_module
    assert not any(word != word.lower() for word in rule.needs)


@each_module
def test_check_and_module_say_what_they_are(module: Path) -> None:
    rule = rule_of(module)
    for check in (rule.check_call, rule.check_module):
        assert check is None or check.__doc__
    source = module.read_text(encoding="utf-8")
    assert source.startswith(f'"""{rule.code}: ')


def test_codes_and_names_are_unique() -> None:
    rules = [rule_of(module) for module in MODULES]
    assert len({rule.code for rule in rules}) == len({rule.name for rule in rules}) == len(rules)


def test_the_pack_is_found() -> None:
    assert {"unbounded_output", "missing_retry", "unredacted_pii"} <= {module.stem for module in MODULES}


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


@each_page
def test_a_page_has_its_rule(page: Page) -> None:
    assert page.path.with_suffix(".py").exists()
