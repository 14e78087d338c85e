"""Attributes, items and elements of values."""

from __future__ import annotations

import ast
from dataclasses import replace
from typing import TYPE_CHECKING

from prodworthy.resolve import declared, invoke, lookup, mappings
from prodworthy.resolve.index import Binding, has_decorator
from prodworthy.resolve.reach import Reaching
from prodworthy.resolve.values import (
    NOTHING,
    Answer,
    Arguments,
    Class,
    Client,
    Const,
    Endpoint,
    External,
    Frame,
    Function,
    Instance,
    Made,
    Mapping,
    Method,
    ProjectModule,
    Sequence,
    Site,
    Super,
    Unknown,
    Value,
    Values,
)

if TYPE_CHECKING:
    from prodworthy.resolve.resolver import Resolver

_PROPERTIES = ("property", "cached_property", "computed_field", "hybrid_property", "lazyproperty")


def member(r: Resolver, base: Value, attr: str, frame: Frame) -> Values:
    """What ``base.attr`` is."""
    match base:
        case External(name=name):
            return (External(f"{name}.{attr}"),)
        case ProjectModule(module=module):
            return lookup.module_member(r, module, attr)
        case Client():
            return client_member(r, base, attr)
        case Instance():
            return _of_instance(r, base, attr, frame)
        case Super():
            return _of_super(r, base, attr)
        case Class():
            return of_class(r, base, attr, None)
        case Made():
            return _of_made(base, attr)
        case Mapping():
            return (Method(base, attr),)
        case Sequence() | Const():
            return (Method(base, attr),) if not isinstance(base, Const) or base.value is not None else NOTHING
        case Function():
            return (Method(base, attr),)
        case Answer():
            return (base,)
        case Endpoint():
            return (Unknown("attribute of a call"),)
    return (Unknown("attribute"),)


def client_member(r: Resolver, client: Client, attr: str) -> Values:
    """An attribute path of a client: the client again, a call, or a step further."""
    model = client.model
    path = f"{client.path}.{attr}" if client.path else attr
    if attr in model.same or path in model.same:
        return (replace(client, path=client.path), ) if attr not in _callable_same(model.same) else (
            replace(client, path=path),)  # fmt: skip
    call = r.catalogue.method(client.sdk, model, path)
    if call is not None:
        return (Endpoint(client.sdk, call, client, path),)
    return (replace(client, path=path),)


def _callable_same(same: list[str]) -> set[str]:
    # with_raw_response and its like are attributes; the rest of `same` are methods
    return {s for s in same if not s.endswith("_response")}


def _of_made(base: Made, attr: str) -> Values:
    site = base.call.keyword(attr)
    if site is not None:
        return (Method(base, attr),)
    return (External(f"{base.name}().{attr}"),)


def _of_super(r: Resolver, base: Super, attr: str) -> Values:
    for cls in mro(r, base.cls)[1:]:
        found = own_member(r, cls, attr, base.receiver) if isinstance(cls, Class) else NOTHING
        if found:
            return found
    receiver = base.receiver
    if isinstance(receiver, Instance):
        for client in external_bases(r, receiver, base.cls):
            return client_member(r, client, attr)
    return (Unknown("super"),)


def mro(r: Resolver, cls: Class) -> list[Value]:
    """The class and its bases, depth first; external bases as `External`."""
    order: list[Value] = []
    stack: list[Value] = [cls]
    while stack and len(order) < 40:
        top = stack.pop(0)
        if top in order:
            continue
        order.append(top)
        if isinstance(top, Class):
            bases: list[Value] = []
            for base in top.node.bases:
                node = base.value if isinstance(base, ast.Subscript) else base
                bases += r.values(node, top.parent)
            stack = [b for b in bases if isinstance(b, (Class, External))] + stack
    return order


def external_bases(r: Resolver, instance: Instance, cls: Class | None = None) -> list[Client]:
    """The SDK clients that a project class extends, with the arguments its construction passes up."""
    found: list[Client] = []
    for base in mro(r, cls or instance.cls):
        if not isinstance(base, External):
            continue
        for sdk, model in r.catalogue.client(base.name):
            layers = tuple(_passed_up(r, instance))
            found.append(Client(sdk, model, layers, seen=bool(layers), qualified=base.name))
    return found


def _passed_up(r: Resolver, instance: Instance) -> list[Arguments]:
    """Arguments of ``super().__init__(...)``, or of the construction where there is no ``__init__``."""
    for cls in mro(r, instance.cls):
        if not isinstance(cls, Class):
            break
        init = _method_node(cls, "__init__")
        if init is None:
            continue
        frame = invoke.constructor_frame(r, instance, cls, init)
        calls = []
        for node in ast.walk(init):
            if (isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr == "__init__"
                    and isinstance(node.func.value, ast.Call) and getattr(node.func.value.func, "id", "") == "super"):  # fmt: skip
                calls.append(invoke.arguments(node, frame))
        return calls
    return [instance.call] if instance.call is not None else []


