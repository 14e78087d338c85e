"""What a type annotation says about a value."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from prodworthy.resolve.index import tail
from prodworthy.resolve.values import (
    NOTHING,
    Arguments,
    Class,
    Client,
    External,
    Frame,
    Made,
    Sequence,
    Site,
    Value,
    Values,
)

if TYPE_CHECKING:
    from prodworthy.resolve.resolver import Resolver

_WRAPPERS = frozenset(
    {"Optional", "Union", "Annotated", "Final", "ClassVar", "Required", "NotRequired", "Mapped"}
)
_AWAITED = frozenset(
    {
        "Awaitable",
        "Coroutine",
        "Generator",
        "Iterator",
        "AsyncIterator",
        "AsyncGenerator",
        "ContextManager",
        "AsyncContextManager",
    }
)
ALIAS = "typing.TypeAlias()"
"""What a type expression is made by, as a value."""

_LISTS = frozenset({"list", "List", "tuple", "Tuple", "Sequence", "Iterable", "set", "Set"})
_INJECTORS = frozenset({"fastapi.Depends", "fastapi.params.Depends", "fastapi.Security"})


def values(r: Resolver, annotation: ast.expr, frame: Frame) -> Values:
    """The objects of the type ``annotation``: clients and project classes; nothing for other types."""
    match annotation:
        case ast.Constant(value=str() as text):
            parsed = quoted(text)
            return values(r, parsed, frame) if parsed is not None else NOTHING
        case ast.BinOp(op=ast.BitOr()):
            return values(r, annotation.left, frame) + values(r, annotation.right, frame)
        case ast.Subscript():
            return _generic(r, annotation, frame)
        case ast.Name() | ast.Attribute():
            return tuple(o for v in _type(r, annotation, frame) for o in _objects(r, v))
    return NOTHING


def _objects(r: Resolver, kind: Value) -> Values:
    """An object of a type, or of what an alias stands for (``Client = Annotated[OpenAI, Depends(...)]``)."""
    if isinstance(kind, Made) and kind.name == ALIAS:
        site = kind.call.positional[0]
        return values(r, site.node, site.frame)
    return instances(r, kind)


def alias(node: ast.expr, frame: Frame) -> Made:
    """The value of a type expression that a name may be given for."""
    return Made(ALIAS, Arguments(None, frame, (Site(node, frame),)))


def is_form(name: str) -> bool:
    """Whether the qualified name is one of `typing`'s special forms, whose items are types."""
    module, _, form = name.rpartition(".")
    return module in ("typing", "typing_extensions") and form in _WRAPPERS


def optional(annotation: ast.expr) -> bool:
    """Whether the type admits None."""
    match annotation:
        case ast.Constant(value=None):
            return True
        case ast.Constant(value=str() as text):
            parsed = quoted(text)
            return parsed is not None and optional(parsed)
        case ast.BinOp(op=ast.BitOr()):
            return optional(annotation.left) or optional(annotation.right)
        case ast.Subscript():
            if tail(annotation.value) == "Optional":
                return True
            if tail(annotation.value) in ("Union", "Annotated"):
                inner = (
                    annotation.slice.elts if isinstance(annotation.slice, ast.Tuple) else [annotation.slice]
                )
                return any(optional(i) for i in inner)
        case ast.Name(id="Any" | "object") | ast.Attribute(attr="Any"):
            return True
    return False


def instances(r: Resolver, kind: object) -> Values:
    """An object of a class that nobody saw being made."""
    if isinstance(kind, Class):
        return (r.self_of(kind),)
    if isinstance(kind, External):
        return tuple(
            Client(sdk, model, seen=False, qualified=kind.name)
            for sdk, model in r.catalogue.client(kind.name)
            if not model.when
        )
    return NOTHING


def dependency(r: Resolver, default: ast.expr | None, frame: Frame) -> Values:
    """What a web framework injects for ``= Depends(get_client)``."""
    if not isinstance(default, ast.Call) or not default.args:
        return NOTHING
    from prodworthy.resolve import invoke, passing

    injected = any(isinstance(v, External) and v.name in _INJECTORS for v in r.values(default.func, frame))
    if not injected:
        return NOTHING
    return tuple(
        v
        for target in r.values(default.args[0], frame)
        for v in invoke.invoke(r, target, passing.no_arguments(frame))
    )


def quoted(text: str) -> ast.expr | None:
    """A quoted annotation's expression."""
    try:
        return ast.parse(text.strip(), mode="eval").body
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return None


def _generic(r: Resolver, annotation: ast.Subscript, frame: Frame) -> Values:
    name = tail(annotation.value)
    inner = annotation.slice.elts if isinstance(annotation.slice, ast.Tuple) else [annotation.slice]
    if name == "Annotated":
        for extra in inner[1:]:
            injected = dependency(r, extra, frame)
            if injected:
                return injected
        return values(r, inner[0], frame)
    if name in _WRAPPERS or name in _AWAITED:
        return tuple(v for i in inner for v in values(r, i, frame))
    if name in _LISTS:
        found = tuple(v for i in inner for v in values(r, i, frame))
        return (
            (Sequence((), False),) if not found else (Sequence(tuple(_site(i, frame) for i in inner), False),)
        )
    if name in ("Type", "type"):
        return tuple(v for i in inner for v in _type(r, i, frame) if isinstance(v, (Class, External)))
    return tuple(o for v in _type(r, annotation.value, frame) for o in instances(r, v))


def _site(annotation: ast.expr, frame: Frame) -> Site:
    """An expression whose value is an object of the annotated type."""
    made = ast.Call(func=annotation, args=[], keywords=[])
    ast.copy_location(made, annotation)
    return Site(made, frame)


def _type(r: Resolver, annotation: ast.expr, frame: Frame) -> Values:
    if isinstance(annotation, ast.Constant) and isinstance(annotation.value, str):
        parsed = quoted(annotation.value)
        if parsed is None:
            return NOTHING
        annotation = parsed
    if isinstance(annotation, ast.Name):
        from prodworthy.resolve import lookup

        # quoted names and names bound later are looked up at the end of their scope
        return lookup.in_scopes(r, annotation.id, None, frame)
    if isinstance(annotation, (ast.Attribute, ast.Subscript)):
        return r.values(annotation, frame)
    return NOTHING
