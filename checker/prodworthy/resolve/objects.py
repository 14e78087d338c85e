"""Classes of the project and their objects: bases, attributes, constructors."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from typing import TYPE_CHECKING

from prodworthy.resolve import (
    datafields,
    invoke,
    lookup,
    mappings,
    members,
    own,
    passing,
)
from prodworthy.resolve.index import has_decorator, tail
from prodworthy.resolve.reach import Reaching
from prodworthy.resolve.solved import is_private
from prodworthy.resolve.values import (
    NOTHING,
    Arguments,
    Class,
    Client,
    Const,
    External,
    Frame,
    Function,
    FunctionNode,
    Instance,
    Method,
    Site,
    Unknown,
    Value,
    Values,
)

if TYPE_CHECKING:
    from prodworthy.resolve.resolver import Resolver

_PROPERTIES = ("property", "cached_property", "computed_field", "hybrid_property", "lazyproperty")


def has_enum_base(r: Resolver, cls: Class) -> bool:
    """Whether the class is an enumeration."""
    return any(isinstance(b, External) and b.name.startswith("enum.") for b in mro(r, cls))


def constructor_frame(r: Resolver, instance: Instance, cls: Class, init: FunctionNode) -> Frame:
    """The frame of ``__init__`` for an object whose construction may be known."""
    plain = lookup.frame_of(r, cls.module, init)
    given = instance.call
    if given is None or given.frame.depth + 1 > passing.MAX_DEPTH:
        return plain
    parent = lookup.frame_of(r, cls.module, cls.node)
    made = Frame(cls.module, init, parent, receiver=instance)

    def bound() -> Frame:
        passed = _to_base(r, instance, cls) if instance.cls != cls else given
        if passed is not None:
            made.called, made.depth, made.given = True, given.frame.depth + 1, passed
            made.bindings.update(passing.bind(r, Function(cls.module, init, parent, instance), passed))
        return made

    # known before it is bound, since arguments may ask for this very object
    return r.derived(("init", instance, init), bound, made, private=is_private(instance))


def _to_base(r: Resolver, instance: Instance, base: Class) -> Arguments | None:
    """What a subclass passes to the ``__init__`` of ``base`` (None: nobody knows)."""
    for cls in mro(r, instance.cls):
        if not isinstance(cls, Class) or cls == base:
            break
        for binding in cls.module.scope(cls.node).bindings.get("__init__", ()):
            init = binding.node
            if not isinstance(init, (ast.FunctionDef, ast.AsyncFunctionDef)):
                continue
            frame = constructor_frame(r, instance, cls, init)
            for node in _super_calls(init):
                return passing.arguments(node, frame)
            return passing.no_arguments(frame)
    return instance.call


_DUMPS = frozenset({"dict", "model_dump", "_asdict"})
"""Methods by which pydantic's models and named tuples give their fields as a dict."""


def of_instance(r: Resolver, base: Instance, attr: str) -> Values:
    """What ``base.attr`` is for an object of a project class."""
    return r.remember(
        (base, attr), base.cls.parent, lambda: _instance_attribute(r, base, attr), is_private(base)
    )


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
    dynamic = any(cls.node in cls.module.dynamic for cls in classes)
    if found and not (dynamic and all(isinstance(v, Const) and v.value is None for v in found)):
        return found
    for outside in order:
        held = r.catalogue.held(outside.name, attr) if isinstance(outside, External) else None
        if held is not None:
            return (Client(*held, seen=False),)
    for client in external_bases(r, base):
        return members.client_member(r, client, attr)
    if attr in _DUMPS and datafields.is_data(r, base.cls):
        return (Method(base, attr),)
    inherited = _of_subclasses(r, base, attr) or _forwarded(r, base, attr)
    if inherited:
        return inherited
    for client in own.clients(r, base):
        return members.client_member(r, client, attr)
    if any(isinstance(c, External) for c in order):
        return (Unknown("attribute of an external base"),)
    return (Unknown(f"attribute {attr}"),)


def subclasses(r: Resolver, cls: Class) -> list[Class]:
    """The project's classes that extend ``cls`` directly."""
    found: list[Class] = []

    def searched() -> list[Class]:
        name = cls.node.name
        for module in r.project.subclassing(name, cls.module):
            for scope in list(module.scopes.values()):
                for bindings in list(scope.bindings.values()):
                    found.extend(
                        Class(module, b.node, lookup.frame_of(r, module, scope.node))
                        for b in bindings
                        if isinstance(b.node, ast.ClassDef)
                        and name in {tail(base) for base in b.node.bases}
                        and b.node is not cls.node
                    )
        found[:] = [
            c for c in found if any(isinstance(b, Class) and b.node is cls.node for b in mro(r, c)[1:])
        ][:8]
        return found

    return r.derived(("subclasses", cls), searched, found)


def _of_subclasses(r: Resolver, base: Instance, attr: str) -> Values:
    """What ``self.attr`` is in the subclasses of a class that leaves it to them."""
    if base is not r.self_of(base.cls):
        return NOTHING
    found: Values = NOTHING
    for sub in subclasses(r, base.cls):
        found += tuple(v for v in of_instance(r, r.self_of(sub), attr) if not isinstance(v, Unknown))
    return found


def _forwarded(r: Resolver, base: Instance, attr: str) -> Values:
    """What ``__getattr__`` gives for an attribute that nobody defines."""
    found: Values = NOTHING
    for getter in members_named(r, base, "__getattr__"):
        if isinstance(getter, Function) and isinstance(getter.node, ast.FunctionDef):
            name = ast.copy_location(ast.Constant(attr), getter.node)
            given = Arguments(None, getter.parent, (Site(name, getter.parent),))
            found += tuple(v for v in invoke.invoke(r, getter, given) if not isinstance(v, Unknown))
    return found


