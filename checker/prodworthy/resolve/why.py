"""Why a setting of a call is not known, in a few words that its author can act on."""

from __future__ import annotations

import ast
from collections.abc import Iterable
from typing import TYPE_CHECKING

from prodworthy.resolve import settings
from prodworthy.resolve.find import Found
from prodworthy.resolve.values import External, Instance, Made, Mapping, Site, Unknown, Value

if TYPE_CHECKING:
    from prodworthy.resolve.index import ModuleIndex
    from prodworthy.resolve.resolver import Resolver
    from prodworthy.resolve.settings import Reading

OUT_OF_STEPS = "takes more steps to follow than the analysis makes"
OUT_OF_VIEW = "the client is built out of view"
_GIVEN_UP = frozenset({"budget", "too deep", "too many calls"})
_LONGEST = 50


def reason(r: Resolver, found: Found, role: str, reading: Reading) -> str:
    """Why nobody knows what ``role`` is: what is passed, or what it could be hidden in."""
    here = found.given.frame.module
    if reading.site is not None:
        if reading.status == "mixed" or isinstance(reading.site.node, ast.Constant):
            return "it is set on some paths and not on others"
        return f"{_text(reading.site, here)} {of_values(reading.values)}"
    if found.target is not None:
        return _of_body(r, found)
    for level in settings.levels(found.endpoint, found.given):
        if not level.params.get(role):
            continue
        if level.given is None:
            return OUT_OF_VIEW
        for site in level.given.unpacked:
            values = r.site(site)
            if not values or any(not isinstance(v, Mapping) or not v.closed for v in values):
                return f"{_text(site, here, '**')} {of_values(values)}"
        if level.given.starred:
            return "`*` arguments are passed on"
        for path in level.params[role]:
            first = path.partition(".")[0]
            holder = level.given.keyword(first) if "." in path else None
            if holder is not None:
                return f"{_text(holder, here)} {of_values(r.site(holder))}"
    return "the code does not tell"


def of_values(values: Iterable[Value]) -> str:
    """What is known of an expression that has no known value."""
    for value in values:
        match value:
            case Unknown(reason=told) if told in _GIVEN_UP:
                return OUT_OF_STEPS
    for value in values:
        match value:
            case Unknown(reason="parameter" | "keyword arguments" | "starred arguments"):
                return "is passed in, and not every caller is in view"
            case Unknown(reason=told) if told.startswith("name "):
                return f"comes from `{told.removeprefix('name ')}`, which nothing in view binds"
            case Unknown(reason=told) if told.startswith(("attribute", "field")):
                return "is an attribute that nothing in view sets"
            case Unknown(reason=told) if told.startswith("module "):
                return f"comes from {told}, which is out of view"
            case Unknown(reason="getattr" | "module"):
                return "is looked up by its name at run time"
            case Unknown(reason=told) if told.startswith(("call", "result")):
                return "is what something unknown gives"
            case External(name=name) | Made(name=name):
                return f"comes from `{name.partition('(')[0]}`"
            case Instance(cls=cls):
                return f"comes from the class `{cls.node.name}`"
            case Mapping():
                return "is a dict with keys that nobody sees"
    return "has a value that the code does not tell"


def _of_body(r: Resolver, found: Found) -> str:
    """Why the JSON body of a request is not known."""
    body = settings.read(r, found.endpoint, found.given, "body")
    if body.site is None:
        return "the code does not tell"
    return f"the body {_text(body.site, found.given.frame.module)} {of_values(body.values)}"


def _text(site: Site, here: ModuleIndex, before: str = "") -> str:
    """The expression, and where it stands if that is another file."""
    text = " ".join(ast.unparse(site.node).split())
    shown = f"`{before}{text if len(text) <= _LONGEST else text[: _LONGEST - 3] + '...'}`"
    module = site.frame.module
    if module is here:
        return shown
    return f"{shown} in {module.path}:{module.source.span(site.node).line}"
