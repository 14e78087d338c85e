"""The command line: arguments to pipeline to exit status. Each command's module loads when it is called."""

from __future__ import annotations

import difflib
import gc
import importlib
import os
import sys
from typing import Any

import click

from prodworthy.errors import ProdworthyError, SourceError

COMMANDS = {
    "check": "Report what keeps an LLM application from being ready for production.",
    "explain": "Show a rule's page.",
    "inventory": "List every LLM call with its effective settings.",
    "report": "Write the readiness report, section by section of the guide.",
    "rules": "List the rules.",
    "init": "Set prodworthy up in this repository: configuration, hook, CI.",
    "lsp": "Serve an editor (language server protocol).",
    "config": "Describe the configuration for editors.",
    "cache": "Remove stored results.",
    "redact": "Replace personal data and secrets in text or JSON.",
    "gateway": "Run a redacting proxy for the APIs of OpenAI and Anthropic.",
}
"""What they do, those that are used most often first."""
USAGE, UNANALYSED = 2, 3


class _Lazy(click.Group):
    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:  # noqa: ARG002
        if cmd_name not in COMMANDS:
            return None
        command = importlib.import_module(f"prodworthy.cli.{cmd_name}").command
        assert isinstance(command, click.Command)
        return command

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        name = args[0]
        if name not in COMMANDS and not name.startswith("-") and not ctx.resilient_parsing:
            ctx.fail(_unknown(name))
        return super().resolve_command(ctx, args)

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:  # noqa: ARG002
        with formatter.section("Commands"):
            formatter.write_dl(list(COMMANDS.items()))

    def invoke(self, ctx: click.Context) -> Any:
        try:
            return super().invoke(ctx)
        except BrokenPipeError:
            # the reader went away (`| head`): nothing is wrong, and nobody is there to be told
            os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
            ctx.exit(0)
        except ProdworthyError as error:
            from prodworthy.report.excerpt import printable

            for line in str(error).splitlines():
                click.echo(f"error: {printable(line)}", err=True)
            ctx.exit(UNANALYSED if isinstance(error, SourceError) else USAGE)


def _unknown(name: str) -> str:
    close = difflib.get_close_matches(name, COMMANDS, 1)
    if close:
        return f"there is no command `{name}`; did you mean `{close[0]}`?"
    if os.path.exists(name):
        return f"there is no command `{name}`; to check what is there: prodworthy check {name}"
    return f"there is no command `{name}`; `prodworthy --help` lists them"


def _version(ctx: click.Context, _parameter: click.Parameter, value: bool) -> None:
    if value and not ctx.resilient_parsing:
        from prodworthy import __version__

        click.echo(f"prodworthy {__version__}")
        ctx.exit()


@click.group(cls=_Lazy, context_settings={"help_option_names": ["-h", "--help"]})
@click.option(
    "--version", is_flag=True, is_eager=True, expose_value=False, callback=_version, help="Show the version."
)
def main() -> None:
    """Find what keeps an LLM application from being ready for production.

    Exit status: 0 clean, 1 findings, 2 usage or configuration error, 3 something could not be analysed.
    """
    # each file analysed makes some hundred thousand objects; the analyser knows when they are done with
    gc.disable()
