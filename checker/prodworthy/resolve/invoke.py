"""Calls: what calling a value gives, and who calls a function."""

from __future__ import annotations

import ast
from dataclasses import replace
from typing import TYPE_CHECKING

from prodworthy.model.schema import ClientModel
from prodworthy.resolve import declared, lookup, mappings, members, wellknown
from prodworthy.resolve.index import FUNCTIONS, ModuleIndex, tail
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
    FunctionNode,
    Instance,
    Made,
    Mapping,
    Method,
    Option,
    Partial,
    Sequence,
    Site,
    Super,
    Unknown,
    Value,
    Values,
)

if TYPE_CHECKING:
    from prodworthy.resolve.resolver import Resolver

MAX_DEPTH = 8
"""Known calls that may be followed into one another."""

CALL_SITES = 12
"""Callers of one function that are looked at."""


CallSite = tuple[Arguments, Value | None]
"""A call of a function, with the object it is called on."""


def call(r: Resolver, node: ast.Call, frame: Frame) -> Values:
    """What a call expression gives."""
    if isinstance(node.func, ast.Name) and node.func.id == "super" and not node.args:
        return _super(r, node, frame)
    given = arguments(node, frame)
    found: Values = NOTHING
    for target in r.values(node.func, frame):
        found += invoke(r, target, given)
    return found or NOTHING


def arguments(node: ast.Call, frame: Frame) -> Arguments:
    """The arguments of a call expression."""
    positional: list[Site] = []
    starred = False
    for argument in node.args:
        if isinstance(argument, ast.Starred):
            starred = True
            break
        positional.append(Site(argument, frame))
    return Arguments(
        node,
        frame,
        tuple(positional),
        starred,
        tuple((k.arg, Site(k.value, frame)) for k in node.keywords if k.arg is not None),
        tuple(Site(k.value, frame) for k in node.keywords if k.arg is None),
    )


def no_arguments(frame: Frame) -> Arguments:
    """A call that nobody wrote, as a property or a framework makes it."""
    return Arguments(None, frame)


def invoke(r: Resolver, target: Value, given: Arguments) -> Values:
    """What calling ``target`` gives."""
    match target:
        case External(name=name):
            return wellknown.call(r, name, given) or construct(r, name, given)
        case Class():
            return _instantiate(r, target, given)
        case Function():
            return _function(r, target, given)
        case Partial():
            return invoke(r, target.target, joined(target.call, given))
        case Client():
            return _client(r, target, given)
        case Endpoint():
            return (Answer(target, given),)
        case Method():
            return wellknown.method(r, target, given)
        case Instance():
            methods = members.members_named(r, target, "__call__")
            if methods:
                return tuple(v for m in methods for v in invoke(r, m, given))
            clients = members.external_bases(r, target)
            return tuple(v for c in clients for v in invoke(r, c, given)) or (Unknown("call of an object"),)
        case Answer():
            return (target,)
    return (Unknown("call"),)


def construct(r: Resolver, name: str, given: Arguments) -> Values:
    """A client of an SDK, or another thing made outside the project."""
    clients = tuple(
        Client(sdk, model, (given,), inner=inner, qualified=name)
        for sdk, model in r.catalogue.client(name)
        if _fits(r, model, given)
        for inner in wrapped(r, given, model.wraps, model.positional)
    )
    if clients:
        return clients
    function = r.catalogue.function(name)
    if function is not None:
        return (Answer(Endpoint(function[0], function[1], None, name), given),)
    module = r.catalogue.module_client(name)
    if module is not None:
        sdk, model, path = module
        return _client(r, Client(sdk, model, seen=False, path=path, qualified=name), given)
    return (Made(name, given),)


