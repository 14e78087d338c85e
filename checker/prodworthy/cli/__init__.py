"""The command line: arguments to pipeline to exit status. Each command's module loads when it is called."""

from __future__ import annotations

import gc
import importlib
import os
import sys
from typing import Any

import click

from prodworthy.errors import ProdworthyError, SourceError

COMMANDS = {
    "cache": "Remove stored results.",
    "check": "Report what keeps an LLM application from being ready for production.",
    "config": "Describe the configuration for editors.",
    "explain": "Show a rule's page.",
    "gateway": "Run a redacting proxy for the APIs of OpenAI and Anthropic.",
    "init": "Set prodworthy up in this repository: configuration, hook, CI.",
    "inventory": "List every LLM call with its effective settings.",
    "lsp": "Serve an editor (language server protocol).",
    "redact": "Replace personal data and secrets in text or JSON.",
    "report": "Write the readiness report, section by section of the guide.",
    "rules": "List the rules.",
}
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
