"""From a found call to the `LlmCall` that rules and the inventory read."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterable
from dataclasses import replace
from functools import cache
from typing import TYPE_CHECKING

from prodworthy.call import GENERATING, LlmCall, Origin, Setting
from prodworthy.finding import Span
from prodworthy.resolve import passing, selfrun, settings
from prodworthy.resolve.catalogue import matches
from prodworthy.resolve.find import RAW, Found
from prodworthy.resolve.index import FUNCTIONS, ModuleIndex, dotted
from prodworthy.resolve.openings import opening
from prodworthy.resolve.settings import Reading
from prodworthy.resolve.surrounded import Surrounded
from prodworthy.resolve.values import Client, Const, Endpoint, Mapping, Sequence, Site

if TYPE_CHECKING:
    from prodworthy.resolve.engine import Engine
    from prodworthy.resolve.resolver import Resolver

_OTHERS = (
    "n",
    "stream",
    "stop",
    "temperature",
    "max_steps",
    "end_user",
    "metadata",
    "store",
    "tools",
    "base_url",
    "organization",
    "project",
    "api_key",
    "http_client",
)


_ELSEWHERE = frozenset({"api_base", "api_type", "base_url"})
"""Globals by which an SDK's module is sent to another provider (``openai.api_type = "azure"``)."""

_UNSEEN = "arguments that nobody sees may set it"
_VERSION = re.compile(r"version|legacy|^hasattr$|is_old|is_v\d|_v\d$|is_new", re.IGNORECASE)
_IMAGE = re.compile(r"(^|[-_./])(image|imagen|dall-e|stable-diffusion|titan-image|flux)([-_.]|$|\d)")


def describe(engine: Engine, module: ModuleIndex, found: Found) -> LlmCall:
    """The call with its effective settings."""
    r = engine.resolver
    r.refill()
    endpoint, given, node = found.endpoint, found.given, found.node
    sdk, api = _sdk(endpoint), endpoint.model.api
    if found.target is not None:
        api = found.target.endpoint.api
    elif endpoint.client is not None and endpoint.client.chained and api == "chat":
        api = "chain"
    api = _by_model(r, found, api)
    around = engine.surroundings.of(module, node)
    around_retry = _place(around.retry_node, around.retry_module)
    deadline = _place(around.deadline_node, around.deadline_module)
    function = module.function_of(node)
    base = settings.read(r, endpoint, given, "base_url")
    every = (found, *found.others)
    others = {role: _other(_read(r, found, role), role) for role in _OTHERS if _has(found, role)}
    if endpoint.model.streams:
        others["stream"] = Setting("set", True)
    on_module = endpoint.model.removed or _is_module(endpoint.client)
    if on_module and any(attribute in _ELSEWHERE for _, attribute in module.stores):
        others["base_url"] = Setting("unknown", reason="a global of the SDK's module sets it")
    return LlmCall(
        span=module.source.span(node),
        sdk=sdk,
        api=api,
        method=endpoint.path,
        callee=dotted(node.func),
        function=getattr(function, "name", ""),
        model=_plain(_read(r, found, "model")),
        output_cap=_agreed(_cap(r, f, api) for f in every),
        retry=_agreed(_retry(r, f, around.retry, around_retry) for f in every),
        timeout=_agreed(_timeout(r, f, deadline, around.seconds) for f in every),
        settings=others,
        removed=endpoint.model.removed if not _for_an_older_release(endpoint, module, node) else "",
        guessed=found.target is not None and found.target.guessed,
        demo=_is_demo(module, node),
        provider=found.target.provider if found.target else _provider(engine, base),
        local=(found.target.local if found.target else _is_local(base)) or selfrun.needs_no_key(r, found),
        client_seen=_seen(endpoint),
        client_span=_client_span(endpoint),
        cap_parameter=_parameter(found, "output_cap"),
        retry_parameter=_parameter(found, "retries"),
        timeout_parameter=_parameter(found, "timeout"),
        cap_opening=opening(found, "output_cap"),
        timeout_opening=opening(found, "timeout"),
        retry_opening=opening(found, "retries"),
        find_origins=cache(lambda: origins(engine, module, found)),
        find_setting_origins=cache(lambda role: setting_origins(engine, module, found, role)),
        client_name=_client_name(endpoint),
        asynchronous=_asynchronous(module, found),
        sdk_retries=_sdk_retries(r, found),
        batches=endpoint.model.batches,
        around=Surrounded(engine, module, found, sdk),
    )


def _is_module(client: Client | None) -> bool:
    """Whether a call is made on the SDK's module itself (``openai.chat.completions.create``)."""
    return client is not None and not client.layers and client.seen and bool(client.model.modules)