def wrapped(
    r: Resolver, given: Arguments, names: list[str], positional: list[str]
) -> tuple[Client | None, ...]:
    """The clients inside the arguments ``names``; a single None where there is none."""
    found: list[Client] = []
    for name in names:
        site = argument(given, name, positional)
        if site is None:
            for mapping in unpacked(r, given):
                for option in mapping.options(name):
                    found += _clients(r, r.option(option), 2)
            continue
        found += _clients(r, r.site(site), 2)
    return tuple(dict.fromkeys(found)) or (None,)


def _clients(r: Resolver, values: Values, depth: int) -> list[Client]:
    found: list[Client] = []
    for value in values:
        match value:
            case Client():
                found.append(value)
            case Endpoint(client=Client() as client):
                found.append(client)
            case Endpoint(sdk=sdk) | Answer(endpoint=Endpoint(sdk=sdk)):
                found += [Client(sdk, m, seen=False) for m in sdk.client[:1]]
            case Instance():
                found += members.external_bases(r, value)
            case External(name=name):
                function = r.catalogue.function(name)
                if function is not None and function[0].client:
                    found.append(Client(function[0], function[0].client[0], seen=False, qualified=name))
            case Sequence(items=items) if depth:
                for site in items[:6]:
                    found += _clients(r, r.site(site), depth - 1)
    return found


def argument(given: Arguments, name: str, positional: list[str]) -> Site | None:
    """The argument called ``name``: by keyword, by its place in ``positional``, or ``#0`` by number."""
    if name.startswith("#"):
        place = int(name[1:])
        return given.positional[place] if place < len(given.positional) else None
    site = given.keyword(name)
    if site is None and name in positional:
        place = positional.index(name)
        if place < len(given.positional):
            return given.positional[place]
    return site


def unpacked(r: Resolver, given: Arguments) -> list[Mapping]:
    """The ``**mappings`` of a call; an open empty one for each that nobody knows."""
    found: list[Mapping] = []
    for site in given.unpacked:
        values = r.site(site)
        merged: Mapping | None = None
        for value in values or (Unknown(),):
            if isinstance(value, Const) and value.value is None:
                continue
            known = value if isinstance(value, Mapping) else Mapping({}, closed=False)
            merged = known if merged is None else mappings.join(merged, known)
        found.append(merged or Mapping({}, closed=False))
    return found


def _fits(r: Resolver, model: ClientModel, given: Arguments) -> bool:
    """Whether the arguments say that this is the client they build (``boto3.client("bedrock-runtime")``)."""
    return all(_one_of(r, given, model.positional, key, wanted) for key, wanted in model.when.items())


def _one_of(r: Resolver, given: Arguments, positional: list[str], key: str, wanted: list[str]) -> bool:
    site = argument(given, key, positional)
    values = r.site(site) if site is not None else NOTHING
    for mapping in unpacked(r, given) if site is None else ():
        values += tuple(v for o in mapping.options(key) for v in r.option(o))
    return any(isinstance(v, Const) and v.value in wanted for v in values)


def _client(r: Resolver, client: Client, given: Arguments) -> Values:
    """Calling an attribute path of a client, or the client itself."""
    model = client.model
    if not client.path:
        call_model = r.catalogue.method(client.sdk, model, "__call__")
        if call_model is not None:
            return (Answer(Endpoint(client.sdk, call_model, client, "__call__"), given),)
        return (client,)
    if client.path in model.same:
        return (replace(client, path="", layers=(given, *client.layers)),)
    if client.path in model.retrying:
        return (replace(client, path="", retried=True, layers=(given, *client.layers)),)
    makers = r.catalogue.made(client.sdk, model, client.path)
    for made in makers:
        if _fits(r, made, given):
            name = f"{client.qualified}().{client.path}"
            inner = replace(client, path="")
            return (Client(client.sdk, made, (given,), seen=client.seen, inner=inner, qualified=name),)
    if makers:
        return (Unknown("another service"),)
    if client.path in ("__enter__", "__aenter__"):
        return (replace(client, path=""),)
    return (Unknown(f"result of {client.path}"),)


