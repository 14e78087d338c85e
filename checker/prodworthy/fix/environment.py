"""A literal credential becomes a read of the environment."""

from __future__ import annotations

import ast

from prodworthy.finding import Edit, Span
from prodworthy.fix.fields import Read, field_for, reads_environment
from prodworthy.fix.imports import ensure_import
from prodworthy.fix.place import path_to_text
from prodworthy.fix.text import Text
from prodworthy.source.python import Source

_READS = frozenset({"os.getenv", "os.environ.get", "getenv", "environ.get"})
_WRITES = frozenset({"setdefault", "setenv", "setitem", "putenv", "update"})
_HOLDERS = (
    ast.Assign | ast.AnnAssign | ast.NamedExpr | ast.keyword | ast.Call | ast.Dict | ast.List | ast.Tuple
    | ast.Return | ast.IfExp | ast.BoolOp | ast.arguments
)  # fmt: skip
"""What a literal may stand in so that any other expression could stand there as well."""


def reading_environment(
    source: Source, text: Text, literal: Span, variable: str, read: Read
) -> tuple[Edit, ...]:
    """The edits that put ``os.environ[variable]`` in place of a literal and import ``os``; none if unclear.

    Where pydantic's settings are at hand and have such a field, it is read instead. A field of theirs
    only loses its default, as they read the environment themselves. A
    read of the environment with the literal as its default (``os.getenv("KEY", "sk-...")``) is
    replaced as a whole; a literal that is written to the environment is left alone.
    """
    path = path_to_text(source, literal)
    if not path or not variable.isidentifier():
        return ()
    node, *above = path
    if any(_writes_environment(holder) for holder in above):
        return ()
    parent = above[0]
    if isinstance(parent, ast.Dict) and node in parent.keys:
        return ()
    replaced = node
    if isinstance(parent, ast.Call) and ast.unparse(parent.func) in _READS:
        match parent.args:
            case [ast.Constant(value=str(name)), default] if default is node:
                variable, replaced = name, parent
            case _:
                return ()
    elif not isinstance(parent, _HOLDERS):
        return ()
    if isinstance(parent, ast.AnnAssign) and reads_environment(above[1]):
        start, end = text.offsets(source.span(parent))
        declared = text.offsets(source.span(parent.annotation))[1]
        return (text.edit(start, end, text.text[start:declared]),)
    line = source.flat(literal).line
    field = field_for(source, variable, line, read) if replaced is node else None
    if field is not None:
        return (text.edit(*text.offsets(literal), field),)
    added = ensure_import(text, source.tree, "os", line)
    if added is None or not variable.isidentifier():
        return ()
    edit = text.edit(*text.offsets(source.span(replaced)), f'os.environ["{variable}"]')
    return (*added.edits, edit)


def _writes_environment(node: ast.AST) -> bool:
    match node:
        case ast.Call(func=ast.Attribute(attr=name)):
            return name in _WRITES
        case ast.Assign(targets=targets):
            return any("environ" in ast.unparse(target) for target in targets)
    return False
