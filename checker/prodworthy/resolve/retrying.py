"""The retries around a call: by decorators, libraries, loops and recursion, with what they do."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from prodworthy.circumstances import RetryLayer
from prodworthy.finding import Span
from prodworthy.model.schema import RetryModel
from prodworthy.resolve import errors, handwritten, lookup, policies
from prodworthy.resolve.errors import Api
from prodworthy.resolve.index import FUNCTIONS, ModuleIndex, dotted
from prodworthy.resolve.outward import Definition, Step, own
from prodworthy.resolve.values import Function

if TYPE_CHECKING:
    from prodworthy.resolve.resolver import Resolver


def layers(r: Resolver, models: RetryModel, api: Api, around: list[Step]) -> tuple[RetryLayer, ...]:
    """Every retry around a call whose surroundings are ``around``, the innermost first."""
    return tuple(dict.fromkeys(_Search(r, models, api).layers(around)))


@dataclass(slots=True)
class _Search:
    r: Resolver
    models: RetryModel
    api: Api

    def layers(self, around: list[Step]) -> Iterator[RetryLayer]:
        known: list[tuple[Step, RetryLayer]] = []
        for step in around:
            for layer in self._at(step):
                path = {id(step), *(id(inner) for inner in step.inward())}
                inside = tuple(other for at, other in known if id(at) in path)
                judged = replace(self._judged(layer, step), inside=inside)
                known.append((step, replace(judged, inside=())))
                yield judged

    def _at(self, step: Step) -> Iterator[RetryLayer]:
        function = step.function
        if function is not None:
            yield from self._decorated(step.module, function)
            yield from self._handed(step.module, function)
        elif step.loop is not None:
            yield from self._loop(step)
        elif step.tried is not None and not _is_procedure(step, 1):
            repeated = handwritten.recursion(self.r, self.models, self.api, step)
            if repeated is not None:
                yield repeated

    def _decorated(self, module: ModuleIndex, function: Definition) -> Iterator[RetryLayer]:
        outer = lookup.frame_of(self.r, module, module.scope_of(function))
        for decorator in reversed(function.decorator_list):
            known = policies.find(self.r, self.models, decorator, outer, "decorator")
            if known is not None:
                layer = self._library("decorator", module, decorator, known)
                unawaited = known[0].sync_only and isinstance(function, ast.AsyncFunctionDef)
                yield replace(layer, unawaited=unawaited)
                continue
            target = decorator.func if isinstance(decorator, ast.Call) else decorator
            for value in self.r.values(target, outer):
                if isinstance(value, Function):
                    for layer in self._own_decorator(value, module, decorator):
                        coroutine = isinstance(function, ast.AsyncFunctionDef)
                        yield replace(layer, unawaited=coroutine and layer.unawaited)

    def _own_decorator(
        self, decorator: Function, module: ModuleIndex, place: ast.expr
    ) -> Iterator[RetryLayer]:
        """A decorator of the project: a loop around the function it is given, or a library's inside it."""
        node = decorator.node
        if isinstance(node, ast.Lambda):
            return
        inner = [n for n in ast.walk(node) if isinstance(n, FUNCTIONS) and n is not node]
        taken = {a.arg for f in (node, *inner) for a in (*f.args.posonlyargs, *f.args.args)}
        for child in ast.walk(node):
            if isinstance(child, ast.Call) and isinstance(child.func, ast.Name) and child.func.id in taken:
                loop = decorator.module.enclosing(child, (ast.For, ast.AsyncFor, ast.While, *FUNCTIONS))
                if isinstance(loop, (ast.For, ast.AsyncFor, ast.While)):
                    found = handwritten.loop(self.r, self.models, self.api, decorator.module, loop, child)
                    if found is not None:
                        waits_not = _returns_unawaited(decorator, child)
                        place_span = module.source.span(place)
                        yield replace(found, kind="decorator", span=place_span, unawaited=waits_not)
                        return

    def _handed(self, module: ModuleIndex, function: Definition) -> Iterator[RetryLayer]:
        """``Retrying(...)(function)``, ``retry_call(function)``."""
        for call, _ in module.handed.get(function.name, ()):
            frame = lookup.frame_of(self.r, module, module.scope_of(call))
            known = policies.find(self.r, self.models, call.func, frame, "caller")
            if known is not None:
                direct = not isinstance(call.func, ast.Call) and not known[1].node
                given = known if not direct else policies.find(self.r, self.models, call, frame, "caller")
                yield self._library("caller", module, call, given or known)

    def _loop(self, step: Step) -> Iterator[RetryLayer]:
        loop = step.loop
        assert loop is not None
        if not isinstance(loop, ast.While):
            known = policies.find(self.r, self.models, loop.iter, step.frame(self.r), "loop")
            if known is not None:
                yield self._library("loop", step.module, loop.iter, known)
                return
        if any(_is_procedure(inner, STATEMENTS) for inner in step.inward()):
            return
        found = handwritten.loop(
            self.r, self.models, self.api, step.module, loop, step.start, surely=step.level > 0
        )
        if found is not None and not handwritten.alternates(step.module, loop, step.start):
            yield found

    def _library(self, kind: str, module: ModuleIndex, place: ast.AST, known: policies.Known) -> RetryLayer:
        policy = policies.read(self.r, self.models, *known)
        return RetryLayer(
            kind,
            module.source.span(place),
            policy.attempts,
            policy.bounded,
            policy.wait,
            policy.seconds,
            policy.catches,
        )

    # whether it can fire at all

    def _judged(self, layer: RetryLayer, step: Step) -> RetryLayer:
        if layer.unawaited or layer.kind == "recursion" or not layer.catches:
            return layer
        foreign = self._foreign(layer, step)
        if foreign:
            return replace(layer, foreign=foreign)
        if step.loop is not None and not self._is_library(step):
            return layer  # the handler inside is what makes such a loop a retry
        return replace(layer, swallowed_at=self._swallowed(layer, step))

    def _is_library(self, step: Step) -> bool:
        loop = step.loop
        if loop is None or isinstance(loop, ast.While):
            return False
        return policies.find(self.r, self.models, loop.iter, step.frame(self.r), "loop") is not None

    def _foreign(self, layer: RetryLayer, step: Step) -> str:
        """The name of an exception of another library, if the layer waits for nothing else."""
        for name in layer.catches:
            known = self.r.catalogue.knows(name)
            if not self.api.is_foreign(name, known):
                return ""
        roots = {name.partition(".")[0] for name in layer.catches}
        holder = step.function or step.loop
        body = holder.body if holder is not None else None
        if body is None or _uses(self.r, step.module, body, roots):
            return ""
        if any(isinstance(n, ast.Call) and dotted(n.func) in _TIMED for n in own(body)):
            return ""
        return layer.catches[0]

    def _swallowed(self, layer: RetryLayer, step: Step) -> Span | None:
        """The handler between the layer and the call that keeps its errors from the layer."""
        if any(name in errors.NETWORK or not self.api.raises(name) for name in layer.catches):
            return None
        dropping = None
        for inner in (step, *step.inward()):
            function = inner.function
            if function is not None and any(isinstance(n, ast.Raise) for n in own(function.body)):
                return None
            if inner is not step and inner.loop is not None:
                return None
            if inner is not step and inner.tried is not None:
                handler = errors.catching(self.r, inner.module, inner.tried, self.api)
                if handler is not None and errors.drops(handler):
                    dropping = inner.module.source.span(handler)
        return dropping


