"""Which requests are redacted: those to providers of language models, and to servers that speak like them."""

from __future__ import annotations

import tomllib
from collections.abc import Iterable
from dataclasses import dataclass
from fnmatch import fnmatchcase
from functools import cache
from pathlib import Path


@dataclass(frozen=True, slots=True)
class Catalogue:
    """What `wire.toml` says; entries are patterns."""

    hosts: tuple[str, ...]
    endpoints: tuple[str, ...]
    headers: tuple[str, ...]
    query: tuple[str, ...]


class Hosts:
    """The hosts whose requests are redacted.

    Args:
        only: their names; ``.example.com`` matches subdomains, ``*`` any text. By default the known
            providers, and any other host whose path is that of an LLM API.
        more: further ones.
    """

    def __init__(self, only: Iterable[str] | None = None, more: Iterable[str] = ()) -> None:
        known = catalogue()
        self._patterns = [_pattern(host) for host in (known.hosts if only is None else only)]
        self._patterns += [_pattern(host) for host in more]
        self._endpoints = known.endpoints if only is None else ()

    def add(self, host: str) -> None:
        """One more."""
        if (pattern := _pattern(host)) not in self._patterns:
            self._patterns.append(pattern)

    def cover(self, host: str, port: int | None, path: str) -> bool:
        """Whether requests to this host and path are redacted."""
        host = host.lower().strip("[]")
        full = f"{host}:{port}" if port is not None else host
        if any(fnmatchcase(full if ":" in p else host, p) for p in self._patterns):
            return True
        path = path.rstrip("/")
        return any(fnmatchcase(path, f"*{endpoint}") for endpoint in self._endpoints)


def skipped(name: str, patterns: tuple[str, ...]) -> bool:
    """Whether one of the patterns matches a name."""
    name = name.lower()
    return any(fnmatchcase(name, pattern) for pattern in patterns)


@cache
def catalogue() -> Catalogue:
    """The patterns that come with this package."""
    data = tomllib.loads(Path(__file__).with_name("wire.toml").read_text(encoding="utf-8"))
    hosts, endpoints = tuple(data["hosts"]), tuple(data["endpoints"])
    return Catalogue(hosts, endpoints, tuple(data["headers"]["skip"]), tuple(data["query"]["skip"]))


def _pattern(host: str) -> str:
    host = host.lower()
    return f"*{host}" if host.startswith(".") else host.strip("[]") if host.startswith("[") else host
