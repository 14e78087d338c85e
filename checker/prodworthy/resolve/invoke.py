"""Calls: what calling a value gives, and who calls a function."""

from __future__ import annotations

import ast
from dataclasses import replace
from typing import TYPE_CHECKING

from prodworthy.model.schema import ClientModel
from prodworthy.resolve import (
    declared,
    kept,
    objects,
    own,
    passing,
    wellknown,
)
from prodworthy.resolve.index import ModuleIndex
from prodworthy.resolve.solved import is_private
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
    Method,
    Partial,
    Sequence,
    Super,
    Unknown,
    Value,
    Values,
)

if TYPE_CHECKING:
    from prodworthy.resolve.resolver import Resolver


def call(r: Resolver, node: ast.Call, frame: Frame) -> Values:
    """What a call expression gives."""
    if isinstance(node.func, ast.Name) and node.func.id == "super" and not node.args:
        return _super(r, node, frame)
    given = passing.arguments(node, frame)
    found = kept.put(r, node, frame)
    if found:
        return found
    for target in r.values(node.func, frame):
        found += invoke(r, target, given)
    if found and isinstance(node.func, ast.Attribute) and all(isinstance(v, Unknown) for v in found):
        return _with_default(r, node.func.attr, given) or found
    return found or NOTHING


def _with_default(r: Resolver, method: str, given: Arguments) -> Values:
    """``anything.get(key, default)``: the default, or something else that is as little None as that."""
    if method not in ("get", "pop", "setdefault") or not given.positional:
        return NOTHING
    default = given.positional[1] if len(given.positional) == 2 else given.keyword("default")
    if default is None:
        return NOTHING
    values = r.site(default)
    certain = bool(values) and not any(isinstance(v, Const) and v.value is None for v in values)
    return (Unknown("item", optional=not certain), *values)


def invoke(r: Resolver, target: Value, given: Arguments) -> Values:
    """What calling ``target`` gives."""
    match target:
        case External(name=name):
            return wellknown.call(r, name, given) or construct(r, name, given)
        case Class():
            return _instantiate(r, target, given)
        case Function():
            return tuple(own.made(r, target, given)) or _function(r, target, given)
        case Partial():
            return invoke(r, target.target, passing.joined(target.call, given))
        case Client():
            return _client(r, target, given)
        case Endpoint():
            return (Answer(target, given),)
        case Method():
            return wellknown.method(r, target, given)
        case Instance():
            methods = objects.members_named(r, target, "__call__")
            if methods:
                return tuple(v for m in methods for v in invoke(r, m, given))
            clients = objects.external_bases(r, target)
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
        site = passing.argument(given, name, positional)
        if site is None:
            for mapping in passing.unpacked(r, given):
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
                found += objects.external_bases(r, value)
            case External(name=name):
                function = r.catalogue.function(name)
                if function is not None and function[0].client:
                    found.append(Client(function[0], function[0].client[0], seen=False, qualified=name))
            case Sequence(items=items) if depth:
                for site in items[:6]:
                    found += _clients(r, r.site(site), depth - 1)
    return found


def _fits(r: Resolver, model: ClientModel, given: Arguments) -> bool:
    """Whether the arguments say that this is the client they build (``boto3.client("bedrock-runtime")``)."""
    return all(_one_of(r, given, model.positional, key, wanted) for key, wanted in model.when.items())


def _one_of(r: Resolver, given: Arguments, positional: list[str], key: str, wanted: list[str]) -> bool:
    site = passing.argument(given, key, positional)
    values = r.site(site) if site is not None else NOTHING
    for mapping in passing.unpacked(r, given) if site is None else ():
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
    if objects.has_enum_base(r, cls):
        return (Unknown("enum", optional=False),)
    key = ("instance", cls, given.node, given.frame) if given.node is not None else ("instance", cls, given)
    instances = r.instances(private=given.node is None or given.frame.private)
    known = instances.get(key)
    if known is None:
        known = instances[key] = Instance(cls, given)
    new = objects.own_member(r, cls, "__new__", None)
    if new:
        made = tuple(v for m in new for v in invoke(r, m, given) if isinstance(v, (Client, Instance)))
        return made or (known,)
    return (known,)


def _function(r: Resolver, function: Function, given: Arguments) -> Values:
    frame = call_frame(r, function, given)
    return returned(r, function.node, frame) if frame is not None else (Unknown("too many calls"),)


def call_frame(r: Resolver, function: Function, given: Arguments) -> Frame | None:
    """The frame of a function called with known arguments; None where calls are nested too deeply."""
    depth = given.frame.depth + 1
    if depth > passing.MAX_DEPTH:
        return None
    receiver = function.receiver
    private = (
        given.node is None or given.frame.private or (isinstance(receiver, Instance) and is_private(receiver))
    )

    def made() -> Frame:
        bound = passing.bind(r, function, given)
        parent = function.parent
        return Frame(function.module, function.node, parent, bound, receiver, True, depth, given)

    key = ("call", function.node, receiver, given.node or given, given.frame)
    return r.derived(key, made, private=private)


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
                ) and r.truth(earlier.test, frame) is True:
                    return True
        child, parent = parent, module.parents.get(parent)
    return False


def decorated(r: Resolver, node: ast.FunctionDef | ast.AsyncFunctionDef, frame: Frame) -> Values:
    """What the name of a decorated function is: the function, but for what replaces it by something else."""
    for decorator in node.decorator_list:
        target = decorator.func if isinstance(decorator, ast.Call) else decorator
        for value in r.values(target, frame):
            if isinstance(value, External) and r.catalogue.client(value.name):
                given = (
                    passing.arguments(decorator, frame)
                    if isinstance(decorator, ast.Call)
                    else passing.no_arguments(frame)
                )
                made = construct(r, value.name, given)
                if any(isinstance(m, Client) for m in made):
                    return made
    return (Function(frame.module, node, frame),)


def _super(r: Resolver, node: ast.Call, frame: Frame) -> Values:
    function = frame.module.function_of(node)
    cls_node = frame.module.class_of(function) if function is not None else None
    if cls_node is None:
        return (Unknown("super"),)
    cls = Class(frame.module, cls_node, frame.module.frame)
    receiver = frame.receiver or r.self_of(cls)
    return (Super(cls, receiver),)
