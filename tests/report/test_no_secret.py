"""Nothing that a run writes, wherever it writes it, holds a secret of the project."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from fake_keys import fake_key
from prodworthy import report
from prodworthy.cli import main
from prodworthy.cli.report import FORMATS as PAGES
from prodworthy.report import calls
from scratch import git

KINDS = ("openai", "anthropic", "github")
PLACES = """\
import logging
from openai import OpenAI

client = OpenAI(
    api_key="{key}",
    base_url="http://api.example.com/v1?key={key}",
)
# the old one was {key}
headers = {{"Authorization": "Bearer {key}"}}
settings = dict(token="{key}", max_retries=0)


def ask(text: str) -> str:
    logging.info("with %s", "{key}")
    prompt = f"my key is {key}, {{text}}"
    return client.chat.completions.create(
        model="gpt-4o", user="{key}", messages=[{{"role": "system", "content": prompt}}]
    )
"""


@pytest.fixture(params=KINDS)
def key(request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    """A fresh key, which stands in every kind of file of the project in the working directory."""
    key = fake_key(request.param)
    app = tmp_path / "app"
    app.mkdir()
    output = {"output_type": "stream", "name": "stdout", "text": [f"{key}\n"]}
    cells = [
        {"cell_type": "code", "execution_count": 1, "metadata": {}, "source": source, "outputs": [output]}
        for source in (PLACES.format(key=key), f"print('{key}')")
    ]
    notebook = {"cells": cells, "metadata": {}, "nbformat": 4, "nbformat_minor": 5}
    texts = {
        "bot.py": PLACES.format(key=key),
        "bot.ipynb": json.dumps(notebook),
        ".env": f"OPENAI_API_KEY={key}\nexport OTHER='{key}'\n",
        "config.yaml": f"llm:\n  api_key: {key}\n  list: [{key}]\n",
        "notes.md": f"Use `{key}` for now.\n",
        "run.sh": f"curl -H 'Authorization: Bearer {key}' https://api.example.com\n",
        "broken.py": f"key = '{key}'\nx = = 1  # {key}\n",
    }
    for name, text in texts.items():
        (app / name).write_text(text, encoding="utf-8")
    monkeypatch.chdir(app)
    return key


def check(*arguments: str, **environment: str) -> Result:
    return CliRunner(env=environment).invoke(main, ["check", "--select", "ALL", "--pedantic", *arguments])


def shows(text: str, key: str) -> bool:
    """Whether twelve characters of ``key`` in a row stand in ``text``."""
    return any(key[at : at + 12] in text for at in range(8, len(key) - 12))


@pytest.mark.parametrize("name", [*report.FORMATS, "statistics"])
def test_no_format_shows_a_key(key: str, name: str) -> None:
    style = ("--statistics",) if name == "statistics" else ("--output-format", name)
    summary = Path.cwd().parent / "summary.md"
    done = check(*style, GITHUB_STEP_SUMMARY=str(summary))
    assert done.exit_code == 3
    assert "PW101" in done.stdout
    assert "PW102" in done.stdout
    stored = check(*style, "--output-file", "../out", GITHUB_STEP_SUMMARY=str(summary))
    told = [
        done.stdout,
        done.stderr,
        stored.stdout,
        stored.stderr,
        Path("../out").read_text(encoding="utf-8"),
    ]
    if name == "github":
        told.append(summary.read_text(encoding="utf-8"))
    assert [text for text in told if shows(text, key)] == []


def test_neither_baselines_nor_stored_results_hold_a_key(key: str, monkeypatch: pytest.MonkeyPatch) -> None:
    results = Path.cwd().parent / "results"
    monkeypatch.setenv("PRODWORTHY_CACHE_DIR", str(results))
    for name in ("known.json", ".secrets.baseline"):
        done = check("--baseline", f"../{name}", "--write-baseline")
        assert not shows(done.stdout + done.stderr, key)
        assert not shows(Path(f"../{name}").read_text(encoding="utf-8"), key)
    stored = [file for file in results.rglob("*") if file.is_file()]
    assert stored
    assert [file for file in stored if shows(file.read_bytes().decode("latin-1"), key)] == []


def test_neither_diffs_nor_explanations_show_a_key(key: str) -> None:
    told = check("--fix", "--unsafe-fixes", "--diff")
    assert "+++ b/bot.py" in told.stdout
    assert not shows(told.stdout + told.stderr, key)
    runner = CliRunner()
    for line in check("--output-format", "concise").stdout.splitlines():
        place, _, rest = line.partition(": ")
        path, number, _ = place.rsplit(":", 2)
        if path == "bot.py":
            done = runner.invoke(main, ["explain", rest.split()[0], f"{path}:{number}"])
            assert not shows(done.output, key)


@pytest.mark.parametrize("style", calls.FORMATS)
def test_no_inventory_shows_a_key(key: str, style: str) -> None:
    for more in ((), ("--unresolved",)):
        done = CliRunner().invoke(main, ["inventory", "--format", style, *more])
        assert more or "gpt-4o" in done.stdout
        assert not shows(done.output, key)


@pytest.mark.parametrize("style", PAGES)
def test_no_readiness_report_shows_a_key(key: str, style: str) -> None:
    done = CliRunner().invoke(main, ["report", "--format", style])
    assert "PW101" in done.stdout
    assert not shows(done.output, key)


def test_neither_index_nor_history_show_a_key(key: str) -> None:
    folder = Path.cwd()
    git(folder, "init", "--quiet")
    git(folder, "add", "--all", "--force")
    for name in report.FORMATS:
        done = check("--staged", "--output-format", name)
        assert "PW102" in done.stdout
        assert not shows(done.output, key), name
    git(folder, "commit", "-m", "All of it")
    (folder / "config.yaml").unlink()
    for name in report.FORMATS:
        done = check("--history", "--output-format", name)
        assert "PW102" in done.stdout
        assert not shows(done.output, key), name
