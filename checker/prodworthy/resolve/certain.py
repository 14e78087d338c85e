"""What is certain of a value: that it is None, that it is something, that it counts as true."""

from __future__ import annotations

import ast

from prodworthy.resolve.values import (
    HOLE,
    Class,
    Client,
    Const,
    External,
    Function,
    Instance,
    Unknown,
    Value,
)


def is_none(value: Value) -> bool:
    """Whether ``value`` is None for certain."""
    return isinstance(value, Const) and value.value is None


def present(value: Value) -> bool:
    """Whether ``value`` is something other than None for certain."""
    if isinstance(value, Unknown):
        return not value.optional
    return not is_none(value)


def truthy(value: Value) -> bool | None:
    """Whether ``value`` counts as true, or None."""
    if isinstance(value, Const):
        if isinstance(value.value, str) and HOLE in value.value and value.value.strip(HOLE) == "":
            return None
        return bool(value.value)
    if isinstance(value, (Client, Instance, Function, Class, External)):
        return True
    return None


def ordered(a: object, operator: ast.cmpop, b: object) -> bool | None:
    """What comparing two constants gives, or None."""
    if (isinstance(a, str) and HOLE in a) or (isinstance(b, str) and HOLE in b):
        return None
    try:
        match operator:
            case ast.Eq() | ast.Is():
                return a == b
            case ast.NotEq() | ast.IsNot():
                return a != b
            case ast.Lt():
                return bool(a < b)  # type: ignore[operator]
            case ast.LtE():
                return bool(a <= b)  # type: ignore[operator]
            case ast.Gt():
                return bool(a > b)  # type: ignore[operator]
            case ast.GtE():
                return bool(a >= b)  # type: ignore[operator]
    except TypeError:
        return None
    return None
