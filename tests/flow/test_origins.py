"""Where prompts come from: every defect stands beside its clean twin."""

from __future__ import annotations

import textwrap
from pathlib import Path

import pytest
from resolve.project import calls

FASTAPI = "from fastapi import FastAPI\nfrom pydantic import BaseModel, Field\napp = FastAPI()\n"
FLASK = "from flask import Flask, abort, request\napp = Flask(__name__)\n"
LLM = "from openai import OpenAI\nclient = OpenAI()\n"


def ask(expression: str) -> str:
    return f"client.responses.create(model='m', input={expression})"


def origins(tmp_path: Path, text: str) -> set[tuple[str, str, bool]]:
    found = calls(tmp_path, app=LLM + textwrap.dedent(text))
    return {
        (o.kind, o.label, o.validated)
        for c in found
        for o in c.origins()
        if o.kind not in ("constant", "unknown")
    }


UNCHECKED = {
    "flask json": FLASK + f"@app.post('/')\ndef f():\n    {ask('request.json[`q`]')}",
    "flask json, kept first": FLASK
    + f"@app.post('/')\ndef f():\n    data = request.get_json()\n    {ask('data[`q`]')}",
    "flask form through get": FLASK + f"@app.post('/')\ndef f():\n    {ask('request.form.get(`q`)')}",
    "flask path": FLASK + f"@app.get('/<topic>')\ndef f(topic):\n    {ask('topic')}",
    "fastapi body": FASTAPI
    + f"class Q(BaseModel):\n    text: str\n@app.post('/')\ndef f(q: Q):\n    {ask('q.text')}",
    "fastapi whole body": FASTAPI
    + f"class Q(BaseModel):\n    text: str\n@app.post('/')\ndef f(q: Q):\n    {ask('q.model_dump_json()')}",
    "fastapi query": FASTAPI + f"@app.get('/')\ndef f(q: str):\n    {ask('q')}",
    "fastapi request": "from fastapi import FastAPI, Request\napp = FastAPI()\n@app.post('/')\nasync def f(r: Request):\n"
    f"    body = await r.json()\n    {ask('body[`q`]')}",
    "f-string": FASTAPI + f"@app.get('/')\ndef f(q: str):\n    {ask('f`Answer: {q}`')}",
    "format": FASTAPI + f"@app.get('/')\ndef f(q: str):\n    {ask('`Answer: {}`.format(q)')}",
    "percent": FASTAPI + f"@app.get('/')\ndef f(q: str):\n    {ask('`Answer: %s` % q')}",
    "concatenation": FASTAPI
    + f"@app.get('/')\ndef f(q: str):\n    p = 'Answer: '\n    p += q\n    {ask('p')}",
    "join": FASTAPI + f"@app.get('/')\ndef f(q: str):\n    {ask('` `.join([`Answer`, q])')}",
    "helper": FASTAPI
    + f"def build(x):\n    return 'Answer: ' + x\n@app.get('/')\ndef f(q: str):\n    {ask('build(q)')}",
    "wrapper": FASTAPI + f"def run(x):\n    {ask('x')}\n@app.get('/')\ndef f(q: str):\n    run(q)",
    "list built over statements": FASTAPI
    + "@app.get('/')\ndef f(q: str):\n    m = []\n    m.append({'role': 'user', 'content': q})\n"
    + "    client.chat.completions.create(model='m', messages=m)",
    "emptiness is no limit": FLASK
    + f"@app.post('/')\ndef f():\n    q = request.json['q']\n    if not q:\n        abort(400)\n    {ask('q')}",
}

CHECKED = {
    "slice": FLASK + f"@app.post('/')\ndef f():\n    {ask('request.json[`q`][:500]')}",
    "length guard": FLASK
    + f"@app.post('/')\ndef f():\n    q = request.json['q']\n    if len(q) > 500:\n        abort(413)\n    {ask('q')}",
    "length condition": FLASK
    + f"@app.post('/')\ndef f():\n    q = request.json['q']\n    if len(q) < 500:\n        {ask('q')}",
    "allow-list": FLASK
    + f"@app.post('/')\ndef f():\n    q = request.json['q']\n    if q not in ('a', 'b'):\n        abort(400)\n    {ask('q')}",
    "assertion": FLASK
    + f"@app.post('/')\ndef f():\n    q = request.json['q']\n    assert len(q) < 500\n    {ask('q')}",
    "regex": FLASK
    + f"import re\n@app.post('/')\ndef f():\n    q = request.json['q']\n    if not re.fullmatch('[a-z]+', q):\n        abort(400)\n    {ask('q')}",
    "constrained field": FASTAPI
    + f"class Q(BaseModel):\n    text: str = Field(max_length=500)\n@app.post('/')\ndef f(q: Q):\n    {ask('q.text')}",
    "annotated field": FASTAPI
    + "from typing import Annotated\nclass Q(BaseModel):\n    text: Annotated[str, Field(max_length=500)]\n"
    + f"@app.post('/')\ndef f(q: Q):\n    {ask('q.text')}",
    "validator": FASTAPI
    + "from pydantic import field_validator\nclass Q(BaseModel):\n    text: str\n    @field_validator('text')\n"
    + f"    def short(cls, v):\n        return v\n@app.post('/')\ndef f(q: Q):\n    {ask('q.text')}",
    "query with a limit": "from fastapi import FastAPI, Query\napp = FastAPI()\n"
    f"@app.get('/')\ndef f(q: str = Query(max_length=50)):\n    {ask('q')}",
    "validating function": FLASK
    + f"def validate_question(q):\n    if len(q) > 5:\n        raise ValueError\n    return q\n@app.post('/')\ndef f():\n    {ask('validate_question(request.json[`q`])')}",
}

