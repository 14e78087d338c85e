"""From the place that a finding names back to the node of the tree that stands there."""

from __future__ import annotations

import ast
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache

from prodworthy.finding import Span
from prodworthy.source.python import Source


@dataclass(frozen=True, slots=True, eq=False)
class Tree:
    """A syntax tree, looked through once.

    Attributes:
        nodes: every node, those further out first.
        holders: each node's parent.
        lines: the nodes that begin on a line.
    """

    nodes: Sequence[ast.AST]
    holders: Mapping[ast.AST, ast.AST]
    lines: Mapping[int, Sequence[ast.AST]]


def tree_of(source: Source) -> Tree:
    """The tree of ``source``; that of the last one asked for is at hand, as fixes come file by file."""
    return _looked_through(source.tree)


def call_at(source: Source, span: Span) -> ast.Call | None:
    """The call expression at ``span``."""
    for node in _on_line(source, span):
        if isinstance(node, ast.Call) and source.span(node) == span:
            return node
    return None


def keyword_at(source: Source, value: Span) -> tuple[ast.Call, ast.keyword] | None:
    """The keyword argument whose value stands at ``value``, and its call."""
    holders = tree_of(source).holders
    for node in _on_line(source, value):
        keyword = holders.get(node)
        if isinstance(keyword, ast.keyword) and source.span(node) == value:
            call = holders[keyword]
            return (call, keyword) if isinstance(call, ast.Call) else None
    return None


def path_to_text(source: Source, span: Span) -> list[ast.AST]:
    """The string literal at ``span`` and what holds it, the innermost first; empty if none is there."""
    for node in _on_line(source, span):
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and source.span(node) == span:
            return path_to(source, node)
    return []


def path_to_constant(source: Source, span: Span) -> list[ast.AST]:
    """As `path_to_text`, or to the only literal that the name at ``span`` is ever assigned."""
    path = path_to_text(source, span)
    if path:
        return path
    named = (n for n in _on_line(source, span) if isinstance(n, ast.Name) and source.span(n) == span)
    name = next(named, None)
    if name is None:
        return []
    stores = [
        node
        for node in tree_of(source).nodes
        if (isinstance(node, ast.Name) and node.id == name.id and not isinstance(node.ctx, ast.Load))
        or (isinstance(node, ast.arg) and node.arg == name.id)
        or (isinstance(node, ast.alias) and name.id in (node.name, node.asname))
    ]
    if len(stores) != 1:
        return []
    match path_to(source, stores[0]):
        case [_, ast.Assign(targets=[_], value=ast.Constant(value=str()) as literal), *_]:
            return path_to(source, literal)
    return []


def path_to(source: Source, node: ast.AST) -> list[ast.AST]:
    """``node`` and what holds it, the innermost first and the module last."""
    holders = tree_of(source).holders
    path = [node]
    while path[-1] in holders:
        path.append(holders[path[-1]])
    return path


def _on_line(source: Source, span: Span) -> Sequence[ast.AST]:
    return tree_of(source).lines.get(source.flat(span).line, ())


@lru_cache(maxsize=1)
def _looked_through(tree: ast.Module) -> Tree:
    nodes: list[ast.AST] = [tree]
    holders: dict[ast.AST, ast.AST] = {}
    lines: dict[int, list[ast.AST]] = {}
    for node in nodes:  # grows
        for child in ast.iter_child_nodes(node):
            holders[child] = node
            nodes.append(child)
            line = getattr(child, "lineno", None)
            if line is not None:
                lines.setdefault(line, []).append(child)
    return Tree(nodes, holders, lines)