def _method_node(cls: Class, name: str) -> ast.FunctionDef | ast.AsyncFunctionDef | None:
    for binding in cls.module.scope(cls.node).bindings.get(name, ()):
        if isinstance(binding.node, (ast.FunctionDef, ast.AsyncFunctionDef)):
            return binding.node
    return None


def _of_instance(r: Resolver, base: Instance, attr: str, frame: Frame) -> Values:
    return r.remember((base, attr), base.cls.parent, lambda: _instance_attribute(r, base, attr))


def _instance_attribute(r: Resolver, base: Instance, attr: str) -> Values:
    found: Values = NOTHING
    order = mro(r, base.cls)
    classes = [c for c in order if isinstance(c, Class)]
    for cls in classes:
        found += _self_assigned(r, base, cls, attr)
    fields: Values = NOTHING
    for cls in classes:
        fields = own_member(r, cls, attr, base)
        if fields:
            break
    known = tuple(v for v in found if not (isinstance(v, Const) and v.value is None))
    if known:
        # a lazily filled attribute: the None it starts with is not what callers meet
        found = known
    if fields and not (found and all(isinstance(v, Const) and v.value is None for v in fields)):
        found += fields
    changes = [c for cls in classes for c in cls.module.self_changes.get((cls.node, attr), ())]
    if found and changes:
        found = mappings.opened(found)
    # settings kept in __dict__ by a plain `**kwargs` loop are nobody's to guess
    if found:
        return found
    for client in external_bases(r, base):
        return client_member(r, client, attr)
    if any(isinstance(c, External) for c in order):
        return (Unknown("attribute of an external base"),)
    return (Unknown(f"attribute {attr}"),)


def _self_assigned(r: Resolver, base: Instance, cls: Class, attr: str) -> Values:
    found: Values = NOTHING
    module = cls.module
    for binding in module.self_bindings.get((cls.node, attr), ()):
        scope = module.scope_of(binding.statement)
        frame = _method_frame(r, base, cls, scope)
        if frame is None:
            continue
        found += lookup.bound(r, Reaching(binding, ()), frame)
    return found


def assigned_sites(r: Resolver, base: Instance, attr: str) -> list[Site]:
    """The expressions assigned to an attribute of an object in its own methods."""
    found: list[Site] = []
    for cls in mro(r, base.cls):
        if isinstance(cls, Class):
            for binding in cls.module.self_bindings.get((cls.node, attr), ()):
                frame = _method_frame(r, base, cls, cls.module.scope_of(binding.statement))
                if frame is not None and isinstance(binding.node, ast.expr) and binding.kind == "assign":
                    found.append(Site(binding.node, frame))
    return found


def _method_frame(r: Resolver, base: Instance, cls: Class, scope: ast.AST) -> Frame | None:
    if not isinstance(scope, (ast.FunctionDef, ast.AsyncFunctionDef, ast.Lambda)):
        return None
    if isinstance(scope, ast.FunctionDef) and scope.name == "__init__":
        return invoke.constructor_frame(r, base, cls, scope)
    if base is r.self_of(cls):
        return lookup.frame_of(r, cls.module, scope)
    key = ("method", base, scope)
    known = r.frames.get(key)
    if known is None:
        parent = lookup.frame_of(r, cls.module, cls.module.scope_of(scope))
        known = r.frames[key] = Frame(cls.module, scope, parent, receiver=base)
    return known


def own_member(r: Resolver, cls: Class, attr: str, receiver: Value | None) -> Values:
    """What the body of ``cls`` itself says about ``attr``."""
    module, node = cls.module, cls.node
    table = module.scope(node)
    bindings = table.bindings.get(attr)
    if not bindings:
        return NOTHING
    frame = lookup.frame_of(r, module, node)
    last = bindings[-1]
    if isinstance(last.node, (ast.FunctionDef, ast.AsyncFunctionDef)):
        return _method(r, cls, last.node, receiver, frame)
    if isinstance(receiver, Instance):
        given = invoke.field_argument(r, receiver, cls, attr)
        if given is not None:
            return given
    if last.kind == "declare":
        return _declared(r, last, frame)
    values = lookup.bound(r, Reaching(last, ()), frame)
    return _field_default(r, values, last, frame)


def _declared(r: Resolver, binding: Binding, frame: Frame) -> Values:
    assert binding.annotation is not None
    typed = declared.values(r, binding.annotation, frame)
    return typed or (Unknown("field", optional=declared.optional(binding.annotation)),)


def _field_default(r: Resolver, values: Values, binding: Binding, frame: Frame) -> Values:
    """Follow ``field(default=...)`` of dataclasses, pydantic and attrs to the default."""
    found: Values = NOTHING
    for value in values:
        name = value.name.rpartition(".")[2] if isinstance(value, Made) else ""
        if isinstance(value, Made) and name in (
            "field",
            "Field",
            "ib",
            "attrib",
            "PrivateAttr",
            "Body",
            "Query",
        ):
            call = value.call
            site = call.keyword("default") or (call.positional[0] if call.positional else None)
            factory = call.keyword("default_factory") or call.keyword("factory")
            if site is not None:
                found += r.site(site)
            elif factory is not None:
                found += tuple(
                    v for f in r.site(factory) for v in invoke.invoke(r, f, invoke.no_arguments(factory.frame))
                )  # fmt: skip
            elif binding.annotation is not None:
                found += _declared(r, binding, frame)
        else:
            found += (value,)
    if binding.annotation is not None and all(isinstance(v, Const) and v.value is None for v in found):
        typed = declared.values(r, binding.annotation, frame)
        if typed:
            return typed
    return found


