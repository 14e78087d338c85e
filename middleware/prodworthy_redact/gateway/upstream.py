"""Upstreams: which one takes a request, what it is sent, and a pool of connections to all of them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from fnmatch import fnmatchcase

import aiohttp

from prodworthy_redact.gateway.config import Api, Gateway, Upstream, secret
from prodworthy_redact.gateway.shapes import Problem
from prodworthy_redact.wordlist import words_of

# What a caller may say beside the body; nothing else is passed on, so that nothing leaves unread.
_PASSED = words_of(
    "accept anthropic-beta anthropic-version anthropic-dangerous-direct-browser-access idempotency-key "
    "openai-beta openai-organization openai-project user-agent x-request-id x-client-request-id traceparent "
    "tracestate"
)
_PASSED_PREFIXES = ("x-stainless-",)
_KEYS = ("authorization", "x-api-key", "api-key")
_DROPPED = words_of(
    "alt-svc connection content-encoding content-length date keep-alive proxy-authenticate server set-cookie "
    "te trailer transfer-encoding upgrade"
)


class Upstreams:
    """Chooses upstreams and sends to them; open from `start` to `close`.

    Raises:
        PolicyError: an environment variable with a key is not set.
    """

    def __init__(self, config: Gateway) -> None:
        self._config = config
        self._keys = {up.key_env: secret(up.key_env) for up in config.upstreams if up.key_env}
        self._client: aiohttp.ClientSession | None = None

    async def start(self) -> None:
        """Open the pool of connections."""
        config = self._config
        self._client = aiohttp.ClientSession(
            connector=aiohttp.TCPConnector(limit=0, keepalive_timeout=30),
            timeout=aiohttp.ClientTimeout(
                total=None, sock_connect=config.connect_timeout, sock_read=config.timeout
            ),
            cookie_jar=aiohttp.DummyCookieJar(),
            skip_auto_headers=("user-agent",),
        )

    async def close(self) -> None:
        """Close it."""
        if self._client is not None:
            await self._client.close()

    def choose(self, api: Api, model: str) -> Upstream:
        """The first that takes this API and this model.

        Raises:
            Problem: none does.
        """
        for upstream in self._config.upstreams:
            if api in upstream.apis and (
                not model or any(fnmatchcase(model, glob) for glob in upstream.models)
            ):
                return upstream
        raise Problem(404, "no upstream of the gateway takes this API and model", "model_not_found")

    async def send(
        self,
        upstream: Upstream,
        api: Api,
        method: str,
        path: str,
        headers: dict[str, str],
        body: bytes,
    ) -> aiohttp.ClientResponse:
        """Send a request; the answer's body is not read yet.

        Raises:
            aiohttp.ClientError, TimeoutError: there is no answer.
        """
        assert self._client is not None
        return await self._client.request(
            method,
            upstream.target(path),
            data=body or None,
            headers=self._headers(upstream, api, headers),
            allow_redirects=False,
        )

    def _headers(self, upstream: Upstream, api: Api, given: dict[str, str]) -> dict[str, str]:
        sent = {name.lower(): value for name, value in given.items() if name.lower() != "content-length"}
        if upstream.key_env:
            key = self._keys[upstream.key_env]
            for name in _KEYS:
                sent.pop(name, None)
            name, value = ("x-api-key", key) if api == "anthropic" else ("authorization", f"Bearer {key}")
            sent[name] = value
        return sent


def passed_on(headers: dict[str, str], *, has_body: bool) -> list[tuple[str, str]]:
    """The headers of a request that an upstream may see, before they are redacted."""
    names = (n for n in headers if n in _PASSED or n in _KEYS or n.startswith(_PASSED_PREFIXES))
    sent = [(name, headers[name]) for name in names]
    if has_body:
        sent.append(("content-type", "application/json"))
    return [*sent, ("accept-encoding", "identity")]  # a compressed stream would wait for its compressor


def passed_back(headers: Iterable[tuple[bytes, bytes]]) -> list[tuple[bytes, bytes]]:
    """The headers of an answer that the caller sees."""
    return [
        (name.lower(), value) for name, value in headers if name.lower().decode("latin-1") not in _DROPPED
    ]


def named(headers: Sequence[tuple[bytes, bytes]]) -> dict[str, str]:
    """The headers of a request by their names."""
    return {name.decode("latin-1").lower(): value.decode("latin-1") for name, value in headers}
