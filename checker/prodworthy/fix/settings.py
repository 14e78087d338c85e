"""A setting inside another argument: a dictionary of options, a configuration object, a JSON body."""

from __future__ import annotations

import ast

from prodworthy.call import Opening
from prodworthy.finding import Edit
from prodworthy.fix.entries import nested, with_entry
from prodworthy.fix.place import path_to
from prodworthy.fix.plain import added_argument
from prodworthy.fix.text import Text
from prodworthy.source.python import Source

_SCOPES = ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda | ast.ClassDef | ast.Module
_SERIALIZERS = frozenset({"dumps"})


def setting_inside(
    source: Source, text: Text, call: ast.Call, opening: Opening, value: str
) -> tuple[Edit, ...]:
    """The edit that sets the first of ``opening``'s names for which an argument is there; else a new one.

    None where that argument is neither a dictionary nor a construction in the same function, or where
    what it holds is not all in view.
    """
    given = {keyword.arg: keyword.value for keyword in call.keywords}
    for name in opening.names:
        head, *keys = name.split(".")
        if head in given:
            return _inside(source, text, call, given[head], keys, value)
    head, *keys = opening.names[0].split(".")
    if head not in opening.mappings or (call.args and len(call.args) > opening.positional):
        return ()
    start, end = text.offsets(source.span(call))
    new = added_argument(text.text[start:end], head, nested(keys, value), text.layout(source.span(call)))
    return (text.edit(start, end, new),) if new is not None else ()


def _inside(
    source: Source, text: Text, call: ast.Call, argument: ast.expr, keys: list[str], value: str
) -> tuple[Edit, ...]:
    holder = _built(source, call, argument)
    if holder is None:
        return ()
    span = source.span(holder)
    start, end = text.offsets(span)
    code, layout = text.text[start:end], text.layout(span)
    new: str | None = None
    if isinstance(holder, ast.Dict):
        new = with_entry(code, keys, value, layout)
        if new is not None and layout.inside and holder is argument:
            return _given_anew(source, text, call, holder, new) or (text.edit(start, end, new),)
    elif isinstance(holder, ast.Call) and len(keys) == 1 and not holder.args:
        if any(k.arg is None or k.arg == keys[0] for k in holder.keywords):
            return ()
        new = added_argument(code, keys[0], value, layout)
    return (text.edit(start, end, new),) if new is not None else ()


def _given_anew(
    source: Source, text: Text, call: ast.Call, argument: ast.Dict, code: str
) -> tuple[Edit, ...]:
    """The edit by which the last argument becomes ``code`` in a call that is spread if it grows too wide."""
    last = call.keywords[-1]
    span = source.span(call)
    if last.value is not argument or last.arg is None or span.line != span.end_line or not call.func:
        return ()
    start, end = text.offsets(span)
    first, _ = text.offsets(source.span(last))
    before = text.text[start:first].rstrip()
    new = added_argument(f"{before.removesuffix(',')})", last.arg, code, text.layout(span))
    return (text.edit(start, end, new),) if new is not None else ()


def _built(source: Source, call: ast.Call, argument: ast.expr) -> ast.Dict | ast.Call | None:
    """The dictionary or construction that an argument is, or the only one its name is ever assigned."""
    match argument:
        case ast.Dict():
            return argument
        case ast.Call(func=ast.Attribute(attr=name) | ast.Name(id=name), args=[body, *_]) if (
            name in _SERIALIZERS
        ):
            return _built(source, call, body)
        case ast.Call(func=ast.Attribute(attr=name) | ast.Name(id=name)) if (
            name[:1].isupper() or name == "dict"
        ):
            return argument
        case ast.Name(id=name):
            scope = next(n for n in path_to(source, call)[1:] if isinstance(n, _SCOPES))
            return _assigned(source, scope, name)
    return None


def _assigned(source: Source, scope: ast.AST, name: str) -> ast.Dict | ast.Call | None:
    stores = [n for n in ast.walk(scope) if isinstance(n, ast.Name) and n.id == name and _is_store(n)]
    if len(stores) != 1 or any(isinstance(n, ast.arg) and n.arg == name for n in ast.walk(scope)):
        return None
    match path_to(source, stores[0])[1]:
        case ast.Assign(targets=[_], value=ast.Dict() as built) | ast.AnnAssign(value=ast.Dict() as built):
            return built
        case ast.Assign(
            targets=[_], value=ast.Call(func=ast.Attribute(attr=made) | ast.Name(id=made)) as call
        ):
            return call if made[:1].isupper() or made == "dict" else None
    return None


def _is_store(name: ast.Name) -> bool:
    return not isinstance(name.ctx, ast.Load)
