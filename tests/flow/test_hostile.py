"""Input made to break tracing: the work is bounded whatever the shape, and the defect beside it is still found."""

from __future__ import annotations

import time
from pathlib import Path

import pytest
from resolve.project import MODELS

from prodworthy.call import LlmCall
from prodworthy.flow.search import WORK
from prodworthy.model.knowledge import Knowledge
from prodworthy.resolve.engine import Engine
from prodworthy.source.python import read_source

HEAD = (
    "from flask import Flask, request\nfrom openai import OpenAI\napp = Flask(__name__)\nclient = OpenAI()\n"
)
ASK = "client.chat.completions.create(model='m', messages={})"


def _many_messages() -> str:
    items = ", ".join(f"{{'role': 'user', 'content': 'line {n}'}}" for n in range(10_000))
    last = "{'role': 'user', 'content': request.json['q']}"
    return f"@app.post('/')\ndef f():\n    messages = [{items}, {last}]\n    {ASK.format('messages')}\n"


APPEND = "    messages.append({{'role': 'user', 'content': {}}})\n"


def _appended(first: str = "[]") -> str:
    lines = APPEND.format("request.json['q']") + "".join(APPEND.format(f"'line {n}'") for n in range(10_000))
    return f"@app.post('/')\ndef f():\n    messages = {first}\n{lines}    {ASK.format('messages')}\n"


def _appended_to_a_parameter() -> str:
    lines = APPEND.format("request.json['q']") + "".join(APPEND.format(f"'line {n}'") for n in range(10_000))
    ask = f"    {ASK.format('messages')}\n"
    return f"def ask(messages):\n{lines}{ask}@app.post('/')\ndef f():\n    ask([])\n"


def _appended_names() -> str:
    lines = "".join(f"    t{n} = str({n})\n{APPEND.format(f't{n}')}" for n in range(3_000))
    first = APPEND.format("request.json['q']")
    return f"@app.post('/')\ndef f():\n    messages = []\n{first}{lines}    {ASK.format('messages')}\n"


def _chain() -> str:
    steps = "\n".join(f"def f{n}(x):\n    return f{n + 1}(x)" for n in range(300))
    ask = ASK.format("[{'role': 'user', 'content': x}]")
    return f"{steps}\ndef f300(x):\n    return {ask}\n@app.post('/')\ndef f():\n    f299(request.json['q'])\n"


def _chain_of_results() -> str:
    steps = "\n".join(f"def f{n}(x):\n    return f{n + 1}(x + 'a')" for n in range(300))
    ask = ASK.format("[{'role': 'user', 'content': f0('a') + f298(request.json['q'])}]")
    return f"{steps}\ndef f300(x):\n    return x\n@app.post('/')\ndef f():\n    {ask}\n"


def _mutual() -> str:
    names = range(40)
    functions = "\n".join(
        f"def g{n}(x):\n    return g{(n * 7 + 1) % 40}(x) or g{(n * 3 + 2) % 40}(x + 'b') or x" for n in names
    )
    ask = ASK.format("[{'role': 'user', 'content': g0(request.json['q'])}]")
    return f"{functions}\n@app.post('/')\ndef f():\n    {ask}\n"


def _huge_dict() -> str:
    keys = ", ".join(f"'k{n}': 'v{n}'" for n in range(20_000))
    ask = ASK.format("[{'role': 'user', 'content': T[request.json['k']] + request.json['q']}]")
    return f"T = {{{keys}}}\n@app.post('/')\ndef f():\n    {ask}\n"


def _long_sum() -> str:
    return (
        "@app.post('/')\ndef f():\n    text = request.json['q']\n"
        + "".join(f"    text = text + 'x{n}' + text\n" for n in range(300))
        + f"    {ASK.format('[{`role`: `user`, `content`: text}]'.replace('`', chr(39)))}\n"
    )


def _objects() -> str:
    classes = "\n".join(
        f"class C{n}:\n    def __init__(self, x):\n        self.inner = C{n + 1}(x)\n        self.x = x\n"
        f"    def text(self):\n        return self.inner.text() + self.x\n"
        for n in range(60)
    )
    last = "class C60:\n    def __init__(self, x):\n        self.x = x\n    def text(self):\n        return self.x\n"
    ask = ASK.format("[{'role': 'user', 'content': C0(request.json['q']).text()}]")
    return f"{classes}\n{last}@app.post('/')\ndef f():\n    {ask}\n"


SECONDS = 8
"""Each takes less than two seconds on an idle machine, and more than twenty where work grows as the square."""

FARTHER = "a text that doubles 300 times"
"""The source is farther away than steps are followed."""

SHAPES = {
    "10,000 messages in one list": _many_messages(),
    "10,000 messages appended": _appended(),
    "10,000 messages appended to nobody knows what": "from elsewhere import begin\n" + _appended("begin()"),
    "10,000 messages appended to what callers give": _appended_to_a_parameter(),
    "3,000 messages that have names": _appended_names(),
    "300 functions that call each other with the prompt": _chain(),
    "300 functions that return each other's result": _chain_of_results(),
    "functions that call each other in circles": _mutual(),
    "a dict of 20,000 texts": _huge_dict(),
    FARTHER: _long_sum(),
    "60 objects inside one another": _objects(),
}


@pytest.mark.parametrize("shape", SHAPES)
def test_the_work_is_bounded(shape: str, tmp_path: Path) -> None:
    began = time.process_time()
    calls, looked_at = _trace(tmp_path, HEAD + SHAPES[shape])
    assert time.process_time() - began < SECONDS
    assert len(calls) == 1
    assert looked_at <= 2 * WORK
    found = any(o.kind == "request" for o in calls[0].origins())
    assert found or shape == FARTHER


def test_a_thousand_sinks_share_what_they_ask(tmp_path: Path) -> None:
    lines = "\n".join("    logger.info('%s', text)" for _ in range(1000))
    ask = ASK.format("[{'role': 'user', 'content': text}]")
    text = f"import logging\nlogger = logging.getLogger(__name__)\n@app.post('/')\ndef f():\n    text = request.json['q']\n{lines}\n    {ask}\n"
    engine, path = _engine(tmp_path, HEAD + text)
    module = engine.module(read_source(tmp_path, path))
    sinks = module.sinks("log")
    assert len(sinks) == 1000
    assert all(any(o.kind == "request" for o in sink.origins()) for sink in sinks)
    assert engine.flow.relation.looked_at <= 1000 + 20


def _engine(root: Path, text: str) -> tuple[Engine, str]:
    (root / "app.py").write_text(text)
    return Engine(root, Knowledge([MODELS]), lambda path: read_source(root, path), ["app.py"]), "app.py"


def _trace(root: Path, text: str) -> tuple[list[LlmCall], int]:
    engine, path = _engine(root, text)
    calls = list(engine.module(read_source(root, path)).calls)
    for call in calls:
        call.origins()
    return calls, engine.flow.relation.looked_at
