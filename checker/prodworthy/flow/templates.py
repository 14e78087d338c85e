"""Prompt templates: which part of the prompt a value that fills one of their places ends up in."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from prodworthy.resolve import lookup, objects, passing
from prodworthy.resolve.find import Found
from prodworthy.resolve.index import tail
from prodworthy.resolve.values import Const, Frame, Instance, Made, Mapping, Sequence, Site

if TYPE_CHECKING:
    from prodworthy.flow.flow import Flow

_PLACE = re.compile(r"\{\{\s*(\w+)[^{}]*\}\}|(?<!\{)\{(\w+)[^{}]*\}(?!\})")
_FILLING = frozenset(
    {"format", "format_messages", "format_prompt", "aformat_messages", "invoke", "ainvoke", "partial"}
)
_PIPING = frozenset(
    {"invoke", "ainvoke", "stream", "astream", "batch", "abatch", "run", "arun", "predict", "__call__"}
)
_DEPTH = 5


@dataclass(slots=True)
class Template:
    """The texts of a template by the role they have, and the role that each place in them has."""

    texts: list[tuple[str, Site]] = field(default_factory=list)
    places: dict[str, str] = field(default_factory=dict)

    def add(self, flow: Flow, role: str, site: Site) -> None:
        """One message of the template."""
        self.texts.append((role, site))
        for value in flow.resolver.site(site):
            if isinstance(value, Const) and isinstance(value.value, str):
                for match in _PLACE.finditer(value.value):
                    name = match[1] or match[2]
                    if self.places.get(name) != "system_prompt":
                        self.places[name] = role


def filled(flow: Flow, found: Found, sites: Iterable[tuple[str, Site]]) -> Iterator[tuple[str, Site]]:
    """The prompt's parts, with what fills a template put where the template has its place."""
    piped = _piped(flow, found)
    for template in piped:
        yield from template.texts
    for role, site in sites:
        if piped and role == "user_prompt":
            filling = _filling(flow, site)
            if filling:
                yield from _placed(piped, filling)
                continue
        own = _formatted(flow, site)
        if own is not None:
            template, filling = own
            yield from template.texts
            yield from _placed([template], filling)
            continue
        yield role, site


def _placed(templates: list[Template], filling: dict[str, list[Site]]) -> Iterator[tuple[str, Site]]:
    for name, values in filling.items():
        roles = {t.places[name] for t in templates if name in t.places} or {"user_prompt"}
        for role in sorted(roles):
            for value in values:
                yield role, value


def _filling(flow: Flow, site: Site) -> dict[str, list[Site]]:
    """``{"question": question}``: what fills a template, by the name of the place."""
    filling: dict[str, list[Site]] = {}
    for value in flow.resolver.site(site):
        if not isinstance(value, Mapping):
            return {}
        for key, options in value.entries.items():
            filling.setdefault(key, []).extend(o.site for o in options if o.site is not None)
    return filling


def _formatted(flow: Flow, site: Site) -> tuple[Template, dict[str, list[Site]]] | None:
    """``template.format_messages(question=...)`` as a prompt, here or where the name is bound."""
    node, frame = _followed(flow, site)
    if not (isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute)):
        return None
    if node.func.attr not in _FILLING:
        return None
    template = of(flow, Site(node.func.value, frame))
    if template is None:
        return None
    given = passing.arguments(node, frame)
    filling = {name: [argument] for name, argument in given.keywords}
    for argument in given.positional:
        filling.update(_filling(flow, argument))
    return template, filling


def _piped(flow: Flow, found: Found) -> list[Template]:
    """The templates in the chain that a call is made on: ``(prompt | model).invoke(...)``."""
    function = found.node.func
    if not isinstance(function, ast.Attribute):
        return []
    if function.attr not in _PIPING and not found.endpoint.model.wraps:
        return []
    client = found.endpoint.client
    module = found.given.frame.module
    frame = lookup.frame_of(flow.resolver, module, module.scope_of(found.node))
    if client is None:
        return []
    found_templates: list[Template] = []
    if client.chained:
        for part in _pipe(flow, Site(function.value, frame), _DEPTH):
            template = of(flow, part)
            if template is not None:
                found_templates.append(template)
    for layer in client.layers[:2]:
        site = layer.keyword("prompt")
        template = of(flow, site) if site is not None else None
        if template is not None:
            found_templates.append(template)
    return found_templates


def _pipe(flow: Flow, site: Site, depth: int) -> Iterator[Site]:
    """The parts of ``a | b | c``, wherever it was put together."""
    node = site.node
    if isinstance(node, ast.BinOp) and isinstance(node.op, ast.BitOr):
        yield from _pipe(flow, Site(node.left, site.frame), depth)
        yield from _pipe(flow, Site(node.right, site.frame), depth)
        return
    if depth:
        for inner in _bindings(flow, site):
            if isinstance(inner.node, ast.BinOp):
                yield from _pipe(flow, inner, depth - 1)
                return
    yield site


def _bindings(flow: Flow, site: Site) -> list[Site]:
    """What a name or an attribute of the program's own objects is bound to."""
    node, frame = site.node, site.frame
    if isinstance(node, ast.Name):
        reached = lookup.reaching_of(flow.resolver, node, frame)
        if reached is None:
            return []
        return [
            Site(r.binding.node, reached[1])
            for r in reached[0].found
            if isinstance(r.binding.node, ast.expr) and not r.binding.unpack
        ]
    if isinstance(node, ast.Attribute):
        for base in flow.resolver.values(node.value, frame):
            if isinstance(base, Instance):
                return objects.assigned_sites(flow.resolver, base, node.attr)
    return []


def _followed(flow: Flow, site: Site) -> tuple[ast.expr, Frame]:
    for _ in range(3):
        node = site.node.value if isinstance(site.node, ast.Await) else site.node
        bound = _bindings(flow, Site(node, site.frame)) if isinstance(node, (ast.Name, ast.Attribute)) else []
        if len(bound) != 1:
            return node, site.frame
        site = bound[0]
    return site.node, site.frame


def of(flow: Flow, site: Site) -> Template | None:
    """The prompt template that an expression is, of langchain's and llama-index's kinds."""
    template = Template()
    for value in flow.resolver.site(site):
        if not isinstance(value, Made):
            continue
        name = value.name.removesuffix("()")
        made = name.rpartition(".")[2]
        owner = name.rpartition(".")[0].rpartition(".")[2]
        if "PromptTemplate" not in made and "PromptTemplate" not in owner:
            continue
        first = value.call.positional[0] if value.call.positional else None
        if made == "from_messages" or made.startswith("ChatPromptTemplate"):
            messages = first or value.call.keyword("messages") or value.call.keyword("message_templates")
            if messages is not None:
                _messages(flow, template, messages)
        else:
            text = first or value.call.keyword("template")
            role = "system_prompt" if (owner or made).startswith("System") else "user_prompt"
            if text is not None:
                template.add(flow, role, text)
    return template if template.texts else None


def _messages(flow: Flow, template: Template, messages: Site) -> None:
    from prodworthy.flow.prompts import message

    for value in flow.resolver.site(messages):
        for item in value.items if isinstance(value, Sequence) else ():
            inner = of(flow, item)
            if inner is not None:
                for role, text in inner.texts:
                    template.add(flow, role, text)
            elif not (isinstance(item.node, ast.Call) and tail(item.node.func) == "MessagesPlaceholder"):
                for role, text in message(flow.resolver, item):
                    template.add(flow, role, text)