def _instantiate(r: Resolver, cls: Class, given: Arguments) -> Values:
    if has_enum_base(r, cls):
        return (Unknown("enum", optional=False),)
    key = ("instance", cls, given.node, given.frame) if given.node is not None else ("instance", cls, given)
    known = r.instances.get(key)
    if known is None:
        known = r.instances[key] = Instance(cls, given)
    new = members.own_member(r, cls, "__new__", None)
    if new:
        made = tuple(v for m in new for v in invoke(r, m, given) if isinstance(v, (Client, Instance)))
        return made or (known,)
    return (known,)


def has_enum_base(r: Resolver, cls: Class) -> bool:
    """Whether the class is an enumeration."""
    return any(isinstance(b, External) and b.name.startswith("enum.") for b in members.mro(r, cls))


def _function(r: Resolver, function: Function, given: Arguments) -> Values:
    frame = call_frame(r, function, given)
    return returned(r, function.node, frame) if frame is not None else (Unknown("too many calls"),)


def call_frame(r: Resolver, function: Function, given: Arguments) -> Frame | None:
    """The frame of a function called with known arguments; None where calls are nested too deeply."""
    depth = given.frame.depth + 1
    if depth > MAX_DEPTH:
        return None
    key = ("call", function.node, function.receiver, given.node or given, given.frame)
    frame = r.frames.get(key)
    if frame is None:
        frame = r.frames[key] = Frame(
            function.module,
            function.node,
            function.parent,
            bind(r, function, given),
            function.receiver,
            True,
            depth,
            given,
        )
    return frame


def returned(r: Resolver, node: FunctionNode, frame: Frame) -> Values:
    """What a function gives back in ``frame``."""
    if isinstance(node, ast.Lambda):
        return r.values(node.body, frame)
    return r.remember((node, "returned"), frame, lambda: _returned(r, node, frame))


def _returned(r: Resolver, node: ast.FunctionDef | ast.AsyncFunctionDef, frame: Frame) -> Values:
    found: Values = NOTHING
    module = frame.module
    for value in returns_of(module, node):
        if _unreachable(r, module, value, node, frame):
            continue
        found += r.values(value, frame)
    vague = not found or all(isinstance(v, (Unknown, Made)) for v in found)
    if node.returns is not None and vague:
        typed = declared.values(r, node.returns, frame.parent or module.frame)
        if typed:
            return typed
    return found or (Const(None),)


def returns_of(module: ModuleIndex, node: ast.FunctionDef | ast.AsyncFunctionDef) -> list[ast.expr]:
    """The expressions that a function returns or yields, not those of functions inside it."""
    return module.returns.get(node, [])


def _unreachable(r: Resolver, module: ModuleIndex, node: ast.AST, function: ast.AST, frame: Frame) -> bool:
    """Whether a condition around ``node`` is false for the arguments of ``frame``."""
    child, parent = node, module.parents.get(node)
    while parent is not None and child is not function:
        if isinstance(parent, ast.If):
            holds = r.truth(parent.test, frame)
            if (holds is False and child in parent.body) or (holds is True and child in parent.orelse):
                return True
        body = getattr(parent, "body", None)
        if isinstance(body, list) and child in body:
            # an earlier `if` that holds for sure and leaves
            for earlier in body[: body.index(child)]:
                if (
                    isinstance(earlier, ast.If)
                    and earlier.body
                    and isinstance(earlier.body[-1], (ast.Return, ast.Raise))
                ):
                    if r.truth(earlier.test, frame) is True:
                        return True
        child, parent = parent, module.parents.get(parent)
    return False