def _agreed(every: Iterable[Setting]) -> Setting:
    """What holds whichever of its clients a call goes through."""
    first, *others = every
    if any(o.status != first.status for o in others):
        return Setting("unknown", reason="it depends on the client that the call goes through")
    if any(o.value != first.value for o in others):
        return replace(first, value=None)
    return first


def origins(engine: Engine, module: ModuleIndex, found: Found) -> tuple[Origin, ...]:
    """Where the prompts of a call come from."""
    from prodworthy.flow.prompts import origins_of

    return origins_of(engine, module, found)


def setting_origins(engine: Engine, module: ModuleIndex, found: Found, role: str) -> tuple[Origin, ...]:
    """Where a setting of a call comes from."""
    from prodworthy.flow import prompts

    return prompts.setting_origins(engine, module, found, role)


def _by_model(r: Resolver, found: Found, api: str) -> str:
    """The API of a call that serves every kind of model, told by the model's name."""
    raw = found.target is not None
    if api not in ("invoke_model", "chat") and not (raw and api == "completion"):
        return api
    values = _read(r, found, "model").values
    if raw and api == "completion":  # `/models/stabilityai/stable-diffusion-2` holds it
        values = settings.every(r, found.endpoint, found.given, "url")
    names = [v.value.lower() for v in values if isinstance(v, Const) and isinstance(v.value, str)]
    if names and api == "invoke_model" and all("embed" in name for name in names):
        return "embeddings"
    if _draws(r, found):
        return "images"
    if names and all(_IMAGE.search(name) for name in names):
        return "images"
    return api


def _draws(r: Resolver, found: Found) -> bool:
    """Whether the call asks for images and for nothing to read."""
    asked: set[str] = set()
    for value in _read(r, found, "modalities").values:
        if isinstance(value, Sequence):
            asked |= {
                str(v.value).upper() for site in value.items for v in r.site(site) if isinstance(v, Const)
            }
    return asked == {"IMAGE"}


def _sdk(endpoint: Endpoint) -> str:
    client = endpoint.client
    while client is not None and client.model.wraps and client.inner is not None:
        client = client.inner
    return client.sdk.name if client is not None else endpoint.sdk.name


def _has(found: Found, role: str) -> bool:
    return any(role in level.params for level in settings.levels(found.endpoint, found.given)) or (
        found.target is not None and role in found.target.endpoint.params
    )


def _read(r: Resolver, found: Found, role: str) -> Reading:
    """A role of the call; for raw HTTP, inside the JSON body."""
    if found.target is None or role not in found.target.endpoint.params:
        return settings.read(r, found.endpoint, found.given, role)
    body = settings.read(r, found.endpoint, found.given, "body")
    mappings = [v for v in body.values if isinstance(v, Mapping)]
    if not mappings or len(mappings) < len(body.values):
        return Reading("unknown", site=body.site)
    readings = []
    for mapping in mappings:
        best = Reading("absent")
        for path in found.target.endpoint.params[role]:
            first, *rest = path.split(".")
            reading = settings.outcome(r, settings.walk(r, settings.inside(r, mapping, first), rest))
            if reading.status != "absent" and best.status != "set":
                best = reading
        readings.append(best)
    statuses = {x.status for x in readings}
    if len(statuses) == 1:
        return readings[0]
    return Reading("unknown", True, None, readings[0].site)


def _other(reading: Reading, role: str) -> Setting:
    if role == "max_steps" and reading.status == "none":
        return Setting("disabled", None, _span(reading.site))
    return _plain(reading)


def _plain(reading: Reading) -> Setting:
    status = {"absent": "unset", "none": "unset", "mixed": "unknown"}.get(reading.status, reading.status)
    return Setting(status, reading.value, _span(reading.site))


def _cap(r: Resolver, found: Found, api: str) -> Setting:
    if api not in GENERATING:
        return Setting("not-applicable")
    reading = _read(r, found, "output_cap")
    if reading.status == "absent":
        value = settings.default(found.endpoint, "output_cap")
        if value is not None:
            return Setting("set", int(value))
        if not _has(found, "output_cap"):
            return Setting("unknown", reason="this call has no cap of its own")
        if _hidden(r, found.endpoint):
            return Setting("unknown", reason="the model is built outside the code in view")
    if reading.shown and _number(reading) is not None:
        return Setting("set", reading.value, _span(reading.site))
    return _explained(r, found, "output_cap", reading, _plain(reading))


def _explained(r: Resolver, found: Found, role: str, reading: Reading, setting: Setting) -> Setting:
    """``setting`` with the reason why it is unknown, if it is."""
    if setting.status != "unknown" or setting.reason:
        return setting
    from prodworthy.resolve import why

    return replace(setting, reason=why.reason(r, found, role, reading))


