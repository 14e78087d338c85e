"""Which part of a value a tuple target or a loop takes."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from prodworthy.flow.graph import Step
from prodworthy.resolve import invoke, passing
from prodworthy.resolve.index import tail
from prodworthy.resolve.values import External, Function, Mapping, Site

if TYPE_CHECKING:
    from prodworthy.flow.relation import Relation


KEYS = "*"
"""What a step takes from a dict whose keys it takes: nothing that stands under a key that is written out."""


def picked(rel: Relation, site: Site, positions: tuple[int, ...], loops: bool, depth: int = 3) -> list[Step]:
    """Steps to the parts of a value that a target takes.

    Args:
        rel: the relation, for the functions that return tuples.
        site: the value, or with ``loops`` what is iterated over.
        positions: the places in the target, outermost first.
        loops: the target takes one element of the value.
        depth: functions that may still be followed.
    """
    node = site.node.value if isinstance(site.node, ast.Await) else site.node
    if loops:
        return _element(rel, node, site, positions, depth)
    if not positions or not depth:
        return [Step(site, part=bool(positions))]
    if isinstance(node, (ast.Tuple, ast.List)) and positions[0] < len(node.elts):
        return picked(rel, Site(node.elts[positions[0]], site.frame), positions[1:], False, depth)
    if isinstance(node, ast.Call) and not rel.flow.sanitizing(node, site.frame):
        return _returned(rel, node, site, positions, depth) or [Step(site, part=True)]
    return [Step(site, part=True)]


def _element(rel: Relation, node: ast.expr, site: Site, positions: tuple[int, ...], depth: int) -> list[Step]:
    if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.args and positions:
        name, rest = node.func.id, positions[1:]
        if name == "enumerate":
            if positions[0] == 0:
                return []
            return picked(rel, Site(node.args[0], site.frame), rest, True, depth)
        if name == "zip" and positions[0] < len(node.args):
            return picked(rel, Site(node.args[positions[0]], site.frame), rest, True, depth)
    if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
        keyed = node.func.attr == "keys" or (node.func.attr == "items" and positions[:1] == (0,))
        if keyed:
            return [Step(Site(node.func.value, site.frame), part=True, key=KEYS)]
    if isinstance(node, (ast.List, ast.Tuple, ast.Set)) and len(node.elts) <= 50:
        return [step for e in node.elts for step in picked(rel, Site(e, site.frame), positions, False, depth)]
    if isinstance(node, ast.Call) and tail(node.func) == "range":
        return []
    if is_dict(rel, site):
        return [Step(site, part=True, key=KEYS)]
    return [Step(site, part=bool(positions))]


def is_dict(rel: Relation, site: Site) -> bool:
    """Whether what stands there is a dict, whatever is in it: going through it gives its keys."""
    if not isinstance(site.node, (ast.Name, ast.Attribute, ast.Dict)):
        return False
    values = rel.resolver.site(site)
    return bool(values) and all(isinstance(value, Mapping) for value in values)


def _returned(
    rel: Relation, node: ast.Call, site: Site, positions: tuple[int, ...], depth: int
) -> list[Step]:
    parts: list[Step] = []
    given = passing.arguments(node, site.frame)
    for value in rel.resolver.values(node.func, site.frame):
        if isinstance(value, External):
            continue
        inner = invoke.call_frame(rel.resolver, value, given) if isinstance(value, Function) else None
        if inner is None or not isinstance(value, Function) or isinstance(value.node, ast.Lambda):
            return []
        for result in invoke.returns_of(value.module, value.node):
            parts += picked(rel, Site(result, inner), positions, False, depth - 1)
    return parts
