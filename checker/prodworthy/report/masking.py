"""Source lines as they may be shown: a secret or personal value in them never appears whole."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator, Sequence

from prodworthy.finding import Span
from prodworthy.source.python import Source

_SECRET_FAMILY, _PERSONAL_FAMILY = "PW1", "PW5"
_WRITTEN_OUT = ("PW501", "PW503")
"""Rules whose findings stand among personal text that nothing but reading would recognise."""
VALUES = ("PW102", "PW104")
"""Rules whose findings stand exactly where a secret does, in files of any kind."""
_KEPT = 4
_OPENING = re.compile(r"[A-Za-z]{0,3}(\"\"\"|'''|\"|')")
_PLAIN_WORD = re.compile(r"[a-z_]{1,9}")
_PREFIXED = (
    r"(?<![A-Za-z0-9])(?:sk|pk|rk|gsk|hf|r8|pplx|xai|gh[opsu]|github_pat|glpat|xox[abprs]|AIza|AKIA|ASIA|ya29)"
    r"[-_.A-Za-z0-9]{12,}"
)
_BEARER = r"(?<=Bearer )[-_.~+/A-Za-z0-9]{12,}"
_ASSIGNED = (
    r"(?i)(?:api_?key|secret|token|passw(?:or)?d|credential)\w*[\"']?\]?\s*(?::\s*\w+\s*)?[:=]\s*[rbuf]{0,2}[\"']"
    r"(?P<value>[^\"'\s{}]{12,})(?=[\"'])"
)
_CREDENTIALS = tuple(re.compile(pattern) for pattern in (_PREFIXED, _BEARER, _ASSIGNED))
_TOKEN = re.compile(r"(?=[^\s]*\d)(?=[^\s]*[A-Za-z])[^\s]{16,}")
_PERSONAL = re.compile(r"[\w.%+-]+@[\w-]+(?:\.[\w-]+)+|\+?\d(?:[ ().-]{0,2}\d){6,}")


def shown_lines(source: Source, code: str, first: int, last: int, at: Span | None = None) -> dict[int, str]:
    """The lines ``first`` to ``last`` of ``source`` as they may be shown beside a finding of ``code``.

    Of a notebook the lines are those of its text, over all cells; ``at`` is the finding.

    A masked character becomes ``*``, so columns stay as they are. Anything that looks like a
    credential is masked for every rule. Beside a finding about secrets so are the string literals at it
    and those that could be one; beside one about personal data, values that have its form, and where
    it is about the text itself every string literal.
    """
    at = source.flat(at) if at is not None else None
    lines = {n: source.lines[n - 1] for n in range(max(first, 1), min(last, len(source.lines)) + 1)}
    if code.startswith(_SECRET_FAMILY) or code in _WRITTEN_OUT:
        for span, text in _literals(source, first, last):
            if code in _WRITTEN_OUT or at is None or _overlap(span, at) or _TOKEN.search(text):
                _mask_literal(lines, source.lines, span, _KEPT if code.startswith(_SECRET_FAMILY) else 0)
    if code.startswith(_PERSONAL_FAMILY):
        lines = {n: _PERSONAL.sub(lambda found: "*" * len(found[0]), line) for n, line in lines.items()}
    if code in VALUES and at is not None:
        flat = source.flat(at)
        _mask_stretch(lines, flat.line, flat.column, flat.end_column)
    return {number: _mask_credentials(line) for number, line in lines.items()}


def shown_text(lines: dict[int, str], path: str, at: Span | None = None) -> dict[int, str]:
    """``lines`` of a file that is not Python as they may be shown beside a finding at ``at``.

    What the finding is about is masked, and every other secret that stands beside it.
    """
    from prodworthy.secrets.scan import scan

    shown = dict(lines)
    numbers = sorted(lines)
    spans = [(at.line, at.column, at.end_column)] if at is not None and at.line == at.end_line else []
    beside = "\n".join(lines[number] for number in numbers).encode("utf-8", "replace")
    spans += [(numbers[s.line - 1], s.column, s.end_column) for s in scan(path, beside)]
    for number, column, end in spans:
        _mask_stretch(shown, number, column, end)
    return {number: _mask_credentials(line) for number, line in shown.items()}


def _mask_stretch(lines: dict[int, str], number: int, column: int, end: int) -> None:
    if number in lines:
        line = lines[number]
        first, last = column - 1 + _KEPT, min(end - 1, len(line))
        lines[number] = line[:first] + "*" * (last - first) + line[max(first, last) :]


def holds_credential(text: str) -> bool:
    """Whether something in ``text`` has the form of a credential."""
    return any(pattern.search(text) for pattern in _CREDENTIALS)


def _overlap(one: Span, other: Span) -> bool:
    return (one.line, one.column) < (other.end_line, other.end_column) and (other.line, other.column) < (
        one.end_line,
        one.end_column,
    )


def _literals(source: Source, first: int, last: int) -> Iterator[tuple[Span, str]]:
    """The string literals that matter, with their text: no keys, docstrings, or words such as ``"role"``."""
    keys: set[ast.AST] = set()
    inside: set[ast.AST] = set()
    for node in ast.walk(source.tree):
        if getattr(node, "lineno", 0) > last or (getattr(node, "end_lineno", None) or last) < first:
            continue
        if isinstance(node, ast.Dict):
            keys.update(key for key in node.keys if key is not None)
        elif isinstance(node, ast.Subscript):
            keys.add(node.slice)
        elif isinstance(node, ast.Expr):
            keys.add(node.value)
        elif isinstance(node, ast.JoinedStr):
            inside.update(ast.walk(node))
            parts = (part.value for part in node.values if isinstance(part, ast.Constant))
            yield source.flat(source.span(node)), " ".join(str(part) for part in parts)
        elif isinstance(node, ast.Constant) and isinstance(node.value, str | bytes):
            text = node.value if isinstance(node.value, str) else node.value.decode("latin-1")
            if node not in keys and node not in inside and not _PLAIN_WORD.fullmatch(text):
                yield source.flat(source.span(node)), text


def _mask_literal(lines: dict[int, str], written: Sequence[str], span: Span, keep: int) -> None:
    """Overwrite a literal's text; quotes, its first ``keep`` characters and f-string fields stay."""
    depth, quote, formatted = 0, "", False
    for number in range(span.line, span.end_line + 1):
        line = written[number - 1]
        start = span.column - 1 if number == span.line else len(line) - len(line.lstrip())
        end = span.end_column - 1 if number == span.end_line else len(line)
        if len(quote) < 3 and depth == 0 and (opening := _OPENING.match(line, start, end)):
            start, quote, formatted = opening.end(), opening[1], "f" in opening[0].lower()
            start += keep if len(line[start:end]) >= 4 * _KEPT else 0
        closes = number == span.end_line or (len(quote) == 1 and line.endswith(quote))
        end -= len(quote) if closes else 0
        masked, depth = _mask_text(line[start:end], formatted, depth)
        if number in lines:
            lines[number] = lines[number][:start] + masked + lines[number][max(start, end) :]


def _mask_text(text: str, formatted: bool, depth: int) -> tuple[str, int]:
    """``text`` of a literal with all but spaces and fields overwritten, and how deep in a field it ends."""
    shown: list[str] = []
    at = 0
    while at < len(text):
        character = text[at]
        if formatted and depth == 0 and text[at : at + 2] in ("{{", "}}"):
            shown.append("**")
            at += 2
            continue
        if formatted and character == "{":
            depth += 1
        shown.append(character if depth or character.isspace() else "*")
        if character == "}" and depth:
            depth -= 1
        at += 1
    return "".join(shown), depth


def _mask_credentials(line: str) -> str:
    for pattern in _CREDENTIALS:
        for match in pattern.finditer(line):
            start, end = match.span("value") if "value" in pattern.groupindex else match.span()
            line = line[: start + _KEPT] + "*" * (end - start - _KEPT) + line[end:]
    return line
