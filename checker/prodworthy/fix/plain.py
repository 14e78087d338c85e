"""The plain case of an added argument, without a concrete syntax tree: nobody waits for one to be loaded.

It gives what `arguments.with_argument` gives, or leaves it to that.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Mapping

from prodworthy.fix.text import Layout

_LONGEST = 20_000
_UNPLAIN = re.compile(r"\r|[(\[{]{9}")
_LAST_LINE = re.compile(r"(,?)(\n[ \t]*)")
_BEFORE = re.compile(r"[,(](\n[ \t]*)")


def added_argument(code: str, name: str, value: str, layout: Layout) -> str | None:
    """The call ``code`` with ``name=value``, whatever it takes; None where that is not clear-cut."""
    new = with_argument(code, name, value, layout)
    if new is None:
        from prodworthy.fix import arguments  # loading a concrete syntax tree takes its time

        new = arguments.with_argument(code, name, value, layout)
    return new


def with_names(code: str, names: Mapping[str, str]) -> str | None:
    """The call ``code`` with keyword arguments under new names; None where one is there already."""
    call = _call(code)
    if call is None or any(names.get(k.arg or "") in [o.arg for o in call.keywords] for k in call.keywords):
        return None
    lines = f"({code}".encode("utf-8", "surrogatepass").splitlines(keepends=True)
    for keyword in sorted(call.keywords, key=lambda k: (k.lineno, k.col_offset), reverse=True):
        if keyword.arg and keyword.arg in names:
            line, at = lines[keyword.lineno - 1], keyword.col_offset
            lines[keyword.lineno - 1] = (
                line[:at] + names[keyword.arg].encode() + line[at + len(keyword.arg) :]
            )
    return b"".join(lines).decode("utf-8", "surrogatepass")[1:]


def with_argument(code: str, name: str, value: str, layout: Layout) -> str | None:
    """The call ``code`` with ``name=value`` as its last argument; None where that takes a closer look."""
    if len(code) > _LONGEST or not code.endswith(")") or _UNPLAIN.search(code):
        return None
    call = _call(re.sub(r"[^\x00-\x7f]", "_", code))  # a character is a byte
    if call is None or not _is_tight(code, call):
        return None
    starts = _starts(code)
    arguments: list[ast.expr | ast.keyword] = [*call.args, *call.keywords]
    spans = sorted(_span(starts, argument) for argument in arguments)
    added = f"{name}={value}"
    opening = _span(starts, call.func)[1]
    end = spans[-1][1] if spans else len(code) - 1
    tail = code[end:-1]
    if "\n" not in code:
        if tail not in ("", ",") or not (spans or code.endswith("()")):
            return None
        new = f"{code[:end]}{', ' if spans else ''}{added}{tail})"
        return new if _fits(code, new, layout) else _spread(code, opening, spans, added, layout)
    if not spans or layout.newline != "\n":
        return None
    between = code[spans[-2][1] if len(spans) > 1 else opening : spans[-1][0]]
    line, close = _BEFORE.fullmatch(between), _LAST_LINE.fullmatch(tail)
    if line is None or close is None:
        return None
    return f"{code[:end]},{line[1]}{added}{close[1]}{close[2]})"


def _spread(code: str, opening: int, spans: list[tuple[int, int]], added: str, layout: Layout) -> str | None:
    """The call over several lines: its arguments on one of their own, or each on one."""
    ends = [opening, *(end for _, end in spans)]
    gaps = [code[end:start] for end, (start, _) in zip(ends, spans, strict=False)]
    if layout.newline != "\n" or any(
        gap.strip(" ") != ("," if place else "(") for place, gap in enumerate(gaps)
    ):
        return None
    outer = layout.indentation
    inner = outer + ("\t" if outer.startswith("\t") else "    ")
    arguments = [*(code[start:end] for start, end in spans), added]
    together = ", ".join(arguments)
    if len(inner) + len(together) <= layout.width:
        return f"{code[:opening]}(\n{inner}{together}\n{outer})"
    lines = "".join(f"{inner}{argument},\n" for argument in arguments)
    return f"{code[:opening]}(\n{lines}{outer})"


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


def _span(starts: list[int], node: ast.expr | ast.keyword) -> tuple[int, int]:
    end_line, end_column = node.end_lineno or node.lineno, node.end_col_offset or 0
    return starts[node.lineno - 1] + node.col_offset - 1, starts[end_line - 1] + end_column - 1


def _starts(code: str) -> list[int]:
    """Where the lines of ``code`` begin; the first is one further left, for the bracket put before it."""
    return [0, *(match.end() + 1 for match in re.finditer("\n", code))]


def _fits(old: str, new: str, layout: Layout) -> bool:
    around = layout.before + layout.after
    return layout.inside or not around + len(old) <= layout.width < around + len(new)
