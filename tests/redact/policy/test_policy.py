from __future__ import annotations

from pathlib import Path

import pytest

from prodworthy_redact.errors import PolicyError
from prodworthy_redact.policy import Action, Policy


def test_defaults_fail_closed() -> None:
    policy = Policy()
    assert (policy.on_error, policy.answers, policy.names) == ("block", "restore", "auto")
    assert policy.of("EMAIL_ADDRESS") == (Action.REPLACE, 0.4)
    assert not policy.wants("UUID")


def test_an_entity_by_its_action_alone() -> None:
    policy = Policy(entities={"PERSON": "surrogate", "PHONE_NUMBER": {"action": "mask", "threshold": 0.7}})
    assert policy.of("PERSON") == (Action.SURROGATE, 0.4)
    assert policy.of("PHONE_NUMBER") == (Action.MASK, 0.7)


def test_a_kind_that_stays_by_default_is_wanted_when_named() -> None:
    assert Policy(entities={"UUID": "replace"}).wants("UUID")
    assert Policy(only=["UUID"]).wants("UUID")
    assert not Policy(entities={"UUID": {"threshold": 0.9}}).wants("UUID")


def test_of_some_kinds_only_the_sure_ones_are_wanted_until_they_are_named() -> None:
    assert (Policy().wants("URL"), Policy().wants_all("URL")) == (True, False)
    assert Policy(entities={"URL": "replace"}).wants_all("URL")
    assert Policy(only=["ORGANIZATION"]).wants_all("ORGANIZATION")
    assert not Policy(entities={"URL": "allow"}).wants("URL")
    assert Policy().wants_all("PERSON")


@pytest.mark.parametrize(
    ("values", "message"),
    [
        ({"entites": {}}, "unknown key `entites`; did you mean `entities`?"),
        ({"entities": {"PERSN": "mask"}}, "`entities`: unknown entity `PERSN`; did you mean `PERSON`?"),
        ({"only": ["EMAIL"]}, "`only`: unknown entity `EMAIL`; did you mean `EMAIL_ADDRESS`?"),
        (
            {"entities": {"PERSON": {"acton": "mask"}}},
            "unknown key `entities.PERSON.acton`; did you mean `action`?",
        ),
        ({"entities": {"PERSON": "msk"}}, "`entities.PERSON.action`"),
        ({"threshold": 2}, "`threshold`"),
        ({"regions": ["uss"]}, "`regions`: unknown region `uss`; did you mean `us`?"),
        ({"languages": ["english"]}, "`languages`: `english` is no two-letter language code"),
        ({"languages": ["xx"]}, "`languages`: `xx` is no two-letter language code"),
        ({"languages": []}, "`languages`: at least one is needed"),
        ({"only": []}, "`only`: an empty list would redact nothing"),
        ({"deny": {"X": [" "]}}, "`deny`: X: an empty value"),
        ({"recognizers": [{"entity": "X", "regex": ""}]}, "an empty `regex` finds nothing"),
        ({"recognizers": [{"entity": "X", "regex": "a", "contxt": []}]}, "did you mean `context`?"),
        ({"recognizers": [{"entity": "X"}]}, "give either `regex` or `use`"),
        (
            {"recognizers": [{"entity": "employee id", "regex": "a"}]},
            "`entity` must be a name such as EMPLOYEE_ID",
        ),
        ({"recognizers": [{"use": "just_a_module"}]}, "must be written as module:name"),
        ({"allow_patterns": ["("]}, "`allow_patterns`: `(` is no regular expression"),
        ({"deny": {"x": ["y"]}}, "`deny`: `x` must be a name"),
        ({"names": "maybe"}, "`names`"),
        ({"on_error": "ignore"}, "`on_error`"),
        ({"ttl": 0}, "`ttl`"),
    ],
)
def test_mistakes_name_the_key(values: dict[str, object], message: str) -> None:
    with pytest.raises(PolicyError) as raised:
        Policy(**values)
    assert message in str(raised.value)


def test_the_nearest_file_upward_wins(tmp_path: Path) -> None:
    (tmp_path / "pyproject.toml").write_text('[tool.prodworthy.redact]\nnames = "off"\n', encoding="utf-8")
    inner = tmp_path / "a" / "b"
    inner.mkdir(parents=True)
    assert Policy.load(inner).names == "off"
    (tmp_path / "a" / "prodworthy.toml").write_text('[redact]\nnames = "required"\n', encoding="utf-8")
    assert Policy.load(inner).names == "required"


def test_a_pyproject_without_our_table_is_passed_by(tmp_path: Path) -> None:
    (tmp_path / "prodworthy.toml").write_text("[redact]\nthreshold = 0.9\n", encoding="utf-8")
    inner = tmp_path / "inner"
    inner.mkdir()
    (inner / "pyproject.toml").write_text('[project]\nname = "x"\n', encoding="utf-8")
    assert Policy.load(inner).threshold == 0.9


def test_the_privacy_table_is_shared(tmp_path: Path) -> None:
    (tmp_path / "prodworthy.toml").write_text(
        '[privacy]\nentities = ["US_SSN"]\nregions = ["de"]\nallow = ["a"]\n[redact]\nallow = ["b"]\non-error = "allow"\n',
        encoding="utf-8",
    )
    policy = Policy.load(tmp_path)
    assert (policy.only, policy.regions, policy.allow, policy.on_error) == (
        ("US_SSN",),
        ("de",),
        ("a", "b"),
        "allow",
    )


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("[redact]\nnmaes = 'off'", "prodworthy.toml: unknown key `nmaes`; did you mean `names`?"),
        ("[privacy]\nentitys = []", "unknown key `privacy.entitys`; did you mean `entities`?"),
        ("redact = 1", "`redact` must be a table"),
        ("[redact", "not valid TOML"),
    ],
)
def test_mistakes_in_a_file_name_it(tmp_path: Path, text: str, message: str) -> None:
    (tmp_path / "prodworthy.toml").write_text(text, encoding="utf-8")
    with pytest.raises(PolicyError) as raised:
        Policy.load(tmp_path)
    assert message in str(raised.value)
    assert "prodworthy.toml" in str(raised.value)


def test_no_such_folder(tmp_path: Path) -> None:
    with pytest.raises(PolicyError, match="no such file or folder"):
        Policy.load(tmp_path / "nowhere")
