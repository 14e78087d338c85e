"""The detectors work in detect-secrets as it is."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

from fake_keys import fake_key
from prodworthy.secrets import plugins

PROVIDERS = {
    "anthropic": "Anthropic",
    "openai": "OpenAI",
    "groq": "Groq",
    "huggingface": "Hugging Face",
    "xai": "xAI",
}


def test_detect_secrets_finds_keys_of_today_with_them(tmp_path: Path) -> None:
    file = tmp_path / "settings.yaml"
    file.write_text("".join(f"a{n}: {fake_key(provider)}\n" for n, provider in enumerate(PROVIDERS)))
    command = [
        sys.executable,
        "-m",
        "detect_secrets",
        "scan",
        "--all-files",
        "--plugin",
        str(plugins.__file__),
        ".",
    ]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=True)
    found = {entry["type"] for entry in json.loads(done.stdout)["results"]["settings.yaml"]}
    assert {f"{provider} credential" for provider in PROVIDERS.values()} <= found


def test_where_they_are_is_printed() -> None:
    done = subprocess.run(
        [sys.executable, "-m", "prodworthy.secrets.plugins"], capture_output=True, text=True, check=True
    )
    assert Path(done.stdout.strip()).samefile(str(plugins.__file__))
