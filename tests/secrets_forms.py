"""How people write a key down: (file, text with the name and the key in it)."""

from __future__ import annotations

import json
from collections.abc import Iterator


def written(name: str, key: str) -> Iterator[tuple[str, str]]:
    """``key`` under ``name`` in every kind of file."""
    low = name.lower()
    cell = {
        "cell_type": "code",
        "source": ["import os\n", f'os.environ["{name}"] = "{key}"\n'],
        "outputs": [],
    }
    shown = {"cell_type": "code", "source": ["print(key)"], "outputs": [{"text": [f"{name}={key}\n"]}]}
    yield "app.py", f'import os\n# {name} = "{key}"\n'
    yield ".env", f"DEBUG=1\n{name}={key}\n"
    yield "config.yaml", f"llm:\n  {low}: {key}\n  model: gpt-6\n"
    yield "settings.json", json.dumps({"llm": {low: key, "model": "x"}}, indent=2)
    yield "source.ipynb", json.dumps({"cells": [cell]}, indent=1)
    yield "output.ipynb", json.dumps({"cells": [shown]}, indent=1)
    yield "Dockerfile", f"FROM python:3.13\nENV {name}={key}\nRUN true\n"
    yield "api.Dockerfile", f"FROM python:3.13\nENV {name} {key}\n"
    yield "README.md", f"Set the key:\n\n```sh\nexport {name}={key}\n```\n"
    yield "deploy.sh", f'curl -H "Authorization: Bearer {key}" https://api.acme.dev/v1\n'
    yield "main.tf", f'locals {{\n  {low} = "{key}"\n}}\n'
    yield "docker-compose.yml", f"services:\n  api:\n    environment:\n      - {name}={key}\n"
    yield "k8s.yaml", f'env:\n  - name: {name}\n    value: "{key}"\n'
    yield "runs.jsonl", json.dumps({"config": json.dumps({low: key})}) + "\n"
    yield "app.ts", f'const client = new Client({{ {_camel(low)}: "{key}" }});\n'


def _camel(name: str) -> str:
    first, *rest = name.split("_")
    return first + "".join(word.title() for word in rest)
