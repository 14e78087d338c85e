"""What code puts into the attributes and items of objects, and reads there again."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from prodworthy.resolve import lookup
from prodworthy.resolve.index import FUNCTIONS, Binding, dotted
from prodworthy.resolve.reach import Reaching
from prodworthy.resolve.values import NOTHING, External, Frame, Site, Unknown, Values

if TYPE_CHECKING:
    from prodworthy.resolve.resolver import Resolver


def application_state(r: Resolver, attr: str, found: Values, frame: Frame) -> Values:
    """``request.app.state.llm`` where some module of the project puts it there."""
    if not all(isinstance(v, (Unknown, External)) for v in found):
        return found
    kept: Values = NOTHING
    for module in r.project.keepers(attr, frame.module):
        for (holder, name), bindings in list(module.stores.items()):
            if name == attr and holder.rpartition(".")[2] == "state":
                for binding in bindings:
                    kept += lookup.bound(
                        r,
                        Reaching(binding, ()),
                        lookup.frame_of(r, module, module.scope_of(binding.statement)),
                    )
    return tuple(v for v in kept if not isinstance(v, Unknown)) or found


def stored(r: Resolver, node: ast.Attribute, frame: Frame) -> Values:
    """``x.attr`` right after ``x.attr = ...`` in the same scope, for a plain local object."""
    base = node.value
    if not isinstance(base, (ast.Name, ast.Attribute)) or not isinstance(node.ctx, ast.Load):
        return NOTHING
    module = frame.module
    stores = module.stores.get((dotted(base), node.attr))
    if not stores:
        return NOTHING
    if isinstance(base, ast.Attribute):
        found = _stored_deep(r, stores, frame)
        return found or _stored_outside(r, base, stores, frame)
    if module.receiver_name(frame.scope) == base.id:
        return NOTHING
    here = [
        b for b in stores if module.scope_of(b.statement) is frame.scope and b.statement.lineno < node.lineno
    ]
    if not here:
        return NOTHING
    return lookup.bound(r, Reaching(max(here, key=lambda b: b.statement.lineno), ()), frame)


def _stored_outside(r: Resolver, base: ast.expr, stores: list[Binding], frame: Frame) -> Values:
    """``st.session_state.llm`` where the module puts it there: state that a framework keeps."""
    if not all(isinstance(v, External) for v in r.values(base, frame)):
        return NOTHING
    module = frame.module
    found: Values = NOTHING
    for binding in stores:
        found += lookup.bound(
            r, Reaching(binding, ()), lookup.frame_of(r, module, module.scope_of(binding.statement))
        )
    return tuple(v for v in found if not isinstance(v, Unknown))


def kept_items(r: Resolver, base: ast.expr, key: str, frame: Frame) -> Values:
    """``st.session_state["llm"]`` where the module puts it there."""
    stores = frame.module.item_stores.get((dotted(base), key))
    return _stored_outside(r, base, stores, frame) if stores else NOTHING


def put_sites(r: Resolver, node: ast.Call, frame: Frame) -> list[Site]:
    """What ``session.set("chain", chain)`` puts where ``session.get("chain")`` looks."""
    getter, key = node.func, node.args[0] if node.args else None
    if not (isinstance(getter, ast.Attribute) and getter.attr == "get"):
        return []
    if not (isinstance(key, ast.Constant) and isinstance(key.value, str)):
        return []
    module, holder = frame.module, dotted(getter.value)
    found: list[Site] = []
    for put in module.calls_by_tail.get("set", ()):
        match put:
            case ast.Call(func=ast.Attribute(value=base), args=[ast.Constant(value=name), value, *_]) if (
                name == key.value and dotted(base) == holder
            ):
                found.append(Site(value, lookup.frame_of(r, module, module.scope_of(put))))
    if not found or not all(isinstance(v, External) for v in r.values(getter.value, frame)):
        return []
    return found


def put(r: Resolver, node: ast.Call, frame: Frame) -> Values:
    """What ``session.get("chain")`` can be, as far as the module shows it."""
    found = (v for site in put_sites(r, node, frame) for v in r.site(site))
    return tuple(v for v in found if not isinstance(v, Unknown))


def _stored_deep(r: Resolver, stores: list[Binding], frame: Frame) -> Values:
    """``self.config.model`` where a method of the same class assigns it."""
    module = frame.module
    if not isinstance(frame.scope, FUNCTIONS):
        return NOTHING
    owner = module.class_of(frame.scope)
    found: Values = NOTHING
    for binding in stores:
        scope = module.scope_of(binding.statement)
        if isinstance(scope, FUNCTIONS) and owner is not None and module.class_of(scope) is owner:
            found += lookup.bound(r, Reaching(binding, ()), lookup.frame_of(r, module, scope))
    return tuple(v for v in found if not isinstance(v, Unknown))
