"""`protect`: a built client of an SDK, with its requests redacted and its answers restored."""

from __future__ import annotations

import importlib
from collections.abc import Iterable
from typing import TypeVar

from prodworthy_redact.clients.guard import Guard, unknown
from prodworthy_redact.redactor import Redactor
from prodworthy_redact.wire.exchange import Chosen

Client = TypeVar("Client")

_PLACES = {  # package -> the module here that knows where its HTTP client is, and the function
    "openai": "stainless",
    "anthropic": "stainless",
    "groq": "stainless",
    "together": "stainless",
    "google.genai": "genai",
    "mistralai": "mistral",
    "cohere": "cohere",
    "ollama": "ollama",
    "huggingface_hub": "huggingface",
    "litellm": "litellm",
    "httpx": "http",
    "httpx2": "http",
    "requests": "http",
    "botocore": "bedrock",
}
_HOLDERS = ("langchain", "llama_index")
_MODULES = {"litellm": "frameworks", "bedrock": "frameworks", "holder": "frameworks"}


def protect(
    client: Client,
    redactor: Redactor | None = None,
    *,
    session: Chosen = None,
    hosts: Iterable[str] | None = None,
) -> Client:
    """Redact what ``client`` sends and restore what it receives, from now on.

    Args:
        client: of openai, anthropic, google-genai, mistralai, cohere, groq, together, ollama, huggingface_hub
            or boto3 (bedrock-runtime); a model of LangChain or LlamaIndex; a client of ``httpx`` or
            ``requests``; the module ``litellm``.
        redactor: finds, replaces and restores; by default one for the process, by the nearest configuration.
        session: the conversation of all its requests: a name, a session, or what returns one for each.
        hosts: whose requests are redacted, instead of the client's own host and all known providers.

    Returns:
        ``client`` itself. Protecting it again changes nothing.

    Raises:
        ClientError: it is no client that can be protected, or another redactor protects it.
    """
    guard = Guard(redactor, session, None if hosts is None else tuple(hosts))
    if not guarded(client, guard):
        raise unknown(client)
    return client


def guarded(client: object, guard: Guard) -> bool:
    """Protect ``client`` if it is one; whether it is."""
    for package in packages_of(client):
        name = _PLACES.get(package)
        name = "holder" if package.startswith(_HOLDERS) else name
        if name is not None:
            module = importlib.import_module(f"{__name__}.{_MODULES.get(name, 'sdks')}")
            found = getattr(module, name)(client, guard)
            assert isinstance(found, bool)
            return found
    return False


def packages_of(client: object) -> list[str]:
    """The packages that the classes of ``client`` are from; of a module, itself."""
    if isinstance(client, type(importlib)):
        return [client.__name__]
    found: list[str] = []
    for kind in type(client).__mro__:
        parts = kind.__module__.split(".")
        found += [".".join(parts[:2]), parts[0]]
    return found