def bind(r: Resolver, function: Function, given: Arguments) -> dict[str, Values]:
    """The values that ``given`` passes to the parameters of ``function``."""
    node = function.node
    names = [a.arg for a in (*node.args.posonlyargs, *node.args.args)]
    bound: dict[str, Values] = {}
    if names and function.module.receiver_name(node) == names[0]:
        if function.receiver is not None:
            bound[names.pop(0)] = (function.receiver,)
        elif getattr(node, "name", "") == "__init__":
            names.pop(0)
    for parameter, site in zip(names, given.positional, strict=False):
        bound[parameter] = r.site(site)
    rest = given.positional[len(names) :]
    if node.args.vararg is not None:
        bound[node.args.vararg.arg] = (Sequence(rest, not given.starred),)
    if given.starred:
        for parameter in names[len(given.positional) :]:
            bound[parameter] = (Unknown("starred arguments"),)
    every = {*names, *(a.arg for a in node.args.kwonlyargs)}
    extra: dict[str, tuple[Option, ...]] = {}
    for key, site in given.keywords:
        if key in every:
            bound[key] = r.site(site)
        else:
            extra[key] = (Option("value", site),)
    closed = True
    for mapping in unpacked(r, given):
        closed = closed and mapping.closed
        for key, options in mapping.entries.items():
            if key in every:
                values = tuple(v for o in options for v in r.option(o))
                if all(o.kind == "value" for o in options):
                    bound[key] = values
                elif values:
                    default = lookup.default_of(node, key)
                    outer = function.parent
                    bound[key] = values + (r.values(default, outer) if default is not None else NOTHING)
            else:
                extra[key] = options
        if not mapping.closed:
            for key in every - bound.keys():
                default = lookup.default_of(node, key)
                values = r.values(default, function.parent) if default is not None else NOTHING
                bound[key] = (Unknown("keyword arguments"), *values)
    if node.args.kwarg is not None:
        bound[node.args.kwarg.arg] = (Mapping(extra, closed),)
    return bound


def argument_for(module: ModuleIndex, node: FunctionNode, given: Arguments, ident: str) -> Site | None:
    """The expression that a call passes for the parameter ``ident``."""
    names = [a.arg for a in (*node.args.posonlyargs, *node.args.args)]
    if names and module.receiver_name(node) == names[0]:
        names.pop(0)
    site = argument(given, ident, names)
    return site if site is not None else lookup_default(module, node, ident)


def lookup_default(module: ModuleIndex, node: FunctionNode, ident: str) -> Site | None:
    """The default of a parameter, to be read where the function is defined."""
    default = lookup.default_of(node, ident)
    return Site(default, module.frame) if default is not None else None


def joined(first: Arguments, second: Arguments) -> Arguments:
    """The arguments of a partial, then those of its call."""
    names = {key for key, _ in second.keywords}
    return Arguments(
        second.node or first.node,
        second.frame,
        first.positional + second.positional,
        first.starred or second.starred,
        tuple((k, s) for k, s in first.keywords if k not in names) + second.keywords,
        first.unpacked + second.unpacked,
    )


def decorated(r: Resolver, node: ast.FunctionDef | ast.AsyncFunctionDef, frame: Frame) -> Values:
    """What the name of a decorated function is: the function, but for what replaces it by something else."""
    for decorator in node.decorator_list:
        target = decorator.func if isinstance(decorator, ast.Call) else decorator
        for value in r.values(target, frame):
            if isinstance(value, External) and r.catalogue.client(value.name):
                given = (
                    arguments(decorator, frame) if isinstance(decorator, ast.Call) else no_arguments(frame)
                )
                made = construct(r, value.name, given)
                if any(isinstance(m, Client) for m in made):
                    return made
    return (Function(frame.module, node, frame),)


def constructor_frame(r: Resolver, instance: Instance, cls: Class, init: FunctionNode) -> Frame:
    """The frame of ``__init__`` for an object whose construction may be known."""
    plain = lookup.frame_of(r, cls.module, init)
    given = instance.call
    if given is None or given.frame.depth + 1 > MAX_DEPTH:
        return plain
    key = ("init", instance, init)
    known = r.frames.get(key)
    if known is None:
        parent = lookup.frame_of(r, cls.module, cls.node)
        passed: Arguments | None = given
        if instance.cls != cls:
            passed = _to_base(r, instance, cls)
        if passed is None:
            known = Frame(cls.module, init, parent, receiver=instance)
        else:
            # registered before binding, since arguments may ask for this very object
            known = Frame(cls.module, init, parent, {}, instance, True, given.frame.depth + 1, passed)
            r.frames[key] = known
            known.bindings.update(bind(r, Function(cls.module, init, parent, instance), passed))
        r.frames[key] = known
    return known


