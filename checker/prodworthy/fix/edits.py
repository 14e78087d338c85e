"""From what a rule proposes to the edits of a `Fix`."""

from __future__ import annotations

import ast
import re
from collections.abc import Callable, Container, Sequence

from prodworthy.call import Opening
from prodworthy.errors import SourceError
from prodworthy.finding import Edit, Fix, Span
from prodworthy.fix.comments import without_word
from prodworthy.fix.concurrency import limiting
from prodworthy.fix.environment import reading_environment
from prodworthy.fix.fields import Read
from prodworthy.fix.imports import ensure_import
from prodworthy.fix.migrate import migrating
from prodworthy.fix.model import replacing_model
from prodworthy.fix.place import call_at, keyword_at, tree_of
from prodworthy.fix.plain import added_argument
from prodworthy.fix.remedy import (
    Change,
    DropArgument,
    DropSuppression,
    IgnoreFile,
    LimitConcurrency,
    MigrateCalls,
    ReadEnvironment,
    Remedy,
    ReplaceModel,
    ReplaceNone,
    SetArgument,
    WrapCall,
)
from prodworthy.fix.settings import setting_inside
from prodworthy.fix.text import Text
from prodworthy.source.python import Source


def fix_of(remedy: Remedy, source: Callable[[str], Source], checked: Container[str]) -> Fix | None:
    """The fix that carries out ``remedy``; None where the code does not allow it without a person.

    Args:
        remedy: what a rule proposes.
        source: reads a file by its path.
        checked: the files that may be edited.
    """
    if isinstance(remedy.change, IgnoreFile):
        return None  # no Python: `ignore.ignoring`
    span = _span(remedy.change)
    if span.path not in checked:
        return None
    try:
        read = source(span.path)
    except SourceError:
        return None
    edits = _edits(remedy.change, read, Text.of(read), source)
    return Fix(remedy.message, edits, remedy.applicability) if edits else None


def _span(change: Change) -> Span:
    match change:
        case SetArgument(opening=opening):
            return opening.call
        case DropArgument(value=span) | ReplaceNone(value=span):
            return span
        case ReadEnvironment(literal=span) | ReplaceModel(literal=span) | DropSuppression(comment=span):
            return span
        case LimitConcurrency(gather=span) | WrapCall(call=span) | MigrateCalls(call=span):
            return span


def _edits(change: Change, source: Source, text: Text, read: Read) -> tuple[Edit, ...]:
    match change:
        case SetArgument():
            return _set(change, source, text)
        case DropArgument(value=span):
            return _drop(span, source, text)
        case ReplaceNone(value=span, by=by):
            keyword = keyword_at(source, span)
            is_none = keyword is not None and _is_none(keyword[1].value)
            return (text.edit(*text.offsets(span), by),) if is_none else ()
        case ReadEnvironment(literal=span, variable=variable):
            return reading_environment(source, text, span, variable, read)
        case ReplaceModel():
            return replacing_model(source, text, change)
        case LimitConcurrency(gather=span, most=most):
            return limiting(source, text, span, most)
        case WrapCall():
            return _wrap(change, source, text)
        case MigrateCalls():
            return migrating(source, text, change)
        case DropSuppression(comment=span, word=word):
            return without_word(text, span, word)


def _set(change: SetArgument, source: Source, text: Text) -> tuple[Edit, ...]:
    edits: tuple[Edit, ...] = ()
    for opening in (change.opening, *change.opening.also):
        if opening.call.path != source.path:
            return ()
        one = _set_one(change, opening, source, text)
        if not one:
            return ()
        edits += one
    return edits


def _set_one(change: SetArgument, opening: Opening, source: Source, text: Text) -> tuple[Edit, ...]:
    call = call_at(source, opening.call)
    if call is None or any(k.arg is None for k in call.keywords):
        return ()
    start, end = text.offsets(opening.call)
    if change.unless and re.search(change.unless, text.text[start:end]):
        return ()
    if change.unless_near and re.search(change.unless_near, text.text):
        return ()
    if _set_later(source, call, opening.names):
        return ()
    if "." in opening.names[0]:
        return setting_inside(source, text, call, opening, change.value)
    given = [k for k in call.keywords if k.arg in opening.names]
    if given:
        value = given[0].value
        replaceable = len(given) == 1 and _is_none(value)
        return (text.edit(*text.offsets(source.span(value)), change.value),) if replaceable else ()
    code, layout = text.text[start:end], text.layout(opening.call)
    new = added_argument(code, opening.names[0], change.value, layout)
    return (text.edit(start, end, new),) if new is not None else ()


def _wrap(change: WrapCall, source: Source, text: Text) -> tuple[Edit, ...]:
    call = call_at(source, change.call)
    if call is None or ast.unparse(call.func).rpartition(".")[2] != change.named:
        return ()
    added = ensure_import(text, source.tree, change.module, call.lineno, change.function)
    if added is None:
        return ()
    start, end = text.offsets(change.call)
    return (*added.edits, text.edit(start, start, f"{change.function}("), text.edit(end, end, ")"))


def _drop(span: Span, source: Source, text: Text) -> tuple[Edit, ...]:
    from prodworthy.fix.arguments import without_argument

    found = keyword_at(source, span)
    if found is None:
        return ()
    call, keyword = found
    value = keyword.value
    if keyword.arg is None or not isinstance(value, ast.Constant) or value.value not in (None, 0):
        return ()
    place = source.span(call)
    start, end = text.offsets(place)
    new = without_argument(text.text[start:end], keyword.arg, text.layout(place))
    return (text.edit(start, end, new),) if new is not None else ()


def _set_later(source: Source, call: ast.Call, names: Sequence[str]) -> bool:
    """Whether the file sets the parameter as an attribute of what the call makes (``llm.timeout = 5``)."""
    tree = tree_of(source)
    holder = tree.holders.get(call)
    if not isinstance(holder, ast.Assign):
        return False
    made = {ast.dump(target).replace("Store()", "Load()") for target in holder.targets}
    return any(
        isinstance(n, ast.Attribute)
        and isinstance(n.ctx, ast.Store)
        and n.attr in names
        and ast.dump(n.value) in made
        for n in tree.nodes
    )


def _is_none(value: ast.expr) -> bool:
    return isinstance(value, ast.Constant) and value.value is None
