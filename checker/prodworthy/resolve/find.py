"""Which call expressions of a module reach an LLM."""

from __future__ import annotations

import ast
import sys
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from prodworthy.resolve import http, invoke, lookup, objects, own, passing, wellknown
from prodworthy.resolve.index import FUNCTIONS, Binding, ModuleIndex, dotted, tail
from prodworthy.resolve.values import (
    Arguments,
    Client,
    Endpoint,
    External,
    Frame,
    Function,
    Instance,
    Partial,
    Unknown,
    Value,
    Values,
)

if TYPE_CHECKING:
    from prodworthy.model.knowledge import Knowledge
    from prodworthy.resolve.resolver import Resolver

RAW = "raw-http"
"""The model of the HTTP libraries, whose calls count only where they reach an LLM's API."""


@dataclass(frozen=True, slots=True)
class Found:
    """An LLM call expression.

    Attributes:
        node: the expression.
        endpoint, given: what is called, with which arguments.
        target: where it goes, for raw HTTP.
        others: the same call through other clients that reach it as surely.
    """

    node: ast.Call
    endpoint: Endpoint
    given: Arguments
    target: http.Target | None = None
    others: tuple[Found, ...] = ()


_PLAIN = (ast.List, ast.ListComp, ast.Dict, ast.DictComp, ast.Set, ast.SetComp)

OTHERS = 5
"""Other clients of one call that are looked at."""


def calls(r: Resolver, knowledge: Knowledge, module: ModuleIndex) -> list[Found]:
    """The LLM calls of ``module`` in the order of the source."""
    found: list[Found] = []
    for node in module.calls:
        r.refill()
        try:
            found += _at(r, knowledge, module, node)
        except RecursionError:
            continue
    return sorted(found, key=lambda f: (f.node.lineno, f.node.col_offset))


def _at(r: Resolver, knowledge: Knowledge, module: ModuleIndex, node: ast.Call) -> Iterator[Found]:
    frame: Frame | None = None
    if _worth_asking(knowledge, module, node):
        frame = lookup.frame_of(r, module, module.scope_of(node))
        values = r.values(node.func, frame)
        given = passing.arguments(node, frame)
        hit = _best(r, knowledge, node, values, given)
        if hit is not None:
            yield hit
            return
        shaped = _by_shape(r, node, values, given)
        if shaped is not None:
            yield Found(node, shaped, given)
            return
    if node.args and tail(node.func) in wellknown.HANDED_ON:
        frame = lookup.frame_of(r, module, module.scope_of(node))
        yield from _handed_on(r, knowledge, node, frame)


def _best(
    r: Resolver, knowledge: Knowledge, node: ast.Call, values: Values, given: Arguments
) -> Found | None:
    candidates: list[Found] = []
    for value in values:
        for endpoint, passed in endpoints(r, value, given):
            if endpoint.sdk.name == RAW:
                target = http.target(r, knowledge.hosts, endpoint, passed)
                if target is not None:
                    candidates.append(Found(node, endpoint, passed, target))
            else:
                candidates.append(Found(node, endpoint, passed))
    if not candidates:
        return None
    # a client whose construction is in view tells more than one known by its type
    seen = [c for c in candidates if c.endpoint.client is None or c.endpoint.client.seen]
    first, *others = seen or candidates
    return replace(first, others=tuple(o for o in others[:OTHERS] if seen))


def endpoints(r: Resolver, value: Value, given: Arguments) -> Iterator[tuple[Endpoint, Arguments]]:
    """The requests that calling ``value`` sends."""
    match value:
        case Endpoint(model=model) if model.wraps:
            inner = invoke.wrapped(r, given, model.wraps, model.positional)
            yield replace(value, client=inner[0] or value.client), given
        case Endpoint():
            yield value, given
        case External(name=name):
            if wellknown.runs(name) is not None:
                return
            function = r.catalogue.function(name)
            if function is not None:
                sdk, model = function
                inner = invoke.wrapped(r, given, model.wraps, model.positional) if model.wraps else (None,)
                yield Endpoint(sdk, model, inner[0], name), given
                return
            module = r.catalogue.module_client(name)
            if module is not None:
                sdk, client_model, path = module
                call = r.catalogue.method(sdk, client_model, path)
                if call is not None:
                    yield Endpoint(sdk, call, Client(sdk, client_model, qualified=name), path), given
        case Client(path="", sdk=sdk, model=client_model):
            call = r.catalogue.method(sdk, client_model, "__call__")
            if call is not None:
                yield Endpoint(sdk, call, value, "__call__"), given
        case Partial(target=target, call=first):
            yield from endpoints(r, target, passing.joined(first, given))
        case Function() if r.catalogue.knowledge.own:
            yield from own.endpoints(r, value, given)
        case Instance():
            yield from own.endpoints(r, value, given)
            if not objects.members_named(r, value, "__call__"):
                for client in objects.external_bases(r, value):
                    yield from endpoints(r, client, given)