def _to_base(r: Resolver, instance: Instance, base: Class) -> Arguments | None:
    """What a subclass passes to the ``__init__`` of ``base`` (None: nobody knows)."""
    for cls in members.mro(r, instance.cls):
        if not isinstance(cls, Class) or cls == base:
            break
        for binding in cls.module.scope(cls.node).bindings.get("__init__", ()):
            init = binding.node
            if not isinstance(init, (ast.FunctionDef, ast.AsyncFunctionDef)):
                continue
            frame = constructor_frame(r, instance, cls, init)
            for node in ast.walk(init):
                if (
                    isinstance(node, ast.Call)
                    and isinstance(node.func, ast.Attribute)
                    and node.func.attr == "__init__"
                ):
                    if (
                        isinstance(node.func.value, ast.Call)
                        and getattr(node.func.value.func, "id", "") == "super"
                    ):
                        return arguments(node, frame)
            return no_arguments(frame)
    return instance.call


def field_argument(r: Resolver, instance: Instance, cls: Class, attr: str) -> Values | None:
    """What a dataclass's or pydantic model's construction passes for a field."""
    given = instance.call
    if given is None:
        if instance is not r.self_of(instance.cls) or not is_data(r, instance.cls):
            return None
        return None
    if not is_data(r, instance.cls):
        return None
    site = argument(given, attr, data_fields(r, instance.cls))
    if site is not None:
        return r.site(site)
    for mapping in unpacked(r, given):
        options = mapping.options(attr)
        values = tuple(v for o in options for v in r.option(o))
        if values and all(o.kind == "value" for o in options):
            return values
        if values or any(o.kind == "unknown" for o in options):
            return (*values, Unknown("keyword arguments"))
    return None


def data_fields(r: Resolver, cls: Class) -> list[str]:
    """The annotated fields of a data class in the order of its constructor."""
    names: list[str] = []
    for base in reversed(members.mro(r, cls)):
        if isinstance(base, Class):
            for statement in base.node.body:
                if isinstance(statement, ast.AnnAssign) and isinstance(statement.target, ast.Name):
                    if statement.target.id not in names:
                        names.append(statement.target.id)
    return names


def is_data(r: Resolver, cls: Class) -> bool:
    """Whether the class's constructor takes its annotated fields (no ``__init__`` of its own)."""
    for base in members.mro(r, cls):
        if isinstance(base, Class):
            if "__init__" in base.module.scope(base.node).bindings:
                return False
            if any(
                tail(d) in ("dataclass", "define", "frozen", "attrs", "s") for d in base.node.decorator_list
            ):
                return True
        elif isinstance(base, External):
            if base.name.rpartition(".")[2] in (
                "BaseModel",
                "BaseSettings",
                "NamedTuple",
                "TypedDict",
                "SQLModel",
                "Struct",
                "RootModel",
            ):
                return True
    return False


def passed_by_callers(r: Resolver, ident: str, frame: Frame) -> Values:
    """What the project's own calls of the function pass for the parameter ``ident``."""
    node = frame.scope
    assert isinstance(node, FUNCTIONS)
    if isinstance(node, ast.Lambda):
        return NOTHING
    found: Values = NOTHING
    for given, receiver in calls_of(r, frame.module, node):
        function = Function(frame.module, node, frame.parent or frame.module.frame, receiver)
        slot = r.remember(
            (node, "bound", ident, given.node),
            given.frame,
            lambda f=function, g=given: bind(r, f, g).get(ident, NOTHING),  # type: ignore[misc]
        )
        found += slot
    kwarg = node.args.kwarg
    if kwarg is not None and kwarg.arg == ident and not node.name.startswith("_"):
        # whoever else calls a public function may pass more
        found = mappings.opened(found)
    return found


