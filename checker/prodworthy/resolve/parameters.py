"""Parameters: what the known caller passes, else annotation, callers and default."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from prodworthy.resolve import (
    callers,
    declared,
    mappings,
)
from prodworthy.resolve.index import FUNCTIONS
from prodworthy.resolve.values import (
    NOTHING,
    Client,
    Const,
    Frame,
    Function,
    Instance,
    ScopeNode,
    Sequence,
    Unknown,
    Values,
)

if TYPE_CHECKING:
    from prodworthy.resolve.resolver import Resolver


def parameter(r: Resolver, ident: str, frame: Frame) -> Values:
    """What a parameter can be: what the known caller passes, else annotation, callers and default."""
    scope = frame.scope
    assert isinstance(scope, FUNCTIONS)
    if ident in frame.bindings:
        return frame.bindings[ident]
    if frame.receiver is not None and frame.module.receiver_name(scope) == ident:
        return (frame.receiver,)
    return r.remember((scope, ident), frame, lambda: _unbound(r, ident, frame, scope))


def _unbound(
    r: Resolver, ident: str, frame: Frame, scope: ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda
) -> Values:
    arguments = scope.args
    outer = frame.parent or frame.module.frame
    default = default_of(scope, ident)
    given = r.values(default, outer) if default is not None else NOTHING
    if frame.called:
        if given:
            return given
        if arguments.kwarg is not None and arguments.kwarg.arg == ident:
            return (mappings.empty(),)
        if arguments.vararg is not None and arguments.vararg.arg == ident:
            return (Sequence(()),)
    if arguments.kwarg is not None and arguments.kwarg.arg == ident:
        passed = callers.passed_by_callers(r, ident, frame)
        return passed or (Unknown("keyword arguments"),)
    annotation = next((a.annotation for a in _all(arguments) if a.arg == ident), None)
    typed = declared.values(r, annotation, outer) if annotation is not None else NOTHING
    injected = declared.dependency(r, default, outer) if default is not None else NOTHING
    if injected:
        return injected
    passed = callers.passed_by_callers(r, ident, frame)
    if any(isinstance(v, (Client, Instance)) for v in passed) or not typed:
        # an object of the project that stands in for the annotated client says nothing of the client
        stands_in = not any(isinstance(v, Client) for v in passed)
        known = passed + (tuple(v for v in typed if isinstance(v, Client)) if stands_in else NOTHING)
    else:
        known = typed + tuple(v for v in passed if isinstance(v, (Const, Function)))
    if default is None and not known:
        optional = annotation is not None and declared.optional(annotation)
        return (Unknown("parameter", optional=optional),)
    nothing = all(isinstance(v, Const) and v.value is None for v in given)
    if given and nothing:
        # a None default is what a caller that nobody sees may replace
        return (known + given) if known else (Unknown("parameter"), *given)
    return known + given


def default_of(scope: ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda, ident: str) -> ast.expr | None:
    """The default of a parameter."""
    arguments = scope.args
    plain = [*arguments.posonlyargs, *arguments.args]
    for parameter_, default in zip(reversed(plain), reversed(arguments.defaults), strict=False):
        if parameter_.arg == ident:
            return default
    for parameter_, keyword_default in zip(arguments.kwonlyargs, arguments.kw_defaults, strict=True):
        if parameter_.arg == ident:
            return keyword_default
    return None


def argument_node(scope: ScopeNode, ident: str) -> ast.arg | None:
    """The declaration of a parameter."""
    if not isinstance(scope, FUNCTIONS):
        return None
    return next((a for a in _all(scope.args) if a.arg == ident), None)


def is_parameter(scope: ScopeNode, ident: str) -> bool:
    """Whether ``ident`` is a parameter of the function ``scope``."""
    if not isinstance(scope, FUNCTIONS):
        return False
    arguments = scope.args
    for group in (arguments.args, arguments.kwonlyargs, arguments.posonlyargs):
        for argument in group:
            if argument.arg == ident:
                return True
    extra = (arguments.vararg, arguments.kwarg)
    return any(argument is not None and argument.arg == ident for argument in extra)


def _all(arguments: ast.arguments) -> list[ast.arg]:
    extra = [a for a in (arguments.vararg, arguments.kwarg) if a is not None]
    return [*arguments.posonlyargs, *arguments.args, *arguments.kwonlyargs, *extra]
