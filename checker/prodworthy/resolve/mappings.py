"""Dicts: how they are built, merged and changed on the way."""

from __future__ import annotations

import ast
from dataclasses import replace
from typing import TYPE_CHECKING

from prodworthy.resolve.index import Change
from prodworthy.resolve.reach import LOST, Branch, Effect, Effects
from prodworthy.resolve.values import (
    ABSENT,
    ANY,
    NOTHING,
    OPAQUE,
    Const,
    Frame,
    Instance,
    Made,
    Mapping,
    Option,
    Sequence,
    Site,
    Unknown,
    Values,
)

if TYPE_CHECKING:
    from prodworthy.resolve.resolver import Resolver

State = dict[str, tuple[Option, ...]]

_LONGEST = 200
"""Elements kept of a list that statements add to."""


def empty() -> Mapping:
    """``{}``."""
    return Mapping({})


def display(r: Resolver, node: ast.Dict | ast.DictComp, frame: Frame) -> Values:
    """A dict display, or a comprehension that copies another dict's items."""
    if isinstance(node, ast.DictComp):
        return _filtered(r, node, frame)
    result = Mapping({}, site=Site(node, frame))
    for key, value in zip(node.keys, node.values, strict=True):
        if key is None:
            result = _unpacked(result, r.values(value, frame))
            continue
        names = [k.value for k in r.values(key, frame) if isinstance(k, Const) and isinstance(k.value, str)]
        if len(names) == 1:
            result.entries[names[0]] = (Option("value", Site(value, frame)),)  # nobody else has it yet
        else:
            result = replace(result, closed=False)
    return (result,)


def from_arguments(
    r: Resolver,
    positional: tuple[Site, ...],
    keywords: tuple[tuple[str, Site], ...],
    unpacked: tuple[Site, ...],
    site: Site | None,
) -> Values:
    """``dict(other, key=value, **more)``."""
    result = Mapping({}, site=site)
    for other in (*positional, *unpacked):
        result = _unpacked(result, r.site(other))
    for key, value in keywords:
        result = with_key(result, key, (Option("value", value),))
    return (result,)


def with_key(mapping: Mapping, key: str, options: tuple[Option, ...]) -> Mapping:
    """The mapping with one key set."""
    return replace(mapping, entries={**mapping.entries, key: options})


def merge(first: Mapping, second: Mapping) -> Mapping:
    """``{**first, **second}``."""
    entries: State = dict(first.entries)
    for key, options in second.entries.items():
        certain = all(o.kind == "value" for o in options) and not second.dropped
        entries[key] = options if certain else _union(options, first.options(key))
    if not second.closed:
        for key in entries.keys() - second.entries.keys():
            entries[key] = _union(entries[key], (OPAQUE,)) if _closed_value(entries[key]) else entries[key]
    return replace(first, entries=entries, closed=first.closed and second.closed)


def _closed_value(options: tuple[Option, ...]) -> bool:
    # a key that holds a value still holds one after an unknown mapping is laid over it
    return any(o.kind == "absent" for o in options)


def _unpacked(result: Mapping, values: Values) -> Mapping:
    merged: Mapping | None = None
    for value in values:
        other = as_mapping(value)
        if other is None:
            if isinstance(value, Const) and value.value is None:
                continue
            other = Mapping({}, closed=False)
        here = merge(result, other)
        merged = here if merged is None else join(merged, here)
    if merged is None:
        return result if values else replace(result, closed=False)
    return merged


def as_mapping(value: object) -> Mapping | None:
    """``value`` as a mapping, where it is one or can be poured into one."""
    return value if isinstance(value, Mapping) else None


def join(a: Mapping, b: Mapping) -> Mapping:
    """Either of two mappings."""
    entries = {key: _union(a.options(key), b.options(key)) for key in {**a.entries, **b.entries}}
    return Mapping(entries, a.closed and b.closed, a.dropped or b.dropped, a.site)


def _union(a: tuple[Option, ...], b: tuple[Option, ...]) -> tuple[Option, ...]:
    seen: dict[tuple[str, int], Option] = {}
    for option in (*a, *b):
        seen.setdefault(
            (option.kind, id(option.site) if option.values is None else id(option.values)), option
        )
    return tuple(seen.values())


