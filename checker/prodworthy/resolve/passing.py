"""Arguments: how they are written, and which parameter each of them reaches."""

from __future__ import annotations

import ast
from dataclasses import replace
from typing import TYPE_CHECKING

from prodworthy.resolve import (
    mappings,
    parameters,
)
from prodworthy.resolve.index import ModuleIndex
from prodworthy.resolve.values import (
    NOTHING,
    Arguments,
    Const,
    Frame,
    Function,
    FunctionNode,
    Mapping,
    Option,
    Sequence,
    Site,
    Unknown,
    Values,
)

if TYPE_CHECKING:
    from prodworthy.resolve.resolver import Resolver

MAX_DEPTH = 8
"""Known calls that may be followed into one another."""


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
                    default = parameters.default_of(node, key)
                    outer = function.parent
                    bound[key] = values + (r.values(default, outer) if default is not None else NOTHING)
            else:
                extra[key] = options
        if not mapping.closed:
            for key in every - bound.keys():
                default = parameters.default_of(node, key)
                values = r.values(default, function.parent) if default is not None else NOTHING
                bound[key] = (Unknown("keyword arguments"), *values)
    if node.args.kwarg is not None:
        bound[node.args.kwarg.arg] = (Mapping(extra, closed),)
    return bound


def spelled(module: ModuleIndex, node: FunctionNode, outer: Frame, given: Arguments) -> Arguments:
    """``given`` with the name of every positional argument, and the defaults of those that are not passed.

    A default of None passes nothing. ``outer`` is the frame that the function is defined in.
    """
    names = [a.arg for a in (*node.args.posonlyargs, *node.args.args)]
    if names and (module.receiver_name(node) == names[0] or getattr(node, "name", "") == "__init__"):
        names.pop(0)
    placed = tuple(zip(names, given.positional, strict=False))
    passed = {name for name, _ in (*placed, *given.keywords)}
    left: list[tuple[str, Site]] = []
    if not given.starred and not given.unpacked:
        for name in (*names, *(a.arg for a in node.args.kwonlyargs)):
            default = parameters.default_of(node, name)
            if (
                name in passed
                or default is None
                or (isinstance(default, ast.Constant) and default.value is None)
            ):
                continue
            left.append((name, Site(default, outer)))
    return replace(given, keywords=(*placed, *left, *given.keywords))


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


def without(given: Arguments, skipped: int) -> Arguments:
    """The arguments after the first ``skipped`` ones."""
    return replace(given, positional=given.positional[skipped:]) if skipped else given


def argument_for(module: ModuleIndex, node: FunctionNode, given: Arguments, ident: str) -> Site | None:
    """The expression that a call passes for the parameter ``ident``."""
    names = [a.arg for a in (*node.args.posonlyargs, *node.args.args)]
    if names and module.receiver_name(node) == names[0]:
        names.pop(0)
    site = argument(given, ident, names)
    return site if site is not None else lookup_default(module, node, ident)


def lookup_default(module: ModuleIndex, node: FunctionNode, ident: str) -> Site | None:
    """The default of a parameter, to be read where the function is defined."""
    default = parameters.default_of(node, ident)
    return Site(default, module.frame) if default is not None else None
