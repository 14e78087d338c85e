"""From a call to the origins of its prompts."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from typing import TYPE_CHECKING

from prodworthy.call import Origin
from prodworthy.finding import TraceStep
from prodworthy.flow.personal import Lexicon
from prodworthy.flow.sources import Sanitizers, Sources
from prodworthy.flow.trace import State, Tracer
from prodworthy.model.schema import SourceModel
from prodworthy.resolve import lookup, objects, parameters, settings
from prodworthy.resolve.find import Found
from prodworthy.resolve.index import ModuleIndex, dotted, tail
from prodworthy.resolve.resolver import Resolver
from prodworthy.resolve.values import (
    Class,
    Const,
    External,
    Frame,
    Function,
    Made,
    Mapping,
    Option,
    Sequence,
    Site,
)

if TYPE_CHECKING:
    from prodworthy.model.knowledge import Knowledge
    from prodworthy.resolve.engine import Engine

ROLES = {"user_prompt": "user prompt", "system_prompt": "system prompt", "input": "input"}
SYSTEM = frozenset({"system", "developer"})
MOST = 80
"""Origins kept for one call."""


class Flow:
    """The knowledge that tracing asks: sources, sanitizers, personal data."""

    def __init__(self, resolver: Resolver, knowledge: Knowledge) -> None:
        self.resolver = resolver
        self.sources = Sources(knowledge)
        self.sanitizers = Sanitizers(knowledge.sanitizers)
        self.lexicon = Lexicon(knowledge.personal_data)
        self._imports: dict[ModuleIndex, frozenset[str]] = {}

    def parameter_source(
        self, module: ModuleIndex, scope: ast.FunctionDef | ast.AsyncFunctionDef, ident: str, frame: Frame
    ) -> SourceModel | None:
        """The source that a parameter is by its type, its function's decorators or class, or its name."""
        arg = parameters.argument_node(scope, ident)
        if arg is None:
            return None
        outer = frame.parent or module.frame
        types = self._names_in(arg.annotation, outer)
        source = self.sources.annotation(types)
        if source is not None:
            return source
        source = self._handler(module, scope, outer)
        if source is not None:
            if source.parameters and ident not in source.parameters:
                return None
            default = parameters.default_of(scope, ident)
            skipped = {*types, *self._names_in(default, outer)}
            return None if any(self._matches(source.skip, name) for name in skipped) else source
        return self.sources.parameter(ident, self._imported(module))

    def is_handler(
        self, module: ModuleIndex, scope: ast.FunctionDef | ast.AsyncFunctionDef, frame: Frame
    ) -> bool:
        """Whether a framework calls the function."""
        return self._handler(module, scope, frame.parent or module.frame) is not None

    def handler_kind(self, module: ModuleIndex, scope: ast.FunctionDef | ast.AsyncFunctionDef) -> str:
        """The kind of source whose handler the function is (``request``, ``message``), empty for none."""
        frame = lookup.frame_of(self.resolver, module, scope)
        source = self._handler(module, scope, frame.parent or module.frame)
        for argument in scope.args.args if source is None else ():
            source = source or self.parameter_source(module, scope, argument.arg, frame)
        return source.kind if source is not None else ""

    def handler_parameter(
        self, node: ast.Name, frame: Frame, r: Resolver
    ) -> tuple[SourceModel, Frame] | None:
        """The source that a name is because it is a handler's parameter, here or in a function around."""
        found = lookup.reaching_of(r, node, frame)
        if found is None or found[0].passed is None:
            return None
        holder = found[1]
        scope = holder.scope
        if not isinstance(scope, (ast.FunctionDef, ast.AsyncFunctionDef)) or not parameters.is_parameter(
            scope, node.id
        ):
            return None
        if holder.given is not None:
            return None
        source = self.parameter_source(holder.module, scope, node.id, holder)
        return (source, holder) if source is not None else None

    def validates(self, call: ast.Call, frame: Frame) -> bool:
        """Whether a call is a validator or a moderation."""
        values = self.resolver.values(call.func, frame)
        found = [self.sanitizers.external(v.name) for v in values if isinstance(v, External)]
        if not found or any(isinstance(v, (Function, Class)) for v in values):
            found.append(self.sanitizers.named(tail(call.func)))
        return any(m is not None and m.kind in ("validation", "moderation") for m in found)

    def _handler(
        self, module: ModuleIndex, scope: ast.FunctionDef | ast.AsyncFunctionDef, outer: Frame
    ) -> SourceModel | None:
        names: list[str] = []
        for decorator in scope.decorator_list:
            target = decorator.func if isinstance(decorator, ast.Call) else decorator
            names += [v.name for v in self.resolver.values(target, outer) if isinstance(v, (External, Made))]
        source = self.sources.handler(names) if names else None
        owner = module.class_of(scope)
        if source is None and owner is not None:
            cls = Class(module, owner, module.frame)
            for base in objects.mro(self.resolver, cls):
                if isinstance(base, External):
                    source = source or self.sources.method(base.name, scope.name)
        return source

    def _names_in(self, expression: ast.expr | None, frame: Frame) -> list[str]:
        if expression is None:
            return []
        if isinstance(expression, ast.Call):
            expression = expression.func
        found: list[str] = []
        for node in ast.walk(expression):
            if isinstance(node, (ast.Name, ast.Attribute)):
                found += [v.name for v in self.resolver.values(node, frame) if isinstance(v, External)]
        return found

    @staticmethod
    def _matches(globs: list[str], name: str) -> bool:
        from prodworthy.resolve.catalogue import matches

        return any(matches(glob, name) for glob in globs)

    def _imported(self, module: ModuleIndex) -> frozenset[str]:
        known = self._imports.get(module)
        if known is None:
            found: set[str] = set()
            for table in module.scopes.values():
                for bindings in table.bindings.values():
                    for binding in bindings:
                        if isinstance(binding.statement, ast.ImportFrom) and binding.statement.module:
                            found |= _prefixes(binding.statement.module)
                        elif isinstance(binding.node, ast.alias):
                            found |= _prefixes(binding.node.name)
            known = self._imports[module] = frozenset(found)
        return known


