"""What analyses of a run share changes what they cost, never what they say."""

from __future__ import annotations

import random
from pathlib import Path

import pytest

from prodworthy.analyse import Analyser
from prodworthy.config import Configs, Overrides
from prodworthy.files import Files
from prodworthy.outcome import Outcome
from prodworthy.pack import load_packs
from prodworthy.resolve import resolver
from prodworthy.resolve.engine import Shared
from prodworthy.resolve.solved import Pool
from prodworthy.textcheck import WorkTree

MODULES = 6
FUNCTIONS = 7
BODIES = (
    "return f{a}(text, client, limit)",
    "return f{a}(text + f{b}('', client, {n}), client, {n})",
    "return client.responses.create(model='m', input=text, max_output_tokens=limit)",
    "if limit > {n}:\n        return f{a}(text, client, limit - 1)\n    return Box(client, limit).ask(text)",
    "box = Box(client, {n}, text)\n    return box.ask(f{a}(text, box.client, box.limit))",
    "kwargs = {{'max_output_tokens': limit}}\n    kwargs.update(options(limit=f{b}(text, client, {n})))\n"
    "    return client.responses.create(model='m', input=text, **kwargs)",
    "return openai.OpenAI(timeout=f{a}(text, client, {n})).responses.create(model='m', input=text)",
)
HEAD = """
import openai

class Box:
    def __init__(self, client, limit, text=""):
        self.client = client
        self.limit = limit or {n}
        self.text = text

    def ask(self, text):
        return self.client.responses.create(model="m", input=self.text + text, max_output_tokens=self.limit)

def options(**kwargs):
    return kwargs
"""


def written(root: Path, seed: int) -> list[str]:
    """Modules whose functions call one another in any way, in circles too."""
    chance = random.Random(seed)
    names = list(range(MODULES * FUNCTIONS))
    for module in range(MODULES):
        mine = range(module * FUNCTIONS, (module + 1) * FUNCTIONS)
        lines = [HEAD.format(n=module * 10)]
        for name in mine:
            body = chance.choice(BODIES).format(a=chance.choice(names), b=chance.choice(names), n=name)
            called = sorted({int(word[1:]) for word in _words(body) if word[0] == "f" and word[1:].isdigit()})
            lines += [f"from m{n // FUNCTIONS} import f{n}" for n in called if n not in mine]
            default = chance.choice(("", "=None", "=openai.OpenAI()"))
            tail = ", limit=5" if default else ", limit"
            lines.append(f"\n\ndef f{name}(text, client{default}{tail}):\n    {body}\n")
        (root / f"m{module}.py").write_text("\n".join(lines))
    return [f"m{module}.py" for module in range(MODULES)]


def _words(text: str) -> list[str]:
    return "".join(c if c.isalnum() else " " for c in text).split()


def analyser(root: Path, paths: list[str]) -> Analyser:
    files = Files(root, Configs(root, Overrides(), None), {})
    return Analyser(files, load_packs(), paths, WorkTree(root, frozenset()))


def told(outcome: Outcome) -> object:
    consulted = outcome.consulted
    assert consulted is not None
    searched = {repr(search) for search in consulted.searched}
    return (
        outcome.findings,
        outcome.call_count,
        set(consulted.read),
        dict(consulted.probed),
        searched,
        [str(problem) for problem in outcome.problems],
    )


@pytest.mark.parametrize("seed", range(5))
def test_a_file_says_the_same_alone_and_among_others_in_any_order(tmp_path: Path, seed: int) -> None:
    paths = written(tmp_path, seed)
    alone = {path: told(analyser(tmp_path, paths).file(path, named=False)) for path in paths}
    for order in (paths, paths[::-1], random.Random(seed).sample(paths, len(paths))):
        together = analyser(tmp_path, paths)
        assert {path: told(together.file(path, named=False)) for path in order} == alone


@pytest.mark.parametrize("budget", [3, 40, 300])
def test_a_budget_runs_out_at_the_same_place(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, budget: int
) -> None:
    monkeypatch.setattr(resolver.Resolver.__init__, "__defaults__", (None, budget))
    paths = written(tmp_path, budget)
    alone = {path: told(analyser(tmp_path, paths).file(path, named=False)) for path in paths}
    together = analyser(tmp_path, paths)
    assert {path: told(together.file(path, named=False)) for path in paths} == alone


def test_answers_are_taken_over(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    paths = written(tmp_path, 1)
    asked = []
    compute = resolver.Resolver._evaluate

    def counted(self: resolver.Resolver, *rest: object) -> object:
        asked.append(rest)
        return compute(self, *rest)  # type: ignore[arg-type]

    monkeypatch.setattr(resolver.Resolver, "_evaluate", counted)
    together = analyser(tmp_path, paths)
    for path in paths:
        together.file(path, named=False)
    shared = len(asked)
    asked.clear()
    monkeypatch.setattr(Shared, "pool", property(lambda _: Pool()))
    apart = analyser(tmp_path, paths)
    for path in paths:
        apart.file(path, named=False)
    assert shared < len(asked)
