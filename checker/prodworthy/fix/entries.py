"""Entries of dictionaries that a call is given, added as their author would have written them."""

from __future__ import annotations

import ast
import io
import tokenize
from collections.abc import Sequence

from prodworthy.fix.text import Layout

_LONGEST = 20_000


def with_entry(code: str, keys: Sequence[str], value: str, layout: Layout) -> str | None:
    """The dictionary ``code`` with ``value`` under the path ``keys``; None where that is not clear-cut."""
    if len(code) > _LONGEST or not code.startswith("{"):
        return None
    if not code.isascii():
        return _beyond_ascii(code, keys, value, layout)
    try:
        node = ast.parse(code, mode="eval").body
    except SyntaxError:
        return None
    if not isinstance(node, ast.Dict) or None in node.keys:
        return None
    quote = _quote(code, node)
    for key, inner in zip(node.keys, node.values, strict=True):
        if not isinstance(key, ast.Constant):
            return None
        if key.value == keys[0]:
            return _descended(code, inner, keys[1:], value, layout)
    entry = f"{quote}{keys[0]}{quote}: {nested(keys[1:], value, quote)}"
    return _appended(code, node, entry, layout) if node.values else f"{{{entry}}}"


def nested(keys: Sequence[str], value: str, quote: str = '"') -> str:
    """``value`` under the path ``keys``, as a dictionary literal."""
    for key in reversed(keys):
        value = f"{{{quote}{key}{quote}: {value}}}"
    return value


def _beyond_ascii(code: str, keys: Sequence[str], value: str, layout: Layout) -> str | None:
    """The same where byte offsets are not those of characters: one sign stands for all others."""
    plain = "".join(sign if sign.isascii() else "_" for sign in code)
    added = with_entry(plain, keys, value, layout)
    if added is None:
        return None
    head = next((n for n in range(len(plain)) if plain[n] != added[n]), len(plain))
    tail = len(plain) - head
    while not added.endswith(plain[len(plain) - tail :]):
        tail -= 1
    middle = added[head : len(added) - tail]
    if len(plain) != head + tail:  # it was spread over lines
        return None
    return code[:head] + middle + code[head:]


def _descended(code: str, inner: ast.expr, keys: Sequence[str], value: str, layout: Layout) -> str | None:
    if not keys:
        return None
    lines = code.splitlines(keepends=True)
    starts = [0]
    for line in lines:
        starts.append(starts[-1] + len(line))
    start = starts[inner.lineno - 1] + inner.col_offset
    end = starts[(inner.end_lineno or 1) - 1] + (inner.end_col_offset or 0)
    added = with_entry(code[start:end], keys, value, layout)
    return code[:start] + added + code[end:] if added is not None else None


def _appended(code: str, node: ast.Dict, entry: str, layout: Layout) -> str | None:
    last_key, last = node.keys[-1], node.values[-1]
    assert last_key is not None
    tokens = [
        token
        for token in tokenize.generate_tokens(io.StringIO(code).readline)
        if token.start >= (last.end_lineno or 1, last.end_col_offset or 0)
    ]
    lines = code.splitlines(keepends=True)
    starts = [sum(map(len, lines[:n])) for n in range(len(lines) + 1)]
    end = starts[(last.end_lineno or 1) - 1] + (last.end_col_offset or 0)
    comma = broken = None
    line_end = end
    for token in tokens:
        at = starts[token.end[0] - 1] + token.end[1] if token.end[0] <= len(lines) else len(code)
        if token.string == ")" and comma is None:
            end = line_end = at
        elif token.string == "," and comma is None:
            comma = line_end = at
        elif token.type == tokenize.COMMENT and broken is None:
            line_end = at
        elif token.type == tokenize.NL and broken is None:
            broken = at
        elif token.string == "}":
            break
    before_key = lines[last_key.lineno - 1][: last_key.col_offset]
    if broken is None or before_key.strip():
        if broken is not None and code[line_end:].strip(" \t\r\n") != "}":
            return None
        added = f"{code[:end]}, {entry}{code[end:]}"
        return _spread(code, node, entry, layout) if _too_wide(code, added, layout) else added
    joint, trailing = ("", ",") if comma else (",", "")
    line = f"{layout.newline}{before_key}{entry}{trailing}"
    return f"{code[:end]}{joint}{code[end:line_end]}{line}{code[line_end:]}"


def _too_wide(code: str, added: str, layout: Layout) -> bool:
    return (
        not layout.inside
        and "\n" not in added
        and layout.before + len(code) + layout.after
        <= layout.width
        < (layout.before + len(added) + layout.after)
    )


def _spread(code: str, node: ast.Dict, entry: str, layout: Layout) -> str:
    """A dictionary that stood on one line, with an entry on each."""
    inner = layout.indentation + ("\t" if layout.indentation.startswith("\t") else "    ")
    entries = []
    for key, value in zip(node.keys, node.values, strict=True):
        assert key is not None
        entries.append(f"{ast.get_source_segment(code, key)}: {ast.get_source_segment(code, value)}")
    told = "".join(f"{inner}{one},{layout.newline}" for one in (*entries, entry))
    return f"{{{layout.newline}{told}{layout.indentation}}}"


def _quote(code: str, node: ast.Dict) -> str:
    """The quotes that the keys stand in."""
    for key in node.keys:
        if key is not None and (ast.get_source_segment(code, key) or "").startswith("'"):
            return "'"
    return '"'
