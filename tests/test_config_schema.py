"""The JSON schema of the configuration takes what the tools take, refuses what they refuse, and describes every key."""

from __future__ import annotations

import json
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner
from jsonschema import Draft7Validator

from documents.blocks import blocks, documents
from prodworthy.cli import main
from prodworthy.config import read_config
from prodworthy.configschema import schema
from prodworthy.errors import ConfigError
from prodworthy.model.schema import SdkModel
from prodworthy.pack import load_packs
from prodworthy_redact import Policy, RedactError
from prodworthy_redact.gateway.config import Gateway
from prodworthy_redact.privacy import privacy_of
from prodworthy_redact.usage import Budget

SCHEMA = schema(load_packs())
VALIDATOR = Draft7Validator(SCHEMA)

TAKEN = (
    'select = ["PW3", "PW101", "unbounded-output", "ALL"]\nextend-select = ["PW405"]\nignore = ["PW304"]',
    'extend = "base.toml"',
    "[policy]\noutput-cap = 100\ntimeout = 5",
    'profile = "production"\npedantic = true\ncheck-tests = false',
    'exclude = ["a"]\nextend-exclude = ["b/**"]\nmax-file-size = 100_000',
    'max-file-size = "10 MB"',
    '[per-file-ignores]\n"scripts/**" = ["PW2"]',
    '[redact]\non_error = "allow"\nnames-model = "spacy:en_core_web_sm"\n[redact.entities]\nPERSON = "mask"\nAGE = { threshold = 0.9 }',
    '[redact]\ndeny = ["Falcon"]\n[[redact.recognizers]]\nentity = "EMPLOYEE_ID"\nregex = "E\\\\d{6}"\nignore-case = false',
    '[redact.deny]\nPROJECT = ["Falcon"]\n[[redact.recognizers]]\nuse = "module:Class"\noptions = { a = 1 }',
    '[privacy]\nentities = ["EMAIL_ADDRESS"]\nlanguages = ["en", "de"]\nregions = ["de"]\nallow = ["a@b.example"]',
    '[budget]\nunpriced = "allow"\n[[budget.limits]]\nname = "day"\ntokens = 1000\nthresholds = [0.5, 1]\n[budget.prices]\n"gpt-*" = { input = 1.0, output = 2.0 }',
    '[gateway]\nlisten = "127.0.0.1:4000"\nmax-body = 1000\n[[gateway.upstreams]]\nurl = "https://api.example.com"\napis = ["openai"]',
    '[models.sanitizers]\nredaction = ["app.privacy.clean"]\n[models.sources]\nrow = ["app.db.rows"]',
    '[[models.acme.call]]\napi = "chat"\npaths = ["acme.ask"]\nparams.output_cap = ["limit"]\ndefaults = { timeout = 60 }',
    '[attestations.organization-roles]\nowner = "CTO"\ndate = 2026-01-01\nexpires = 2026-12-31',
)
REFUSED = (
    'ignroe = ["PW304"]',
    'select = "PW304"',
    '[policy]\noutput_cap = 100',
    'profile = "live"',
    'max-file-size = 0',
    'max-file-size = "much"',
    'per-file-ignores = ["PW1"]',
    '[redact]\non_eror = "allow"',
    '[redact]\nnames = "maybe"',
    '[redact]\nttl = 0',
    '[redact.entities]\nPERSON = "hide"',
    '[[redact.recognizers]]\nentity = "A"\nregexp = "x"',
    '[privacy]\nkinds = ["PERSON"]',
    '[[budget.limits]]\ntokens = 5',
    '[budget]\nlimit = 5',
    '[gateway]\nworkers = 0',
    '[[gateway.upstreams]]\nname = "x"',
    '[[models.acme.call]]\napi = "chatting"\npaths = ["acme.ask"]',
    '[[models.acme.call]]\napi = "chat"\npaths = ["acme.ask"]\nparams.limit = ["n"]',
    '[models.acme]\nclients = []',
    '[models.sanitizers]\nwashing = ["a.b"]',
    '[attestations.something]\nowner = "CTO"\ndate = 2026-01-01\nexpires = 2026-12-31',
    '[attestations.organization-roles]\nowner = "CTO"',
)  # fmt: skip


def test_the_command_prints_a_schema() -> None:
    Draft7Validator.check_schema(SCHEMA)
    assert SCHEMA["$schema"] == "http://json-schema.org/draft-07/schema#"
    told = CliRunner().invoke(main, ["config", "schema"])
    assert told.exit_code == 0
    assert json.loads(told.stdout) == SCHEMA


def test_every_key_is_described() -> None:
    keys = dict(described(SCHEMA, ""))
    assert len(keys) > 120
    assert [key for key, told in keys.items() if not told] == []
    assert [key for key, told in keys.items() if "``" in told] == []


def described(table: dict[str, Any], place: str) -> Iterator[tuple[str, str]]:
    for name, one in table.get("properties", {}).items():
        if not place.endswith((".sanitizers", ".sources")):
            yield f"{place}.{name}", one.get("description", "")
        yield from described(one, f"{place}.{name}")
    for name, one in table.get("definitions", {}).items():
        yield from described(one, name)


@pytest.mark.parametrize("text", TAKEN)
def test_what_the_tools_take_is_valid(text: str, tmp_path: Path) -> None:
    (tmp_path / "base.toml").write_text("")
    assert judged(text, tmp_path) == ""
    assert errors(text) == []


@pytest.mark.parametrize("text", REFUSED)
def test_what_they_refuse_is_not(text: str, tmp_path: Path) -> None:
    assert judged(text, tmp_path) != ""
    assert errors(text) != []


@pytest.mark.parametrize(
    "name", [n for n in documents() if any("prodworthy" in b.text for b in blocks(n, "toml"))]
)
def test_what_the_documents_show_is_valid(name: str) -> None:
    for block in blocks(name, "toml"):
        table = tomllib.loads(block.text)
        if {"name", "client", "call"} & set(table):
            continue  # a model of an SDK
        shown = table.get("tool", {}).get("prodworthy", table)
        assert [error.message for error in VALIDATOR.iter_errors(plain(shown))] == [], str(block)


def judged(text: str, folder: Path) -> str:
    """What the tools say of a prodworthy.toml."""
    file = folder / "prodworthy.toml"
    file.write_text(text, encoding="utf-8")
    try:
        config = read_config(file)
        Policy.load(file)
        privacy_of(config.tables)
        Budget.load(file)
        if "gateway" in config.tables:
            Gateway.load(file)
        if config.models:
            from prodworthy.model.knowledge import Knowledge

            Knowledge(load_packs().models, config.models)
    except (ConfigError, RedactError) as error:
        return str(error)
    except Exception as error:
        return f"{type(error).__name__}: {error}"
    return ""


def errors(text: str) -> list[str]:
    return [error.message for error in VALIDATOR.iter_errors(plain(tomllib.loads(text)))]


def plain(value: Any) -> Any:
    """A document of TOML as JSON: dates are text."""
    return json.loads(json.dumps(value, default=str))


def test_the_user_need_not_say_what_only_the_pack_says() -> None:
    assert "docs" in SdkModel.__dataclass_fields__
    assert (
        "required" not in SCHEMA["definitions"]["Wrapper"] or not SCHEMA["definitions"]["Wrapper"]["required"]
    )
