"""Attributes and items: of requests, of the project's objects, of dicts, rows and answers."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from prodworthy.flow import ends, models, names, texts
from prodworthy.flow.credentials import credential_name
from prodworthy.flow.graph import BOUNDED, MASKED, SAFE, Answers, End, Place, Step, place, written
from prodworthy.resolve import datafields, invoke, lookup, objects, parameters, passing
from prodworthy.resolve.index import dotted, has_decorator
from prodworthy.resolve.values import (
    Answer,
    Class,
    Const,
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

_PROPERTIES = ("property", "cached_property", "computed_field", "hybrid_property", "lazyproperty")


def attribute(rel: Relation, node: ast.Attribute, frame: Frame) -> Answers:
    """Where ``base.attr`` comes from."""
    r = rel.resolver
    safe = rel.flow.guarded(node, frame)
    values = r.values(node, frame)
    for value in values:
        if isinstance(value, Answer):
            return ends.answered(rel, value, node, frame, safe)
    bases = r.values(node.value, frame)
    if any(isinstance(b, External) for b in bases):
        for value in values:
            if isinstance(value, External) and (found := ends.external(rel, value.name, node, frame, safe)):
                return found
    found = ends.named(rel, node, frame)
    declared = _field(rel, node, frame, safe)
    if declared is not None:
        return found + declared
    modelled = models.field_of(rel, node, frame)
    if modelled is not None:
        return found + modelled
    told = False
    for base in bases:
        if isinstance(base, Instance):
            steps = _of_instance(rel, base, node, safe)
            told = told or steps is not None
            found += steps or []
    stored = _stored(node, frame, safe)
    if told or stored:
        return found + stored
    for value in values:
        if isinstance(value, Instance):
            found += ends.poured(rel, value, node, frame)
    if any(isinstance(v, (Const, Mapping, Sequence)) for v in values):
        return found + names.known_values(values, safe)
    if not isinstance(node.value, ast.Name) or frame.module.receiver_name(frame.scope) != node.value.id:
        found.append(Step(Site(node.value, frame), safe=safe, part=True, opens=True, key=node.attr))
    return found


def _field(rel: Relation, node: ast.Attribute, frame: Frame, safe: frozenset[str]) -> Answers | None:
    """A field of a request model: what its declaration allows; None where it is none."""
    if not isinstance(node.value, ast.Name):
        return None
    found = rel.flow.handler_parameter(node.value, frame)
    if found is None:
        return None
    source, holder = found
    arg = parameters.argument_node(holder.scope, node.value.id)
    if arg is None:
        return None
    if node.attr in source.clean:
        return []
    kind = rel.fields.of_field(arg, node.attr, holder)
    if kind == "":
        return None
    if kind == "closed":
        return []
    limited = BOUNDED if kind == "limited" else SAFE
    where = place(Site(node, frame))
    return [End(source.kind, dotted(node), where, safe | limited, number=kind == "number")]


def _of_instance(
    rel: Relation, base: Instance, node: ast.Attribute, safe: frozenset[str]
) -> list[Step | End] | None:
    """What the class keeps under the attribute; None where nobody says."""
    r, attr = rel.resolver, node.attr
    sites = objects.assigned_sites(r, base, attr)
    if base.call is not None:
        given = passing.argument(base.call, attr, datafields.data_fields(r, base.cls))
        sites += [given] if given is not None else []
    found: Answers = []
    limited = safe | rel.fields.safety(base.cls, attr)
    whose = texts.speaker(objects.of_instance(r, base, "role")) if base.call is not None else ""
    for site in sites:
        where = Place(site.frame.module, site.node)
        found.append(Step(site, f"kept as `{dotted(node)}`", where, limited, speaker=whose))
    getter = _property(rel, base, attr)
    if getter is not None:
        return found + getter
    for cls in objects.mro(r, base.cls):
        if isinstance(cls, Class):
            found += _changes(rel, cls, attr)
    if found or sites:
        return found
    return None


def _property(rel: Relation, base: Instance, attr: str) -> Answers | None:
    """What a property gives."""
    for cls in objects.mro(rel.resolver, base.cls):
        if not isinstance(cls, Class):
            continue
        for binding in cls.module.scope(cls.node).bindings.get(attr, ()):
            function = binding.node
            if isinstance(function, ast.FunctionDef) and has_decorator(function, *_PROPERTIES):
                frame = objects.method_frame(rel.resolver, base, cls, function)
                if frame is None:
                    return None
                told = f"returned by `{attr}`"
                return [
                    Step(Site(result, frame), told, Place(cls.module, result))
                    for result in invoke.returns_of(cls.module, function)
                ]
    return None


def _changes(rel: Relation, cls: Class, attr: str) -> list[Step]:
    """What methods add to ``self.attr``."""
    found: list[Step] = []
    module = cls.module
    for change in module.self_changes.get((cls.node, attr), ()):
        frame = lookup.frame_of(rel.resolver, module, module.scope_of(change.statement))
        found += names.effects((change,), frame)
    return found


def _stored(node: ast.Attribute, frame: Frame, safe: frozenset[str]) -> Answers:
    """``x.attr = ...`` in the same function, for a local object."""
    base = node.value
    module = frame.module
    if not isinstance(base, ast.Name) or module.receiver_name(frame.scope) == base.id:
        return []
    found: Answers = []
    for binding in module.stores.get((base.id, node.attr), ()):
        here = module.scope_of(binding.statement) is frame.scope
        if here and binding.kind == "assign" and isinstance(binding.node, ast.expr):
            where = Place(module, binding.statement)
            found.append(Step(Site(binding.node, frame), f"kept as `{dotted(node)}`", where, safe))
    return found


def subscript(rel: Relation, node: ast.Subscript, frame: Frame) -> Answers:
    """Where ``base[key]`` comes from."""
    r = rel.resolver
    if isinstance(node.slice, ast.Slice):
        return [Step(Site(node.value, frame), safe=_cut(node.slice), opens=True)]
    safe = rel.flow.guarded(node, frame)
    bases = r.values(node.value, frame)
    values = r.values(node, frame)
    for value in values:
        if isinstance(value, Answer):
            return ends.answered(rel, value, node, frame, safe)
    if any(isinstance(b, (Mapping, Sequence)) and b.closed for b in bases) and values:
        # a lookup in a table of the program's own
        found = texts.constants(values)
        for base in bases:
            found += _looked_up(rel, base, node, frame)
        return found
    if any(isinstance(b, External) for b in bases):
        for value in values:
            if isinstance(value, External) and (at := ends.external(rel, value.name, node, frame, safe)):
                return at + item(rel, node.slice, node, node.value, frame)
    found = item(rel, node.slice, node, node.value, frame)
    serialized = models.validated_item(rel, node.value, node.slice, frame)
    if serialized is not None:
        return found + serialized
    keyword = _keyword(node, frame)
    if keyword is not None:
        return found + keyword
    key = key_of(node.slice)
    return [*found, Step(Site(node.value, frame), safe=safe, part=True, opens=True, key=key)]


def key_of(node: ast.expr) -> str:
    """A key that is written out."""
    return node.value if isinstance(node, ast.Constant) and isinstance(node.value, str) else ""


def item(rel: Relation, key: ast.expr, node: ast.expr, base: ast.expr, frame: Frame) -> Answers:
    """What the key of a dict, row or table says that its value is, or what several columns' names do."""
    if isinstance(key, ast.List):
        return ends.columns(rel, names_in(rel, key, frame), node, frame)
    if isinstance(key, ast.Constant) and isinstance(key.value, str):
        found = ends.personal(rel, key.value, node, frame, column=True)
        if credential_name(key.value):
            found.append(End("credential", written(node), place(Site(node, frame))))
        return found
    if isinstance(key, ast.Constant) and isinstance(key.value, int):
        column = models.column_at(rel, base, key.value, frame)
        if column:
            return ends.personal(rel, column, node, frame, column=True)
    return []


