"""``prodworthy lsp``."""

from __future__ import annotations

import click

from prodworthy.errors import ConfigError
from prodworthy.pack import load_packs


@click.command(name="lsp", short_help="Serve an editor (language server protocol).")
@click.option("--stdio", is_flag=True, help="Speak over standard input and output, as it does anyway.")
def command(stdio: bool) -> None:
    """Serve an editor over standard input and output until it says goodbye.

    Editors start it themselves; docs/editors.md says how to set them up. It needs the extra `lsp`.
    """
    del stdio
    try:
        from prodworthy.lsp.server import serve
    except ModuleNotFoundError as error:
        if error.name is None or error.name.partition(".")[0] not in ("pygls", "lsprotocol"):
            raise
        told = "the language server needs the extra `lsp`: python -m pip install 'prodworthy[lsp]'"
        raise ConfigError(told) from error
    serve(load_packs())
