"""From the place that a finding names back to the node of the tree that stands there."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from prodworthy.finding import Span
from prodworthy.source.python import Source


def call_at(source: Source, span: Span) -> ast.Call | None:
    """The call expression at ``span``."""
    for node in _on_line(source, span):
        if isinstance(node, ast.Call) and source.span(node) == span:
            return node
    return None


def keyword_at(source: Source, value: Span) -> tuple[ast.Call, ast.keyword] | None:
    """The keyword argument whose value stands at ``value``, and its call."""
    line = source.flat(value).line
    for node in ast.walk(source.tree):
        if isinstance(node, ast.Call):
            for keyword in node.keywords:
                if keyword.value.lineno == line and source.span(keyword.value) == value:
                    return node, keyword
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
        for node in ast.walk(source.tree)
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
    holders = {child: holder for holder in ast.walk(source.tree) for child in ast.iter_child_nodes(holder)}
    path = [node]
    while path[-1] in holders:
        path.append(holders[path[-1]])
    return path


def _on_line(source: Source, span: Span) -> Iterator[ast.AST]:
    line = source.flat(span).line
    return (node for node in ast.walk(source.tree) if getattr(node, "lineno", 0) == line)