def _filtered(r: Resolver, node: ast.DictComp, frame: Frame) -> Values:
    """``{k: v for k, v in other.items() if ...}``: the other dict, perhaps without some keys."""
    generator = node.generators[0]
    source = generator.iter
    copies = (
        len(node.generators) == 1
        and isinstance(source, ast.Call)
        and isinstance(source.func, ast.Attribute)
        and source.func.attr == "items"
        and isinstance(generator.target, ast.Tuple)
        and len(generator.target.elts) == 2
        and isinstance(node.key, ast.Name)
        and isinstance(node.value, ast.Name)
        and [getattr(e, "id", "") for e in generator.target.elts] == [node.key.id, node.value.id]
    )
    if not copies:
        every = (Option("value", Site(node.value, frame)),)
        return (Mapping({ANY: every}, closed=False, site=Site(node, frame)),)
    assert isinstance(source, ast.Call)
    assert isinstance(source.func, ast.Attribute)
    found: Values = NOTHING
    for value in r.values(source.func.value, frame):
        if not isinstance(value, Mapping):
            found += (Mapping({}, closed=False),)
        elif not generator.ifs:
            found += (value,)
        elif all(_tests_none(test, node) for test in generator.ifs):
            found += (replace(value, dropped=True),)
        else:
            excluded = _excluded(r, generator.ifs, node, frame)
            if excluded is None:
                loose = {k: _union(o, (ABSENT,)) for k, o in value.entries.items()}
                found += (replace(value, entries=loose),)
            else:
                kept = {k: o for k, o in value.entries.items() if k not in excluded}
                found += (replace(value, entries={**kept, **dict.fromkeys(excluded, (ABSENT,))}),)
    return found


def _tests_none(test: ast.expr, node: ast.DictComp) -> bool:
    value = getattr(node.value, "id", "")
    match test:
        case ast.Compare(
            left=ast.Name(id=name), ops=[ast.IsNot() | ast.NotEq()], comparators=[ast.Constant(value=None)]
        ):
            return name == value
        case ast.Name(id=name):
            return name == value
    return False


def _excluded(r: Resolver, tests: list[ast.expr], node: ast.DictComp, frame: Frame) -> set[str] | None:
    key = getattr(node.key, "id", "")
    excluded: set[str] = set()
    for test in tests:
        match test:
            case ast.Compare(
                left=ast.Name(id=name), ops=[ast.NotIn() | ast.NotEq()], comparators=[other]
            ) if name == key:
                for value in r.values(other, frame):
                    sites = value.items if isinstance(value, Sequence) else ()
                    texts = [v for s in sites for v in r.site(s)] or [value]
                    excluded |= {str(t.value) for t in texts if isinstance(t, Const)}
            case _:
                return None
    return excluded


def item(r: Resolver, mapping: Mapping, keys: Values) -> Values:
    """``mapping[key]``; for an unknown key, any of its values."""
    names = [
        k.value for k in keys if isinstance(k, Const) and isinstance(k.value, str) and "\0" not in k.value
    ]
    if names:
        found: Values = NOTHING
        for name in names[:4]:
            for option in mapping.entries.get(name) or mapping.entries.get(ANY) or mapping.options(name):
                found += r.option(option) if option.kind == "value" else (Unknown("missing key"),)
        return found
    options = [o for os in list(mapping.entries.values())[:12] for o in os if o.kind == "value"]
    return tuple(v for o in options for v in r.option(o)) or (Unknown("item"),)


def opened(values: Values) -> Values:
    """The values with every dict and list among them open to more."""
    return tuple(replace(v, closed=False) if isinstance(v, (Mapping, Sequence)) else v for v in values)


def changed(r: Resolver, values: Values, effects: Effects, frame: Frame) -> Values:
    """The values after the changes that ``effects`` make to them."""
    found: Values = NOTHING
    for value in values:
        if isinstance(value, Mapping):
            found += (_apply(r, value, effects, frame),)
        elif isinstance(value, Sequence):
            found += (_grown(value, effects, frame),)
        elif isinstance(value, Const):
            found += (_summed(r, value, effects, frame),)
        elif isinstance(value, Instance | Made):
            found += (value,)
        elif isinstance(value, Unknown) and any(isinstance(e, Change) for e in effects):
            found += (_apply(r, Mapping({}, closed=False), effects, frame),)
        else:
            found += (value,)
    return found


def _apply(r: Resolver, mapping: Mapping, effects: Effects, frame: Frame) -> Mapping:
    for effect in effects:
        if effect is LOST:
            mapping = replace(mapping, closed=False)
        elif isinstance(effect, Branch):
            results = [_apply(r, mapping, path, frame) for path in effect.paths]
            joined = results[0]
            for other in results[1:]:
                joined = join(joined, other)
            mapping = joined
        else:
            mapping = _change(r, mapping, effect, frame)
    return mapping