def _hidden(r: Resolver, endpoint: Endpoint) -> bool:
    """Whether a client further in could set the cap, but nobody sees it."""
    if endpoint.model.wraps and endpoint.client is None:
        return True
    client = endpoint.client
    while client is not None:
        if client.model.wraps and client.inner is None and not _named(r, client):
            return True
        client = client.inner
    return False


def _named(r: Resolver, client: Client) -> bool:
    """Whether the model inside is given by its name alone (``Agent("openai:gpt-5")``), or not at all."""
    for layer in client.layers:
        for name in client.model.wraps:
            site = passing.argument(layer, name, client.model.positional)
            if site is not None and not all(isinstance(v, Const) for v in r.site(site)):
                return False
    return client.seen and not any(layer.unpacked or layer.starred for layer in client.layers)


def _client_name(endpoint: Endpoint) -> str:
    client = endpoint.client
    while client is not None and client.inner is not None:
        client = client.inner
    return client.qualified if client is not None else ""


def _asynchronous(module: ModuleIndex, found: Found) -> bool | None:
    """Whether the call is awaited, by what the code does and by what its client is."""
    parent = module.parents.get(found.node)
    if isinstance(parent, (ast.Await, ast.AsyncWith, ast.AsyncFor)) or (
        isinstance(parent, ast.withitem) and isinstance(module.parents.get(parent), ast.AsyncWith)
    ):
        return True
    if found.endpoint.model.asynchronous:
        return True
    client, known = found.endpoint.client, found.endpoint.client is None
    while client is not None:
        name = client.qualified.partition("(")[0]
        if any(matches(glob, name) for glob in client.model.asynchronous):
            return True
        known = known or any(matches(glob, name) for glob in client.model.constructors)
        client = client.inner
    return False if known else None


def _sdk_retries(r: Resolver, found: Found) -> int | None:
    reading = settings.read(r, found.endpoint, found.given, "retries")
    if reading.status == "set":
        number = _number(reading)
        return int(number) if number is not None else None
    default = settings.default(found.endpoint, "retries")
    return int(default) if reading.status == "absent" and default is not None else None


def _retry(r: Resolver, found: Found, around: str, place: Span | None) -> Setting:
    endpoint = found.endpoint
    reading = settings.read(r, endpoint, found.given, "retries")
    attempts = settings.default(endpoint, "retries")
    raw = endpoint.sdk.name == RAW
    if reading.status != "set" and reading.named and _perhaps_none(reading):
        return Setting("unknown", reason="the value is passed in and may be None")
    if _retried(endpoint):
        return Setting("explicit")
    if reading.status == "set" or (reading.status in ("unknown", "mixed") and reading.named):
        if reading.value in (0, False) and reading.status == "set" and isinstance(reading.value, int):
            if around:
                return Setting(around, None, place)
            inner = endpoint.client.inner if endpoint.client is not None else None
            kept = inner is not None and bool(settings.default(replace(endpoint, client=inner), "retries"))
            return Setting("disabled", 0, _span(reading.site), "the client inside retries" if kept else "")
        return Setting("explicit", _number(reading), _span(reading.site))
    if around:
        return Setting(around, None, place)
    if reading.status == "unknown":
        return _not_seen(r, found, "retries", reading)
    if raw:
        mounted = _adapter(found)
        if mounted is not None:
            return Setting("explicit", None, mounted)
        return Setting("none")
    return Setting("sdk-default", int(attempts) if attempts is not None else None)


def _not_seen(r: Resolver, found: Found, role: str, reading: Reading) -> Setting:
    """The default, unless a request has none or the code writes the parameter in what nobody sees."""
    if found.endpoint.sdk.name != RAW and not _written(found, role):
        return Setting("sdk-default", reason=_UNSEEN)
    return _explained(r, found, role, reading, Setting("unknown"))


def _retried(endpoint: Endpoint) -> bool:
    client = endpoint.client
    while client is not None and not client.retried:
        client = client.inner
    return client is not None


def _adapter(found: Found) -> Span | None:
    """A ``session.mount(..., HTTPAdapter(max_retries=...))`` or a transport with retries, for a client."""
    client = found.endpoint.client
    if client is None or not client.layers:
        return None
    layer = client.layers[0]
    module = layer.frame.module
    for node in module.calls_by_tail.get("mount", ()):
        return module.source.span(node)
    return None