def origins_of(engine: Engine, module: ModuleIndex, found: Found) -> tuple[Origin, ...]:
    """Where the prompts of a call come from, one entry per origin and role."""
    engine.resolver.refill()
    flow = engine.flow
    origins: dict[tuple[object, ...], Origin] = {}
    for role, site in _prompt_sites(flow.resolver, found):
        tracer = Tracer(flow)
        span = module.source.span(found.node)
        reached = TraceStep(span, f"reaches the {ROLES[role]} of `{dotted(found.node.func)}`")
        for origin in tracer.trace(site, State(role, (reached,))):
            key = (origin.kind, origin.role, origin.label, origin.span, origin.personal)
            known = origins.get(key)
            if (
                known is None
                or (known.validated and not origin.validated)
                or (known.redacted and not origin.redacted)
            ):
                origins[key] = origin
            if len(origins) >= MOST:
                return tuple(origins.values())
    return tuple(origins.values())


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
            structured = True
            for item in value.items:
                yield from _message(r, item)
        elif (
            isinstance(value, Mapping)
            and option.site is not None
            and value.entries.keys() & {"content", "parts"}
        ):
            structured = True
            yield from _message(r, option.site)
    if not structured and option.site is not None:
        yield "user_prompt", option.site


def _value_sites(value: object, role: str) -> Iterator[tuple[str, Site]]:
    if (isinstance(value, Const) and value.site is not None) or (
        isinstance(value, (Mapping, Sequence)) and value.site is not None
    ):
        yield role, value.site


def _message(r: Resolver, item: Site) -> Iterator[tuple[str, Site]]:
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
                part = (
                    "system_prompt"
                    if name.rpartition(".")[2].startswith(("System", "Developer"))
                    else "user_prompt"
                )
                for site in (*value.call.positional, *(s for _, s in value.call.keywords)):
                    yield part, site
            case Sequence(items=items) if len(items) == 2:
                roles = {v.value for v in r.site(items[0]) if isinstance(v, Const)}
                known = True
                yield ("system_prompt" if roles and roles <= SYSTEM else "user_prompt"), items[1]
    if not known:
        yield "user_prompt", item


def _prefixes(name: str) -> set[str]:
    parts = name.split(".")
    return {".".join(parts[:n]) for n in range(1, len(parts) + 1)}
