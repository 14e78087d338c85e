"""Backwards from a sink: every origin an expression can have, with the steps and checks on the way."""

from __future__ import annotations

import ast
from collections.abc import Generator, Iterable, Iterator
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from prodworthy.call import Origin
from prodworthy.finding import Span, TraceStep
from prodworthy.flow import guards, known
from prodworthy.flow.fields import Fields
from prodworthy.flow.personal import words
from prodworthy.model.schema import SourceModel
from prodworthy.resolve import callers, invoke, lookup, objects, parameters, passing
from prodworthy.resolve.index import dotted, tail
from prodworthy.resolve.reach import Branch, Effects
from prodworthy.resolve.values import (
    Answer,
    Arguments,
    Class,
    Client,
    Const,
    Endpoint,
    External,
    Frame,
    Function,
    Instance,
    Made,
    Mapping,
    Sequence,
    Site,
    Value,
)

if TYPE_CHECKING:
    from prodworthy.flow.prompts import Flow

STEPS = 40
"""Steps from a sink that are followed."""

WORK = 1500
"""Expressions looked at for one sink."""

Handled = Generator[Origin, None, bool]
"""Origins, and in the end whether that was all there is to say."""


@dataclass(frozen=True, slots=True)
class State:
    """What has happened to the value between here and the sink."""

    role: str
    steps: tuple[TraceStep, ...] = ()
    validated: bool = False
    redacted: bool = False
    depth: int = 0

    def step(self, span: Span, message: str) -> State:
        """One step further from the sink."""
        return replace(self, steps=(TraceStep(span, message), *self.steps), depth=self.depth + 1)


