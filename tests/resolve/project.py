"""Small projects written to disk and asked for their calls."""

from __future__ import annotations

import textwrap
from importlib.resources import files
from pathlib import Path

from prodworthy.call import LlmCall
from prodworthy.model.knowledge import Knowledge
from prodworthy.resolve.engine import Engine
from prodworthy.source.python import read_source

MODELS = files("prodworthy_rules") / "models"


def calls(root: Path, **sources: str) -> list[LlmCall]:
    """The LLM calls of a project; ``app__llm="..."`` is the file ``app/llm.py``."""
    paths = []
    for name, text in sources.items():
        path = name.replace("__init__", "\0").replace("__", "/").replace("\0", "__init__") + ".py"
        (root / path).parent.mkdir(parents=True, exist_ok=True)
        (root / path).write_text(textwrap.dedent(text))
        paths.append(path)
    engine = Engine(root, Knowledge([MODELS]), lambda path: read_source(root, path), paths)
    return [call for path in paths for call in engine.module(read_source(root, path)).calls]


def only(root: Path, **sources: str) -> LlmCall:
    """The one LLM call of a project."""
    found = calls(root, **sources)
    assert len(found) == 1, [(c.span.path, c.span.line, c.callee) for c in found]
    return found[0]
