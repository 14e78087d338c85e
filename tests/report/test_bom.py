"""The AI bill of materials: valid by the official schema, the same each time, and complete."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner
from cyclonedx.schema import SchemaVersion
from cyclonedx.validation.json import JsonStrictValidator
from report.readiness_project import HOSTILE, KEY, make

from prodworthy.cli import main

MORE = """\
import os
import anthropic
import openai
import requests

local = openai.OpenAI(base_url="http://localhost:11434/v1")
chosen = openai.OpenAI(base_url=os.environ["LLM_URL"])
azure = openai.AzureOpenAI(azure_endpoint=os.environ["AZURE"], azure_deployment="prod-4o")


def run(text):
    local.chat.completions.create(model="qwen3", max_tokens=9, messages=[])
    chosen.chat.completions.create(model=os.environ["MODEL"], max_tokens=9, messages=[])
    azure.chat.completions.create(model="gpt-4o", max_tokens=9, messages=[])
    anthropic.Anthropic().messages.create(model="claude-sonnet-5-5", max_tokens=700, messages=[])
    openai.OpenAI().embeddings.create(model="text-embedding-3-small", input=text)
    requests.post("https://api.mistral.ai/v1/chat/completions", json={"model": "m-large", "messages": []})
"""


def bom(folder: Path) -> str:
    done = CliRunner().invoke(
        main, ["inventory", "--format", "cyclonedx", "--no-cache", str(folder)],
        env={"SOURCE_DATE_EPOCH": "1795478400"},
    )  # fmt: skip
    assert done.exit_code in (0, 3), done.output
    return done.stdout


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = make(tmp_path_factory.mktemp("demo"))
    (folder / "more.py").write_text(MORE)
    (folder / "tests").mkdir()
    (folder / "tests" / "test_it.py").write_text(MORE.replace("qwen3", "only-in-tests"))
    return folder


@pytest.fixture(scope="module")
def text(project: Path) -> str:
    return bom(project)


@pytest.fixture(scope="module")
def document(text: str) -> dict[str, Any]:
    read = json.loads(text)
    assert isinstance(read, dict)
    return read


def test_it_is_valid_by_the_official_schema(text: str, tmp_path: Path) -> None:
    validator = JsonStrictValidator(SchemaVersion.V1_6)
    assert validator.validate_str(text) is None
    assert validator.validate_str(bom(tmp_path)) is None  # a project without a call
    assert validator.validate_str(text.replace('"library"', '"book"')) is not None


def test_models_stand_with_who_supplies_them_what_they_do_and_where(document: dict[str, Any]) -> None:
    models = {c["bom-ref"]: c for c in document["components"] if c["type"] == "machine-learning-model"}
    assert {"model:Anthropic:claude-sonnet-5-5", "model:OpenAI:text-embedding-3-small", "model:OpenAI:gpt-4o",
            "model:Mistral AI:m-large", "model:own or private host:qwen3"} <= set(models)  # fmt: skip
    claude = models["model:Anthropic:claude-sonnet-5-5"]
    assert claude["supplier"] == {"name": "Anthropic"}
    assert claude["modelCard"]["modelParameters"]["task"] == "text-generation"
    assert claude["evidence"]["occurrences"] == [
        {"line": 15, "location": "more.py", "symbol": "messages.create"}
    ]
    embedding = models["model:OpenAI:text-embedding-3-small"]
    assert embedding["modelCard"]["modelParameters"]["task"] == "text-embedding"
    assert "supplier" not in models["model:own or private host:qwen3"]


def test_sdks_are_packages(document: dict[str, Any]) -> None:
    sdks = {c["bom-ref"]: c.get("purl") for c in document["components"] if c["type"] == "library"}
    assert sdks == {"sdk:anthropic": "pkg:pypi/anthropic", "sdk:openai": "pkg:pypi/openai"}


def test_providers_are_services_across_the_boundary_with_the_data_they_get(document: dict[str, Any]) -> None:
    services = {service["bom-ref"]: service for service in document["services"]}
    assert {ref: s.get("x-trust-boundary") for ref, s in services.items()} == {
        "provider:anthropic": True,
        "provider:azure": True,
        "provider:mistral": True,
        "provider:openai": True,
        "provider:private": False,
        "provider:run-time": None,
    }
    data = {one["classification"] for one in services["provider:openai"]["data"]}
    assert data == {"contact data: email", "text from users"}
    properties = {p["name"]: p["value"] for p in services["provider:openai"]["properties"]}
    assert properties["prodworthy:calls"] == "3"
    assert properties["prodworthy:calls-without-output-cap"] == "1"
    assert properties["prodworthy:largest-known-output-tokens-per-call"] == "1500"


def test_dependencies_join_what_there_is(document: dict[str, Any]) -> None:
    refs = {c["bom-ref"] for c in (*document["components"], *document["services"])}
    graph = {d["ref"]: set(d.get("dependsOn", ())) for d in document["dependencies"]}
    assert set(graph) == refs | {"application"}
    assert graph["application"] == {ref for ref in refs if not ref.startswith("model:")}
    assert "model:Anthropic:claude-sonnet-5-5" in graph["provider:anthropic"]


def test_tests_are_left_out_and_nothing_secret_is_let_in(text: str) -> None:
    assert "only-in-tests" not in text
    assert not any(KEY[at : at + 12] in text for at in range(len(KEY) - 12))
    assert json.dumps(f"{HOSTILE}/app.py") in text


def test_the_same_code_on_the_same_day_gives_the_same_bytes(project: Path, text: str) -> None:
    command = [sys.executable, "-m", "prodworthy", "inventory", "--format", "cyclonedx", "--no-cache", "."]
    environment = os.environ | {"SOURCE_DATE_EPOCH": "1795478400", "PYTHONHASHSEED": "7"}
    done = subprocess.run(command, cwd=project, env=environment, capture_output=True, check=False)
    assert done.stdout.decode() == text
    assert '"timestamp": "2026-11-24T00:00:00+00:00"' in text


def test_what_is_unresolved_is_no_bill_of_materials() -> None:
    done = CliRunner().invoke(main, ["inventory", "--format", "cyclonedx", "--unresolved"])
    assert done.exit_code == 2
