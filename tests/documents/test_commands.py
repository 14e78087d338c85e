"""Every command in README and docs runs, and prints what is shown below it."""

from __future__ import annotations

import re
import shlex
from pathlib import Path

import click
import pytest

from documents.blocks import ROOT, Command, commands, documents, inline
from documents.shell import checkout, environment, project, run, shows
from prodworthy.cli import main

NOT_RUN = {
    "python3 -m venv .venv": "CI runs README's quick start itself, in a fresh clone",
    ".venv/bin/python -m pip install .": "needs the network",
    "source .venv/bin/activate": "for the commands above it",
    "python -m pip install bandit": "fetches other checkers from the network and compares for minutes",
    "pip install 'prodworthy[gateway]'": "needs the network",
    "prodworthy gateway --upstream https://api.openai.com": "serves until it is stopped; tests/redact/gateway start it",
    "cd deploy": "for the command below it",
    "PRODWORTHY_REDACT_KEY=$(python -c 'import secrets; print(secrets.token_urlsafe(32))') docker": "needs docker",
}
"""How a command begins that is not run -> why. Whatever begins otherwise is run."""

FILES = {
    "docs/redact.md": {
        "letter.txt": "Write to maria@example.com before Friday.\n",
        "prompts.jsonl": '{"prompt": "Call maria@example.com"}\n',
        "in": "Write to maria@example.com before Friday.\n",
    },
}
"""Document -> files that its commands speak of, beside the application that they run in."""

IN_CHECKOUT = ("docs/start/tutorial.md",)
"""Documents whose commands begin where `examples` lies; the others' run in an application's own repository."""

RUN = [
    name for name in documents() if commands(name) and name != "CONTRIBUTING.md"
]  # it has a test of its own


@pytest.mark.parametrize("document", RUN)
def test_commands_do_what_is_shown(document: str, tmp_path: Path) -> None:
    wanted = [command for command in commands(document) if not skipped(command)]
    if not wanted:
        return
    place = project(tmp_path, FILES.get(document, {}))
    if document in IN_CHECKOUT:
        place = checkout(tmp_path)
    for command, (printed, status) in zip(wanted, run(wanted, place, environment(tmp_path)), strict=True):
        where = f"{command.document}:{command.line}: {command.text}"
        assert status in allowed(command), f"{where}exits with {status}:\n{printed}"
        if command.shown is not None:
            assert shows(command.shown, printed), f"{where}prints:\n{printed}"


def test_every_exception_is_needed() -> None:
    found = [skipped(command) for name in RUN for command in commands(name)]
    assert set(NOT_RUN) - set(found) == set()


def test_what_is_shown_is_compared() -> None:
    assert shows("a\n...\nz 3\n", "a\nb\nc\nz 3\n")
    assert shows("...\na ... c\n...\n", "a b c\n")
    assert not shows("a\n...\nz 3\n", "a\nb\nz 4\n")
    assert not shows("", "a\n")


INLINE = sorted({(name, code) for name in documents() for code in inline(name)})
OF_OURS = [one for one in INLINE if one[1].startswith("prodworthy ")]
BENCHMARKS = [one for one in INLINE if one[1].startswith("python benchmarks/")]


@pytest.mark.parametrize(("document", "code"), OF_OURS, ids=map(" ".join, OF_OURS))
def test_a_command_in_a_sentence_exists(document: str, code: str) -> None:
    words = shlex.split(code, comments=True)[1:]
    command: click.Command = main
    context = click.Context(main, info_name="prodworthy")
    while isinstance(command, click.Group) and words and not words[0].startswith("-"):
        name = words.pop(0)
        inner = command.get_command(context, name)
        assert inner is not None, f"{document}: there is no command `{name}`"
        command = inner
    options = {name for one in command.params for name in (*one.opts, *one.secondary_opts)} | {"--help", "-h"}
    unknown = [word for word in words if word.startswith("--") and word.partition("=")[0] not in options]
    assert unknown == [], f"{document}: {code}"


@pytest.mark.parametrize(("document", "code"), BENCHMARKS, ids=map(" ".join, BENCHMARKS))
def test_a_benchmark_in_a_sentence_exists(document: str, code: str) -> None:
    words = code.split()
    text = (ROOT / words[1]).read_text(encoding="utf-8")
    assert [word for word in words if word.startswith("--") and f'"{word}"' not in text] == [], document


def skipped(command: Command) -> str:
    """The entry of `NOT_RUN` that holds for ``command``, or nothing."""
    text = " ".join(command.text.split())
    return next((start for start in NOT_RUN if text.startswith(start)), "")


def allowed(command: Command) -> tuple[int, ...]:
    """The exit statuses that are no failure: a check ends with 1 where it finds something."""
    return (0, 1) if re.match(r"(\.venv/bin/)?(prodworthy (check|report)|flake8)\b", command.text) else (0,)
