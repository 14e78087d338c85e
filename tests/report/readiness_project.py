"""A small project that a readiness report has something of everything to say about, hostile names included."""

from __future__ import annotations

import io
from collections.abc import Sequence
from datetime import date
from pathlib import Path

from fake_keys import fake_key
from prodworthy.config import Overrides
from prodworthy.pipeline import Request, Result, run
from prodworthy.readiness.assessment import Assessment, Subject, assess
from prodworthy.readiness.trend import Point
from prodworthy.report import readiness_html, readiness_json, readiness_md

DAY = date(2026, 11, 24)
KEY = fake_key("openai")
HOSTILE = 'x"><script>alert(1)<'
PROJECT = 'Demo <img src=x onerror=alert(1)> & "co"'
APP = f"""\
from fastapi import FastAPI
from openai import AsyncOpenAI

client = AsyncOpenAI(api_key="{KEY}", max_retries=0)
app = FastAPI()


@app.post("/ask")
async def ask(question: str, customer_email: str):
    answer = await client.chat.completions.create(
        model="gpt-4o", n=3, max_tokens=500, messages=[{{"role": "user", "content": question + customer_email}}]
    )
    return answer.choices[0].message.content


@app.post("/draw")
async def draw(question: str):
    answer = await client.chat.completions.create(
        model="a|b`c<d>", messages=[{{"role": "system", "content": question}}]
    )
    return eval(answer.choices[0].message.content)
"""
CONFIG = """\
[attestations.billing-limit]
owner = "Finance <b>&amp;"
date = 2026-03-02
expires = 2027-03-02
evidence = "https://wiki.example.com/?a=1&b=<2>"

[attestations.data-processing-agreement]
owner = "Legal"
date = 2025-01-10
expires = 2026-01-10
evidence = "javascript:alert(1)"

[attestations.risk-classification]
owner = "Compliance"
date = 2026-01-10
expires = 2027-01-10
applies = false
note = "It decides nothing about people."
"""


def make(folder: Path) -> Path:
    """Write the project."""
    (folder / HOSTILE).mkdir()
    (folder / HOSTILE / "app.py").write_text(APP)
    (folder / "bad.py").write_bytes(b"x = 1\n\0")
    (folder / "prodworthy.toml").write_text(CONFIG)
    return folder


def checked(folder: Path) -> Result:
    """The result of a run with every rule."""
    return run(Request([Path()], folder, Overrides(extend_select=("ALL",)), with_calls=True))


def assessed(folder: Path, earlier: Sequence[Point] = ()) -> Assessment:
    """The report on it."""
    return assess(checked(folder), Subject(PROJECT, DAY, "0123456789ab", True), earlier)


def written(style: str, of: Assessment, result: Result) -> str:
    """It, in one of its formats."""
    out = io.StringIO()
    match style:
        case "html":
            readiness_html.write(of, result.packs.rules, out)
        case "md":
            readiness_md.write(of, out)
        case _:
            readiness_json.write(of, out)
    return out.getvalue()
