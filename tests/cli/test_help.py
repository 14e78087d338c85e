"""Every option says what it does, and what is mistyped is answered with what would be right."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import click
import pytest
from click.shell_completion import ShellComplete
from click.testing import CliRunner

from prodworthy.cli import main


def commands(
    group: click.Command, path: tuple[str, ...] = ()
) -> Iterator[tuple[tuple[str, ...], click.Command]]:
    yield path, group
    if isinstance(group, click.Group):
        context = click.Context(group)
        for name in group.list_commands(context):
            command = group.get_command(context, name)
            assert command is not None
            yield from commands(command, (*path, name))


def test_every_option_has_help_and_every_command_fits_80_columns() -> None:
    for path, command in commands(main):
        bare = [p.opts for p in command.params if isinstance(p, click.Option) and not p.help]
        assert bare == [], path
        shown = CliRunner().invoke(main, [*path, "--help"], terminal_width=80).stdout
        assert max(map(len, shown.splitlines())) <= 80, path


@pytest.mark.parametrize(
    ("typed", "told"),
    [
        (["chek"], "there is no command `chek`; did you mean `check`?"),
        (["src"], "there is no command `src`; to check what is there: prodworthy check src"),
        (["xyzzy"], "there is no command `xyzzy`; `prodworthy --help` lists them"),
        (["check", "--selct", "PW1"], "--select"),
        (["check", "--select", "PW30l"], "did you mean PW301?"),
        (["explain", "unbounded-outptu"], "did you mean"),
        (["check", "nowhere.py"], "nowhere.py: no such file or directory"),
        (["check", "--baseline", "none.json"], "`--write-baseline` writes one"),
    ],
)
def test_a_mistake_is_named_with_the_next_step(
    typed: list[str], told: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "src").mkdir()
    monkeypatch.chdir(tmp_path)
    done = CliRunner().invoke(main, typed)
    assert done.exit_code == 2
    assert told in done.stderr


@pytest.mark.parametrize(
    ("words", "typed", "expected"),
    [
        ([], "ch", ["check"]),
        (["check"], "--stat", ["--statistics"]),
        (["check", "--select"], "PW301,PW20", [f"PW301,PW20{n}" for n in range(1, 10)]),
        (["explain"], "unbounded-o", ["unbounded-output"]),
        (["check", "--profile"], "prod", ["production"]),
    ],
)
def test_shells_complete(words: list[str], typed: str, expected: list[str]) -> None:
    shell = ShellComplete(main, {}, "prodworthy", "_PRODWORTHY_COMPLETE")
    assert [item.value for item in shell.get_completions(words, typed)] == expected
