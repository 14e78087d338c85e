"""Which environment a name speaks of."""

from __future__ import annotations

import pytest

from prodworthy.environments.names import environment_of, environment_of_path, kind_of


@pytest.mark.parametrize(
    ("name", "environment"),
    [
        ("ProductionSettings", "production"),
        ("prod", "production"),
        ("StagingConfig", "staging"),
        ("pre-prod", "staging"),
        ("preprod", "staging"),
        ("TestSettings", "test"),
        ("CI", "test"),
        ("DevConfig", "development"),
        ("Product", ""),
        ("reproduce", ""),
        ("device", ""),
        ("latest", ""),
        ("contest", ""),
        ("test_production", ""),
        ("Settings", ""),
    ],
)
def test_environments_by_name(name: str, environment: str) -> None:
    assert environment_of(name) == environment


@pytest.mark.parametrize(
    ("path", "environment"),
    [
        (".env.staging", "staging"),
        ("deploy/.env.production.local", "production"),
        ("staging.env", "staging"),
        ("config/settings_test.py", "test"),
        ("deploy/staging/values.yaml", "staging"),
        ("docker-compose.prod.yml", "production"),
        ("app/llm.py", ""),
        (".env", ""),
    ],
)
def test_environments_by_path(path: str, environment: str) -> None:
    assert environment_of_path(path) == environment


@pytest.mark.parametrize(
    ("path", "kind"),
    [
        (".env.staging", "dotenv"),
        ("prod.env", "dotenv"),
        (".env.example", ""),
        (".env.staging.sample", ""),
        ("docker-compose.staging.yml", "compose"),
        ("compose.yaml", "compose"),
        (".github/workflows/ci.yml", "workflow"),
        ("config/staging.yaml", "yaml"),
        ("app.py", ""),
        ("notes.txt", ""),
    ],
)
def test_kinds_of_settings_files(path: str, kind: str) -> None:
    assert kind_of(path) == kind
