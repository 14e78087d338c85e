"""All that tracing asks: sources, sanitizers, guards, personal data, and the steps themselves."""

from __future__ import annotations

import ast
from collections import defaultdict
from functools import cached_property
from typing import TYPE_CHECKING

from prodworthy.call import GENERATING
from prodworthy.flow import guards
from prodworthy.flow.graph import SAFE
from prodworthy.flow.handlers import Handlers
from prodworthy.model.schema import SourceModel
from prodworthy.resolve import http, lookup, parameters, passing
from prodworthy.resolve.index import ModuleIndex, dotted, tail
from prodworthy.resolve.resolver import Resolver
from prodworthy.resolve.values import (
    Answer,
    Class,
    Endpoint,
    External,
    Frame,
    Function,
    FunctionNode,
    Made,
)

if TYPE_CHECKING:
    from prodworthy.flow.relation import Relation
    from prodworthy.flow.sinks import SinkTable
    from prodworthy.flow.vocabulary import Vocabulary

_Function = ast.FunctionDef | ast.AsyncFunctionDef


class Flow:
    """Where values come from in one project; everything is remembered."""

    def __init__(self, resolver: Resolver, vocabulary: Vocabulary) -> None:
        self.resolver = resolver
        self.vocabulary = vocabulary
        self.knowledge = vocabulary.knowledge
        self.sources = vocabulary.sources
        self.sanitizers = vocabulary.sanitizers
        self.lexicon = vocabulary.lexicon
        self.handlers = Handlers(resolver, self.sources)
        self._checking: dict[FunctionNode, frozenset[str]] = {}
        self._guards: dict[tuple[Frame, str], guards.Known] = {}
        self._keys: dict[ModuleIndex, dict[str, set[str]]] = {}
        self._variables: dict[ModuleIndex, frozenset[tuple[ast.AST, str]]] = {}
        self._targets: dict[ast.AST, bool] = {}

    @cached_property
    def relation(self) -> Relation:
        """The steps backwards."""
        from prodworthy.flow.relation import Relation

        return Relation(self)

    @property
    def sinks(self) -> SinkTable:
        """Calls that make it matter where a text comes from."""
        return self.vocabulary.sinks

    @property
    def injected(self) -> set[ast.AST]:
        """Functions that a framework calls for a handler's sake."""
        return self.handlers.injected

    def parameter_source(
        self, module: ModuleIndex, scope: _Function, ident: str, frame: Frame
    ) -> SourceModel | None:
        """The source that a parameter is, because of what it is or who calls the function."""
        return self.handlers.parameter_source(module, scope, ident, frame)

    def is_handler(self, module: ModuleIndex, scope: _Function, frame: Frame) -> bool:
        """Whether a framework calls the function."""
        return self.handlers.handler(module, scope, frame.parent or module.frame) is not None

    def handler_kind(self, module: ModuleIndex, scope: _Function) -> str:
        """The kind of source whose handler the function is (``request``, ``message``), empty for none."""
        return self.handlers.kind(module, scope)

    def answers_requests(self, module: ModuleIndex, scope: _Function) -> bool:
        """Whether what the function returns is sent to whoever made a request."""
        if scope in self.injected:
            return False
        outer = lookup.frame_of(self.resolver, module, module.scope_of(scope))
        source = self.handlers.handler(module, scope, outer)
        return source is not None and source.kind == "request" and not source.callbacks

    def handler_parameter(self, node: ast.Name, frame: Frame) -> tuple[SourceModel, Frame] | None:
        """The source that a name is because it is a handler's parameter, here or in a function around."""
        return self.handlers.of_name(node, frame)

    def keys_of(self, module: ModuleIndex, holder: str) -> frozenset[str]:
        """The attributes and keys that a module reads of whatever it writes as ``holder``."""
        known = self._keys.get(module)
        if known is None:
            known = self._keys[module] = defaultdict(set)
            for node in module.parents:
                match node:
                    case (
                        ast.Attribute(value=base, attr=key)
                        | ast.Subscript(value=base, slice=ast.Constant(value=str() as key))
                    ):
                        known[dotted(base)].add(key)
                    case ast.Call(
                        func=ast.Attribute(value=base, attr="get"),
                        args=[ast.Constant(value=str() as key), *_],
                    ):
                        known[dotted(base)].add(key)
        return frozenset(known.get(holder, ()))

    def variables_of(self, module: ModuleIndex) -> frozenset[tuple[ast.AST, str]]:
        """(scope, name) of what a module looks up in the environment: names of keys, and no keys."""
        known = self._variables.get(module)
        if known is None:
            looked_up = (
                (module.scope_of(node), node.args[0].id)
                for node in module.parents
                if isinstance(node, ast.Call)
                and node.args
                and isinstance(node.args[0], ast.Name)
                and dotted(node.func).endswith(("getenv", "environ.get"))
            )
            known = self._variables[module] = frozenset(looked_up)
        return known

    def reaches_model(self, answer: Answer) -> bool:
        """Whether a raw HTTP request goes to an LLM's API."""
        key = answer.call.node or answer.endpoint.model
        known = self._targets.get(key) if isinstance(key, ast.AST) else None
        if known is None:
            target = http.target(self.resolver, self.knowledge.hosts, answer.endpoint, answer.call)
            known = target is not None and target.endpoint.api in GENERATING
            if isinstance(key, ast.AST):
                self._targets[key] = known
        return known

    def guarded(self, node: ast.expr, frame: Frame) -> frozenset[str]:
        """What the value written as ``node`` is safe in, by checks that every path to it has passed."""
        text = dotted(node)
        if "<" in text:
            return SAFE
        known = self._guards.setdefault((frame, text), {})
        return guards.guarded(frame.module, node, text, lambda call: self.checking(call, frame), known)

    def sanitizing(self, node: ast.Call, frame: Frame) -> frozenset[str]:
        """What the result of a call is safe in because of what the call does."""
        callees = self.resolver.values(node.func, frame)
        found = SAFE
        outside = False
        for value in callees:
            if isinstance(value, (External, Made)):
                outside = True
                found |= self.sanitizers.external(value.name, _arguments(node))
            elif isinstance(value, Endpoint) and value.model.api == "moderation":
                outside, found = True, found | {"moderation"}
            elif isinstance(value, Function) and not isinstance(value.node, ast.Lambda):
                found |= self.sanitizers.declared(qualified(value))
        if not outside or any(isinstance(v, (Function, Class)) for v in callees):
            found |= self.sanitizers.named(tail(node.func))
        return found

    def checking(self, call: ast.Call, frame: Frame) -> frozenset[str]:
        """What an argument of a call is safe in once the call has said yes, or returned at all."""
        found = self.sanitizing(call, frame) & frozenset({"validation", "moderation", "length"})
        if found:
            return found
        for value in self.resolver.values(call.func, frame):
            if isinstance(value, Function):
                found |= self._checks(value, call, frame)
        return found

    def _checks(self, function: Function, call: ast.Call, frame: Frame) -> frozenset[str]:
        """Whether a function of the project raises unless its argument is fit, or tells whether it is."""
        node = function.node
        known = self._checking.get(node)
        if known is not None:
            return known
        self._checking[node] = SAFE  # while it is looked at
        if isinstance(node, ast.Lambda):
            return SAFE
        given = passing.arguments(call, frame)
        names = [a.arg for a in (*node.args.posonlyargs, *node.args.args)]
        if names and function.module.receiver_name(node) == names[0]:
            names.pop(0)
        passed = names[: len(given.positional)] + [k for k, _ in given.keywords]
        inner = Frame(function.module, node, function.parent, private=True)
        found = SAFE
        for ident in passed:
            if parameters.is_parameter(node, ident):
                found |= guards.demanded(node, ident, lambda c: self.checking(c, inner))
        self._checking[node] = found
        return found


def qualified(function: Function) -> str:
    """A project function's dotted name, with its class."""
    owner = function.module.class_of(function.node)
    name = getattr(function.node, "name", "<lambda>")
    inside = f"{owner.name}.{name}" if owner is not None else name
    return f"{function.module.name}.{inside}"


def _arguments(node: ast.Call) -> list[str]:
    """The constant texts that a call is given first, which tell what a regular expression keeps."""
    return [a.value for a in node.args[:2] if isinstance(a, ast.Constant) and isinstance(a.value, str)]
