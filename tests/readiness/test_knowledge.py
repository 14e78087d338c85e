"""The guide, the standards and the providers say what they mean and name what exists."""

from __future__ import annotations

import json
import re
import tomllib
from collections import Counter
from dataclasses import asdict
from pathlib import Path

import pytest
from pydantic import ConfigDict, TypeAdapter

import prodworthy_rules
from prodworthy.model.load import load
from prodworthy.model.schema import HostsModel
from prodworthy.pack import load_packs
from prodworthy.readiness import knowledge
from prodworthy.readiness.shapes import ApplicabilityModel, GuideModel, ProvidersModel, StandardModel

MODELS = Path(prodworthy_rules.__file__).parent / "models"
FOLDER = MODELS / "readiness"
STANDARDS = sorted((FOLDER / "standards").glob("*.toml"))
SHAPES: dict[Path, type] = {
    FOLDER / "applicability.toml": ApplicabilityModel,
    FOLDER / "guide.toml": GuideModel,
    FOLDER / "providers.toml": ProvidersModel,
    **dict.fromkeys(STANDARDS, StandardModel),
}
PACKS = load_packs()
RULES = [rule for rule in PACKS.rules if rule.guide]

each_file = pytest.mark.parametrize("path", SHAPES, ids=lambda path: path.stem)
each_standard = pytest.mark.parametrize("standard", knowledge.standards(PACKS), ids=lambda s: s.name)


@each_file
def test_loader_and_pydantic_read_the_same(path: Path) -> None:
    shape = SHAPES[path]
    strict = TypeAdapter(list[shape], config=ConfigDict(extra="forbid", strict=True))  # type: ignore[valid-type]
    document = json.dumps([tomllib.loads(path.read_text("utf-8"))])
    assert [asdict(model) for model in strict.validate_json(document)] == [asdict(load(path, shape))]


def test_rules_and_guide_name_the_same_sections() -> None:
    sections = [section.name for section in knowledge.sections(PACKS)]
    assert len(set(sections)) == len(sections)
    assert {name for rule in RULES for name in rule.guide} <= set(sections)
    for section in knowledge.sections(PACKS):
        served = [rule for rule in RULES if section.name in rule.guide]
        assert served or section.attestation, section.name
        assert section.asks.endswith(".")
        assert bool(section.tables) == bool(section.runtime)


def test_attestations_have_one_place_and_say_something() -> None:
    known = [a for section in knowledge.sections(PACKS) for a in section.attestation]
    assert len({a.key for a in known}) == len(known)
    for attestation in known:
        assert re.fullmatch(r"[a-z]+(-[a-z]+)*", attestation.key)
        assert attestation.title
        assert attestation.says.endswith(".")


@each_standard
def test_standards_map_what_exists_and_say_why(standard: StandardModel) -> None:
    codes = {rule.code for rule in RULES} | {"PW503"}  # fixed in the catalogue, not yet among the rules
    people = knowledge.attestations(PACKS)
    assert standard.url.startswith("https://")
    assert standard.note
    assert len({item.id for item in standard.item}) == len(standard.item)
    for item in standard.item:
        assert set(item.rules) <= codes, item.id
        assert item.rules == sorted(set(item.rules)), item.id
        assert set(item.attestations) <= set(people), item.id
        assert not item.url or item.url.startswith("https://")
        if standard.of_rules:
            assert not item.rules
        else:
            assert item.rules or item.attestations, item.id
            assert item.why.endswith("."), item.id


def test_what_rules_say_of_weaknesses_is_listed() -> None:
    items = {s.of_rules: {item.id for item in s.item} for s in knowledge.standards(PACKS) if s.of_rules}
    assert {f"CWE-{number}" for rule in RULES for number in rule.cwe} == items["cwe"]
    assert {name for rule in RULES for name in rule.owasp} <= items["owasp"]
    assert len(items["owasp"]) == 10


def test_providers_name_sdks_and_hosts_that_exist_once() -> None:
    sdks = {file.stem for file in (MODELS / "sdks").glob("*.toml")}
    hosts = {host.name for host in load(MODELS / "hosts.toml", HostsModel).host}
    providers = knowledge.providers(PACKS)
    for name, known in (("sdks", sdks), ("hosts", hosts)):
        named = [word for provider in providers for word in getattr(provider, name)]
        assert set(named) <= known
        assert [word for word, count in Counter(named).items() if count > 1] == []
    assert len({provider.id for provider in providers}) == len(providers)
    prefixes = Counter(prefix for provider in providers for prefix in provider.prefixes)
    assert max(prefixes.values()) == 1


def test_the_documentation_lists_every_attestation() -> None:
    text = (Path(__file__).parents[2] / "docs" / "report.md").read_text("utf-8")
    rows = re.findall(r"^\| `([a-z-]+)` \| (.+) \| (.+) \|$", text, re.MULTILINE)
    assert rows == [(a.key, s.name, a.says) for s in knowledge.sections(PACKS) for a in s.attestation]