class Tracer:
    """Traces the expressions of one sink."""

    def __init__(self, flow: Flow) -> None:
        self._flow = flow
        self._r = flow.resolver
        self._fields = Fields(flow)
        self._seen: set[tuple[ast.AST, Frame, str, bool, bool]] = set()
        self._work = 0

    def trace(self, site: Site, state: State) -> Iterator[Origin]:
        """The origins of what stands at ``site``."""
        node, frame = site.node, site.frame
        key = (node, frame, state.role, state.validated, state.redacted)
        self._work += 1
        if key in self._seen or state.depth > STEPS or self._work > WORK:
            return
        self._seen.add(key)
        match node:
            case ast.Constant(value=str() as text):
                yield self._origin("constant", _short(text), site, state, text=text)
            case ast.Constant():
                return
            case ast.JoinedStr():
                text = "".join(str(p.value) if isinstance(p, ast.Constant) else "\0" for p in node.values)
                if text.strip("\0 \n"):
                    yield self._origin("constant", _short(text), site, state, text=text)
                for part in node.values:
                    if isinstance(part, ast.FormattedValue):
                        yield from self.trace(Site(part.value, frame), state)
            case ast.BinOp(op=ast.Add() | ast.Mod() | ast.BitOr() | ast.Mult()):
                yield from self.trace(Site(node.left, frame), state)
                yield from self.trace(Site(node.right, frame), state)
            case ast.Name():
                yield from self._name(node, frame, state)
            case ast.Attribute():
                yield from self._attribute(node, frame, state)
            case ast.Subscript():
                yield from self._subscript(node, frame, state)
            case ast.Call():
                yield from self._call(node, frame, state)
            case ast.Await() | ast.Starred() | ast.NamedExpr() | ast.YieldFrom():
                yield from self.trace(Site(node.value, frame), state)
            case ast.IfExp():
                inner = replace(state, validated=True) if self._guard(node.body, frame) else state
                yield from self.trace(Site(node.body, frame), inner)
                yield from self.trace(Site(node.orelse, frame), state)
            case ast.BoolOp():
                for value in node.values:
                    yield from self.trace(Site(value, frame), state)
            case ast.List() | ast.Tuple() | ast.Set():
                for element in node.elts:
                    yield from self.trace(Site(element, frame), state)
            case ast.Dict():
                if state.role == "system_prompt" and self._other_role(node, frame):
                    return
                for value in node.values:
                    yield from self.trace(Site(value, frame), state)
            case ast.ListComp() | ast.SetComp() | ast.GeneratorExp():
                yield from self.trace(Site(node.elt, frame), state)
            case ast.DictComp():
                yield from self.trace(Site(node.value, frame), state)

    def _other_role(self, node: ast.Dict | ast.Call, frame: Frame) -> bool:
        """Whether a message says that it is the user's or the model's own: no part of a system prompt."""
        if isinstance(node, ast.Dict):
            pairs = zip(node.keys, node.values, strict=True)
            roles = [v for k, v in pairs if isinstance(k, ast.Constant) and k.value == "role"]
        else:
            roles = [k.value for k in node.keywords if k.arg == "role"]
        return _others([v for role in roles for v in self._r.values(role, frame)])

    def _spoken_by_others(self, message: Instance) -> bool:
        return message.call is not None and _others(objects.of_instance(self._r, message, "role"))

    def _picked(self, site: Site, positions: tuple[int, ...], depth: int = 3) -> list[Site]:
        """The parts of a value that a tuple target takes: of tuples, and of functions that return them."""
        node = site.node.value if isinstance(site.node, ast.Await) else site.node
        if not positions or not depth:
            return [site]
        if isinstance(node, (ast.Tuple, ast.List)) and positions[0] < len(node.elts):
            return self._picked(Site(node.elts[positions[0]], site.frame), positions[1:], depth)
        if isinstance(node, ast.Call):
            parts: list[Site] = []
            given = passing.arguments(node, site.frame)
            for value in self._r.values(node.func, site.frame):
                inner = invoke.call_frame(self._r, value, given) if isinstance(value, Function) else None
                if inner is None or not isinstance(value, Function) or isinstance(value.node, ast.Lambda):
                    return [site]
                for result in invoke.returns_of(value.module, value.node):
                    parts += self._picked(Site(result, inner), positions, depth - 1)
            return parts or [site]
        return [site]

    # names and parameters

    def _name(self, node: ast.Name, frame: Frame, state: State) -> Iterator[Origin]:
        if not state.validated and self._guard(node, frame):
            state = replace(state, validated=True)
        outer = lookup.comprehension_iterable(node, frame)
        if outer is not None:
            yield from self._personal_name(node, frame, state)
            yield from self.trace(Site(outer, frame), state)
            return
        yield from self._personal_name(node, frame, state)
        found = lookup.reaching_of(self._r, node, frame)
        if found is None:
            return
        answer, holder = found
        for reached in answer.found:
            binding = reached.binding
            if binding.kind in ("import", "from"):
                for value in self._r.values(node, frame):
                    if isinstance(value, External):
                        yield from self._external(value.name, node, frame, state)
            elif isinstance(binding.node, ast.expr):
                span = holder.module.source.span(binding.statement)
                verb = {"for": "one of these", "with": "opened"}.get(binding.kind, "assigned")
                here = state.step(span, f"{verb} as `{node.id}`")
                for site in self._picked(Site(binding.node, holder), binding.unpack):
                    yield from self.trace(site, here)
            yield from self._effects(reached.effects, holder, state)
        if answer.passed is not None and parameters.is_parameter(holder.scope, node.id):
            yield from self._effects(answer.passed, holder, state)
            yield from self._parameter(node.id, holder, state)

    def _effects(self, effects: Effects, frame: Frame, state: State) -> Iterator[Origin]:
        for effect in effects:
            if isinstance(effect, Branch):
                for path in effect.paths:
                    yield from self._effects(path, frame, state)
                continue
            match effect.node:
                case ast.Call(
                    func=ast.Attribute(attr="append" | "extend" | "insert" | "update"), args=arguments
                ):
                    for argument in arguments:
                        yield from self.trace(Site(argument, frame), state)
                case ast.AugAssign(value=value):
                    yield from self.trace(Site(value, frame), state)
                case ast.Subscript():
                    statement = effect.statement
                    if isinstance(statement, ast.Assign):
                        yield from self.trace(Site(statement.value, frame), state)

    def _parameter(self, ident: str, frame: Frame, state: State) -> Iterator[Origin]:
        scope = frame.scope
        if not isinstance(scope, (ast.FunctionDef, ast.AsyncFunctionDef)):
            return
        module = frame.module
        if module.receiver_name(scope) == ident:
            return
        if frame.given is not None:
            site = passing.argument_for(frame.module, scope, frame.given, ident)
            if site is not None:
                passed = state.step(
                    site.frame.module.source.span(site.node), f"passed to `{scope.name}` as `{ident}`"
                )
                yield from self.trace(site, passed)
            return
        source = self._flow.parameter_source(module, scope, ident, frame)
        if source is not None:
            yield from self._from_parameter(source, ident, frame, state)
            return
        if self._flow.is_handler(module, scope, frame):
            return
        calls = callers.calls_of(self._r, module, scope)
        arg = parameters.argument_node(scope, ident)
        if not calls and arg is not None:
            yield Origin(
                "parameter",
                state.role,
                ident,
                module.source.span(arg),
                state.steps,
                validated=state.validated,
                redacted=state.redacted,
            )
        for given, _ in calls:
            site = passing.argument_for(module, scope, given, ident)
            if site is not None:
                passed = state.step(
                    site.frame.module.source.span(site.node), f"passed to `{scope.name}` as `{ident}`"
                )
                yield from self.trace(site, passed)

    def _from_parameter(
        self, source: SourceModel, ident: str, frame: Frame, state: State
    ) -> Iterator[Origin]:
        arg = parameters.argument_node(frame.scope, ident)
        if arg is None:
            return
        kind = self._fields.of_parameter(arg, frame, source)
        if kind == "closed":
            return
        span = frame.module.source.span(arg)
        checked = state.validated or kind == "limited"
        yield Origin(
            source.kind,
            state.role,
            ident,
            span,
            self._ended(span, source.kind, ident, state),
            validated=checked,
            redacted=state.redacted,
        )

    # attributes and items

    def _attribute(self, node: ast.Attribute, frame: Frame, state: State) -> Iterator[Origin]:
        if not state.validated and self._guard(node, frame):
            state = replace(state, validated=True)
        values = self._r.values(node, frame)
        outside = any(isinstance(b, External) for b in self._r.values(node.value, frame))
        for value in values:
            if outside and isinstance(value, External) and self._flow.sources.value(value.name):
                yield from self._external(value.name, node, frame, state)
                return
            if isinstance(value, Answer):
                yield self._origin("model-output", dotted(node), Site(node, frame), state)
                return
        yield from self._personal_name(node, frame, state)
        handled = yield from self._field(node, frame, state)
        if handled:
            return
        told = False
        for base in self._r.values(node.value, frame):
            if isinstance(base, Instance):
                sites = objects.assigned_sites(self._r, base, node.attr)
                given = base.call.keyword(node.attr) if base.call is not None else None
                told = told or bool(sites) or given is not None
                if state.role == "system_prompt" and self._spoken_by_others(base):
                    continue
                for site in [*sites, given] if given is not None else sites:
                    span = site.frame.module.source.span(site.node)
                    yield from self.trace(site, state.step(span, f"kept as `{dotted(node)}`"))
        if told:
            return
        if any(isinstance(v, Const) for v in values):
            yield from self._constants(values, state)
            return
        if not isinstance(node.value, ast.Name) or frame.module.receiver_name(frame.scope) != node.value.id:
            yield from self.trace(Site(node.value, frame), state)

    def _field(self, node: ast.Attribute, frame: Frame, state: State) -> Handled:
        """A field of a request model: what its declaration allows, and whose data it is."""
        if not isinstance(node.value, ast.Name):
            return False
        found = self._flow.handler_parameter(node.value, frame, self._r)
        if found is None:
            return False
        source, holder = found
        arg = parameters.argument_node(holder.scope, node.value.id)
        if arg is None:
            return False
        if node.attr in source.clean:
            return True
        kind = self._fields.of_field(arg, node.attr, holder)
        if kind == "":
            return False
        if kind != "closed":
            span = frame.module.source.span(node)
            label = dotted(node)
            yield Origin(
                source.kind,
                state.role,
                label,
                span,
                self._ended(span, source.kind, label, state),
                validated=state.validated or kind == "limited",
                redacted=state.redacted,
            )
        return True

    def _subscript(self, node: ast.Subscript, frame: Frame, state: State) -> Iterator[Origin]:
        if isinstance(node.slice, ast.Slice):
            if node.slice.upper is not None and not _from_end(node.slice.upper):
                state = replace(state, validated=True)
            yield from self.trace(Site(node.value, frame), state)
            return
        values = self._r.values(node, frame)
        bases = self._r.values(node.value, frame)
        if any(isinstance(b, (Mapping, Sequence)) and b.closed for b in bases) and values:
            # a lookup in a table of the program's own
            yield from self._constants(values, state)
            for base in bases:
                for site in self._looked_up(base, node, frame, state):
                    yield from self.trace(site, state)
            return
        outside = any(isinstance(b, External) for b in bases)
        for value in values if outside else ():
            if isinstance(value, External) and self._flow.sources.value(value.name):
                yield from self._external(value.name, node, frame, state)
                return
        if isinstance(node.slice, ast.Constant) and isinstance(node.slice.value, str):
            yield from self._personal(node.slice.value, node, frame, state, column=True)
        yield from self.trace(Site(node.value, frame), state)

    def _looked_up(self, base: Value, node: ast.Subscript, frame: Frame, state: State) -> Iterator[Site]:
        """What a lookup in a list or dict can give: of a known key, only what stands under it."""
        if isinstance(base, Sequence):
            yield from base.items[:20]
        if not isinstance(base, Mapping):
            return
        if state.role == "system_prompt" and _others(
            v for o in base.options("role") for v in self._r.option(o)
        ):
            return
        keys = [k.value for k in self._r.values(node.slice, frame) if isinstance(k, Const)]
        named = [base.entries[k] for k in keys if isinstance(k, str) and k in base.entries]
        for options in named or list(base.entries.values())[:20]:
            yield from (option.site for option in options if option.site is not None)

    # calls

    def _call(self, node: ast.Call, frame: Frame, state: State) -> Iterator[Origin]:
        given = passing.arguments(node, frame)
        function = node.func
        name = tail(function)
        callees = self._r.values(function, frame)
        project = any(isinstance(v, (Function, Class)) for v in callees)
        sanitizer = (
            self._flow.sanitizers.named(name)
            if project or not any(isinstance(v, (External, Made)) for v in callees)
            else None
        )
        if sanitizer is None:
            for value in callees:
                if isinstance(value, External):
                    sanitizer = sanitizer or self._flow.sanitizers.external(value.name)
        if sanitizer is not None:
            state = (
                replace(state, redacted=True)
                if sanitizer.kind == "redaction"
                else replace(state, validated=True)
            )
            yield from self._arguments(given, state)
            return
        for value in callees:
            handled = yield from self._called(value, node, given, frame, state)
            if handled:
                return
        if isinstance(function, ast.Attribute):
            # a method's result holds what its object and, for texts, its arguments hold
            if name in ("get", "pop", "getlist", "getvalue") and node.args:
                key = node.args[0]
                if isinstance(key, ast.Constant) and isinstance(key.value, str):
                    yield from self._personal(key.value, node, frame, state, column=True)
            if name in known.MEASURES:
                return
            yield from self.trace(Site(function.value, frame), state)
            if name in known.CARRIERS:
                yield from self._arguments(given, state)

    def _called(self, value: Value, node: ast.Call, given: Arguments, frame: Frame, state: State) -> Handled:
        match value:
            case Endpoint():
                yield self._origin("model-output", dotted(node), Site(node, frame), state)
                return True
            case Function():
                inner = invoke.call_frame(self._r, value, given)
                if inner is None or isinstance(value.node, ast.Lambda):
                    yield from self._arguments(given, state)
                    return True
                for result in invoke.returns_of(value.module, value.node):
                    span = value.module.source.span(result)
                    yield from self.trace(
                        Site(result, inner), state.step(span, f"returned by `{value.node.name}`")
                    )
                return True
            case Class():
                if not (state.role == "system_prompt" and self._other_role(node, frame)):
                    yield from self._arguments(given, state)
                return True
            case External(name=name):
                return (yield from self._external_call(name, node, given, frame, state))
            case Client() if value.path:
                return False
        return False

    def _external_call(
        self, name: str, node: ast.Call, given: Arguments, frame: Frame, state: State
    ) -> Handled:
        source = self._flow.sources.call(name)
        if source is not None:
            yield self._origin(source.kind, f"{dotted(node.func)}()", Site(node, frame), state)
            return True
        plain = name.replace("()", "")
        if name.startswith(known.ENVIRONMENT):
            yield self._origin("environment", dotted(node), Site(node, frame), state)
            return True
        if plain in known.FILES:
            yield self._origin("file", dotted(node), Site(node, frame), state)
            return True
        if name in known.NUMBERS:
            return True
        if name in known.THROUGH or self._r.catalogue.knows(name):
            # message classes, templates and parts of the SDKs carry what they are given
            yield from self._arguments(given, state)
            return True
        return False

    def _arguments(self, given: Arguments, state: State) -> Iterator[Origin]:
        for site in given.positional:
            yield from self.trace(site, state)
        for _, site in given.keywords:
            yield from self.trace(site, state)
        for site in given.unpacked:
            yield from self.trace(site, state)

    # ends of the path

    def _external(self, name: str, node: ast.expr, frame: Frame, state: State) -> Iterator[Origin]:
        found = self._flow.sources.value(name)
        if found is not None:
            yield self._origin(found[0].kind, _written(node), Site(node, frame), state)
        elif name.startswith(known.ENVIRONMENT):
            yield self._origin("environment", _written(node), Site(node, frame), state)

    def _constants(self, values: tuple[Value, ...], state: State) -> Iterator[Origin]:
        for value in values:
            if isinstance(value, Const) and isinstance(value.value, str) and value.site is not None:
                yield self._origin("constant", _short(value.value), value.site, state, text=value.value)

    def _personal_name(self, node: ast.Name | ast.Attribute, frame: Frame, state: State) -> Iterator[Origin]:
        name = node.id if isinstance(node, ast.Name) else node.attr
        yield from self._personal(name, node, frame, state, column=isinstance(node, ast.Attribute))

    def _personal(
        self, name: str, node: ast.expr, frame: Frame, state: State, column: bool
    ) -> Iterator[Origin]:
        element = self._fields.personal_type(node, frame)
        if element is None:
            element = self._flow.lexicon.named(name)
            if (
                element is None
                or element.confidence == "low"
                or (element.confidence != "high" and not column)
            ):
                return
            if not column and element.category == "contact" and len(words(name)) == 1:
                return  # a variable `email` is as often the message as the address
        values = self._r.values(node, frame)
        if any(isinstance(v, (Const, Function, Class, Endpoint, Client, Answer)) for v in values):
            return
        span = frame.module.source.span(node)
        label = _written(node)
        steps = (
            TraceStep(span, f"`{label}` is personal data ({element.name.replace('_', ' ')})"),
            *state.steps,
        )
        yield Origin(
            "row" if column else "parameter",
            state.role,
            label,
            span,
            steps,
            validated=True,
            redacted=state.redacted,
            personal=element.name,
        )

    def _guard(self, node: ast.expr, frame: Frame) -> bool:
        text = dotted(node)
        return "<" not in text and guards.guarded(
            frame.module, node, text, lambda call: self._flow.validates(call, frame)
        )

    def _origin(self, kind: str, label: str, site: Site, state: State, text: str = "") -> Origin:
        span = site.frame.module.source.span(site.node)
        trace = self._ended(span, kind, label, state) if kind != "constant" else ()
        return Origin(kind, state.role, label, span, trace, text, state.validated, state.redacted)

    def _ended(self, span: Span, kind: str, label: str, state: State) -> tuple[TraceStep, ...]:
        return (TraceStep(span, f"`{label}` comes from {known.KINDS.get(kind, kind)}"), *state.steps)


def _others(roles: Iterable[Value]) -> bool:
    """Whether the roles are all known, and none is the system's."""
    names = [role.value for role in roles if isinstance(role, Const)]
    return bool(names) and all(n in ("user", "assistant", "human", "ai", "model", "tool") for n in names)


def _from_end(upper: ast.expr) -> bool:
    """``x[:-1]`` shortens nothing for certain."""
    return isinstance(upper, ast.UnaryOp) and isinstance(upper.op, ast.USub)


def _written(node: ast.expr) -> str:
    text = ast.unparse(node)
    return text if len(text) <= 60 else text[:57] + "..."


def _short(text: str) -> str:
    line = " ".join(text.split())
    return line if len(line) <= 40 else line[:37] + "..."
