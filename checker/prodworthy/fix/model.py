"""A model's name becomes another one, with what the new model needs besides."""

from __future__ import annotations

import ast
import re

from prodworthy.finding import Edit, Span
from prodworthy.fix.place import call_at, path_to_constant, tree_of
from prodworthy.fix.plain import added_argument, with_names
from prodworthy.fix.remedy import ReplaceModel
from prodworthy.fix.text import Text
from prodworthy.source.python import Source

_MODEL = frozenset({"model", "model_name", "model_id"})
_VALUE_OF = ast.Call | ast.keyword | ast.Assign | ast.AnnAssign | ast.arguments | ast.Dict | ast.Return


def replacing_model(source: Source, text: Text, change: ReplaceModel) -> tuple[Edit, ...]:
    """The edits that put another model's name in a literal; none where that is more than another name.

    What the new model needs besides goes to the call that the literal stands in, or to the one place
    that names the constant which it is assigned to.
    """
    path = path_to_constant(source, change.literal)
    if len(path) < 2 or not isinstance(path[1], _VALUE_OF) or _decides_else(source, path[0]):
        return ()
    literal, parent = path[0], path[1]
    if isinstance(parent, ast.Dict) and literal in parent.keys:
        return ()
    start, end = text.offsets(source.span(literal))
    if text.text[start:end].count(change.name) != 1:
        return ()
    named = text.text[start:end].replace(change.name, change.by)
    call = _asking(source, path, change.call)
    if call is None:
        return () if change.adding or change.unless else (text.edit(start, end, named),)
    span = source.span(call)
    first, last = text.offsets(span)
    if change.unless and re.search(change.unless, text.text[first:last]):
        return ()
    inside = first <= start < last
    code = text.text[first:last]
    if inside:
        code = code[: start - first] + named + code[end - first :]
    adapted = _adapted(code, change, text, span)
    if adapted is None:
        return ()
    outside = () if inside else (text.edit(start, end, named),)
    return (*outside, text.edit(first, last, adapted)) if adapted != text.text[first:last] else outside


def _adapted(code: str, change: ReplaceModel, text: Text, span: Span) -> str | None:
    """The call ``code`` with what the new model needs; None where that is not clear-cut."""
    if not change.adding and not change.renaming:
        return code
    layout = text.layout(span)
    names = {old: new for old, new in change.renaming if re.search(rf"\b{old}\s*=", code)}
    adapted = with_names(code, names) if names else code
    for name, value in change.adding:
        if adapted is None:
            return None
        adapted = added_argument(adapted, name, value, layout)
    return adapted


def _asking(source: Source, path: list[ast.AST], request: Span) -> ast.Call | None:
    """The call that asks for the model: the one it stands in, or the request that names its constant."""
    parent = path[1]
    if isinstance(parent, ast.keyword) and parent.arg in _MODEL and isinstance(path[2], ast.Call):
        return path[2]
    if isinstance(parent, ast.Call):
        return parent
    if not isinstance(parent, ast.Assign) or request.path != source.path:
        return None
    call = call_at(source, request)
    if call is None or len(parent.targets) != 1 or not isinstance(parent.targets[0], ast.Name):
        return None
    constant = parent.targets[0].id
    uses = [n for n in tree_of(source).nodes if isinstance(n, ast.Name) and n.id == constant]
    given = [k.value for k in call.keywords if k.arg in _MODEL]
    return call if len(uses) == 2 and any(use in given for use in uses) else None


def _decides_else(source: Source, literal: ast.AST) -> bool:
    """Whether the file also compares with the name, or looks something up by it."""
    assert isinstance(literal, ast.Constant)

    def is_name(node: ast.AST | None) -> bool:
        return isinstance(node, ast.Constant) and node.value == literal.value

    for node in tree_of(source).nodes:
        match node:
            case ast.Compare(left=left, comparators=others):
                held = [e for o in others if isinstance(o, ast.List | ast.Tuple | ast.Set) for e in o.elts]
                if any(map(is_name, (left, *others, *held))):
                    return True
            case ast.Dict(keys=keys) if any(map(is_name, keys)):
                return True
            case ast.Subscript(slice=key) if is_name(key):
                return True
            case ast.MatchValue(value=value) if is_name(value):
                return True
    return False