def _change(r: Resolver, mapping: Mapping, change: Change, frame: Frame) -> Mapping:
    node, statement = change.node, change.statement
    match node:
        case ast.Subscript():
            return _assigned(r, mapping, node, statement, frame)
        case ast.Call(func=ast.Attribute(attr=method)):
            return _method_change(r, mapping, node, method, frame)
        case ast.Delete(targets=targets):
            for target in targets:
                if isinstance(target, ast.Subscript):
                    for key in _names(r, target.slice, frame):
                        mapping = with_key(mapping, key, (ABSENT,))
            return mapping
        case ast.AugAssign(op=ast.BitOr(), value=value):
            return _unpacked(mapping, r.values(value, frame))
    return replace(mapping, closed=False)


def _assigned(
    r: Resolver, mapping: Mapping, node: ast.Subscript, statement: ast.stmt, frame: Frame
) -> Mapping:
    path: list[str] = []
    at: ast.expr = node
    while isinstance(at, ast.Subscript):
        names = _names(r, at.slice, frame)
        if len(names) != 1:
            return replace(mapping, closed=False)
        path.insert(0, names[0])
        at = at.value
    value = statement.value if isinstance(statement, (ast.Assign, ast.AnnAssign)) else None
    option = Option("value", Site(value, frame)) if value is not None else OPAQUE
    return _nested(r, mapping, path, option)


def _nested(r: Resolver, mapping: Mapping, path: list[str], option: Option) -> Mapping:
    """``mapping[a][b] = value``."""
    if len(path) == 1:
        return with_key(mapping, path[0], (option,))
    inner = [v for o in mapping.options(path[0]) for v in r.option(o) if isinstance(v, Mapping)]
    base = inner[0] if inner else Mapping({}, closed=False)
    for other in inner[1:]:
        base = join(base, other)
    result = _nested(r, base, path[1:], option)
    return with_key(mapping, path[0], (Option("value", values=(result,)),))


def _method_change(r: Resolver, mapping: Mapping, node: ast.Call, method: str, frame: Frame) -> Mapping:
    if method == "update":
        for argument in node.args:
            mapping = _unpacked(mapping, r.values(argument, frame))
        for keyword in node.keywords:
            if keyword.arg is None:
                mapping = _unpacked(mapping, r.values(keyword.value, frame))
            else:
                mapping = with_key(mapping, keyword.arg, (Option("value", Site(keyword.value, frame)),))
        return mapping
    keys = _names(r, node.args[0], frame) if node.args else []
    if method == "pop" and len(keys) == 1:
        return with_key(mapping, keys[0], (ABSENT,))
    if method == "setdefault" and len(keys) == 1:
        value = Option("value", Site(node.args[1], frame)) if len(node.args) > 1 else ABSENT
        before = mapping.options(keys[0])
        kept = tuple(o for o in before if o.kind == "value")
        return with_key(mapping, keys[0], kept if kept and len(kept) == len(before) else (*kept, value))
    if method == "clear":
        return Mapping({})
    return replace(mapping, closed=False)


def _names(r: Resolver, node: ast.expr, frame: Frame) -> list[str]:
    return [v.value for v in r.values(node, frame) if isinstance(v, Const) and isinstance(v.value, str)]


def _grown(sequence: Sequence, effects: Effects, frame: Frame) -> Sequence:
    items, closed = list(sequence.items), sequence.closed
    stack: list[Effect] = list(reversed(effects))
    while stack:
        effect = stack.pop()
        if len(items) > _LONGEST:
            closed = False
            break
        if isinstance(effect, Branch):
            closed = False
            stack += [e for path in reversed(effect.paths) for e in reversed(path)]
            continue
        match effect.node:
            case ast.Call(func=ast.Attribute(attr="append"), args=[value]):
                items.append(Site(value, frame))
            case ast.Call(func=ast.Attribute(attr="insert"), args=[_, value]):
                items.append(Site(value, frame))
            case ast.Call(func=ast.Attribute(attr="extend"), args=[ast.List(elts=elements)]):
                items += [Site(e, frame) for e in elements if not isinstance(e, ast.Starred)]
            case ast.AugAssign(value=ast.List(elts=elements)):
                items += [Site(e, frame) for e in elements if not isinstance(e, ast.Starred)]
            case _:
                closed = False
    return Sequence(tuple(items[:_LONGEST]), closed, sequence.site)


def _summed(r: Resolver, value: Const, effects: Effects, frame: Frame) -> Const | Unknown:
    text = value.value
    for effect in effects:
        match effect:
            case Change(node=ast.AugAssign(op=ast.Add(), value=added)) if isinstance(text, str):
                text += r.text(added, frame) or "\0"
            case _:
                if isinstance(text, str):
                    text += "\0"
                else:
                    return Unknown("changed", optional=False)
    return Const(text, value.site)
