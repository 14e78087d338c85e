"""One list of entities drives the rules about personal data and the redactor."""

from __future__ import annotations

import json
import tomllib
from fnmatch import filter as matching
from importlib.resources import files
from pathlib import Path

import pytest
from click.testing import CliRunner

from prodworthy.cli import main
from prodworthy.config import read_config
from prodworthy.errors import ConfigError
from prodworthy_redact import Policy, Redactor
from prodworthy_redact.errors import PolicyError
from prodworthy_redact.privacy import kinds

APP = """
from openai import OpenAI

client = OpenAI()


def reply(customer: dict) -> str:
    text = f"Write to {customer['email']} about {customer['diagnosis']} for {customer['first_name']}."
    answer = client.responses.create(
        model="gpt-4o-mini", input=text, instructions="Copy marta.kowalczyk@poczta-polska.pl.", max_output_tokens=200
    )
    return answer.output_text
"""


def told(folder: Path, entities: str) -> list[str]:
    """What the rules say of the application under a configuration."""
    (folder / "app.py").write_text(APP)
    (folder / "prodworthy.toml").write_text(entities)
    arguments = ["check", str(folder), "--no-cache", "--select", "PW501,PW502", "--output-format", "json"]
    done = CliRunner().invoke(main, arguments)
    assert done.exit_code in (0, 1), done.output
    return [finding["message"] for finding in json.loads(done.stdout)["findings"]]


def test_without_a_list_all_of_it_counts(tmp_path: Path) -> None:
    literal, value = sorted(told(tmp_path, ""))
    assert "e-mail address" in literal
    assert "email, diagnosis, first name" in value


def test_what_is_not_listed_is_no_finding(tmp_path: Path) -> None:
    (value,) = told(tmp_path, '[privacy]\nentities = ["PERSON", "HEALTH"]\n')
    assert "email" not in value
    assert "diagnosis, first name" in value
    assert told(tmp_path, '[privacy]\nentities = ["CREDIT_CARD"]\n') == []


def test_an_allowed_value_is_no_finding_in_a_literal(tmp_path: Path) -> None:
    (value,) = told(tmp_path, '[privacy]\nallow = ["Marta.Kowalczyk@poczta-polska.pl"]\n')
    assert "unredacted" in value


def test_the_redactor_reads_the_same_list(tmp_path: Path) -> None:
    file = tmp_path / "prodworthy.toml"
    file.write_text('[redact]\nnames = "off"\n[privacy]\nentities = ["EMAIL_ADDRESS", "HEALTH"]\n')
    assert read_config(file).privacy.entities == ("EMAIL_ADDRESS", "HEALTH")
    with Redactor(Policy.load(file)).session("s") as session:
        safe = session.redact("a@megacorp.io, 4111 1111 1111 1111")
    assert safe == "<EMAIL_ADDRESS_1>, 4111 1111 1111 1111"


@pytest.mark.parametrize(
    ("table", "complaint"),
    [
        ('entities = ["EMAIL_ADRESS"]', "unknown entity `EMAIL_ADRESS`; did you mean `EMAIL_ADDRESS`?"),
        ('entities = ["HEALT"]', "unknown entity `HEALT`; did you mean `HEALTH`?"),
        ("entities = []", "protects nothing"),
        ('entity = ["HEALTH"]', "unknown key `privacy.entity`; did you mean `entities`?"),
    ],
)
def test_a_mistake_is_told_by_both_with_the_nearest_name(table: str, complaint: str, tmp_path: Path) -> None:
    file = tmp_path / "prodworthy.toml"
    file.write_text(f"[privacy]\n{table}\n")
    with pytest.raises(ConfigError) as checker:
        read_config(file)
    with pytest.raises(PolicyError) as redactor:
        Policy.load(file)
    for error in (checker, redactor):
        assert complaint in str(error.value)
        assert str(file) in str(error.value)


def test_kinds_of_the_users_own_recognizers_can_be_listed(tmp_path: Path) -> None:
    file = tmp_path / "prodworthy.toml"
    own = '[[redact.recognizers]]\nentity = "EMPLOYEE_ID"\nregex = "E[0-9]{6}"\n[redact.deny]\nPROJECT = ["x1"]\n'
    file.write_text(f'[privacy]\nentities = ["EMPLOYEE_ID", "PROJECT"]\n{own}')
    assert read_config(file).privacy.wants(["EMPLOYEE_ID"])
    assert Policy.load(file).only == ("EMPLOYEE_ID", "PROJECT")


def test_a_list_that_no_detector_knows_is_an_error_of_the_redactor(tmp_path: Path) -> None:
    file = tmp_path / "prodworthy.toml"
    file.write_text('[privacy]\nentities = ["HEALTH"]\n')
    assert read_config(file).privacy.entities == ("HEALTH",)
    with pytest.raises(PolicyError, match="nothing would be redacted"):
        Policy.load(file)


def test_every_element_of_the_lexicon_can_be_listed() -> None:
    text = (files("prodworthy_rules") / "models" / "personal_data.toml").read_text(encoding="utf-8")
    for element in tomllib.loads(text)["element"]:
        assert element["kinds"], element["name"]
        for kind in element["kinds"]:
            assert matching(kinds(), kind), f"{element['name']}: no such kind: {kind}"
