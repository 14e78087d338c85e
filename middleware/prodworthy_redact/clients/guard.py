"""Wraps the HTTP clients that are found in an SDK's client."""

from __future__ import annotations

import importlib
from collections.abc import Callable
from dataclasses import dataclass
from urllib.parse import urlsplit

from prodworthy_redact.errors import ClientError
from prodworthy_redact.redactor import Redactor
from prodworthy_redact.wire.exchange import Chosen, Wire


@dataclass(frozen=True, slots=True)
class Guard:
    """What a client is protected with.

    Attributes:
        redactor: None for that of the process.
        session: the conversation of its requests.
        hosts: the only ones that are redacted; None for the known ones and the client's own.
    """

    redactor: Redactor | None
    session: Chosen
    hosts: tuple[str, ...] | None

    def http(self, client: object, base_url: object = None) -> bool:
        """Wrap the transports of an ``httpx`` or ``httpx2`` client; whether it is one.

        Raises:
            ClientError: another redactor protects it.
        """
        found = _library(client)
        if found is None:
            return False
        library, name = found
        kind = getattr(importlib.import_module(f"prodworthy_redact.{library}"), name)
        mounts = vars(client)["_mounts"]
        url = base_url or getattr(client, "base_url", None)
        vars(client)["_transport"] = self._wrapped(vars(client)["_transport"], kind, url)
        for pattern, transport in mounts.items():
            if transport is not None:
                mounts[pattern] = self._wrapped(transport, kind, url)
        return True

    def wire(self, base_url: object = None) -> Wire:
        """A wire of its own, which covers the host of ``base_url`` too."""
        made = Wire(self.redactor, self.session, self.hosts)
        self.cover(made, base_url)
        return made

    def cover(self, wire: Wire, base_url: object) -> None:
        """Redact what goes to the host of ``base_url``, unless hosts were given."""
        host = _host(base_url)
        if host and self.hosts is None:
            wire.hosts.add(host)

    def same(self, wire: Wire) -> None:
        """Raise if ``wire``, which protects the client already, redacts by another redactor."""
        if self.redactor is not None and self.redactor is not wire.redactor:
            told = "the client is protected already, by another redactor; build a new one for this one"
            raise ClientError(told)

    def _wrapped(self, transport: object, kind: Callable[..., object], base_url: object) -> object:
        if isinstance(transport, kind):  # type: ignore[arg-type]
            wire = vars(transport)["wire"]
            self.same(wire)
        else:
            transport = kind(self.redactor, transport, session=self.session, hosts=self.hosts)
            wire = vars(transport)["wire"]
        self.cover(wire, base_url)
        return transport


def unknown(client: object) -> ClientError:
    """The error for what cannot be protected."""
    kind = type(client)
    return ClientError(
        f"{kind.__module__}.{kind.__qualname__} is no client that `protect` knows; nothing was changed. Give "
        "its HTTP client a transport of prodworthy_redact.httpx or .httpx2, or use the gateway"
    )


def _library(client: object) -> tuple[str, str] | None:
    for kind in type(client).__mro__:
        library = kind.__module__.partition(".")[0]
        if library in ("httpx", "httpx2") and kind.__name__ in ("Client", "AsyncClient"):
            prefix = "Async" if kind.__name__ == "AsyncClient" else ""
            return library, f"{prefix}RedactingTransport"
    return None


def _host(url: object) -> str:
    parts = urlsplit(str(url)) if url is not None else None
    if parts is None or not parts.hostname:
        return ""
    host = f"[{parts.hostname}]" if ":" in parts.hostname else parts.hostname
    return f"{host}:{parts.port}" if parts.port else host
