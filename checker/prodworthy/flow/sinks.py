"""Where a module does something that makes it matter where a text comes from."""

from __future__ import annotations

import ast
import re
from collections import defaultdict
from collections.abc import Iterator
from functools import cache
from typing import TYPE_CHECKING

from prodworthy.call import Origin
from prodworthy.finding import TraceStep
from prodworthy.flow.search import Search
from prodworthy.flow.sources import bare
from prodworthy.model.schema import SinkModel
from prodworthy.resolve import lookup
from prodworthy.resolve.catalogue import matches
from prodworthy.resolve.index import FUNCTIONS, ModuleIndex, dotted, tail
from prodworthy.resolve.values import (
    Answer,
    Class,
    Client,
    Const,
    Endpoint,
    External,
    Frame,
    Function,
    Made,
    Site,
    Value,
)
from prodworthy.sink import Sink

if TYPE_CHECKING:
    from prodworthy.resolve.engine import Engine

_HOST = re.compile(r"https?://[^/?#\0]+[/?#]")

WORK = 600
"""Expressions looked at for one sink."""

MOST = 40
"""Origins kept for one sink."""


class SinkTable:
    """The sink models by the last name of what is called."""

    def __init__(self, models: list[SinkModel]) -> None:
        self._by_tail: dict[str, list[SinkModel]] = defaultdict(list)
        for model in models:
            tails = {name.rpartition(".")[2] for name in model.calls} | set(model.methods)
            for name in tails:
                self._by_tail[name].append(model)
        self._any = self._by_tail.pop("*", [])

    def named(self, name: str) -> list[SinkModel]:
        """The models whose calls can end in ``name``."""
        return [*self._by_tail.get(name, ()), *self._any]

    @property
    def tails(self) -> frozenset[str]:
        """Every last name."""
        return frozenset(self._by_tail)


def sinks_of(engine: Engine, module: ModuleIndex) -> tuple[Sink, ...]:
    """The sinks of a module in the order of the source."""
    found: list[Sink] = []
    table = engine.flow.sinks
    for node in module.calls:
        models = table.named(tail(node.func))
        if models:
            latest = found[-4:]
            found += [s for s in _at(engine, module, node, models) if not _is_inside(s, latest)]
    for raised in (n for n in module.parents if isinstance(n, ast.Raise)):
        if isinstance(raised.exc, ast.Call) and raised.exc.args:
            found.append(_sink(engine, module, "exception", raised.exc, raised.exc.args))
    return tuple(sorted(found, key=lambda s: (s.span.line, s.span.column)))


def _is_inside(sink: Sink, others: list[Sink]) -> bool:
    """Whether a sink stands in the arguments of another of its kind: ``execute(text(query))``."""
    at = sink.span
    return any(
        other.kind == sink.kind
        and (other.span.line, other.span.column) <= (at.line, at.column)
        and (at.end_line, at.end_column) <= (other.span.end_line, other.span.end_column)
        for other in others
    )


def _at(engine: Engine, module: ModuleIndex, node: ast.Call, models: list[SinkModel]) -> Iterator[Sink]:
    given = [(model, _arguments(model, node)) for model in models if _says(model, node)]
    given = [(model, arguments) for model, arguments in given if arguments]
    if not given:
        return  # nothing variable, as in most of a program's messages
    frame = lookup.frame_of(engine.resolver, module, module.scope_of(node))
    engine.resolver.refill()
    values = engine.resolver.values(node.func, frame)
    for model, arguments in given:
        if _fits(model, node, values):
            yield _sink(engine, module, model.kind, node, arguments)
            return


def _fits(model: SinkModel, node: ast.Call, values: tuple[Value, ...]) -> bool:
    names = [bare(v.name) for v in values if isinstance(v, (External, Made))]
    if any(matches(glob, name) for glob in model.calls for name in names):
        return True
    if not isinstance(node.func, ast.Attribute) or node.func.attr not in model.methods:
        return False
    if any(isinstance(v, (Function, Class, Client, Endpoint, Answer)) for v in values):
        return False
    if not model.receivers:
        return not isinstance(node.func.value, ast.Constant)
    receiver = node.func.value
    name = tail(receiver.func) if isinstance(receiver, ast.Call) else tail(receiver)
    plain = name.strip("_").lower()
    return any(
        plain == word.lower().strip("_") or plain.endswith("_" + word.lower()) for word in model.receivers
    )


