"""Redaction that a client itself does: its transport, a wrapper around it, its middleware."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from prodworthy.flow.graph import SAFE
from prodworthy.resolve import lookup
from prodworthy.resolve.find import Found
from prodworthy.resolve.values import Arguments, Client, External, Made, Sequence, Site, Value

if TYPE_CHECKING:
    from prodworthy.flow.flow import Flow

_LAYERS = 6


def of(flow: Flow, found: Found) -> frozenset[str]:
    """What everything that a call sends is safe in, because of the client it goes through."""
    safe = SAFE
    client = found.endpoint.client
    while client is not None:
        for layer in client.layers[:_LAYERS]:
            safe |= _given(flow, layer) | _handed(flow, layer)
        client = client.inner
    return safe | _wrapped(flow, found) | _stated(flow, found)


def _stated(flow: Flow, found: Found) -> frozenset[str]:
    """``protect(client)`` as a statement of its own, in the same module, on what the call is made on."""
    module = found.given.frame.module
    calls = [call for tail in flow.sanitizers.redactors for call in module.calls_by_tail.get(tail, ())]
    if not calls:
        return SAFE
    holders = set()
    node: ast.expr = found.node.func
    while isinstance(node, ast.Attribute):
        node = node.value
        holders.add(ast.dump(node))
    for call in calls:
        if call.args and isinstance(module.parents[call], ast.Expr) and ast.dump(call.args[0]) in holders:
            frame = lookup.frame_of(flow.resolver, module, module.scope_of(call))
            for value in flow.resolver.values(call.func, frame):
                if isinstance(value, External) and "redaction" in flow.sanitizers.external(value.name):
                    return frozenset({"redaction"})
    return SAFE


def _handed(flow: Flow, given: Arguments) -> frozenset[str]:
    """``self.client = protect(OpenAI())``: the construction goes into a wrapper where it stands."""
    module = given.frame.module
    parent = module.parents.get(given.node) if given.node is not None else None
    if isinstance(parent, ast.Call) and given.node in parent.args:
        for value in flow.resolver.values(parent.func, given.frame):
            if isinstance(value, External):
                return flow.sanitizers.external(value.name) & {"redaction"}
    return SAFE


def _given(flow: Flow, given: Arguments, depth: int = 3) -> frozenset[str]:
    """What a client's construction is given: ``http_client=Client(transport=RedactingTransport(...))``."""
    safe = SAFE
    for name, site in given.keywords:
        if name in (
            "http_client",
            "http_async_client",
            "transport",
            "middleware",
            "callbacks",
            "mounts",
            "guardrails",
            "model",
            "model_provider",
        ):
            for value in flow.resolver.site(site):
                safe |= _of_value(flow, value, depth)
    return safe


def _of_value(flow: Flow, value: Value, depth: int) -> frozenset[str]:
    if not depth:
        return SAFE
    match value:
        case Made(name=name, call=call):
            return (flow.sanitizers.external(name) & {"redaction"}) | _given(flow, call, depth - 1)
        case External(name=name):
            return flow.sanitizers.external(name) & {"redaction"}
        case Client():
            return frozenset().union(*(_given(flow, layer, depth - 1) for layer in value.layers[:_LAYERS]))
        case Sequence(items=items):
            inner = (v for site in items[:10] for v in flow.resolver.site(site))
            return frozenset().union(*(_of_value(flow, v, depth - 1) for v in inner))
    return SAFE


def _wrapped(flow: Flow, found: Found) -> frozenset[str]:
    """``client = protect(OpenAI())``: the expression that the client comes from passes a wrapper."""
    node: ast.expr = found.node.func
    while isinstance(node, (ast.Attribute, ast.Call)):
        node = node.value if isinstance(node, ast.Attribute) else node.func
    frame = lookup.frame_of(flow.resolver, found.given.frame.module, found.given.frame.module.scope_of(node))
    seen: set[ast.AST] = set()
    queue = [Site(node, frame)]
    while queue and len(seen) < 8:
        site = queue.pop()
        if site.node in seen:
            continue
        seen.add(site.node)
        if isinstance(site.node, ast.Call):
            for value in flow.resolver.values(site.node.func, site.frame):
                if isinstance(value, External):
                    safe = flow.sanitizers.external(value.name) & {"redaction"}
                    if safe:
                        return safe
        elif isinstance(site.node, ast.Name):
            reached = lookup.reaching_of(flow.resolver, site.node, site.frame)
            if reached is not None:
                nodes = (r.binding.node for r in reached[0].found)
                queue += [Site(n, reached[1]) for n in nodes if isinstance(n, ast.expr)]
    return SAFE
