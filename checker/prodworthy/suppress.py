"""Suppressions: the comments that hold findings back, and those that hold nothing back."""

from __future__ import annotations

import io
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from prodworthy.finding import Finding, Span
from prodworthy.rule import Rule
from prodworthy.selection import nearest

if TYPE_CHECKING:
    from prodworthy.source.python import Source

_MENTION = re.compile(r"prodworthy:|noqa\s*:[^\n]*PW\d", re.IGNORECASE)
_OWN = re.compile(r"#\s*prodworthy:\s*(?P<verb>[\w-]+)\s*(?P<list>\[(?P<codes>[^\]\n]*)\])?", re.IGNORECASE)
_NOQA = re.compile(r"#\s*noqa\s*:\s*(?P<codes>[A-Z]+[0-9]\w*(?:[,\s]+[A-Z]+[0-9]\w*)*)", re.IGNORECASE)
_OURS = re.compile(r"\bPW\d\w*")
_IN_TEXT = re.compile(r"prodworthy:\s*ignore\[([^\]\n]*)\]", re.IGNORECASE)
_ALONE = re.compile(r"\s*(?:#|//|--|;|<!--|/\*|\{#)\s*prodworthy:", re.IGNORECASE)
_VERBS = frozenset({"allow", "disable", "ignored", "ignores", "noqa", "nosec", "off", "skip", "suppress"})


@dataclass(frozen=True, slots=True)
class Suppression:
    """One comment.

    Attributes:
        span: the comment.
        first, last: the lines of the statement that it holds for.
        words: the codes and names in it, as written.
        flaw: what is wrong with its form, else empty.
    """

    span: Span
    first: int
    last: int
    words: tuple[str, ...]
    flaw: str = ""


@dataclass(frozen=True, slots=True)
class Complaint:
    """Something to report as unused-suppression; ``unneeded`` is the code or name that can go."""

    span: Span
    message: str
    hint: str
    unneeded: str = ""


def mentions(text: str) -> bool:
    """Whether a text can hold a suppression; the others need not be read for comments."""
    return _MENTION.search(text) is not None


def suppressions(path: str, text: str) -> tuple[Suppression, ...]:
    """The suppressions in a Python source."""
    return tuple(_read(path, text)) if mentions(text) else ()


def of_source(source: Source) -> tuple[Suppression, ...]:
    """The suppressions in a parsed file; in a notebook those of the cells that parse."""
    if not source.cells:
        return suppressions(source.path, source.text)
    broken = {error.cell for error in source.broken}
    return tuple(
        replace(found, span=replace(found.span, cell=cell.number))
        for cell in source.cells
        if cell.number not in broken
        for found in suppressions(source.path, cell.code)
    )


def in_text(lines: Sequence[str], finding: Finding) -> bool:
    """Whether a comment in a file that is not Python holds ``finding`` back.

    Args:
        lines: the line of the finding, after the one above if there is one; a comment there must be alone.
        finding: one of a file that is not Python.
    """
    for line in lines:
        for found in _IN_TEXT.finditer(line):
            words = {word.strip() for word in found[1].split(",")}
            if words & {finding.code, finding.name} and (line is lines[-1] or _ALONE.match(line)):
                return True
    return False


def apply(
    findings: Sequence[Finding], found: Sequence[Suppression], rules: Sequence[Rule], on: frozenset[str]
) -> tuple[list[Finding], list[Complaint]]:
    """The findings of one file that no suppression holds back, and what is wrong with the suppressions.

    Args:
        findings: all of the file's.
        found: the file's suppressions.
        rules: every rule there is.
        on: the codes that were checked; whether a suppression of another one is used is not known.
    """
    codes = {rule.name: rule.code for rule in rules} | {rule.code: rule.code for rule in rules}
    kept = [f for f in findings if not any(_holds(s, f, codes) for s in found)]
    return kept, [complaint for s in found for complaint in _complaints(s, findings, rules, codes, on)]


