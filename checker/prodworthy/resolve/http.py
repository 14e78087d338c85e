"""Raw HTTP: whether a request goes to an LLM provider, and to which of its APIs."""

from __future__ import annotations

import re
from dataclasses import dataclass
from fnmatch import fnmatchcase
from typing import TYPE_CHECKING

from prodworthy.model.schema import EndpointModel, HostsModel
from prodworthy.resolve import settings
from prodworthy.resolve.values import HOLE, Arguments, Const, Endpoint, Mapping

if TYPE_CHECKING:
    from prodworthy.resolve.resolver import Resolver

_URL = re.compile(r"^\s*(?:https?|wss?)://(?P<host>[^/?#\0]*(?P<hole>\0)?)(?P<rest>.*)$", re.DOTALL)
_PRIVATE = re.compile(
    r"^(localhost|127\.|0\.0\.0\.0|10\.|192\.168\.|172\.(1[6-9]|2\d|3[01])\.|\[?::1|host\.docker\.internal)"
)


@dataclass(frozen=True, slots=True)
class Target:
    """Where a raw request goes.

    Attributes:
        endpoint: the API.
        provider: its host's provider, empty at an unknown host.
        guessed: only the body says so.
        local: the host is this machine or a private address, or the API one that its users run themselves.
    """

    endpoint: EndpointModel
    provider: str
    local: bool
    guessed: bool = False


def target(r: Resolver, hosts: HostsModel, endpoint: Endpoint, given: Arguments) -> Target | None:
    """The LLM API that a raw request is for, or None."""
    bodies = [v for v in settings.every(r, endpoint, given, "body") if isinstance(v, Mapping)]
    urls = _urls(r, endpoint, given)
    for url in urls:
        found = _by_url(hosts, url, bodies)
        if found is not None:
            return found
    ended = bool(urls) and not any(url.endswith(HOLE) for url in urls)
    if not urls or any(HOLE in url for url in urls) or not any(provider_of(hosts, url) for url in urls):
        # a URL that leads nowhere known: only a body that is certainly a prompt says otherwise
        return _by_body(hosts, bodies, "", any(is_local(u) for u in urls), ended)
    return None


def _urls(r: Resolver, endpoint: Endpoint, given: Arguments) -> list[str]:
    texts = [
        str(v.value)
        for v in settings.every(r, endpoint, given, "url")
        if isinstance(v, Const) and isinstance(v.value, str)
    ]
    bases = [
        str(v.value)
        for v in settings.every(r, endpoint, given, "base_url")
        if isinstance(v, Const) and isinstance(v.value, str)
    ]
    joined = []
    for text in texts:
        if "://" not in text and not text.startswith(HOLE) and bases:
            joined += [f"{base.rstrip('/')}/{text.lstrip('/')}" for base in bases]
        else:
            joined.append(text)
    return joined


def _by_url(hosts: HostsModel, url: str, bodies: list[Mapping]) -> Target | None:
    match = _URL.match(url)
    rest = match["rest"] if match else url
    path = re.split(r"[?#]", rest, maxsplit=1)[0].rstrip("/")
    provider = provider_of(hosts, url)
    best: EndpointModel | None = None
    length = 0
    keys = [_keys(body) for body in bodies]
    for model in hosts.endpoint:
        known = model.anywhere or provider or (model.needs and any(k.issuperset(model.needs) for k in keys))
        for suffix in model.suffixes if known else ():
            if len(suffix) > length and _ends_with(path, suffix.rstrip("/")):
                best, length = model, len(suffix)
    local = is_local(url)
    if best is not None:
        return Target(best, provider, local or (best.self_hosted and not provider))
    if provider and path.endswith(HOLE):
        return _by_body(hosts, bodies, provider, local, ended=False)
    return None


def provider_of(hosts: HostsModel, url: str) -> str:
    """The provider whose host ``url`` names, empty for an unknown one."""
    match = _URL.match(url)
    host = match["host"].rpartition("@")[2] if match else ""
    name = host.partition(":")[0].lower()
    for model in hosts.host:
        for known in model.hosts:
            if known.startswith(".") and name.replace(HOLE, "x").endswith(known):
                return model.name
            if "*" in known and fnmatchcase(name.replace(HOLE, "x"), known):
                return model.name
            if name == known or (":" in known and host.endswith(known)):
                return model.name
    return ""


def _ends_with(path: str, suffix: str) -> bool:
    if "*" not in suffix:
        return path.endswith(suffix)
    wanted, found = suffix.split("/"), path.split("/")[-suffix.count("/") - 1 :]
    return len(wanted) == len(found) and all(
        w in ("*", f) for w, f in zip(wanted[1:], found[1:], strict=True)
    )


def is_local(url: str) -> bool:
    """Whether a URL leads to this machine or a private network."""
    match = _URL.match(url)
    return bool(match and _PRIVATE.match(match["host"].lower()))


def _by_body(
    hosts: HostsModel, bodies: list[Mapping], provider: str, local: bool, ended: bool
) -> Target | None:
    best: EndpointModel | None = None
    most = 0
    for body in bodies:
        keys = _keys(body)
        for model in hosts.endpoint:
            told = [model.body_keys] if ended else [model.body_keys, *model.hints]
            for wanted in told:
                if len(wanted) > most and keys.issuperset(wanted):
                    best, most = model, len(wanted)
    if best is None:
        return None
    return Target(best, provider, local or (best.self_hosted and not provider), guessed=not provider)


def _keys(body: Mapping) -> set[str]:
    return {key for key, options in body.entries.items() if any(o.kind == "value" for o in options)}
