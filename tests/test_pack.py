"""Packs are found by entry point and walked for rules; a broken one stops the run by name."""

from __future__ import annotations

import importlib.metadata
import sys
from pathlib import Path

import pytest

from prodworthy import pack
from prodworthy.errors import RuleError
from prodworthy.pack import Packs, load_packs

RULE = """\
from prodworthy.finding import Severity
from prodworthy.rule import Rule

RULE = Rule("{code}", "{name}", "A rule.", Severity.NOTE, True, ())
"""


def make_pack(folder: Path, name: str, monkeypatch: pytest.MonkeyPatch, **modules: str) -> Packs:
    package = folder / name
    (package / "family").mkdir(parents=True)
    for path in (package, package / "family"):
        (path / "__init__.py").write_text("", encoding="utf-8")
    for module, text in modules.items():
        (package / "family" / f"{module}.py").write_text(text, encoding="utf-8")
    monkeypatch.syspath_prepend(str(folder))
    return Packs((name,), (package,))


def test_the_shipped_pack_is_found_with_the_engines_own_rules() -> None:
    packs = load_packs()
    assert "prodworthy_rules" in packs.packages
    assert {"PW001", "PW002", "PW301"} <= set(packs.by_code)
    assert [rule.code for rule in packs.rules] == sorted(packs.by_code)
    assert all(folder.name == "models" for folder in packs.models)


def test_entry_points_are_those_that_the_standard_library_finds() -> None:
    known = {point.value for point in importlib.metadata.entry_points(group=pack.GROUP)}
    assert set(load_packs().packages) == (known or {"prodworthy_rules"})


def test_an_installed_pack_is_found(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    make_pack(tmp_path, "acme_rules_a", monkeypatch, one=RULE.format(code="PW950", name="acme-one"))
    info = tmp_path / "acme-1.0.dist-info"
    info.mkdir()
    (info / "entry_points.txt").write_text("[prodworthy.rules]\nacme = acme_rules_a\n", encoding="utf-8")
    packs = load_packs()
    assert "acme_rules_a" in packs.packages
    assert packs.by_code["PW950"].rule.name == "acme-one"


def test_an_entry_point_to_nothing_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    info = tmp_path / "acme-1.0.dist-info"
    info.mkdir()
    (info / "entry_points.txt").write_text("[prodworthy.rules]\nacme = acme_nowhere\n", encoding="utf-8")
    monkeypatch.syspath_prepend(str(tmp_path))
    with pytest.raises(RuleError, match=r"acme_nowhere .* is not an importable package"):
        load_packs()


def test_a_rule_that_cannot_be_imported_stops_the_run(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    packs = make_pack(tmp_path, "acme_rules_b", monkeypatch, broken="import nothing_of_this_name\n")
    with pytest.raises(
        RuleError, match=r"broken\.py cannot be imported: ModuleNotFoundError: .*nothing_of_this_name"
    ):
        assert packs.rules


def test_two_rules_with_one_code_are_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    one, two = RULE.format(code="PW951", name="one"), RULE.format(code="PW951", name="two")
    packs = make_pack(tmp_path, "acme_rules_c", monkeypatch, one=one, two=two)
    with pytest.raises(RuleError, match=r"two\.py: PW951 is already one"):
        assert packs.rules


def test_several_rules_in_one_module_each_have_their_page(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    text = RULE.format(code="PW952", name="first-one") + "RULES = (RULE,)\ndel RULE\n"
    packs = make_pack(tmp_path, "acme_rules_d", monkeypatch, several=text, _helper="raise SystemExit\n")
    (tmp_path / "acme_rules_d" / "family" / "first_one.md").write_text("# the page\n", encoding="utf-8")
    assert packs.page(packs.by_code["PW952"].rule) == "# the page\n"
    assert "acme_rules_d.family._helper" not in sys.modules


def test_a_missing_page_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    packs = make_pack(tmp_path, "acme_rules_e", monkeypatch, one=RULE.format(code="PW953", name="no-page"))
    with pytest.raises(RuleError, match=r"PW953 no-page has no page at .*one\.md"):
        packs.page(packs.by_code["PW953"].rule)
