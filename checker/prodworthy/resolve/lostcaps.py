"""Output caps that somebody wrote and that never reach the model."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from prodworthy.circumstances import LostCap
from prodworthy.resolve import lookup, settings
from prodworthy.resolve.find import Found
from prodworthy.resolve.index import ModuleIndex
from prodworthy.resolve.values import Client

if TYPE_CHECKING:
    from prodworthy.resolve.resolver import Resolver

NAMES = frozenset(
    {
        "max_tokens",
        "max_output_tokens",
        "max_completion_tokens",
        "max_new_tokens",
        "max_tokens_to_sample",
        "max_generation_tokens",
        "max_response_tokens",
        "maxOutputTokens",
        "maxTokens",
        "num_predict",
    }
)
"""What SDKs and projects call the cap on an answer's tokens."""


def lost(r: Resolver, module: ModuleIndex, found: Found) -> LostCap | None:
    """The cap that does not reach a call for which none is set."""
    return _by_name(found) or _on_attribute(r, module, found) or _parameter(module, found)


def _by_name(found: Found) -> LostCap | None:
    """``ChatOllama(max_tokens=100)``, ``ollama.chat(options={"max_tokens": 100})``."""
    if found.target is not None:
        return None
    for level in settings.levels(found.endpoint, found.given):
        given = level.given
        paths = level.params.get("output_cap", ())
        if given is None or given.node is None or not paths:
            continue
        known = {part for path in paths for part in path.split(".")}
        for name, site in given.keywords:
            if name in NAMES and name not in known:
                return LostCap("name", name, site.frame.module.source.span(site.node))
    return None


def _on_attribute(r: Resolver, module: ModuleIndex, found: Found) -> LostCap | None:
    """``model.max_output_tokens = 100`` on a client that has no such setting."""
    client = found.endpoint.client
    if client is None or any(client.model.params.get("settings", ())):
        return None
    known = set(client.model.params.get("output_cap", ()))
    for (_, attribute), bindings in module.stores.items():
        if attribute not in NAMES or attribute in known:
            continue
        for binding in bindings:
            statement = binding.statement
            targets = statement.targets if isinstance(statement, ast.Assign) else []
            for target in targets:
                if not isinstance(target, ast.Attribute) or target.attr != attribute:
                    continue
                frame = lookup.frame_of(r, module, module.scope_of(target))
                for value in r.values(target.value, frame):
                    if isinstance(value, Client) and value.model is client.model and not value.path:
                        return LostCap("attribute", attribute, module.source.span(target))
    return None


def _parameter(module: ModuleIndex, found: Found) -> LostCap | None:
    """A parameter of the function around the call that nothing in it uses."""
    function = module.function_of(found.node)
    if not isinstance(function, (ast.FunctionDef, ast.AsyncFunctionDef)):
        return None
    arguments = function.args
    for argument in (*arguments.posonlyargs, *arguments.args, *arguments.kwonlyargs):
        if argument.arg in NAMES and not _used(function, argument.arg):
            return LostCap("parameter", argument.arg, module.source.span(argument))
    return None


def _used(function: ast.FunctionDef | ast.AsyncFunctionDef, name: str) -> bool:
    return any(
        (isinstance(n, ast.Name) and n.id == name)
        or (isinstance(n, ast.Call) and isinstance(n.func, ast.Name) and n.func.id in ("locals", "vars"))
        for n in ast.walk(function)
    )
