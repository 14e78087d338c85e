"""Keyword arguments of one call, added and removed as its author would have written them."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence

import libcst as cst

from prodworthy.fix.text import Layout

_DEEPEST = 60
_LONGEST = 20_000
_BRACKET = re.compile(r"[()\[\]{}]")
_TIGHT = cst.AssignEqual(cst.SimpleWhitespace(""), cst.SimpleWhitespace(""))
_NOTHING = cst.SimpleWhitespace("")
_ONE_SPACE = cst.Comma(whitespace_after=cst.SimpleWhitespace(" "))
_EMPTYABLE = frozenset({"with_options"})
"""Methods that give their receiver back unchanged when nothing is passed."""

Space = cst.BaseParenthesizableWhitespace


def with_argument(code: str, name: str, value: str, layout: Layout) -> str | None:
    """The call ``code`` with ``name=value`` as its last argument; None where that is not clear-cut."""

    def add(call: cst.Call) -> cst.Call | None:
        if any(arg.star for arg in call.args) or any(_bare_generator(arg) for arg in call.args):
            return None
        equal = next((arg.equal for arg in reversed(call.args) if arg.keyword), _TIGHT)
        new = cst.Arg(cst.parse_expression(value), keyword=cst.Name(name), equal=equal)
        if call.args:
            added = call.with_changes(args=_appended(call, new))
        else:
            added = call.with_changes(args=[new], whitespace_before_args=_NOTHING)
        if _comments(added) != _comments(call):
            return None
        return _spread(added, layout) if _too_wide(call, added, layout) else added

    return _changed(code, layout.newline, add)


def without_argument(code: str, name: str, layout: Layout) -> str | None:
    """The call ``code`` without the argument ``name=``; None where a comment would be lost.

    A call that is pointless without it (``client.with_options()``) becomes what it was made on.
    """

    def drop(call: cst.Call) -> cst.BaseExpression | None:
        place = next((n for n, arg in enumerate(call.args) if arg.keyword and arg.keyword.value == name), -1)
        if place < 0:
            return None
        if len(call.args) == 1:
            if isinstance(call.func, cst.Attribute) and call.func.attr.value in _EMPTYABLE:
                return call.func.value
            return call.with_changes(args=[], whitespace_before_args=_NOTHING)
        kept = _without(call.args, place)
        return call.with_changes(args=kept) if kept is not None else None

    return _changed(code, layout.newline, drop)


def _changed(code: str, newline: str, change: Callable[[cst.Call], cst.BaseExpression | None]) -> str | None:
    if len(code) > _LONGEST or _depth(code) > _DEEPEST:
        return None
    config = cst.PartialParserConfig(default_newline=newline)
    try:
        call = cst.parse_expression(f"({code})", config)
    except cst.ParserSyntaxError:
        return None
    if not isinstance(call, cst.Call):
        return None
    new = change(call.with_changes(lpar=call.lpar[1:], rpar=call.rpar[:-1]))
    return cst.Module([], default_newline=newline).code_for_node(new) if new is not None else None


def _appended(call: cst.Call, new: cst.Arg) -> list[cst.Arg]:
    """The arguments with ``new`` behind them, on a line of its own if the last one stands so."""
    *others, last = call.args
    before = _after(others[-1]) if others else call.whitespace_before_args
    after = _after(last)
    if _has_comment(after) and isinstance(before, cst.SimpleWhitespace):
        before = call.whitespace_before_args  # the comment ends the line
    if not isinstance(before, cst.ParenthesizedWhitespace):
        return [*others, _ending(last, _ONE_SPACE), _ending(new, last.comma, last.whitespace_after_arg)]
    line = before.with_changes(first_line=cst.TrailingWhitespace(), empty_lines=[])
    if not isinstance(after, cst.ParenthesizedWhitespace):
        return [*others, _ending(last, cst.Comma(whitespace_after=line)), _ending(new, last.comma, after)]
    above = after.empty_lines if _has_comment(after) else []
    joint = line.with_changes(first_line=after.first_line, empty_lines=above)
    close = after.with_changes(
        first_line=cst.TrailingWhitespace(), empty_lines=[] if above else after.empty_lines
    )
    lead = _ending(last, cst.Comma(whitespace_after=joint))
    if isinstance(last.comma, cst.Comma):
        return [*others, lead, _ending(new, cst.Comma(whitespace_after=close))]
    return [*others, lead, _ending(new, last.comma, close)]


def _without(args: Sequence[cst.Arg], place: int) -> list[cst.Arg] | None:
    """The arguments without the one at ``place``, its own comments gone with it; None if others would."""
    kept = [*args[:place], *args[place + 1 :]]
    if place == 0:
        return kept
    previous, gone = args[place - 1], args[place]
    before, after = _after(previous), _after(gone)
    if isinstance(before, cst.ParenthesizedWhitespace) and isinstance(after, cst.ParenthesizedWhitespace):
        after = after.with_changes(first_line=before.first_line)
    elif isinstance(before, cst.ParenthesizedWhitespace):
        if place < len(args) - 1:
            after = before
        elif _has_comment(before):
            return None
    comma = previous.comma
    assert isinstance(comma, cst.Comma)
    if isinstance(gone.comma, cst.Comma):
        kept[place - 1] = _ending(previous, comma.with_changes(whitespace_after=after))
    elif _has_comment(comma.whitespace_before):
        return None
    else:
        kept[place - 1] = _ending(previous, cst.MaybeSentinel.DEFAULT, after)
    return kept


def _spread(call: cst.Call, layout: Layout) -> cst.Call:
    """A call whose arguments share a line, over several: as formatters do it."""
    outer = layout.indentation
    inner = outer + ("\t" if outer.startswith("\t") else "    ")
    first: Space = _line(inner)
    last: Space = _line(outer)
    *others, new = call.args
    together = [*(_ending(arg, _ONE_SPACE) for arg in others), _ending(new, cst.MaybeSentinel.DEFAULT)]
    hangs = isinstance(call.whitespace_before_args, cst.ParenthesizedWhitespace)
    if hangs:
        first, last = call.whitespace_before_args, _after(new)
    if not hangs and len(inner) + len(_code(together)) <= layout.width:
        spread = [*together[:-1], _ending(new, cst.MaybeSentinel.DEFAULT, last)]
    else:
        ends = [first] * len(others) + [last]
        spread = [
            _ending(arg, cst.Comma(whitespace_after=end)) for arg, end in zip(call.args, ends, strict=True)
        ]
    return call.with_changes(args=spread, whitespace_before_args=first)


def _too_wide(old: cst.Call, new: cst.Call, layout: Layout) -> bool:
    """Whether a line that all arguments share grew over the width that its file keeps."""
    *others, _ = new.args
    if layout.inside or any("\n" in _code([arg]) or "\r" in _code([arg]) for arg in others):
        return False
    if isinstance(new.whitespace_before_args, cst.ParenthesizedWhitespace):
        indentation = new.whitespace_before_args.last_line.value
        before, after = (len(indentation) + len(_code(c.args).rstrip()) for c in (old, new))
    elif isinstance(_after(new.args[-1]), cst.ParenthesizedWhitespace):
        return False
    else:
        before, after = (layout.before + len(_code([c])) + layout.after for c in (old, new))
    return before <= layout.width < after


def _after(arg: cst.Arg) -> Space:
    """The space between an argument, with its comma if it has one, and what follows."""
    return arg.comma.whitespace_after if isinstance(arg.comma, cst.Comma) else arg.whitespace_after_arg


def _ending(arg: cst.Arg, comma: cst.Comma | cst.MaybeSentinel, space: Space = _NOTHING) -> cst.Arg:
    return arg.with_changes(comma=comma, whitespace_after_arg=space)


def _line(indentation: str) -> cst.ParenthesizedWhitespace:
    return cst.ParenthesizedWhitespace(last_line=cst.SimpleWhitespace(indentation))


def _has_comment(space: Space) -> bool:
    return isinstance(space, cst.ParenthesizedWhitespace) and (
        space.first_line.comment is not None or any(line.comment for line in space.empty_lines)
    )


class _Comments(cst.CSTVisitor):
    def __init__(self) -> None:
        super().__init__()
        self.found: list[str] = []

    def visit_Comment(self, node: cst.Comment) -> None:  # noqa: N802
        self.found.append(node.value)


def _comments(call: cst.Call) -> list[str]:
    reader = _Comments()
    call.visit(reader)
    return reader.found


def _bare_generator(arg: cst.Arg) -> bool:
    return isinstance(arg.value, cst.GeneratorExp) and not arg.value.lpar


def _code(nodes: Sequence[cst.CSTNode]) -> str:
    return "".join(cst.Module([]).code_for_node(node) for node in nodes)


def _depth(code: str) -> int:
    depth = deepest = 0
    for bracket in _BRACKET.findall(code):
        depth += 1 if bracket in "([{" else -1
        deepest = max(deepest, depth)
    return deepest
