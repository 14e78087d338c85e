"""Models that outside data is poured into, and rows: which field or column is at hand."""

from __future__ import annotations

import ast
import re
from typing import TYPE_CHECKING

from prodworthy.flow.graph import Answers, Place, Step
from prodworthy.resolve import lookup
from prodworthy.resolve.index import tail
from prodworthy.resolve.values import Class, Const, Frame, Instance, Site

if TYPE_CHECKING:
    from prodworthy.flow.relation import Relation

_BUILDING = frozenset(
    {
        "model_validate",
        "model_validate_json",
        "parse_obj",
        "parse_raw",
        "model_construct",
        "from_json",
        "from_dict",
    }
)
_CLEANED = frozenset({"validated_data", "cleaned_data"})
_SELECT = re.compile(r"\bselect\s+(?:distinct\s+)?(.*?)\s+from\b", re.IGNORECASE | re.DOTALL)
_ROWS = frozenset(
    {
        "fetchone",
        "fetchall",
        "fetchmany",
        "first",
        "one",
        "all",
        "one_or_none",
        "mappings",
        "fetchrow",
        "fetch",
    }
)


def field_of(rel: Relation, node: ast.Attribute, frame: Frame) -> Answers | None:
    """``Model.model_validate(data).field``: what the field's declaration makes of the data."""
    site = _bound(rel, Site(node.value, frame))
    call = site.node
    if not (isinstance(call, ast.Call) and isinstance(call.func, ast.Attribute)):
        return None
    if call.func.attr not in _BUILDING or not call.args:
        return None
    for value in rel.resolver.values(call.func.value, site.frame):
        if isinstance(value, Class):
            kind = rel.fields.kind_of(value, node.attr)
            if kind in ("closed", "number"):
                return []
            where = Place(site.frame.module, call)
            told = f"read into `{value.node.name}`"
            return [Step(Site(call.args[0], site.frame), told, where, rel.fields.safety(value, node.attr))]
    return None


def validated_item(rel: Relation, base: ast.expr, key: ast.expr, frame: Frame) -> Answers | None:
    """``serializer.validated_data["question"]``, ``form.cleaned_data["question"]``."""
    if not (isinstance(base, ast.Attribute) and base.attr in _CLEANED and isinstance(key, ast.Constant)):
        return None
    for value in rel.resolver.values(base.value, frame):
        if isinstance(value, Instance) and isinstance(key.value, str):
            kind = rel.fields.form_field(value.cls, key.value)
            if kind == "closed":
                return []
            return [Step(Site(base.value, frame), safe=rel.fields.safe_by(kind), part=True)]
    return None


def selected(rel: Relation, site: Site) -> list[str]:
    """The columns of a row or result, read from the SQL text that selected it; empty if nobody knows."""
    at = _bound(rel, site)
    for _ in range(4):
        node = at.node.value if isinstance(at.node, ast.Await) else at.node
        if not isinstance(node, ast.Call):
            return []
        for argument in [*node.args, *(k.value for k in node.keywords)][:2]:
            columns = _columns(rel, argument, at.frame)
            if columns:
                return columns
        if not (isinstance(node.func, ast.Attribute) and node.func.attr in _ROWS):
            return []
        receiver = node.func.value
        at = _executed(receiver, at) or _bound(rel, Site(receiver, at.frame))
    return []


def column_at(rel: Relation, base: ast.expr, place: int, frame: Frame) -> str:
    """The name of a row's column by its place."""
    columns = selected(rel, Site(base, frame))
    return columns[place] if 0 <= place < len(columns) else ""


def _executed(receiver: ast.expr, at: Site) -> Site | None:
    """``cursor.execute("SELECT ...")`` before ``cursor.fetchone()`` in the same function."""
    if not isinstance(receiver, (ast.Name, ast.Attribute)):
        return None
    module = at.frame.module
    before: ast.Call | None = None
    for node in module.calls_by_tail.get("execute", ()):
        function = node.func
        if (
            isinstance(function, ast.Attribute)
            and ast.dump(function.value) == ast.dump(receiver)
            and module.scope_of(node) is at.frame.scope
            and node.lineno <= at.node.lineno
        ):
            before = node
    return Site(before, at.frame) if before is not None else None


def _columns(rel: Relation, text: ast.expr, frame: Frame) -> list[str]:
    if isinstance(text, ast.Call) and tail(text.func) == "text" and text.args:
        text = text.args[0]
    for value in rel.resolver.values(text, frame):
        if isinstance(value, Const) and isinstance(value.value, str):
            match = _SELECT.search(value.value)
            if match is not None:
                return [
                    re.split(r"\s+as\s+|\.", c.strip(), flags=re.IGNORECASE)[-1].strip('"`[] ')
                    for c in match[1].split(",")
                ]
    return []


def _bound(rel: Relation, site: Site) -> Site:
    """The expression that a name is bound to, where there is just one; its elements' list for a loop."""
    for _ in range(4):
        node = site.node.value if isinstance(site.node, ast.Await) else site.node
        if not isinstance(node, ast.Name):
            return Site(node, site.frame)
        iterable = lookup.comprehension_iterable(node, site.frame)
        if iterable is not None:
            site = Site(iterable, site.frame)
            continue
        reached = lookup.reaching_of(rel.resolver, node, site.frame)
        if reached is None or len(reached[0].found) != 1:
            return Site(node, site.frame)
        binding = reached[0].found[0].binding
        if not isinstance(binding.node, ast.expr) or binding.unpack:
            return Site(node, site.frame)
        site = Site(binding.node, reached[1])
    return site
