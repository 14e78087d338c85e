"""The plain case of an added argument, without a concrete syntax tree: nobody waits for one to be loaded.

It gives what `arguments.with_argument` gives, or leaves it to that.
"""

from __future__ import annotations

import ast
import re

from prodworthy.fix.text import Layout

_LONGEST = 2_000
_UNPLAIN = re.compile(r"[#\\\r]|[(\[{]{9}")
_LAST_LINE = re.compile(r"(,?)(\n[ \t]*)")
_BEFORE = re.compile(r"[,(](\n[ \t]*)")


def with_argument(code: str, name: str, value: str, layout: Layout) -> str | None:
    """The call ``code`` with ``name=value`` as its last argument; None where that takes a closer look."""
    if len(code) > _LONGEST or not code.isascii() or not code.endswith(")") or _UNPLAIN.search(code):
        return None
    call = _call(code)
    if call is None or not _is_tight(code, call):
        return None
    starts = _starts(code)
    spans = sorted(
        (
            starts[a.lineno - 1] + a.col_offset - 1,
            starts[(a.end_lineno or 1) - 1] + (a.end_col_offset or 0) - 1,
        )
        for a in (*call.args, *call.keywords)
    )
    added = f"{name}={value}"
    start, end = spans[-1] if spans else (len(code) - 1, len(code) - 1)
    tail = code[end:-1]
    if "\n" not in code:
        if tail not in ("", ",") or not (spans or code.endswith("()")):
            return None
        new = f"{code[:end]}{', ' if spans else ''}{added}{tail})"
        return new if _fits(code, new, layout) else None
    if not spans:
        return None
    opening = starts[(call.func.end_lineno or 1) - 1] + (call.func.end_col_offset or 0) - 1
    between = code[spans[-2][1] if len(spans) > 1 else opening : start]
    line, close = _BEFORE.fullmatch(between), _LAST_LINE.fullmatch(tail)
    if line is None or close is None or layout.newline != "\n":
        return None
    return f"{code[:end]},{line[1]}{added}{close[1]}{close[2]})"


def _call(code: str) -> ast.Call | None:
    """The call, of whose arguments each is written by itself."""
    try:
        call = ast.parse(f"({code})", mode="eval").body
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return None
    if not isinstance(call, ast.Call) or any(k.arg is None for k in call.keywords):
        return None
    return None if any(isinstance(a, (ast.Starred, ast.GeneratorExp)) for a in call.args) else call


def _is_tight(code: str, call: ast.Call) -> bool:
    """Whether the last keyword argument has no space around its ``=``."""
    if not call.keywords:
        return True
    last = call.keywords[-1]
    return (
        re.match(rf"{last.arg}=[^\s(]", code[_starts(code)[last.lineno - 1] + last.col_offset - 1 :])
        is not None
    )


def _starts(code: str) -> list[int]:
    """Where the lines of ``code`` begin; the first is one further left, for the bracket put before it."""
    return [0, *(match.end() + 1 for match in re.finditer("\n", code))]


def _fits(old: str, new: str, layout: Layout) -> bool:
    around = layout.before + layout.after
    return layout.inside or not around + len(old) <= layout.width < around + len(new)
