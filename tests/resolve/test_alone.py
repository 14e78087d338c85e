"""A file's analysis depends on texts alone: not on what was analysed before, not on what is in memory."""

from __future__ import annotations

from pathlib import Path

import pytest

from prodworthy.model.knowledge import Knowledge
from prodworthy.resolve import library
from prodworthy.resolve.engine import Engine
from prodworthy.source.python import read_source
from resolve.project import MODELS

BASE = """
import openai


class Base:
    def __init__(self, client: openai.OpenAI):
        self.client = client
"""
USER = """
from base import Base


class User{n}(Base):
    def ask(self, text, limit):
        return self.client.responses.create(model="m", input=text, max_output_tokens=limit)


def run(text):
    import openai
    return User{n}(openai.OpenAI()).ask(text, {n}00)
"""


def _project(root: Path) -> Engine:
    (root / "base.py").write_text(BASE)
    for n in range(1, 5):
        (root / f"user{n}.py").write_text(USER.format(n=n))
    paths = ["base.py", *(f"user{n}.py" for n in range(1, 5))]
    return Engine(root, Knowledge([MODELS]), lambda path: read_source(root, path), paths)


def _caps(engine: Engine, root: Path, path: str) -> list[object]:
    module = engine.module(read_source(root, path))
    return [call.output_cap.value for call in module.calls]


def test_a_fresh_engine_knows_nothing_of_the_one_before(tmp_path: Path) -> None:
    engine = _project(tmp_path)
    for n in (3, 1, 4, 2):
        one = engine.afresh()
        assert _caps(one, tmp_path, f"user{n}.py") == [n * 100]
        engine.library.trim()


def test_modules_that_were_let_go_are_read_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(library, "KEPT", 0)
    engine = _project(tmp_path)
    for n in (1, 2, 1):
        one = engine.afresh()
        assert _caps(one, tmp_path, f"user{n}.py") == [n * 100]
        engine.library.trim()
        assert engine.library.module("base.py") is None


def test_what_was_consulted_is_on_record(tmp_path: Path) -> None:
    engine = _project(tmp_path).afresh()
    _caps(engine, tmp_path, "user1.py")
    project = engine.project
    assert "base.py" in project.read
    assert project.probed["base.py"]
    assert project.probed["base/__init__.py"] is False
    asked = {(search.kind, search.name): search.found for search in project.searched.values()}
    assert "user1.py" not in asked["callers", "run"]
