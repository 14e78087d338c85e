"""``prodworthy gateway``."""

from __future__ import annotations

from pathlib import Path

import click

from prodworthy.errors import ConfigError


@click.command(name="gateway", short_help="Run a redacting proxy for the APIs of OpenAI and Anthropic.")
@click.option(
    "--upstream", metavar="URL", help="Send requests there; wins over the configuration's upstreams."
)
@click.option("--listen", metavar="HOST:PORT", help="Where callers connect (default: 127.0.0.1:4000).")
@click.option("--workers", type=click.IntRange(1, 64), help="Processes; several need a vault in Redis.")
@click.option("--config", type=click.Path(path_type=Path, exists=True), help="Use this configuration.")
def command(upstream: str | None, listen: str | None, workers: int | None, config: Path | None) -> None:
    """Run a redacting proxy for the APIs of OpenAI and Anthropic until it is interrupted.

    Point an application's base URL at it. It is set up in `[tool.prodworthy.gateway]`, `redact` and `budget`.

    Exit status: 0 stopped, 2 usage or configuration error.
    """
    from prodworthy_redact import RedactError
    from prodworthy_redact.gateway.serve import serve

    overrides: dict[str, object] = {
        "upstreams": [{"url": upstream}] if upstream else None,
        "listen": listen,
        "workers": workers,
    }
    try:
        serve(config, {key: value for key, value in overrides.items() if value is not None})
    except RedactError as error:
        raise ConfigError(str(error)) from error