def _self_assigned(r: Resolver, base: Instance, cls: Class, attr: str) -> Values:
    found: Values = NOTHING
    module = cls.module
    for binding in module.self_bindings.get((cls.node, attr), ()):
        scope = module.scope_of(binding.statement)
        frame = method_frame(r, base, cls, scope)
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
                frame = method_frame(r, base, cls, cls.module.scope_of(binding.statement))
                if frame is not None and isinstance(binding.node, ast.expr) and binding.kind == "assign":
                    found.append(Site(binding.node, frame))
    return found


def method_frame(r: Resolver, base: Instance, cls: Class, scope: ast.AST) -> Frame | None:
    """The frame of a method called on ``base``; None for what is no function."""
    if not isinstance(scope, (ast.FunctionDef, ast.AsyncFunctionDef, ast.Lambda)):
        return None
    if isinstance(scope, ast.FunctionDef) and scope.name == "__init__":
        return constructor_frame(r, base, cls, scope)
    if base is r.self_of(cls):
        return lookup.frame_of(r, cls.module, scope)
    key, private = ("method", base, scope), is_private(base)
    frames = r.frames(private)
    known = frames.get(key)
    if known is None:
        parent = lookup.frame_of(r, cls.module, cls.module.scope_of(scope))
        known = frames[key] = Frame(cls.module, scope, parent, receiver=base, private=private)
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
        given = datafields.field_argument(r, receiver, attr)
        if given is not None:
            return given
    if last.kind == "declare":
        return datafields.declaration(r, last, frame)
    values = datafields.default_of(r, lookup.bound(r, Reaching(last, ()), frame), last, frame)
    unmade = isinstance(receiver, Instance) and receiver.call is None
    if (
        unmade
        and all(isinstance(v, Const) and v.value is None for v in values)
        and datafields.is_data(r, cls)
    ):
        return (Unknown("field"),)  # whoever makes the object decides
    return mappings.opened(values) if unmade and datafields.is_data(r, cls) else values


def _method(
    r: Resolver,
    cls: Class,
    node: ast.FunctionDef | ast.AsyncFunctionDef,
    receiver: Value | None,
    frame: Frame,
) -> Values:
    if isinstance(receiver, Instance) and receiver is r.self_of(receiver.cls) and _is_abstract(node):
        chosen = tuple(
            m for sub in subclasses(r, receiver.cls) for m in own_member(r, sub, node.name, r.self_of(sub))
        )
        if chosen:
            return chosen
    function = Function(
        cls.module, node, frame, None if has_decorator(node, "staticmethod") else receiver or cls
    )
    if has_decorator(node, *_PROPERTIES) and isinstance(receiver, Instance):
        return invoke.invoke(r, function, passing.no_arguments(frame))
    if receiver is None and not has_decorator(node, "classmethod", "staticmethod"):
        return (Function(cls.module, node, frame),)
    return (function,)


def _is_abstract(node: ast.FunctionDef | ast.AsyncFunctionDef) -> bool:
    """Whether a method only says that its subclasses have it."""
    if has_decorator(node, "abstractmethod"):
        return True
    for statement in node.body:
        match statement:
            case ast.Pass() | ast.Expr(value=ast.Constant()):
                continue
            case ast.Raise(exc=exc) if exc is not None:
                target = exc.func if isinstance(exc, ast.Call) else exc
                return tail(target) == "NotImplementedError"
            case _:
                return False
    return True


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
                return members.client_member(r, Client(sdk, model, seen=False, qualified=base.name), attr)
    return (Unknown(f"attribute {attr}"),)


def members_named(r: Resolver, base: Instance, attr: str) -> Values:
    """Methods of the object's own classes, nothing where they have none of that name."""
    for cls in mro(r, base.cls):
        if isinstance(cls, Class):
            found = own_member(r, cls, attr, base)
            if found:
                return found
    return NOTHING


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
        if not isinstance(base, External) or _implements(r, instance):
            continue
        for sdk, model in r.catalogue.client(base.name):
            layers = tuple(_passed_up(r, instance))
            found.append(Client(sdk, model, layers, seen=bool(layers), qualified=base.name))
    return found


_ENGINE_METHODS = frozenset({"_generate", "_agenerate", "_call", "_acall", "_stream", "_get_query_embedding"})
"""Methods by which a subclass of a framework's model does its own sending; that is where the call is."""


def _implements(r: Resolver, instance: Instance) -> bool:
    return any(
        isinstance(c, Class) and not _ENGINE_METHODS.isdisjoint(c.module.scope(c.node).bindings)
        for c in mro(r, instance.cls)
    )


def _passed_up(r: Resolver, instance: Instance) -> list[Arguments]:
    """Arguments of ``super().__init__(...)``, or of the construction where there is no ``__init__``."""
    for cls in mro(r, instance.cls):
        if not isinstance(cls, Class):
            break
        init = _method_node(cls, "__init__")
        if init is None:
            continue
        frame = constructor_frame(r, instance, cls, init)
        return [passing.arguments(node, frame) for node in _super_calls(init)]
    return [instance.call] if instance.call is not None else []


def _super_calls(init: FunctionNode) -> Iterator[ast.Call]:
    """The ``super().__init__(...)`` of a constructor."""
    for node in ast.walk(init):
        match node:
            case ast.Call(func=ast.Attribute(attr="__init__", value=ast.Call(func=ast.Name(id="super")))):
                yield node


def _method_node(cls: Class, name: str) -> ast.FunctionDef | ast.AsyncFunctionDef | None:
    for binding in cls.module.scope(cls.node).bindings.get(name, ()):
        if isinstance(binding.node, (ast.FunctionDef, ast.AsyncFunctionDef)):
            return binding.node
    return None
