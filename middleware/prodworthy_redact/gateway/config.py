"""How the gateway runs: ``[tool.prodworthy.gateway]``."""

from __future__ import annotations

import os
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Literal, Self
from urllib.parse import urlsplit

from pydantic import Field, ValidationError, model_validator

from prodworthy_redact.errors import PolicyError
from prodworthy_redact.tables import Table, complaints, read_tables

Api = Literal["openai", "anthropic"]
_NAME = re.compile(r"[\w.-]{1,64}")


class Upstream(Table):
    """Where requests go.

    Attributes:
        url: of the provider or server, with or without ``/v1``.
        name: what logs and metrics call it; by default its host.
        apis: which requests it takes: those of OpenAI, of Anthropic, or both.
        models: globs of models that it takes.
        key_env: the environment variable with its API key; by default, the caller's key is passed on.
    """

    url: str
    name: str = ""
    apis: tuple[Api, ...] = ("openai", "anthropic")
    models: tuple[str, ...] = ("*",)
    key_env: str = ""

    @model_validator(mode="after")
    def _complete(self) -> Self:
        parts = urlsplit(self.url)
        if parts.scheme not in ("http", "https") or not parts.hostname or parts.query or parts.fragment:
            raise ValueError("`url` must be http://host or https://host, with a port and a path if need be")
        if parts.username or parts.password:
            raise ValueError("`url` must hold no credentials: use `key_env`")
        if self.name and not _NAME.fullmatch(self.name):
            raise ValueError("`name` must be letters, digits, dots and hyphens")
        return self

    @property
    def label(self) -> str:
        """Its name in logs and metrics."""
        return self.name or str(urlsplit(self.url).hostname)

    def target(self, path: str) -> str:
        """The URL of ``path`` (``/v1/...``) there."""
        base = self.url.rstrip("/")
        return base + (path.removeprefix("/v1") if base.endswith("/v1") else path)


class Gateway(Table):
    """How the gateway runs. Frozen; a mistake is a `PolicyError` when it is built.

    Attributes:
        listen: host and port.
        upstreams: a request goes to the first that takes its API and its model.
        access_env: the environment variable with the keys that callers must have, separated by commas; by
            default nobody is asked, and keys are passed on.
        workers: processes; more than one need a vault and counters that they share.
        max_body: bytes of a request.
        concurrency: requests under way in one worker; more are refused.
        body_timeout: seconds in which a request must have arrived.
        timeout: seconds to wait for an upstream to say anything.
        connect_timeout: seconds to wait for a connection to it.
        drain: seconds that requests under way have to end when the gateway stops.
        session_header: names the conversation; without it, a request is one by itself.
    """

    listen: str = "127.0.0.1:4000"
    upstreams: tuple[Upstream, ...] = ()
    access_env: str = ""
    workers: Annotated[int, Field(gt=0, le=64)] = 1
    max_body: Annotated[int, Field(gt=0)] = 20_000_000
    concurrency: Annotated[int, Field(gt=0)] = 256
    body_timeout: Annotated[float, Field(gt=0)] = 60
    timeout: Annotated[float, Field(gt=0)] = 600
    connect_timeout: Annotated[float, Field(gt=0)] = 10
    drain: Annotated[float, Field(ge=0)] = 30
    session_header: str = "x-prodworthy-session"

    def __init__(self, **values: object) -> None:
        try:
            super().__init__(**values)
        except ValidationError as error:
            told = complaints(error, Gateway, {"upstreams": Upstream})
            raise PolicyError("\n".join(told)) from error

    @classmethod
    def load(cls, path: str | Path | None = None, **overrides: object) -> Gateway:
        """The gateway of a file, or of the nearest configuration at or above a folder (default: here).

        Args:
            path: the file or folder.
            **overrides: what wins over it.

        Raises:
            PolicyError: names the file, the key and, for an unknown one, the nearest known.
        """
        file, tables = read_tables(path, ("gateway",))
        table = {key.replace("-", "_"): value for key, value in tables.get("gateway", {}).items()}
        try:
            return cls(**{**table, **overrides})
        except PolicyError as error:
            told = (f"{file}: {line.replace('`', '`gateway.', 1)}" for line in str(error).splitlines())
            raise PolicyError("\n".join(told)) from error

    @model_validator(mode="after")
    def _complete(self) -> Self:
        if not self.upstreams:
            raise ValueError("`upstreams`: there is none; give one, or `--upstream URL`")
        self.address()
        if self.access_env and not all(upstream.key_env for upstream in self.upstreams):
            raise ValueError(
                "`access_env`: callers' keys then open the gateway and are not passed on: "
                "every upstream needs a `key_env`"
            )
        return self

    def address(self) -> tuple[str, int]:
        """Host and port."""
        host, _, port = self.listen.rpartition(":")
        if not host or not port.isdigit() or int(port) > 65_535:
            raise ValueError(f"`listen`: `{self.listen}` is no HOST:PORT")
        return host.strip("[]"), int(port)


def secret(variable: str, environment: Mapping[str, str] = os.environ) -> str:
    """The secret in an environment variable.

    Raises:
        PolicyError: it is not set.
    """
    value = environment.get(variable, "").strip()
    if not value:
        raise PolicyError(f"the gateway needs a key in the environment variable {variable}")
    return value