def _method(
    r: Resolver,
    cls: Class,
    node: ast.FunctionDef | ast.AsyncFunctionDef,
    receiver: Value | None,
    frame: Frame,
) -> Values:
    function = Function(
        cls.module, node, frame, None if has_decorator(node, "staticmethod") else receiver or cls
    )
    if has_decorator(node, *_PROPERTIES) and isinstance(receiver, Instance):
        return invoke.invoke(r, function, invoke.no_arguments(frame))
    if receiver is None and not has_decorator(node, "classmethod", "staticmethod"):
        return (Function(cls.module, node, frame),)
    return (function,)


def of_class(r: Resolver, cls: Class, attr: str, receiver: Value | None) -> Values:
    """What ``cls.attr`` is, through the bases."""
    for base in mro(r, cls):
        if isinstance(base, Class):
            found = own_member(r, base, attr, receiver)
            if found:
                return found
            stored = base.module.stores.get((base.node.name, attr))
            if stored:
                frame = base.module.frame
                return tuple(v for b in stored for v in lookup.bound(r, Reaching(b, ()), frame))
            for binding in base.module.self_bindings.get((base.node, attr), ()):
                scope = base.module.scope_of(binding.statement)
                return lookup.bound(r, Reaching(binding, ()), lookup.frame_of(r, base.module, scope))
        elif isinstance(base, External):
            for sdk, model in r.catalogue.client(base.name):
                return client_member(r, Client(sdk, model, seen=False, qualified=base.name), attr)
    return (Unknown(f"attribute {attr}"),)


def subscript(r: Resolver, node: ast.Subscript, frame: Frame) -> Values:
    """What ``base[key]`` is."""
    found: Values = NOTHING
    bases = r.values(node.value, frame)
    keys = r.values(node.slice, frame) if not isinstance(node.slice, ast.Slice) else NOTHING
    for base in bases:
        match base:
            case Mapping():
                found += mappings.item(r, base, keys)
            case Sequence():
                if isinstance(node.slice, ast.Slice):
                    found += (replace(base, closed=False),)
                else:
                    found += _element(r, base, keys)
            case External(name=name):
                key = next((str(k.value) for k in keys if isinstance(k, Const)), "")
                found += (External(f"{name}[{key}]"),)
            case Answer():
                found += (base,)
            case Class():
                found += _enum_item(r, base, keys)
            case Instance():
                getter = members_named(r, base, "__getitem__")
                found += tuple(v for g in getter for v in invoke.invoke(r, g, invoke.no_arguments(frame)))
            case Const(value=str()):
                found += (Unknown("part of a text", optional=False),)
            case _:
                found += (Unknown("item"),)
    return found


def members_named(r: Resolver, base: Instance, attr: str) -> Values:
    """Methods of the object's own classes, nothing where they have none of that name."""
    for cls in mro(r, base.cls):
        if isinstance(cls, Class):
            found = own_member(r, cls, attr, base)
            if found:
                return found
    return NOTHING


def _enum_item(r: Resolver, cls: Class, keys: Values) -> Values:
    for key in keys:
        if isinstance(key, Const) and isinstance(key.value, str):
            return of_class(r, cls, key.value, None)
    return (cls,)


def _element(r: Resolver, base: Sequence, keys: Values) -> Values:
    for key in keys:
        if (
            isinstance(key, Const)
            and isinstance(key.value, int)
            and -len(base.items) <= key.value < len(base.items)
        ):
            return r.site(base.items[key.value])
    return tuple(v for site in base.items[:8] for v in r.site(site)) or (Unknown("element"),)


def elements(r: Resolver, values: Values, frame: Frame) -> Values:
    """What iterating over ``values`` gives."""
    found: Values = NOTHING
    for value in values:
        match value:
            case Sequence(items=items) if items:
                found += tuple(v for site in items[:8] for v in r.site(site))
            case Mapping(entries=entries):
                found += tuple(Const(key) for key in list(entries)[:8])
            case Method(owner=Mapping(), name="items" | "values"):
                found += (Unknown("item"),)
            case Answer():
                found += (value,)
            case External(name=name):
                found += (External(f"{name}[]"),)
            case Made(name=name):
                found += (External(f"{name}()[]"),)
            case _:
                found += (Unknown("element"),)
    return found


def entered(r: Resolver, value: Value, frame: Frame) -> Values:
    """What ``with value as x`` binds."""
    match value:
        case Instance():
            for name in ("__enter__", "__aenter__"):
                methods = members_named(r, value, name)
                if methods:
                    return tuple(v for m in methods for v in invoke.invoke(r, m, invoke.no_arguments(frame)))
            return (value,)
        case Made(name=name):
            return (value, External(f"{name}().__enter__()"))
    return (value,)