def _timeout(r: Resolver, found: Found, deadline: Span | None, seconds: float | None) -> Setting:
    endpoint = found.endpoint
    reading = settings.read(r, endpoint, found.given, "timeout")
    limit = settings.default(endpoint, "timeout")
    raw = endpoint.sdk.name == RAW
    if reading.status == "none" and deadline is None:
        if limit == -1 and raw:
            return Setting("none")
        if limit == -1:
            return Setting("sdk-default", -1)
        return Setting("disabled", None, _span(reading.site))
    if reading.status != "set" and reading.named and _perhaps_none(reading) and deadline is None:
        return Setting("unknown", reason="the value is passed in and may be None")
    if reading.status == "set" or (reading.status in ("unknown", "mixed") and reading.named):
        return Setting("explicit", _number(reading), _span(reading.site))
    if deadline is not None:
        return Setting("explicit", seconds, deadline)
    if reading.status == "unknown":
        return _not_seen(r, found, "timeout", reading)
    if raw and limit in (-1, None):
        return Setting("none")
    return Setting("sdk-default", limit)


def _written(found: Found, role: str) -> bool:
    """Whether the modules of call and client write the parameter as a key: unseen arguments may hold it."""
    layers = [level for level in settings.levels(found.endpoint, found.given) if level.given is not None]
    names = {path for level in layers for path in level.params.get(role, ())}
    texts = {level.given.frame.module.source.text for level in layers if level.given is not None}
    return any(f'"{name}"' in text or f"'{name}'" in text for name in names for text in texts)


def _perhaps_none(reading: Reading) -> bool:
    return any(isinstance(v, Const) and v.value is None for v in reading.values)


def _number(reading: Reading) -> int | float | None:
    value = reading.value
    return value if isinstance(value, (int, float)) and not isinstance(value, bool) else None


def _parameter(found: Found, role: str) -> str:
    if found.target is not None and role in found.target.endpoint.params:
        return found.target.endpoint.params[role][0]
    for level in settings.levels(found.endpoint, found.given):
        if level.params.get(role):
            return level.params[role][0].removesuffix(":ms")
    return ""


def _for_an_older_release(endpoint: Endpoint, module: ModuleIndex, node: ast.AST) -> bool:
    """Whether a condition on the SDK's version stands around a call (``if IS_LEGACY_OPENAI:``), or on what
    could be imported of it (``if InferenceApi is not None:``).
    """
    if not endpoint.model.removed:
        return False
    tried = {
        alias.asname or alias.name
        for n in module.parents
        if isinstance(n, ast.ImportFrom) and isinstance(module.parents.get(n), ast.Try)
        for alias in n.names
    }
    child, parent = node, module.parents.get(node)
    while parent is not None:
        if isinstance(parent, (ast.If, ast.IfExp)) and child is not parent.test:
            words = {n.id for n in ast.walk(parent.test) if isinstance(n, ast.Name)}
            words |= {n.attr for n in ast.walk(parent.test) if isinstance(n, ast.Attribute)}
            if words & tried or any(_VERSION.search(word) for word in words):
                return True
        child, parent = parent, module.parents.get(parent)
    return False


def _is_demo(module: ModuleIndex, node: ast.AST) -> bool:
    """Whether ``if __name__ == "__main__":`` in a module of a package holds the call itself."""
    if "." not in module.name or module.name.endswith("__main__"):
        return False
    child, parent = node, module.parents.get(node)
    while parent is not None:
        if isinstance(parent, FUNCTIONS):
            return False
        if isinstance(parent, ast.If) and child in parent.body:
            words = {getattr(n, "id", getattr(n, "value", None)) for n in ast.walk(parent.test)}
            if {"__name__", "__main__"} <= words:
                return True
        child, parent = parent, module.parents.get(parent)
    return False


def _seen(endpoint: Endpoint) -> bool:
    client = endpoint.client
    while client is not None:
        if not client.seen:
            return False
        client = client.inner
    return True


def _client_span(endpoint: Endpoint) -> Span | None:
    client = endpoint.client
    layer = client.layers[-1] if client is not None and client.layers else None
    if layer is None or layer.node is None:
        return None
    return layer.frame.module.source.span(layer.node)


def _is_local(base: Reading) -> bool:
    from prodworthy.resolve import http

    return any(
        isinstance(v, Const) and isinstance(v.value, str) and http.is_local(v.value) for v in base.values
    )


def _provider(engine: Engine, base: Reading) -> str:
    """The one provider that every address the code shows belongs to."""
    from prodworthy.resolve import http

    urls = [v.value for v in base.values if isinstance(v, Const) and isinstance(v.value, str)]
    told = {http.provider_of(engine.knowledge.hosts, url) for url in urls}
    return told.pop() if len(told) == 1 and len(urls) == len(base.values) else ""


def _span(site: Site | None) -> Span | None:
    return site.frame.module.source.span(site.node) if site is not None else None


def _place(node: ast.AST | None, module: ModuleIndex | None) -> Span | None:
    return module.source.span(node) if node is not None and module is not None else None
