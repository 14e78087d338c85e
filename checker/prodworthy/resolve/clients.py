"""Where a call's client is built: once, or again for each request or turn of a loop."""

from __future__ import annotations

import ast
import re
from collections.abc import Callable
from typing import TYPE_CHECKING

from prodworthy.circumstances import ClientBuild
from prodworthy.resolve import outward
from prodworthy.resolve.find import Found
from prodworthy.resolve.index import FUNCTIONS, ModuleIndex, tail
from prodworthy.resolve.outward import Definition, Step
from prodworthy.resolve.values import Client

if TYPE_CHECKING:
    from prodworthy.resolve.resolver import Resolver

IsHandler = Callable[[ModuleIndex, Definition], bool]
SHARING = frozenset({"langchain"})
"""SDKs whose objects share their connections among themselves."""

_CONNECTING = frozenset({"api_key", "base_url", "http_client", "timeout"})
"""Roles, one of which the parameters of whatever opens connections have."""
_KEEPING = frozenset({"append", "add", "put", "setdefault", "insert", "extend"})
_ONCE = re.compile(r"cache|singleton|memo|fixture|once|resource|lifespan|on_event|startup", re.IGNORECASE)


def rebuilt(r: Resolver, found: Found, is_handler: IsHandler) -> ClientBuild | None:
    """The construction of the call's client, where a handler or a loop repeats it."""
    client = _innermost(found.endpoint.client)
    if client is None or not client.seen or not client.layers or client.sdk.name in SHARING:
        return None
    if not _CONNECTING.intersection(client.model.params):
        return None
    given = client.layers[-1]
    node, module = given.node, given.frame.module
    if node is None or _kept(module, node) or _for_somebody(module, node):
        return None
    for step in outward.steps(r, module, node, levels=2):
        if step.level and (_kept(step.module, step.start) or _for_somebody(step.module, step.start)):
            continue
        function = step.function
        via = step.module.source.span(step.start) if step.level else None
        if step.loop is not None and not isinstance(step.loop, ast.While):
            if _same_every_turn(step):
                return ClientBuild(module.source.span(node), client.qualified, "loop", "", via)
        elif function is not None:
            if (
                _ONCE.search(" ".join(map(ast.unparse, function.decorator_list)))
                or function.name == "__init__"
            ):
                return None
            if is_handler(step.module, function):
                return ClientBuild(module.source.span(node), client.qualified, "handler", function.name, via)
    return None


def _innermost(client: Client | None) -> Client | None:
    while client is not None and client.inner is not None:
        client = client.inner
    return client


def _kept(module: ModuleIndex, node: ast.AST) -> bool:
    """Whether what is built here stays: in an attribute, a global, a dict, or only if there is none yet."""
    statement = module.statement_of(node)
    targets = (
        statement.targets
        if isinstance(statement, ast.Assign)
        else [statement.target]
        if isinstance(statement, ast.AnnAssign)
        else []
    )
    scope = module.scope(module.scope_of(node))
    for target in targets:
        if (
            not isinstance(target, ast.Name)
            or target.id in scope.outside
            or _collected(module, node, target.id)
        ):
            return True
    holder = module.enclosing(node, (ast.If, *FUNCTIONS))
    while isinstance(holder, ast.If):
        if re.search(r"\bnot \w|is None|not in ", ast.unparse(holder.test)):
            return True
        holder = module.enclosing(holder, (ast.If, *FUNCTIONS))
    return False


def _collected(module: ModuleIndex, node: ast.AST, name: str) -> bool:
    """Whether what is kept as ``name`` is put into a list, set or queue of several."""
    scope = module.scope_of(node)
    body = [] if isinstance(scope, ast.Lambda) else scope.body
    return any(
        isinstance(n, ast.Call)
        and tail(n.func) in _KEEPING
        and any(isinstance(a, ast.Name) and a.id == name for a in n.args)
        for n in outward.own(body)
    )


def _for_somebody(module: ModuleIndex, node: ast.AST) -> bool:
    """Whether the construction depends on what its function is given or finds out: a user's own key."""
    if not isinstance(node, ast.Call):
        return True
    scope = module.scope_of(node)
    if isinstance(scope, ast.Module):
        return False
    if isinstance(scope, ast.Lambda):
        return True
    table = module.scope(scope)
    arguments = scope.args if isinstance(scope, FUNCTIONS) else None
    names = set(table.bindings)
    if arguments is not None:
        every = (
            *arguments.posonlyargs,
            *arguments.args,
            *arguments.kwonlyargs,
            arguments.vararg,
            arguments.kwarg,
        )
        names |= {a.arg for a in every if a is not None}
    given = [*node.args, *(k.value for k in node.keywords)]
    return any(isinstance(n, ast.Name) and n.id in names for a in given for n in ast.walk(a))


def _same_every_turn(step: Step) -> bool:
    """A loop whose turns all build the same client; a loop over models or keys does not."""
    loop = step.loop
    assert isinstance(loop, (ast.For, ast.AsyncFor))
    targets = {n.id for n in ast.walk(loop.target) if isinstance(n, ast.Name)}
    text = " ".join(sorted(targets)) + ast.unparse(loop.iter)
    return re.search(r"model|key|provider|client|llm|retr|attempt", text, re.IGNORECASE) is None
