"""Runs the gateway: one process or several, until it is told to stop."""

from __future__ import annotations

import json
import os
import signal
import tempfile
from collections.abc import Mapping
from pathlib import Path

from prodworthy_redact.errors import PolicyError
from prodworthy_redact.gateway.config import Gateway
from prodworthy_redact.policy import Policy
from prodworthy_redact.usage.config import Budget


def serve(path: str | Path | None = None, overrides: Mapping[str, object] | None = None) -> None:
    """Run the gateway until it is interrupted.

    Args:
        path: the configuration file, or a folder at or above which it is.
        overrides: what wins over its table ``gateway``.

    Raises:
        PolicyError: the configuration is wrong, or the extra ``gateway`` is not installed.
        VaultError, CountersError: a store cannot be opened.
    """
    given = dict(overrides or {})
    config, policy, budget = Gateway.load(path, **given), Policy.load(path), Budget.load(path)
    try:
        import uvicorn

        from prodworthy_redact.gateway import app
        from prodworthy_redact.gateway.metrics import FOLDER
    except ImportError as error:
        told = f"the gateway needs the extra `gateway` ({error.name}): pip install 'prodworthy[gateway]'"
        raise PolicyError(told) from error
    app.refuse_what_is_not_shared(config, policy, budget)
    host, port = config.address()
    signal.signal(signal.SIGTERM, lambda *_: None)  # uvicorn stops in order, and then raises it once more
    os.environ[app.CONFIG] = json.dumps({"path": str(path) if path else None, "overrides": given})
    with tempfile.TemporaryDirectory(prefix="prodworthy-metrics-") as folder:
        if config.workers > 1:
            os.environ[FOLDER] = folder
        uvicorn.run(
            "prodworthy_redact.gateway.app:from_environment",
            factory=True,
            host=host,
            port=port,
            workers=config.workers,
            access_log=False,  # URLs may hold values
            log_level="info",
            server_header=False,
            timeout_graceful_shutdown=int(config.drain),
        )