def names_in(rel: Relation, node: ast.expr, frame: Frame) -> list[str]:
    """The texts in a list that is known."""
    r = rel.resolver
    sites = [s for v in r.values(node, frame) if isinstance(v, Sequence) for s in v.items[:50]]
    return [v.value for s in sites for v in r.site(s) if isinstance(v, Const) and isinstance(v.value, str)]


def _keyword(node: ast.Subscript, frame: Frame) -> Answers | None:
    """``kwargs["question"]``: only what is passed under that name."""
    key = node.slice
    if not (
        isinstance(node.value, ast.Name) and isinstance(key, ast.Constant) and isinstance(key.value, str)
    ):
        return None
    scope = frame.scope
    if frame.given is None or not isinstance(scope, (ast.FunctionDef, ast.AsyncFunctionDef)):
        return None
    if scope.args.kwarg is None or scope.args.kwarg.arg != node.value.id:
        return None
    site = frame.given.keyword(key.value)
    if site is None:
        return None
    told = f"passed to `{scope.name}` as `{key.value}`"
    return [Step(site, told, Place(site.frame.module, site.node))]


def _cut(part: ast.Slice) -> frozenset[str]:
    """What a slice makes a text: one from the beginning is bounded, a few characters show no secret."""
    upper, lower = part.upper, part.lower
    short = [
        bound.value if isinstance(bound, ast.Constant) else getattr(bound.operand, "value", None)
        for bound in (upper, lower)
        if isinstance(bound, ast.Constant)
        or (isinstance(bound, ast.UnaryOp) and isinstance(bound.op, ast.USub))
    ]
    few = any(isinstance(n, int) and n <= 12 for n in short)
    if upper is not None and not (isinstance(upper, ast.UnaryOp) and isinstance(upper.op, ast.USub)):
        return BOUNDED | MASKED if few else BOUNDED
    if isinstance(lower, ast.UnaryOp) and isinstance(lower.op, ast.USub):
        return BOUNDED | MASKED if few else BOUNDED  # the last n characters or messages
    return SAFE


def _looked_up(rel: Relation, base: Value, node: ast.Subscript, frame: Frame) -> list[Step]:
    """What a lookup in a list or dict can give: of a known key, only what stands under it."""
    r = rel.resolver
    if isinstance(base, Sequence):
        return [Step(site) for site in base.items[:20]]
    if not isinstance(base, Mapping):
        return []
    whose = texts.speaker(v for o in base.options("role") for v in r.option(o))
    keys = [k.value for k in r.values(node.slice, frame) if isinstance(k, Const) and isinstance(k.value, str)]
    named = [base.entries[k] for k in keys if k in base.entries]
    if keys and not named:
        return []
    return [
        Step(option.site, speaker=whose)
        for options in named or list(base.entries.values())[:20]
        for option in options
        if option.site is not None
    ]
