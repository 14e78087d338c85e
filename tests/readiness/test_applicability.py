"""Whether a project has anything for a check to look at."""

from __future__ import annotations

import textwrap
from pathlib import Path

import pytest

from prodworthy.pack import load_packs
from prodworthy.pipeline import Request, run
from prodworthy.readiness import knowledge
from prodworthy.readiness.applicability import NEEDS, Applicability
from prodworthy.readiness.assessment import call_facts

PACKS = load_packs()

BASE = """
    from fastapi import FastAPI
    from openai import AsyncOpenAI, OpenAI
    import requests
    from tenacity import retry, stop_after_attempt, wait_exponential
    app = FastAPI()
    client = OpenAI()
"""
CALL = "client.chat.completions.create(model=MODEL, max_tokens=size, messages=[])"


def applicable(folder: Path, code: str) -> Applicability:
    (folder / "app.py").write_text(textwrap.dedent(BASE) + textwrap.dedent(code))
    result = run(Request([Path()], folder, only_calls=True))
    assert len(result.calls) == 1
    return Applicability([f.call for f in call_facts(result)], 1, knowledge.needs(PACKS))


@pytest.mark.parametrize(
    ("code", "yes", "no"),
    [
        ("client.embeddings.create(model='m', input='x')", "PW703 PW801 PW202 PW701", "PW301 PW302 PW804"),
        (CALL, "PW301 PW804 PW701 PW208", "PW302 PW203 PW401 PW403 PW507 PW801 PW703"),
        (CALL.replace("size", "500"), "PW302", "PW801"),
        (CALL.replace("MODEL", "'gpt-4o'"), "PW801 PW802", "PW302"),
        (CALL.replace("size", "size, user='u1'"), "PW507", "PW401"),
        (CALL.replace("client", "AsyncOpenAI()"), "PW301", "PW701"),
        ("@retry(stop=stop_after_attempt(3), wait=wait_exponential())\ndef f():\n    return " + CALL, "PW203 PW204 PW205 PW206 PW212", "PW401"),
        ("@app.post('/')\ndef f(question: str):\n    return client.responses.create(model=MODEL, input=question)", "PW401 PW407 PW704", "PW403"),
        ("def f(address):\n    text = requests.get(address).text\n    return client.responses.create(model=MODEL, input=text)", "PW403", "PW401"),
    ],
)  # fmt: skip
def test_what_a_check_needs_is_a_call_that_has_it(tmp_path: Path, code: str, yes: str, no: str) -> None:
    applies = applicable(tmp_path, code)
    rules = {rule.code: rule for rule in PACKS.rules}
    assert [code for code in yes.split() if not applies(rules[code])] == []
    assert [code for code in no.split() if applies(rules[code])] == []


def test_without_calls_only_checks_of_files_apply() -> None:
    empty, files = (Applicability([], count, knowledge.needs(PACKS)) for count in (0, 3))
    rules = [rule for rule in PACKS.rules if rule.guide]
    assert [rule.code for rule in rules if empty(rule)] == []
    assert {"PW101", "PW102", "PW104", "PW106"} <= {rule.code for rule in rules if files(rule)}
    assert not any(files(rule) for rule in rules if rule.check_call is not None)


def test_needs_are_known_and_name_rules_once() -> None:
    codes = [rule.code for rule in PACKS.rules]
    needs = knowledge.needs(PACKS)
    assert set(needs) <= set(codes)
    assert set(needs.values()) == set(NEEDS)
