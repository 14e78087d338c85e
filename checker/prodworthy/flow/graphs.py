"""The state of a graph of functions: what it is started with, and what its functions give back."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from typing import TYPE_CHECKING

from prodworthy.flow.graph import SAFE, Answers, Place, Step
from prodworthy.resolve import invoke, lookup, passing
from prodworthy.resolve.index import ModuleIndex, dotted, tail
from prodworthy.resolve.values import External, Frame, Function, Site
from prodworthy.source.text import is_notebook

if TYPE_CHECKING:
    from prodworthy.flow.relation import Relation

_Function = ast.FunctionDef | ast.AsyncFunctionDef
_RUNS = ("invoke", "ainvoke", "stream", "astream", "astream_events", "batch", "abatch")
_COMPILES = "compile"
_EXPRESSIONS = frozenset({"re", "regex"})
"""Modules whose `compile` makes something else."""


def state(rel: Relation, ident: str, frame: Frame, scope: _Function, safe: frozenset[str] = SAFE) -> Answers:
    """Where the state that a graph hands to one of its functions comes from.

    Of a module that builds several graphs nobody knows which function is in which: nothing is said.
    """
    module = frame.module
    if len(_compiled(module)) != 1:
        return []
    found: Answers = []
    for run, outer in _runs(rel, module):
        given = passing.argument(passing.arguments(run, outer), "input", ["input"])
        if given is not None:
            told = f"passed to `{scope.name}` as `{ident}`"
            found.append(Step(given, told, Place(outer.module, run), safe))
    for function in _nodes(rel, module):
        if function.node is scope or isinstance(function.node, ast.Lambda):
            continue
        inner = lookup.frame_of(rel.resolver, function.module, function.node)
        for result in invoke.returns_of(function.module, function.node):
            told = f"put into the state by `{function.node.name}`"
            found.append(Step(Site(result, inner), told, Place(function.module, result), safe))
    return found


def _runs(rel: Relation, module: ModuleIndex) -> Iterator[tuple[ast.Call, Frame]]:
    """The calls that start the graph of ``module``: there, or where what builds it is used."""
    r = rel.resolver
    seen: set[ModuleIndex] = set()
    for name in _builders(module):
        for caller in r.project.callers(name, module, False):
            if caller in seen or (caller is not module and _has_own(module, caller)):
                continue
            seen.add(caller)
            for method in _RUNS:
                for node in caller.calls_by_tail.get(method, ()):
                    frame = lookup.frame_of(r, caller, caller.scope_of(node))
                    values = r.values(node.func, frame)
                    if any(isinstance(v, External) and _is_graph(v.name) for v in values):
                        yield node, frame


def _has_own(module: ModuleIndex, caller: ModuleIndex) -> bool:
    """Whether another module runs a graph of its own; a notebook's is run by nobody else."""
    return is_notebook(module.path) or "add_node" in caller.calls_by_tail


def _is_graph(name: str) -> bool:
    return name.startswith("langgraph.") and f".{_COMPILES}" in name


def _compiled(module: ModuleIndex) -> list[ast.Call]:
    """The calls that make a graph, or might."""
    return [
        call
        for call in module.calls_by_tail.get(_COMPILES, ())
        if isinstance(call.func, ast.Attribute) and dotted(call.func.value) not in _EXPRESSIONS
    ]


def _builders(module: ModuleIndex) -> list[str]:
    """The names under which other modules get the graph: the function or class that makes it, or its own."""
    (made,) = _compiled(module)
    at: ast.AST = made
    while (parent := module.parents.get(at)) is not None and parent is not module.tree:
        at = parent
    if isinstance(at, (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)):
        return [at.name]
    targets = at.targets if isinstance(at, ast.Assign) else []
    return [t.id for t in targets if isinstance(t, ast.Name)] or ["_"]


def _nodes(rel: Relation, module: ModuleIndex) -> Iterator[Function]:
    """The functions that are nodes of the graph."""
    r = rel.resolver
    for node in module.calls_by_tail.get("add_node", ()):
        frame = lookup.frame_of(r, module, module.scope_of(node))
        for argument in (*node.args, *(k.value for k in node.keywords)):
            if not isinstance(argument, (ast.Name, ast.Attribute, ast.Lambda)) or tail(argument) == "END":
                continue
            for value in r.values(argument, frame):
                if isinstance(value, Function):
                    yield value