def calls_of(
    r: Resolver, module: ModuleIndex, node: ast.FunctionDef | ast.AsyncFunctionDef
) -> list[CallSite]:
    """The calls of a function in the project, with the receiver for a method."""
    known = r.call_sites.get(node)
    if known is not None:
        return known
    r.call_sites[node] = []
    owner = module.class_of(node)
    name = owner.name if owner is not None and node.name == "__init__" else node.name
    found: list[CallSite] = []
    if not name.startswith("__"):
        method = owner is not None and node.name != "__init__"
        for place in r.project.callers(name, module, method):
            for call_node, skipped in _mentions(place, name):
                if len(found) >= CALL_SITES:
                    break
                frame = lookup.frame_of(r, place, place.scope_of(call_node))
                callee = call_node.args[skipped - 1] if skipped else call_node.func
                matched, receiver = _calls(r, callee, frame, node, owner)
                if matched:
                    found.append((without(arguments(call_node, frame), skipped), receiver))
    if owner is not None and node.name == "__init__":
        found += _inner_constructions(r, module, owner)
    r.call_sites[node] = found
    return found


def _mentions(place: ModuleIndex, name: str) -> list[tuple[ast.Call, int]]:
    """Calls of ``name``, and calls that hand it on, with the number of leading arguments to skip."""
    direct = [(node, 0) for node in place.calls_by_tail.get(name, ())]
    handed = [
        (node, at + 1) for node, at in place.handed.get(name, ()) if tail(node.func) in wellknown.HANDED_ON
    ]
    return direct + handed


def without(given: Arguments, skipped: int) -> Arguments:
    """The arguments after the first ``skipped`` ones."""
    return replace(given, positional=given.positional[skipped:]) if skipped else given


def _inner_constructions(r: Resolver, module: ModuleIndex, owner: ast.ClassDef) -> list[CallSite]:
    """``cls(...)`` in the class's own methods and ``super().__init__(...)`` in subclasses beside it."""
    found: list[CallSite] = []
    for call_node in module.calls_by_tail.get("cls", ()):
        function = module.function_of(call_node)
        if function is not None and module.class_of(function) is owner:
            frame = lookup.frame_of(r, module, module.scope_of(call_node))
            found.append((arguments(call_node, frame), None))
    for call_node in module.calls_by_tail.get("__init__", ()):
        function = module.function_of(call_node)
        subclass = module.class_of(function) if function is not None else None
        if subclass is not None and subclass is not owner and owner.name in {tail(b) for b in subclass.bases}:
            frame = lookup.frame_of(r, module, module.scope_of(call_node))
            found.append((arguments(call_node, frame), frame.receiver))
    return found[:CALL_SITES]


def _calls(
    r: Resolver, callee: ast.expr, frame: Frame, node: ast.AST, owner: ast.ClassDef | None
) -> tuple[bool, Value | None]:
    for value in r.values(callee, frame):
        match value:
            case Function(node=target, receiver=receiver) if target is node:
                return True, receiver
            case Class(node=target) if target is owner:
                return True, None
            case Class() if owner is not None and getattr(node, "name", "") == "__init__":
                if any(isinstance(b, Class) and b.node is owner for b in members.mro(r, value)):
                    init = members.own_member(r, value, "__init__", None)
                    if not init:
                        return True, None
    return False, None


def _super(r: Resolver, node: ast.Call, frame: Frame) -> Values:
    function = frame.module.function_of(node)
    cls_node = frame.module.class_of(function) if function is not None else None
    if cls_node is None:
        return (Unknown("super"),)
    cls = Class(frame.module, cls_node, frame.module.frame)
    receiver = frame.receiver or r.self_of(cls)
    return (Super(cls, receiver),)