def _by_shape(r: Resolver, node: ast.Call, values: Values, given: Arguments) -> Endpoint | None:
    """A call that its path and keywords tell although nobody knows what it is made on."""
    keywords = {k.arg for k in node.keywords if k.arg}
    closed = True
    for mapping in passing.unpacked(r, given):
        keywords |= mapping.entries.keys()
        closed = closed and mapping.closed
    for path, kept in _paths(r, node, values):
        # what a client's object keeps, or a path of three names, leaves the rest to `**kwargs`
        lenient = not closed and (kept or path.count(".") > 2)
        found = r.catalogue.by_shape(path, keywords, lenient)
        if found is not None:
            sdk, model = found
            owner = next((c for c in sdk.client if c.id in model.on), None)
            return Endpoint(sdk, model, Client(sdk, owner, seen=False) if owner else None, model.paths[0])
    return None


def _paths(r: Resolver, node: ast.Call, values: Values) -> Iterator[tuple[str, bool]]:
    """The paths of a call of something unknown, and whether an SDK's object keeps it."""
    for value in values:
        elsewhere = isinstance(value, External) and not _is_known(r, value.name)
        if not elsewhere and not isinstance(value, (Unknown, Client)):
            return
    for value in values:
        if isinstance(value, Client) and "." in value.path:
            yield value.path, True
    if isinstance(node.func, ast.Attribute) and "." in dotted(node.func):
        yield dotted(node.func), False


def _names_a_call(knowledge: Knowledge, argument: ast.expr) -> bool:
    """``client.messages.create``, or ``partial(client.messages.create, ...)``."""
    if isinstance(argument, ast.Call) and tail(argument.func) == "partial" and argument.args:
        argument = argument.args[0]
    return isinstance(argument, (ast.Attribute, ast.Name)) and tail(argument) in knowledge.tails


def _is_known(r: Resolver, name: str) -> bool:
    """Whether ``name`` is Python's own, a stand-in of tests or a modelled SDK's: told otherwise."""
    top = name.partition(".")[0]
    return top in sys.stdlib_module_names or top in ("mock", "builtins") or r.catalogue.knows(name)


def _handed_on(r: Resolver, knowledge: Knowledge, node: ast.Call, frame: Frame) -> Iterator[Found]:
    """``to_thread(client.messages.create, ...)``: the method goes in by reference."""
    for place, argument in enumerate(node.args[:3]):
        if not _names_a_call(knowledge, argument):
            continue
        plain = passing.arguments(node, frame)
        given = Arguments(
            node, frame, plain.positional[place + 1 :], plain.starred, plain.keywords, plain.unpacked
        )
        hit = _best(r, knowledge, node, r.values(argument, frame), given)
        if hit is not None:
            yield hit
            return


def _worth_asking(knowledge: Knowledge, module: ModuleIndex, node: ast.Call) -> bool:
    """Whether the callee's last name could be an LLM call at all."""
    function = node.func
    if isinstance(function, ast.Attribute):
        if function.attr in knowledge.tails:
            base = function.value
            return not (isinstance(base, ast.Name) and _is_plain(module, node, base.id))
        if isinstance(function.value, ast.Name):
            owner_function = module.function_of(node)
            owner = module.class_of(owner_function) if owner_function is not None else None
            return owner is not None and (owner, function.attr) in module.self_bindings
        return False
    if isinstance(function, ast.Name):
        if function.id in knowledge.tails:
            return True
        return _is_variable(module, node, function.id)
    return isinstance(function, (ast.Call, ast.Subscript, ast.IfExp))


def _is_variable(module: ModuleIndex, node: ast.Call, ident: str) -> bool:
    bound = _bound(module, node, ident)
    return bound is None or any(b.kind in ("assign", "with", "for", "from") for b in bound)


def _is_plain(module: ModuleIndex, node: ast.Call, ident: str) -> bool:
    """Whether a name holds nothing but lists and dicts: written out, or filled by very many statements."""
    table = module.scopes.get(module.scope_of(node))
    if table is not None and len(table.changes.get(ident, ())) > lookup.CHANGES:
        return True
    bound = _bound(module, node, ident) or ()
    return bool(bound) and all(b.kind == "assign" and isinstance(b.node, _PLAIN) for b in bound)


def _bound(module: ModuleIndex, node: ast.Call, ident: str) -> list[Binding] | None:
    """What binds a name that a call uses, in the nearest scope that does; None for a parameter."""
    scope: ast.AST = module.scope_of(node)
    while True:
        table = module.scopes.get(scope)
        bindings = table.bindings.get(ident) if table is not None else None
        if isinstance(scope, FUNCTIONS):
            arguments = scope.args
            if any(a.arg == ident for a in (*arguments.posonlyargs, *arguments.args, *arguments.kwonlyargs)):
                return None
        if isinstance(scope, ast.Module):
            return [*(bindings or ()), *(binding for binding, _ in module.global_bindings.get(ident, ()))]
        if bindings:
            return bindings
        scope = module.scope_of(scope)
