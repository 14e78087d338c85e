"""PW106 in a whole project: what it reads, what it says, and what holds it back."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from fake_keys import fake_key
from prodworthy.cli import main

PROD = "PROD_OPENAI_API_KEY"


@pytest.fixture(autouse=True)
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    write("prodworthy.toml", "select = ['PW106']\n")


def write(name: str, text: str) -> None:
    Path(name).parent.mkdir(parents=True, exist_ok=True)
    Path(name).write_text(text, encoding="utf-8")


def run(*arguments: str) -> Result:
    return CliRunner().invoke(main, ["check", *arguments])


def findings(*arguments: str) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = json.loads(run("--output-format", "json", *arguments).stdout)["findings"]
    return found


def places() -> list[tuple[str, int]]:
    return [(f["path"], f["line"]) for f in findings()]


SHARED = {
    "a compose file": (
        "docker-compose.staging.yml",
        f"services:\n  api:\n    environment:\n      OPENAI_API_KEY: ${{{PROD}}}\n",
        4,
    ),
    "a service": (
        "docker-compose.yml",
        f"services:\n  api-staging:\n    environment:\n      - OPENAI_API_KEY=${{{PROD}}}\n",
        4,
    ),
    "an env_file": (
        "compose.test.yaml",
        "services:\n  api:\n    env_file: .env.production\n    environment:\n      OPENAI_MODEL: m\n      OPENAI_API_KEY: ''\n"
        "      OPENAI_ORG_ID: ${ORG}\n",
        3,
    ),
    "a job": (
        ".github/workflows/deploy.yml",
        f"jobs:\n  test:\n    steps:\n      - run: pytest\n        env:\n          OPENAI_API_KEY: ${{{{ secrets.{PROD} }}}}\n",
        6,
    ),
    "a job's environment": (
        ".github/workflows/x.yml",
        "jobs:\n  deploy:\n    environment:\n      name: staging\n    steps:\n      - env:\n"
        "          ANTHROPIC_API_KEY: ${{ secrets.ANTHROPIC_API_KEY_PROD }}\n",
        7,
    ),
    "a manifest": (
        "k8s/staging.yaml",
        "spec:\n  containers:\n    - env:\n        - name: OPENAI_API_KEY\n          valueFrom:\n            secretKeyRef:\n"
        "              name: openai-production\n              key: key\n",
        7,
    ),
    "a dotenv file": (".env.test", f"# keys\nexport OPENAI_API_KEY=${PROD}\n", 2),
    "a test": ("tests/conftest.py", f"import os\nos.environ['OPENAI_API_KEY'] = os.environ['{PROD}']\n", 2),
    "a fixture": (
        "tests/test_a.py",
        f"def test(monkeypatch):\n    monkeypatch.setenv('OPENAI_API_KEY', getenv('{PROD}'))\n",
        2,
    ),
    "a module": ("settings/staging.py", f"from os import getenv\nOPENAI_API_KEY = getenv('{PROD}', '')\n", 2),
    "a class's value": (
        "config.py",
        "class DevConfig:\n    openai_api_key = ProductionConfig.openai_api_key\n",
        2,
    ),
    "a dict": ("config.py", f"import os\nC = {{'staging': {{'openai_api_key': os.environ['{PROD}']}}}}\n", 2),
    "a dict of settings": (
        "config.py",
        f"C = {{\n 'staging': Settings(openai_api_key=env('{PROD}')),\n}}\n",
        2,
    ),
}


@pytest.mark.parametrize("form", SHARED)
def test_what_takes_productions_key_is_reported(form: str) -> None:
    path, text, line = SHARED[form]
    write("app.py", "import openai\n")
    write(path, text)
    assert places() == [(path, line)]


OWN = {
    "the same name everywhere": (
        "docker-compose.staging.yml",
        "services:\n  api:\n    environment:\n      OPENAI_API_KEY: ${OPENAI_API_KEY}\n",
    ),
    "its own": (".env.staging", "OPENAI_API_KEY=$STAGING_OPENAI_API_KEY\n"),
    "pre-production": (".env.staging", "OPENAI_API_KEY=$PREPROD_OPENAI_API_KEY\n"),
    "production itself": (
        "docker-compose.prod.yml",
        f"services:\n  api:\n    environment:\n      OPENAI_API_KEY: ${{{PROD}}}\n",
    ),
    "no environment": (
        "docker-compose.yml",
        f"services:\n  api:\n    environment:\n      OPENAI_API_KEY: ${{{PROD}}}\n",
    ),
    "another secret": (".env.staging", "DATABASE_PASSWORD=$PROD_DATABASE_PASSWORD\n"),
    "an example": (".env.staging.example", f"OPENAI_API_KEY=${PROD}\n"),
    "a product": (".env.staging", "OPENAI_API_KEY=$PRODUCT_OPENAI_API_KEY\n"),
    "a template": ("k8s/staging.yaml", "{{- if .Values.x }}\na: [\n"),
    "nonsense": (".env.staging", "\x00\x01=\n== =\n"),
}


@pytest.mark.parametrize("form", OWN)
def test_what_has_its_own_is_not(form: str) -> None:
    path, text = OWN[form]
    write("app.py", "import openai\n")
    write(path, text)
    assert places() == []


def test_the_same_value_is_reported_and_never_shown() -> None:
    key = fake_key("openai")
    write("app.py", "import openai\n")
    write("deploy/.env.production", f"OPENAI_API_KEY={key}\n")
    write("deploy/.env.staging", f"OPENAI_API_KEY='{key}'\n")
    (found,) = findings()
    assert (found["path"], found["line"]) == ("deploy/.env.staging", 1)
    assert [step["path"] for step in found["trace"]] == ["deploy/.env.production", "deploy/.env.staging"]
    for style in ("full", "concise", "json", "sarif", "github"):
        assert key[8:] not in run("--output-format", style).output


def test_placeholders_are_not_the_same_value() -> None:
    for value in ("changeme", "sk-...", "<your key>", "xxxxxxxxxx", "your_openai_key"):
        write(".env.production", f"OPENAI_API_KEY={value}\n")
        write(".env.staging", f"OPENAI_API_KEY={value}\n")
        assert places() == []


def test_anchors_and_bombs_of_yaml() -> None:
    write("settings.yaml", "prod: &p\n  openai_project: proj_8fJ2kLq0Zx\nstaging:\n  <<: *p\n  debug: true\n")
    assert [path for path, _ in places()] == ["settings.yaml"]
    bomb = "a: &a [x, x, x, x, x, x, x, x, x]\n"
    bomb += "".join(
        f"{c}: &{c} [{', '.join(['*' + p] * 9)}]\n" for p, c in zip("abcdefgh", "bcdefghi", strict=True)
    )
    write("bomb.staging.yaml", bomb)
    write("deep.staging.yaml", "[" * 5000)
    assert [path for path, _ in places()] == ["settings.yaml"]


def test_comments_and_configuration_hold_it_back() -> None:
    line = f"OPENAI_API_KEY=${PROD}"
    write(".env.staging", f"{line} # prodworthy: ignore[PW106] one account\n")
    assert places() == []
    write(".env.staging", f"# prodworthy: ignore[shared-environment-key]\n{line}\n")
    assert places() == []
    write(".env.staging", f"# prodworthy: ignore[PW101]\n{line}\n")
    assert len(places()) == 1
    write("prodworthy.toml", "select = ['PW106']\n[per-file-ignores]\n'.env.*' = ['PW106']\n")
    assert places() == []


def test_a_comment_in_python_holds_it_back_as_everywhere() -> None:
    text = f"import os\nclass StagingConfig:\n    openai_api_key = os.environ['{PROD}']  # prodworthy: ignore[PW106] why\n"
    write("config.py", text)
    assert places() == []


def test_it_asks_about_folders_only_and_is_no_part_of_the_default_set() -> None:
    write("config.py", f"import os\nclass StagingConfig:\n    openai_api_key = os.environ['{PROD}']\n")
    write("other/x.py", "import openai\n")
    assert len(findings(".")) == 1
    assert findings("config.py") == []
    assert findings("other") == []
    write("prodworthy.toml", "")
    assert findings(".") == []
