"""What a string literal is for: the name it is kept under, and how a message tells that."""

from __future__ import annotations

import ast
import re
from dataclasses import dataclass

from prodworthy.rule import Module

_EXAMPLE = re.compile(r"(?:^|_)(?:examples?|samples?|demo|dummy|fake|mock)(?:_|$)")
_LOOKUPS = frozenset({"get", "getenv", "setdefault", "putenv", "pop", "setenv", "setattr"})
_WRAPPERS = frozenset(
    {"SecretStr", "Secret", "Field", "field", "str", "cast", "quote", "Query", "Header", "Option"}
)
_VALUE_KEYWORDS = frozenset({"default", "value", "default_value", "fallback"})


@dataclass(frozen=True, slots=True)
class Place:
    """Where a literal goes.

    Attributes:
        name: the variable, parameter, key or environment variable that holds it; empty if none does.
        text: the place as a message ends: ``assigned to OPENAI_API_KEY``.
    """

    name: str
    text: str


def is_documentation(module: Module, literal: ast.Constant) -> bool:
    """Whether the literal is a statement of its own: a docstring or a block of text nobody uses."""
    return isinstance(module.parent(literal), ast.Expr)


def is_in_example(module: Module, literal: ast.Constant) -> bool:
    """Whether what holds the literal, or the function around it, is called an example."""
    node: ast.AST | None = literal
    while node is not None:
        match node:
            case ast.Assign(targets=targets):
                names = [_last_name(target) for target in targets]
            case ast.AnnAssign(target=target):
                names = [_last_name(target)]
            case ast.FunctionDef(name=name) | ast.AsyncFunctionDef(name=name) | ast.ClassDef(name=name):
                names = [name]
            case _:
                names = []
        if any(_EXAMPLE.search(name.lower()) for name in names):
            return True
        node = module.parent(node)
    return False


def place_of(module: Module, literal: ast.Constant) -> Place:
    """Where ``literal`` goes, through the operators, containers and wrappers around it."""
    node: ast.AST = literal
    while (parent := module.parent(node)) is not None:
        place = _ends_at(module, parent, node)
        if place is not None:
            return place
        if isinstance(parent, ast.stmt | ast.Compare | ast.Subscript | ast.Lambda | ast.comprehension):
            break
        node = parent
    return Place("", "in a string")


def _ends_at(module: Module, parent: ast.AST, node: ast.AST) -> Place | None:
    """The place, if ``parent`` gives ``node`` one; None to look further out."""
    match parent:
        case ast.keyword(arg=str(name)):
            call = module.parent(parent)
            if isinstance(call, ast.Call) and not (
                name in _VALUE_KEYWORDS and _last_name(call.func) in _WRAPPERS
            ):
                return Place(name, f"passed to {_callee(module, call)}({name}=...)")
        case ast.Call():
            return _argument(module, parent, node)
        case ast.Assign(targets=[target, *_]) | ast.AnnAssign(target=target) | ast.NamedExpr(target=target):
            return _target(module, target)
        case ast.arguments():
            if name := _parameter(parent, node):
                return Place(name, f"as the default of the parameter {name}")
        case ast.Dict():
            return _entry(parent, node)
        case ast.Return() | ast.Yield():
            return _result(module, parent)
    return None


def _argument(module: Module, call: ast.Call, node: ast.AST) -> Place | None:
    if node not in call.args:
        return None
    called = _last_name(call.func)
    if called in _WRAPPERS:
        return None
    key = call.args[-2] if len(call.args) > 1 and node is call.args[-1] else None
    if called in _LOOKUPS and isinstance(key, ast.Constant) and isinstance(key.value, str):
        sets = called in {"setdefault", "putenv", "setenv", "setattr"}
        return Place(key.value, f"set as {key.value}" if sets else f"as the default of {key.value}")
    return Place("", f"passed to {_callee(module, call)}()")


def _target(module: Module, target: ast.expr) -> Place | None:
    match target:
        case ast.Subscript(value=container, slice=ast.Constant(value=str(key))):
            environment = module.qualified_name(container) == "os.environ"
            return Place(
                key, f"set as the environment variable {key}" if environment else f"assigned to {key}"
            )
        case ast.Name() | ast.Attribute():
            return Place(_last_name(target), f"assigned to {ast.unparse(target)}")
    return None


def _entry(dictionary: ast.Dict, node: ast.AST) -> Place | None:
    for key, value in zip(dictionary.keys, dictionary.values, strict=True):
        if value is node and isinstance(key, ast.Constant) and isinstance(key.value, str):
            return Place(key.value, f'under the key "{key.value}"')
    return None


def _parameter(arguments: ast.arguments, node: ast.AST) -> str:
    positional = [*arguments.posonlyargs, *arguments.args]
    with_defaults = positional[len(positional) - len(arguments.defaults) :]
    defaults = [*zip(with_defaults, arguments.defaults, strict=True)]
    keyword_only = zip(arguments.kwonlyargs, arguments.kw_defaults, strict=True)
    return next((a.arg for a, default in (*defaults, *keyword_only) if default is node), "")


def _result(module: Module, node: ast.AST | None) -> Place | None:
    while node is not None and not isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
        node = module.parent(node)
    return Place(node.name, f"returned by {node.name}()") if node else None


def _callee(module: Module, call: ast.Call) -> str:
    name = module.qualified_name(call.func) or ast.unparse(call.func)
    return name if len(name) <= 60 and "\n" not in name else _last_name(call.func)


def _last_name(expression: ast.expr) -> str:
    match expression:
        case ast.Name(id=name) | ast.Attribute(attr=name):
            return name
    return ""
