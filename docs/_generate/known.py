"""The rest of the knowledge files: sanitizers, sinks, retries, hosts, retired models, personal data."""

from __future__ import annotations

from collections.abc import Iterator

from _generate.markdown import code, source, table
from _generate.models import read
from prodworthy.model.schema import (
    AliasModels,
    HostsModel,
    PersonalDataModel,
    RetiredModels,
    RetryModel,
    SanitizersModel,
    SinksModel,
)


def pages() -> Iterator[tuple[str, str]]:
    """A page for each kind of knowledge."""
    yield "reference/sanitizers.md", _sanitizers()
    yield "reference/sinks.md", _sinks()
    yield "reference/retries.md", _retries()
    yield "reference/hosts.md", _hosts()
    yield "reference/retired-models.md", _retired()
    yield "reference/personal-data.md", _personal()


def _sanitizers() -> str:
    found = [one for model in read("sanitizers.toml", SanitizersModel) for one in model.sanitizer]
    parts = ["""# Sanitizers

Calls after which a value is safe in one respect, so that a rule's path ends there. Escaping for HTML says
nothing about a prompt. Functions of your own are declared in `[tool.prodworthy.models.sanitizers]`;
functions of the project whose name says so count too.
"""]  # fmt: skip
    for kind in sorted({one.kind for one in found}):
        rows = (
            (
                code(one.calls),
                code(one.names),
                source(one.docs),
            )
            for one in found
            if one.kind == kind
        )
        parts.append(f"## {kind}\n\n" + table(("calls", "own functions named", "documented"), rows))
    return "\n".join(parts)


def _sinks() -> str:
    found = [one for model in read("sinks.toml", SinksModel) for one in model.sink]
    parts = ["""# Sinks

Calls that do something with a text that makes it matter where the text comes from: the rules about answers
(PW601 to PW605), about keys in logs (PW103) and about logged prompts (PW504) start here.
"""]  # fmt: skip
    for kind in sorted({one.kind for one in found}):
        rows = (
            (
                code(one.calls),
                code(one.methods),
                code(one.receivers),
                code(one.arguments),
                source(one.docs),
            )
            for one in found
            if one.kind == kind
        )
        head = ("calls", "methods of anything", "if its name holds", "arguments that matter", "documented")
        parts.append(f"## {kind}\n\n" + table(head, rows))
    return "\n".join(parts)


def _retries() -> str:
    models = list(read("retry.toml", RetryModel))
    policies = (
        (
            code(one.calls),
            one.kind,
            code(one.attempts),
            "no limit" if one.default_attempts < 0 else str(one.default_attempts),
            one.default_wait,
            source(one.docs),
        )
        for model in models
        for one in model.policy
    )
    deadlines = (
        (code(one.calls), one.kind, code(one.seconds), source(one.docs))
        for model in models
        for one in model.deadline
    )
    head = ("calls", "kind", "limits attempts", "attempts by default", "pauses by default", "documented")
    return f"""# Retries and deadlines

What runs a call again when it fails, and what ends it after a time. Loops around a call are read as they
are written.

## Retries

{table(head, policies)}
## Deadlines

{table(("calls", "kind", "seconds in", "documented"), deadlines)}"""


def _hosts() -> str:
    models = list(read("hosts.toml", HostsModel))
    hosts = ((one.name, code(one.hosts), source(one.docs)) for model in models for one in model.host)
    endpoints = (
        (
            one.api,
            code(one.suffixes),
            "any" if one.anywhere else "known ones",
            code(one.params.get("output_cap", ())),
        )
        for model in models
        for one in model.endpoint
    )
    return f"""# Hosts and endpoints

How a raw HTTP request (requests, httpx, aiohttp, urllib) is known to be an LLM call.

## Hosts

{table(("provider", "hosts", "documented"), hosts)}
## Endpoints

{table(("api", "path ends in", "at which hosts", "output cap in the body"), endpoints)}"""


def _retired() -> str:
    models = list(read("retired.toml", RetiredModels))
    rows = sorted(
        (
            one.date,
            one.provider,
            code(one.models),
            one.instead and f"`{one.instead}`",
            source(one.docs),
        )
        for model in models
        for one in model.retired
    )
    aliases = (
        (f"`{name}`", f"`{snapshot}`")
        for model in read("aliases.toml", AliasModels)
        for name, snapshot in sorted(model.snapshot.items())
    )
    checked = ", ".join(model.checked for model in models)
    return f"""# Retired and floating models

[PW802](rules/retired_model.md) reports the first table, [PW801](rules/unpinned_model.md) the second. The
announcements were read on {checked}.

## Retired, or to be retired

{table(("requests fail from", "provider", "models", "instead", "announced"), reversed(rows))}
## Floating names, with a dated snapshot

{table(("name", "snapshot"), aliases)}"""


def _personal() -> str:
    rows = (
        (one.name, one.category, code((*one.words, *one.whole)), code(one.types), one.confidence)
        for model in read("personal_data.toml", PersonalDataModel)
        for one in model.element
    )
    return f"""# Personal data in code

By which names of fields, columns and variables [PW502](rules/unredacted_pii.md) knows a personal value. The
last words of a name count: `customer_email` is an e-mail address, `email_client` is not. What the redactor
finds in text is [another list](entities.md).

{table(("element", "category", "names that end in", "types", "confidence"), rows)}"""
