"""From what a rule proposes to the edits of a `Fix`."""

from __future__ import annotations

import ast
import re
from collections.abc import Callable, Container, Iterator

from prodworthy.errors import SourceError
from prodworthy.finding import Edit, Fix, Span
from prodworthy.fix import plain
from prodworthy.fix.comments import without_word
from prodworthy.fix.environment import reading_environment
from prodworthy.fix.remedy import (
    Change,
    DropArgument,
    DropSuppression,
    ReadEnvironment,
    Remedy,
    ReplaceNone,
    SetArgument,
)
from prodworthy.fix.text import Text
from prodworthy.source.python import Source


def fix_of(remedy: Remedy, source: Callable[[str], Source], checked: Container[str]) -> Fix | None:
    """The fix that carries out ``remedy``; None where the code does not allow it without a person.

    Args:
        remedy: what a rule proposes.
        source: reads a file by its path.
        checked: the files that may be edited.
    """
    span = _span(remedy.change)
    if span.path not in checked:
        return None
    try:
        read = source(span.path)
    except SourceError:
        return None
    edits = _edits(remedy.change, read, Text.of(read))
    return Fix(remedy.message, edits, remedy.applicability) if edits else None


def _span(change: Change) -> Span:
    match change:
        case SetArgument(opening=opening):
            return opening.call
        case DropArgument(value=span) | ReplaceNone(value=span):
            return span
        case ReadEnvironment(literal=span) | DropSuppression(comment=span):
            return span


def _edits(change: Change, source: Source, text: Text) -> tuple[Edit, ...]:
    match change:
        case SetArgument():
            return _set(change, source, text)
        case DropArgument(value=span):
            return _drop(span, source, text)
        case ReplaceNone(value=span, by=by):
            keyword = _keyword_at(source, span)
            is_none = keyword is not None and _is_none(keyword[1].value)
            return (text.edit(*text.offsets(span), by),) if is_none else ()
        case ReadEnvironment(literal=span, variable=variable):
            return reading_environment(source, text, span, variable)
        case DropSuppression(comment=span, word=word):
            return without_word(text, span, word)


def _set(change: SetArgument, source: Source, text: Text) -> tuple[Edit, ...]:
    opening = change.opening
    call = _call_at(source, opening.call)
    if call is None or any(k.arg is None for k in call.keywords):
        return ()
    if change.unless and any(re.search(change.unless, text) for text in _texts(call)):
        return ()
    given = [k for k in call.keywords if k.arg in opening.names]
    if given:
        value = given[0].value
        replaceable = len(given) == 1 and _is_none(value)
        return (text.edit(*text.offsets(source.span(value)), change.value),) if replaceable else ()
    start, end = text.offsets(opening.call)
    code, layout = text.text[start:end], text.layout(opening.call)
    new = plain.with_argument(code, opening.names[0], change.value, layout)
    if new is None:
        from prodworthy.fix.arguments import with_argument  # loading a concrete syntax tree takes its time

        new = with_argument(code, opening.names[0], change.value, layout)
    return (text.edit(start, end, new),) if new is not None else ()


def _drop(span: Span, source: Source, text: Text) -> tuple[Edit, ...]:
    from prodworthy.fix.arguments import without_argument

    found = _keyword_at(source, span)
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


def _call_at(source: Source, span: Span) -> ast.Call | None:
    line = source.flat(span).line
    for node in ast.walk(source.tree):
        if isinstance(node, ast.Call) and node.lineno == line and source.span(node) == span:
            return node
    return None


def _keyword_at(source: Source, value: Span) -> tuple[ast.Call, ast.keyword] | None:
    """The keyword argument whose value stands at ``value``, and its call."""
    line = source.flat(value).line
    for node in ast.walk(source.tree):
        if isinstance(node, ast.Call):
            for keyword in node.keywords:
                if keyword.value.lineno == line and source.span(keyword.value) == value:
                    return node, keyword
    return None


def _texts(call: ast.Call) -> Iterator[str]:
    for argument in (*call.args, *(keyword.value for keyword in call.keywords)):
        if isinstance(argument, ast.Constant) and isinstance(argument.value, str):
            yield argument.value


def _is_none(value: ast.expr) -> bool:
    return isinstance(value, ast.Constant) and value.value is None
