"""The code, configuration and data that README and docs show is what the packages take."""

from __future__ import annotations

import ast
import importlib
import importlib.util
import json
import re
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest
import yaml
from redact.wire.upstream import Upstream

from documents.blocks import ROOT, Block, blocks, documents
from prodworthy.config import read_config
from prodworthy_redact import Policy, Redactor
from prodworthy_redact.gateway.config import Gateway
from prodworthy_redact.usage import Budget


def of(*languages: str) -> list[Block]:
    """The blocks of every document but CONTRIBUTING.md, which has a test of its own."""
    return [block for name in documents() if name != "CONTRIBUTING.md" for block in blocks(name, *languages)]


@pytest.mark.parametrize("block", of("python", "py"), ids=str)
def test_python_parses_and_what_it_imports_is_there(block: Block) -> None:
    tree = compile(block.text, str(block), "exec", ast.PyCF_ONLY_AST | ast.PyCF_ALLOW_TOP_LEVEL_AWAIT)
    compile(block.text, str(block), "exec", ast.PyCF_ALLOW_TOP_LEVEL_AWAIT)
    assert isinstance(tree, ast.Module)
    for statement in ast.walk(tree):
        if isinstance(statement, ast.ImportFrom) and statement.module and here(statement.module):
            known = names_of(statement.module)
            missing = [one.name for one in statement.names if one.name not in known]
            assert missing == [], f"{block}: {statement.module}"


@pytest.mark.parametrize("block", of("toml"), ids=str)
def test_configuration_is_taken(block: Block, tmp_path: Path) -> None:
    table = tomllib.loads(block.text)
    file = tmp_path / ("pyproject.toml" if "tool" in table else "prodworthy.toml")
    file.write_text(block.text, encoding="utf-8")
    read_config(file)
    known = table.get("tool", {}).get("prodworthy", table)
    for name, judge in (("redact", Policy), ("privacy", Policy), ("budget", Budget), ("gateway", Gateway)):
        if name in known:
            judge.load(file)


@pytest.mark.parametrize("block", of("yaml"), ids=str)
def test_yaml_is_valid(block: Block, tmp_path: Path) -> None:
    document = yaml.safe_load(block.text)
    assert document
    if "repos" in document:
        file = tmp_path / ".pre-commit-config.yaml"
        file.write_text(block.text, encoding="utf-8")
        command = [sys.executable, "-m", "pre_commit", "validate-config", str(file)]
        done = subprocess.run(command, capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stdout + done.stderr


@pytest.mark.parametrize("block", of("json"), ids=str)
def test_json_is_valid(block: Block) -> None:
    json.loads(block.text)


@pytest.mark.filterwarnings("ignore:names of people")
def test_readmes_three_lines_protect_a_client(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    openai = pytest.importorskip("openai")
    monkeypatch.chdir(tmp_path)
    shown = blocks("README.md", "python")
    protecting = next(block for block in shown if "protect(client" in block.text)
    asking = next(block for block in shown if "choices[0]" in block.text)
    with Upstream().running() as server:
        namespace = {"client": openai.OpenAI(base_url=f"{server.url}/v1", api_key="none", max_retries=0)}
        for block in (protecting, asking):
            exec(compile(block.text, str(block), "exec"), namespace)
    assert "<EMAIL_ADDRESS_1>" in server.seen[0].visible()
    assert "maria@example.com" not in server.seen[0].visible()
    assert "maria@example.com" in capsys.readouterr().out


@pytest.mark.filterwarnings("ignore:names of people")
def test_the_redactors_first_example_runs(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    example = blocks("docs/redact.md", "python")[0]
    names: dict[str, object] = {
        "request": "Write to maria@example.com",
        "reply": "Done: <EMAIL_ADDRESS_1>",
        "stream": ["Dear <EMAIL_ADD", "RESS_1>"],
    }
    exec(compile(example.text, str(example), "exec"), names)
    assert isinstance(names["redactor"], Redactor)
    assert names["safe"] == "Write to <EMAIL_ADDRESS_1>"
    assert names["answer"] == "Done: maria@example.com"
    assert capsys.readouterr().out.replace("\n", "") == "Dear maria@example.com"


def names_of(module: str) -> set[str]:
    """What can be imported from ``module``; read from its source where it needs a framework that is not here."""
    try:
        found = importlib.import_module(module)
    except ModuleNotFoundError:
        spec = importlib.util.find_spec(module)
        assert spec is not None
        assert spec.origin is not None
        body = ast.parse(Path(spec.origin).read_text(encoding="utf-8")).body
        return {one.name for one in body if isinstance(one, ast.ClassDef | ast.FunctionDef)}
    return {*dir(found), *getattr(found, "__all__", ())}


def here(module: str) -> bool:
    """Whether ``module`` can be imported: it is one of ours, or its package is installed."""
    root = module.partition(".")[0]
    return root.startswith("prodworthy") or importlib.util.find_spec(root) is not None


def test_every_figure_of_the_comparison_stands_where_it_was_measured() -> None:
    (why,) = (name for name in documents() if name.endswith("about/why.md"))
    page = (ROOT / why).read_text(encoding="utf-8")
    recorded = "\n".join((ROOT / name).read_text(encoding="utf-8") for name in documents() if name != why)
    rows = [
        line.split(" | ")[1]
        for line in page.splitlines()
        if line.startswith("| ") and "| question" not in line
    ]
    figures = {figure.rstrip(".,") for row in rows for figure in re.findall(r"\d[\d.,]*", row)}
    assert len(figures) > 20
    assert {
        figure for figure in figures if not re.search(rf"(?<![\d.]){re.escape(figure)}(?!\d)", recorded)
    } == set()
