"""From a call to the expressions that its prompts and settings are, and to their origins."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import TYPE_CHECKING

from prodworthy.call import Origin
from prodworthy.finding import TraceStep
from prodworthy.flow import protection, templates
from prodworthy.flow.search import Search
from prodworthy.resolve import settings
from prodworthy.resolve.find import Found
from prodworthy.resolve.index import ModuleIndex, dotted
from prodworthy.resolve.resolver import Resolver
from prodworthy.resolve.values import Const, Made, Mapping, Option, Sequence, Site

if TYPE_CHECKING:
    from prodworthy.resolve.engine import Engine

ROLES = {"user_prompt": "user prompt", "system_prompt": "system prompt", "input": "input"}
SYSTEM = frozenset({"system", "developer"})
MOST = 80
CONSTANTS = 200
"""Origins kept for one call: from outside, and texts that are written in the code."""


def origins_of(engine: Engine, module: ModuleIndex, found: Found) -> tuple[Origin, ...]:
    """Where the prompts of a call come from, one entry per origin and role."""
    engine.resolver.refill()
    flow = engine.flow
    safe = protection.of(flow, found)
    sites = list(_prompt_sites(flow.resolver, found))
    sites = list(templates.filled(flow, found, sites))
    return _origins(engine, module, found, sites, safe)


def setting_origins(engine: Engine, module: ModuleIndex, found: Found, role: str) -> tuple[Origin, ...]:
    """Where a setting of a call (``model``, ``output_cap``, ``base_url``, ``end_user``...) comes from."""
    engine.resolver.refill()
    options = _options(engine.resolver, found, role)
    sites = [(role, o.site) for o in options if o.kind == "value" and o.site is not None]
    return _origins(engine, module, found, sites, frozenset())


def _origins(
    engine: Engine,
    module: ModuleIndex,
    found: Found,
    sites: list[tuple[str, Site]],
    safe: frozenset[str],
) -> tuple[Origin, ...]:
    origins: dict[tuple[object, ...], Origin] = {}
    searches: dict[str, Search] = {}
    written = 0
    span = module.source.span(found.node)
    for role, site in sites:
        if role not in searches:
            told = ROLES.get(role, role.replace("_", " "))
            reached = TraceStep(span, f"reaches the {told} of `{dotted(found.node.func)}`")
            searches[role] = Search(engine.flow.relation, role, reached)
        via = _elsewhere(found, site) if role == "system_prompt" else None
        for origin in searches[role].origins(site, safe, via):
            if role in ROLES and (origin.number or "number" in origin.safe):
                continue
            if origin.kind == "constant" and written >= CONSTANTS:
                continue
            key = (origin.kind, origin.role, origin.label, origin.span, origin.personal)
            known = origins.get(key)
            if known is None or origin.safe < known.safe:
                origins[key] = origin
            elif not known.safe <= origin.safe:
                # safe in different things on different paths: in none for certain
                origins[key] = replace(known, safe=known.safe & origin.safe)
            written += origin.kind == "constant"
            if len(origins) - written >= MOST:
                return tuple(origins.values())
    return tuple(origins.values())


def _elsewhere(found: Found, site: Site) -> TraceStep | None:
    """The step that tells where a part of a call stands that was given before the call."""
    node, call, module = site.node, found.node, site.frame.module
    if module is found.given.frame.module and call.lineno <= node.lineno <= (call.end_lineno or 0):
        return None
    return TraceStep(module.source.span(node), "given as the system prompt here")


def _prompt_sites(r: Resolver, found: Found) -> Iterator[tuple[str, Site]]:
    for role in ("messages", "user_prompt", "system_prompt", "input"):
        for option in _options(r, found, role):
            yield from _parts(r, option, role)


def _options(r: Resolver, found: Found, role: str) -> Iterator[Option]:
    if found.target is not None and role in found.target.endpoint.params:
        body = settings.read(r, found.endpoint, found.given, "body")
        for value in body.values:
            for path in found.target.endpoint.params[role]:
                yield from settings.walk(
                    r, settings.inside(r, value, path.split(".")[0]), path.split(".")[1:]
                )
        return
    for level in settings.levels(found.endpoint, found.given):
        if level.given is not None:
            for path in level.params.get(role, ()):
                yield from settings.options(r, level.given, path, level.positional)


def _parts(r: Resolver, option: Option, role: str) -> Iterator[tuple[str, Site]]:
    if option.kind != "value":
        return
    if role != "messages":
        if option.site is not None:
            yield role, option.site
        else:
            for value in option.values or ():
                yield from _value_sites(value, role)
        return
    structured = False
    for value in r.option(option):
        if isinstance(value, Sequence) and value.items:
            structured = structured or value.closed
            for item in value.items:
                yield from message(r, item)
        elif (
            isinstance(value, Mapping)
            and option.site is not None
            and value.entries.keys() & {"content", "parts"}
        ):
            structured = True
            yield from message(r, option.site)
    if not structured and option.site is not None:
        yield "user_prompt", option.site


def _value_sites(value: object, role: str) -> Iterator[tuple[str, Site]]:
    if (isinstance(value, Const) and value.site is not None) or (
        isinstance(value, (Mapping, Sequence)) and value.site is not None
    ):
        yield role, value.site


def message(r: Resolver, item: Site) -> Iterator[tuple[str, Site]]:
    """One message of a conversation: its text, under the role that it has."""
    known = False
    for value in r.site(item):
        match value:
            case Mapping() if value.entries.keys() & {"content", "parts", "text"}:
                known = True
                roles = {v.value for o in value.options("role") for v in r.option(o) if isinstance(v, Const)}
                part = "system_prompt" if roles and roles <= SYSTEM else "user_prompt"
                for key in ("content", "parts", "text"):
                    for option in value.entries.get(key, ()):
                        if option.site is not None:
                            yield part, option.site
            case Made(name=name):
                known = True
                part = _role_of_class(r, name, value)
                for site in (*value.call.positional, *(s for k, s in value.call.keywords if k != "role")):
                    yield part, site
            case Sequence(items=items) if len(items) == 2:
                roles = {v.value for v in r.site(items[0]) if isinstance(v, Const)}
                known = True
                yield ("system_prompt" if roles and roles <= SYSTEM else "user_prompt"), items[1]
    if not known:
        yield "user_prompt", item


def _role_of_class(r: Resolver, name: str, made: Made) -> str:
    """The role of a message object: its class tells it, or its ``role`` argument."""
    if name.rpartition(".")[2].startswith(("System", "Developer")):
        return "system_prompt"
    site = made.call.keyword("role")
    if site is not None:
        from ast import Attribute

        if isinstance(site.node, Attribute) and site.node.attr in ("SYSTEM", "DEVELOPER"):
            return "system_prompt"
        roles = {v.value for v in r.site(site) if isinstance(v, Const)}
        return "system_prompt" if roles and roles <= SYSTEM else "user_prompt"
    return "user_prompt"
