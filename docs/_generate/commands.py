"""The command line: every command with its arguments and options, as ``--help`` knows them."""

from __future__ import annotations

import inspect
from collections.abc import Iterator

import click

from _generate.markdown import entries
from prodworthy.cli import main

_TERMINALS = """
At a terminal, lines break between words and code is cut around the caret; in a pipe, lines stay whole.
Output is coloured at a terminal unless `NO_COLOR` is set or `TERM` is `dumb`, and elsewhere if `FORCE_COLOR`
is; `--color` overrules both. Terminals that are known to show links get one from each finding to its rule's
page (`FORCE_HYPERLINK=1` and `0` overrule that).

Shells complete commands, options and the codes and names of rules. For bash, put this into `~/.bashrc`; for
zsh, `zsh_source` into `~/.zshrc`; for fish, write what `fish_source` prints to
`~/.config/fish/completions/prodworthy.fish`:

```bash
eval "$(_PRODWORTHY_COMPLETE=bash_source prodworthy)"
```
"""


def pages() -> Iterator[tuple[str, str]]:
    """One page: a section for every command."""
    context = click.Context(main, info_name="prodworthy")
    parts = [f"# Command line\n\n{_text(main)}\n{_TERMINALS}"]
    parts += _commands(main, context, 2)
    yield "reference/command-line.md", "\n".join(parts)


def _commands(group: click.Group, context: click.Context, depth: int) -> Iterator[str]:
    for name in group.list_commands(context):
        command = group.get_command(context, name)
        assert command is not None
        own = click.Context(command, info_name=name, parent=context)
        usage = " ".join([own.command_path, *command.collect_usage_pieces(own)])
        heading = f"{'#' * depth} {own.command_path}"
        yield f"{heading}\n\n```text\n{usage}\n```\n\n{_text(command)}\n\n{_options(command, own)}"
        if isinstance(command, click.Group):
            yield from _commands(command, own, depth + 1)


def _text(command: click.Command) -> str:
    return inspect.cleandoc(command.help or "").replace("\b\n", "")


def _options(command: click.Command, context: click.Context) -> str:
    rows = []
    for parameter in command.get_params(context):
        if not isinstance(parameter, click.Option) or parameter.hidden or "--help" in parameter.opts:
            continue
        record = parameter.get_help_record(context)
        assert record is not None
        rows.append((f"`{record[0]}`", parameter.help or "", _default(parameter, context)))
    return entries(("option", "meaning", "default"), rows) if rows else ""


def _default(option: click.Option, context: click.Context) -> str:
    value = option.get_default(context)
    if option.is_flag or option.multiple or not isinstance(value, str | int | float):
        return ""
    return f"`{value}`"