def _says(model: SinkModel, node: ast.Call) -> bool:
    """Whether the constant arguments make the call a sink."""
    written = {k.arg: _plain(k.value) for k in node.keywords if k.arg}
    if model.when and not any(
        written.get(name, "").startswith(tuple(wanted)) for name, wanted in model.when.items()
    ):
        return False
    return not any(written.get(name) in kept for name, kept in model.unless.items())


def _plain(node: ast.expr) -> str:
    return str(node.value) if isinstance(node, ast.Constant) else tail(node)


def _arguments(model: SinkModel, node: ast.Call) -> list[ast.expr]:
    return [a for a in _named(model, node) if not isinstance(a, ast.Constant)]


def _named(model: SinkModel, node: ast.Call) -> list[ast.expr]:
    if not model.arguments:
        return [*node.args, *(k.value for k in node.keywords if k.arg not in ("exc_info", "stack_info"))]
    found: list[ast.expr] = []
    for name in model.arguments:
        if name == ".":
            if isinstance(node.func, ast.Attribute):
                found.append(node.func.value)
        elif name.startswith("#"):
            place = int(name[1:])
            if place < len(node.args) and not isinstance(node.args[place], ast.Starred):
                found.append(node.args[place])
        else:
            found += [k.value for k in node.keywords if k.arg == name]
    return found


def _sink(engine: Engine, module: ModuleIndex, kind: str, node: ast.Call, arguments: list[ast.expr]) -> Sink:
    scope = module.function_of(node)
    frame = lookup.frame_of(engine.resolver, module, module.scope_of(node))
    return Sink(
        kind=kind,
        span=module.source.span(node),
        callee=dotted(node.func),
        function=getattr(scope, "name", ""),
        arguments=tuple(dotted(a) for a in arguments),
        handling=module.enclosing(node, (ast.ExceptHandler, *FUNCTIONS)).__class__ is ast.ExceptHandler,
        fixed=kind == "url" and all(_has_host(engine, a, frame) for a in arguments),
        find_origins=cache(lambda: _origins(engine, module, kind, node, arguments)),
    )


def responses_of(engine: Engine, module: ModuleIndex) -> tuple[Sink, ...]:
    """What the handlers of requests in a module answer."""
    found: list[Sink] = []
    for function, results in module.returns.items():
        if isinstance(function, (ast.FunctionDef, ast.AsyncFunctionDef)) and (
            engine.flow.answers_requests(module, function)
        ):
            found += [
                _response(engine, module, function.name, r)
                for r in results
                if not isinstance(r, ast.Constant)
            ]
    return tuple(found)


def _response(engine: Engine, module: ModuleIndex, name: str, result: ast.expr) -> Sink:
    return Sink(
        kind="response",
        span=module.source.span(result),
        callee=name,
        function=name,
        find_origins=cache(lambda: _origins(engine, module, "response", result, [result])),
    )


def _has_host(engine: Engine, argument: ast.expr, frame: Frame) -> bool:
    """Whether a text begins with an address that the program itself writes."""
    values = engine.resolver.values(argument, frame)
    return bool(values) and all(
        isinstance(v, Const) and isinstance(v.value, str) and _HOST.match(v.value) for v in values
    )


def _origins(
    engine: Engine, module: ModuleIndex, kind: str, node: ast.expr, arguments: list[ast.expr]
) -> tuple[Origin, ...]:
    engine.resolver.refill()
    frame: Frame = lookup.frame_of(engine.resolver, module, module.scope_of(node))
    told = (
        f"reaches `{dotted(node.func)}`"
        if isinstance(node, ast.Call) and kind != "response"
        else "is returned"
    )
    reached = TraceStep(module.source.span(node), told)
    search = Search(engine.flow.relation, kind, reached, WORK)
    origins: dict[tuple[object, ...], Origin] = {}
    for argument in arguments:
        for origin in search.origins(Site(argument, frame)):
            key = (origin.kind, origin.label, origin.span, origin.personal)
            known = origins.get(key)
            if known is None or origin.safe < known.safe:
                origins[key] = origin
            if len(origins) >= MOST:
                return tuple(origins.values())
    return tuple(origins.values())
