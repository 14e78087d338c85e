"""Names: what is assigned to them on every path, what is added to it, and what callers pass."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from dataclasses import replace
from typing import TYPE_CHECKING

from prodworthy.flow import ends, parameter, texts, unpacking
from prodworthy.flow.graph import MASKED, SAFE, Answers, Place, Step
from prodworthy.flow.texts import some
from prodworthy.resolve import lookup, parameters
from prodworthy.resolve.index import Change, tail
from prodworthy.resolve.reach import Answer as Reached
from prodworthy.resolve.reach import Branch, Effects
from prodworthy.resolve.values import (
    Answer,
    External,
    Frame,
    Instance,
    Mapping,
    Sequence,
    Site,
    Value,
)

if TYPE_CHECKING:
    from prodworthy.flow.relation import Relation

_TYPES = frozenset(
    {"Any", "Optional", "Union", "List", "Dict", "Callable", "Iterable", "Sequence", "Literal"}
)
_VERBS = {"for": "one of these", "with": "opened"}


def name(rel: Relation, node: ast.Name, frame: Frame) -> Answers:
    """Where the value of a name comes from."""
    found = ends.named(rel, node, frame)
    safe = rel.flow.guarded(node, frame)
    if (frame.scope, node.id) in rel.flow.variables_of(frame.module):
        safe |= MASKED
    iterable = lookup.comprehension_iterable(node, frame)
    if iterable is not None:
        position = _position_in_comprehension(node, frame)
        return found + [_with(s, safe) for s in unpacking.picked(rel, Site(iterable, frame), position, True)]
    reached = lookup.reaching_of(rel.resolver, node, frame)
    if reached is None:
        return found + _from_lambda(node, frame)
    answer, holder = reached
    if _may_be_object(answer, holder, node.id):
        for value in rel.resolver.values(node, frame):
            if isinstance(value, Instance):
                found += ends.poured(rel, value, node, frame)
    for binding in (r.binding for r in answer.found):
        if binding.kind in ("import", "from"):
            found += _imported(rel, node, frame, safe)
        elif isinstance(binding.node, ast.expr):
            told = f"{_VERBS.get(binding.kind, 'assigned')} as `{node.id}`"
            where = Place(holder.module, binding.statement)
            loops = binding.kind == "for"
            for step in unpacking.picked(rel, Site(binding.node, holder), binding.unpack, loops):
                opens = binding.kind == "for"
                found.append(Step(step.site, told, where, safe | step.safe, step.part, opens, step.key))
    for r in answer.found:
        found += [_with(step, safe) for step in effects(r.effects, holder)]
    if answer.passed is not None and parameters.is_parameter(holder.scope, node.id):
        found += [_with(step, safe) for step in effects(answer.passed, holder)]
        found += parameter.parameter(rel, node.id, holder, safe, Place(frame.module, node))
    return found


def _may_be_object(answer: Reached, holder: Frame, ident: str) -> bool:
    """Whether a name can hold an object of the project's: told before anything is resolved."""
    if answer.passed is not None:
        arg = parameters.argument_node(holder.scope, ident)
        names = ast.walk(arg.annotation) if arg is not None and arg.annotation is not None else ()
        if any(isinstance(n, ast.Name) and n.id[:1].isupper() and n.id not in _TYPES for n in names):
            return True
    for binding in (r.binding for r in answer.found):
        node = binding.node.value if isinstance(binding.node, ast.Await) else binding.node
        made = isinstance(node, ast.Call) and tail(node.func)[:1].isupper()
        if made or binding.annotation is not None or binding.kind == "for":
            return True
    return False


def effects(changes: Effects, frame: Frame) -> list[Step]:
    """What is added to a value after its binding: appended items, set keys, ``+=``."""
    found: list[Step] = []
    for effect in some(list(_flat(changes))):
        where = Place(frame.module, effect.statement)
        match effect.node:
            case ast.Call(func=ast.Attribute(attr="append" | "extend" | "add" | "update" | "setdefault")):
                found += [Step(Site(a, frame), "added here", where) for a in effect.node.args]
                found += [
                    Step(Site(k.value, frame), "added here", where, under=k.arg or "")
                    for k in effect.node.keywords
                ]
            case ast.Call(func=ast.Attribute(attr="insert"), args=[_, added]):
                found.append(Step(Site(added, frame), "added here", where))
            case ast.AugAssign(value=added):
                found.append(Step(Site(added, frame), "added here", where))
            case ast.Subscript():
                statement = effect.statement
                if isinstance(statement, (ast.Assign, ast.AnnAssign)) and statement.value is not None:
                    key = effect.node.slice
                    under = key.value if isinstance(key, ast.Constant) and isinstance(key.value, str) else ""
                    step = Step(Site(statement.value, frame), "set here", where, under=under)
                    step.vague = not isinstance(key, ast.Constant)
                    found.append(step)
    return found


def _flat(changes: Effects) -> Iterator[Change]:
    """All changes on any path, the last ones first."""
    stack = list(changes)
    while stack:
        effect = stack.pop()
        if isinstance(effect, Branch):
            stack += [e for path in effect.paths for e in path]
        else:
            yield effect


def known_values(values: tuple[Value, ...], safe: frozenset[str] = SAFE) -> Answers:
    """Steps to where constants, dicts and lists that the resolver knows are written."""
    found = texts.constants(values)
    for value in values:
        if isinstance(value, (Mapping, Sequence)) and value.site is not None:
            found.append(Step(value.site, safe=safe))
    return found


def _imported(rel: Relation, node: ast.Name, frame: Frame, safe: frozenset[str]) -> Answers:
    values = rel.resolver.values(node, frame)
    found = known_values(values, safe)
    for value in values:
        if isinstance(value, External):
            found += ends.external(rel, value.name, node, frame, safe)
        elif isinstance(value, Answer):
            given = value.call
            if given.node is not None:
                found.append(Step(Site(given.node, given.frame), safe=safe))
    return found


def _position_in_comprehension(node: ast.Name, frame: Frame) -> tuple[int, ...]:
    at: ast.AST | None = frame.module.parents.get(node)
    while at is not None and not isinstance(at, ast.stmt):
        for generator in getattr(at, "generators", ()):
            position = _target(generator.target, node.id)
            if position is not None:
                return position
        at = frame.module.parents.get(at)
    return ()


def _target(target: ast.expr, ident: str) -> tuple[int, ...] | None:
    if isinstance(target, ast.Name):
        return () if target.id == ident else None
    if isinstance(target, (ast.Tuple, ast.List)):
        for position, element in enumerate(target.elts):
            inner = _target(element, ident)
            if inner is not None:
                return (position, *inner)
    return None


def _from_lambda(node: ast.Name, frame: Frame) -> Answers:
    """A lambda's parameter is one of the things that the call it is handed to works on."""
    at: ast.AST | None = frame.module.parents.get(node)
    while at is not None and not isinstance(at, ast.stmt):
        if isinstance(at, ast.Lambda) and parameters.is_parameter(at, node.id):
            around = frame.module.parents.get(at)
            if isinstance(around, ast.Call):
                outer = frame.parent if frame.scope is at and frame.parent is not None else frame
                return [Step(Site(a, outer), part=True) for a in around.args if a is not at]
            return []
        at = frame.module.parents.get(at)
    return []


def _with(step: Step, safe: frozenset[str]) -> Step:
    return replace(step, safe=step.safe | safe) if safe else step
