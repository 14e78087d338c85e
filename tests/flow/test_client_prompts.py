"""Prompts that a client or an agent is built with: the path says where."""

from __future__ import annotations

from pathlib import Path

from resolve.project import MODELS

from prodworthy.model.knowledge import Knowledge
from prodworthy.resolve.engine import Engine
from prodworthy.source.python import read_source

APP = """
from agents import Agent, Runner
from flask import Flask, request

app = Flask(__name__)


@app.post("/")
def answer():
    persona = request.args.get("persona")
    agent = Agent(name="Helper", instructions="Talk like " + persona)
    return Runner.run_sync(agent, "Hello").final_output
"""


def test_the_path_names_the_place_where_a_prompt_is_given(tmp_path: Path) -> None:
    (tmp_path / "app.py").write_text(APP)
    engine = Engine(tmp_path, Knowledge([MODELS]), lambda path: read_source(tmp_path, path), ["app.py"])
    (call,) = engine.module(read_source(tmp_path, "app.py")).calls
    paths = [o.trace for o in call.origins("system_prompt") if o.kind == "request"]
    given = {step.span.line for path in paths for step in path if step.message.startswith("given as")}
    assert given == {11}
    assert all("reaches the system prompt" in path[-1].message for path in paths)