def _holds(suppression: Suppression, finding: Finding, codes: dict[str, str]) -> bool:
    return _covers(suppression, finding) and any(codes.get(w) == finding.code for w in suppression.words)


def _covers(suppression: Suppression, finding: Finding) -> bool:
    inside = suppression.first <= finding.span.line <= suppression.last
    return inside and suppression.span.cell == finding.span.cell


def _complaints(
    suppression: Suppression,
    findings: Sequence[Finding],
    rules: Sequence[Rule],
    codes: dict[str, str],
    on: frozenset[str],
) -> Iterator[Complaint]:
    if suppression.flaw:
        yield Complaint(suppression.span, suppression.flaw, "write `# prodworthy: ignore[PW101] reason`")
    for word in suppression.words:
        code = codes.get(word)
        if code is None:
            close = nearest(word, rules)
            hint = f"did you mean {close}?" if close else "`prodworthy rules` lists the rules"
            yield Complaint(suppression.span, f"this suppression names {word}, which is no rule", hint)
        elif code in on and not any(f.code == code and _covers(suppression, f) for f in findings):
            message = f"this suppression of {word} is not needed: there is no such finding in the statement"
            yield Complaint(suppression.span, message, f"remove {word} from the comment", word)


def _read(path: str, text: str) -> Iterator[Suppression]:
    statements, comments = _tokens(text)
    for line, column, comment in comments:
        words: list[str] = []
        start, end = len(comment), 0
        flaw = ""
        for match in _OWN.finditer(comment):
            verb, codes = match["verb"].lower(), match["codes"]
            if verb == "ignore" and codes and codes.strip():
                words += [word.strip() for word in codes.split(",") if word.strip()]
            elif verb == "ignore":
                flaw = "this suppression names no rule, so it holds nothing back"
            elif verb in _VERBS:
                flaw = f"`prodworthy: {match['verb']}` is no suppression, so it holds nothing back"
            else:
                continue
            start, end = min(start, match.start()), max(end, match.end())
        for match in _NOQA.finditer(comment):
            if ours := _OURS.findall(match["codes"].upper()):
                words += ours
                start, end = min(start, match.start()), max(end, match.end())
        if words or flaw:
            span = Span(path, line, column + start + 1, line, column + end + 1)
            yield Suppression(span, *_statement(line, statements), tuple(dict.fromkeys(words)), flaw)


def _statement(line: int, statements: Sequence[tuple[int, int]]) -> tuple[int, int]:
    """The lines of the statement that a comment in ``line`` holds for."""
    for first, last in statements:
        if first <= line <= last:
            return first, last
        if first > line:
            return (first, last) if first == line + 1 else (line, line)
    return line, line


def _tokens(text: str) -> tuple[list[tuple[int, int]], list[tuple[int, int, str]]]:
    """The first and last line of every statement (of a compound one its header), and the comments.

    Decorators count to what they decorate, comment lines of their own to the statement below.
    """
    import tokenize

    statements: list[tuple[int, int]] = []
    comments: list[tuple[int, int, str]] = []
    start = above = 0
    first, decorating = "", False
    layout = {tokenize.NL, tokenize.INDENT, tokenize.DEDENT, tokenize.ENCODING, tokenize.ENDMARKER}
    try:
        for token in tokenize.generate_tokens(io.StringIO(text, newline=None).readline):
            line, column = token.start
            if token.type == tokenize.COMMENT:
                comments.append((line, column, token.string))
                if not start:
                    above = above or line
            elif token.type == tokenize.NEWLINE:
                joins = decorating and bool(statements)
                top = statements.pop()[0] if joins else start
                statements.append((top, line))
                decorating = first == "@"
                start, above = 0, 0
            elif token.type == tokenize.NL and not start and not token.line.strip():
                above = 0
            elif token.type not in layout and not start:
                first, start = token.string, above or line
    except (tokenize.TokenError, SyntaxError):
        pass  # newer grammar than this interpreter's: what was read so far holds
    return statements, comments