STATEMENTS = 5
"""What is tried around a caller, up to which it is the call that is tried again."""


def _is_procedure(step: Step, most: int) -> bool:
    """Whether more than a call is tried, around a caller: what is repeated is the work of many steps."""
    return step.tried is not None and step.level > 0 and len(step.tried.body) > most


def _returns_unawaited(decorator: Function, call: ast.Call) -> bool:
    """Whether a decorator hands back what it calls at once, and knows no coroutines."""
    for node in ast.walk(decorator.node):
        if isinstance(node, (ast.AsyncFunctionDef, ast.Await)):
            return False
        if isinstance(node, ast.Call) and any(word in dotted(node.func) for word in ("corout", "awaitable")):
            return False
    return isinstance(decorator.module.parents.get(call), ast.Return)


_TIMED = frozenset({"asyncio.wait_for", "wait_for", "asyncio.timeout", "timeout", "async_timeout.timeout"})


def _uses(r: Resolver, module: ModuleIndex, body: list[ast.stmt], roots: set[str]) -> bool:
    """Whether a block calls anything of the libraries ``roots``, or anything that nobody knows."""
    for node in own(body):
        if isinstance(node, ast.Call):
            frame = lookup.frame_of(r, module, module.scope_of(node))
            for value in r.values(node.func, frame):
                if getattr(value, "name", "").partition(".")[0] in roots - {"builtins"}:
                    return True
    return False