CLOSED = {
    "literal": FASTAPI
    + f"from typing import Literal\nclass Q(BaseModel):\n    tone: Literal['a', 'b']\n@app.post('/')\ndef f(q: Q):\n    {ask('q.tone')}",
    "number": FASTAPI + f"@app.get('/{{n}}')\ndef f(n: int):\n    {ask('f`Tell {n} jokes`')}",
    "enumeration": FASTAPI
    + f"from enum import Enum\nclass T(Enum):\n    A = 'a'\n@app.get('/')\ndef f(t: T):\n    {ask('t.value')}",
    "dependency": "from fastapi import Depends, FastAPI\napp = FastAPI()\ndef settings():\n    return 'x'\n"
    f"@app.get('/')\ndef f(s: str = Depends(settings)):\n    {ask('s')}",
    "looked up": FLASK
    + f"STYLES = {{'a': 'Write plainly.'}}\n@app.post('/')\ndef f():\n    {ask('STYLES[request.json[`s`]]')}",
}


def quoted(text: str) -> str:
    return text.replace("`", '"')


@pytest.mark.parametrize("case", UNCHECKED)
def test_unchecked(case: str, tmp_path: Path) -> None:
    found = origins(tmp_path, quoted(UNCHECKED[case]))
    assert any(kind == "request" and not validated for kind, _, validated in found), found


@pytest.mark.parametrize("case", CHECKED)
def test_checked(case: str, tmp_path: Path) -> None:
    found = origins(tmp_path, quoted(CHECKED[case]))
    requests = [validated for kind, _, validated in found if kind == "request"]
    assert requests
    assert all(requests), found


@pytest.mark.parametrize("case", CLOSED)
def test_closed(case: str, tmp_path: Path) -> None:
    assert not [o for o in origins(tmp_path, quoted(CLOSED[case])) if o[0] == "request"]


def test_roles(tmp_path: Path) -> None:
    text = """
        from flask import Flask, request
        app = Flask(__name__)
        @app.post("/")
        def f():
            client.chat.completions.create(model="m", messages=[
                {"role": "system", "content": f"You are {request.json['persona']}"},
                {"role": "user", "content": request.json["q"]},
            ])
    """
    (call,) = calls(tmp_path, app=LLM + textwrap.dedent(text))
    roles = {o.role: o.label for o in call.origins() if o.kind == "request"}
    assert roles == {"system_prompt": "request.json['persona']", "user_prompt": "request.json['q']"}


def test_the_path_is_told_step_by_step(tmp_path: Path) -> None:
    text = FLASK + "def run(text):\n    prompt = 'Answer: ' + text\n    " + ask("prompt")
    text += "\n@app.post('/')\ndef f():\n    run(request.json['q'])\n"
    (call,) = calls(tmp_path, app=LLM + text)
    (origin,) = [o for o in call.origins() if o.kind == "request"]
    assert [step.message for step in origin.trace] == [
        "`request.json['q']` comes from the request",
        "passed to `run` as `text`",
        "assigned as `prompt`",
        "reaches the user prompt of `client.responses.create`",
    ]


PERSONAL = {
    "attribute": ("def f(user):\n    {}", "f`Dear {user.email}`", "email"),
    "key": (
        "def f(row):\n    {}",
        "f`Born {row[`date_of_birth`]}`".replace("[`", "['").replace("`]", "']"),
        "date_of_birth",
    ),
    "get": ("def f(row):\n    {}", "row.get('ssn')", "ssn"),
}


@pytest.mark.parametrize("case", PERSONAL)
def test_personal(case: str, tmp_path: Path) -> None:
    body, expression, element = PERSONAL[case]
    (call,) = calls(tmp_path, app=LLM + body.format(ask(quoted(expression))))
    found = [o for o in call.origins() if o.personal]
    assert found
    assert not any(o.redacted for o in found)
    assert element.split("_")[0] in found[0].personal or found[0].personal


@pytest.mark.parametrize("function", ["redact", "anonymize_text", "mask_pii"])
def test_redacted(function: str, tmp_path: Path) -> None:
    text = f"def {function}(x):\n    return x\ndef f(user):\n    " + ask(f"{function}(user.email)")
    (call,) = calls(tmp_path, app=LLM + text)
    found = [o for o in call.origins() if o.personal]
    assert found
    assert all(o.redacted for o in found)


def test_one_field_of_an_object_is_not_the_others(tmp_path: Path) -> None:
    text = """
        class Case:
            def __init__(self, user, message):
                self.user = user
                self.message = message
        def run(user):
            case = Case(user=user.email, message="hello")
            client.responses.create(model="m", input=case.message)
    """
    (call,) = calls(tmp_path, app=LLM + textwrap.dedent(text))
    assert not [o for o in call.origins() if o.personal]


def test_user_messages_stay_out_of_the_system_prompt(tmp_path: Path) -> None:
    text = """
        from flask import Flask, request
        app = Flask(__name__)
        class Message:
            def __init__(self, content, role):
                self.content = content
                self.role = role
        def split(messages):
            system, rest = "", []
            for m in messages:
                if m.role == "system":
                    system += m.content
                else:
                    rest.append({"role": m.role, "content": m.content})
            return rest, system
        @app.post("/")
        def f():
            rest, system = split([Message("Be nice.", "system"), Message(request.json["q"], "user")])
            client.responses.create(model="m", input=rest, instructions=system)
    """
    (call,) = calls(tmp_path, app=LLM + textwrap.dedent(text))
    assert {o.role for o in call.origins() if o.kind == "request"} == {"user_prompt"}
