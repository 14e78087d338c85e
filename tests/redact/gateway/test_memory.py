"""What the command line switches off for short runs is on again where the gateway serves."""

from __future__ import annotations

import gc

import httpx2
from redact.gateway.loopback import gateway_app, running


def test_garbage_is_collected_while_it_serves() -> None:
    gc.disable()  # as the command line does
    try:
        with running(gateway_app("http://127.0.0.1:1")) as url:
            assert httpx2.get(f"{url}/healthz").status_code == 200
            assert gc.isenabled()
    finally:
        gc.enable()
        gc.unfreeze()
