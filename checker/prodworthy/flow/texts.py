"""Expressions that hold the parts they are written with: texts, containers, choices."""

from __future__ import annotations

import ast
from collections.abc import Iterable
from typing import TYPE_CHECKING, TypeVar

from prodworthy.flow.graph import BOUNDED, SAFE, Answers, End, Step, inside, place, short
from prodworthy.resolve.values import HOLE, Const, Frame, Site, Value

if TYPE_CHECKING:
    from prodworthy.flow.relation import Relation

T = TypeVar("T")

MOST = 400
"""Elements of one list or dict that are followed: the first half of them and the last."""

_OTHERS = frozenset({"user", "assistant", "human", "ai", "model", "tool", "function", "bot"})
_SYSTEM = frozenset({"system", "developer"})
_ROLE_KEYS = ("role", "type", "speaker")


def expression(rel: Relation, node: ast.expr, frame: Frame) -> Answers:
    """The steps into an expression that is no name, attribute, item or call."""
    match node:
        case ast.Constant(value=str() as text):
            return [End("constant", short(text), place(Site(node, frame)), text=text)]
        case ast.JoinedStr():
            return _joined(node, frame)
        case ast.FormattedValue():
            return inside([node.value], frame)
        case ast.BinOp(op=ast.Add()):
            behind = not (isinstance(node.left, ast.Constant) and _is_scheme(node.left.value))
            return [Step(Site(node.left, frame)), Step(Site(node.right, frame), tail=behind)]
        case ast.BinOp(op=ast.Mod() | ast.BitOr() | ast.Mult() | ast.Div()):
            return inside([node.left, node.right], frame)
        case ast.Await() | ast.Starred() | ast.NamedExpr() | ast.YieldFrom():
            return inside([node.value], frame)
        case ast.IfExp():
            return _choice(rel, node, frame)
        case ast.BoolOp():
            return inside(node.values, frame)
        case ast.List() | ast.Tuple() | ast.Set():
            return inside(some([*node.elts]), frame)
        case ast.Dict():
            whose = speaker_of(rel, roles_in(node), frame)
            pairs = [(k, v) for k, v in zip(node.keys, node.values, strict=True)]
            return [Step(Site(v, frame), speaker=whose, under=_key(k)) for k, v in some(pairs)]
        case ast.ListComp() | ast.SetComp() | ast.GeneratorExp():
            return inside([node.elt], frame)
        case ast.DictComp():
            return inside([node.value], frame)
    return []


def roles_in(node: ast.Dict | ast.Call) -> list[ast.expr]:
    """What a message says of who speaks."""
    if isinstance(node, ast.Call):
        return [k.value for k in node.keywords if k.arg == "role"]
    pairs = zip(node.keys, node.values, strict=True)
    return [v for k, v in pairs if isinstance(k, ast.Constant) and k.value in _ROLE_KEYS]


def speaker_of(rel: Relation, roles: list[ast.expr], frame: Frame) -> str:
    """Whose message it is by its roles: ``system``, ``other``, or empty where nobody knows."""
    return speaker(v for role in roles for v in rel.resolver.values(role, frame))


def speaker(roles: Iterable[Value]) -> str:
    """As `speaker_of`, for what the roles can be."""
    names = {role.value for role in roles if isinstance(role, Const)}
    if not names:
        return ""
    return "other" if names <= _OTHERS else "system" if names <= _SYSTEM else ""


def _key(node: ast.expr | None) -> str:
    return node.value if isinstance(node, ast.Constant) and isinstance(node.value, str) else ""


def some(nodes: list[T]) -> list[T]:
    """Of very many, the first and the last."""
    return nodes if len(nodes) <= MOST else nodes[: MOST // 2] + nodes[-MOST // 2 :]


def _joined(node: ast.JoinedStr, frame: Frame) -> Answers:
    text = "".join(str(p.value) if isinstance(p, ast.Constant) else HOLE for p in node.values)
    found: Answers = []
    if text.strip(HOLE + " \n"):
        found.append(End("constant", short(text.replace(HOLE, "{}")), place(Site(node, frame)), text=text))
    behind = False
    for part in node.values:
        if isinstance(part, ast.FormattedValue):
            safe = BOUNDED if _cuts(part) else SAFE
            found.append(Step(Site(part.value, frame), safe=safe, tail=behind))
        behind = behind or not (isinstance(part, ast.Constant) and _is_scheme(part.value))
    return found


def _is_scheme(text: object) -> bool:
    """Whether a text is only the beginning of an address: ``https://``."""
    return isinstance(text, str) and (not text.strip() or text.endswith("://"))


def _cuts(part: ast.FormattedValue) -> bool:
    """``{text:.500}`` writes at most that much."""
    spec = part.format_spec
    if not isinstance(spec, ast.JoinedStr) or not spec.values:
        return False
    head = spec.values[0]
    return isinstance(head, ast.Constant) and str(head.value).lstrip("<>^").partition("s")[0].startswith(".")


def _choice(rel: Relation, node: ast.IfExp, frame: Frame) -> Answers:
    yes = rel.flow.guarded(node.body, frame)
    return [Step(Site(node.body, frame), safe=yes), Step(Site(node.orelse, frame))]


def constants(values: Iterable[Value]) -> Answers:
    """Steps to where constant texts are written."""
    return [
        Step(value.site)
        for value in values
        if isinstance(value, Const) and isinstance(value.value, str) and value.site is not None
    ]
