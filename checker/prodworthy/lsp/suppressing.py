"""A comment that holds a finding back: in the one that is there, behind the line, or above the statement."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import PurePosixPath

from prodworthy import suppress
from prodworthy.checking import statement_lines
from prodworthy.finding import Edit, Finding, Span
from prodworthy.fix.text import Text
from prodworthy.source.python import Source
from prodworthy.source.text import is_python

_OPENERS = {
    "#": (
        ".bash", ".cfg", ".conf", ".env", ".ini", ".properties", ".rb", ".sh", ".tf", ".toml", ".yaml",
        ".yml",
    ),
    "//": (".go", ".java", ".js", ".jsx", ".kt", ".ts", ".tsx"),
    "--": (".sql",),
    "<!--": (".htm", ".html", ".md", ".xml"),
}  # fmt: skip
_CLOSERS = {"<!--": " -->"}
_NAMES = ("Dockerfile", "Makefile")


def suppression(finding: Finding, text: str, source: Source | None) -> Edit | None:
    """The edit after which a comment holds ``finding`` back; None where no comment can.

    Args:
        finding: in ``text``.
        text: the file, or of a notebook the cell, whose lines the finding counts.
        source: the file as parsed, where it is Python.
    """
    if not is_python(finding.path):
        return _in_text(finding, text)
    if source is None or any(error.cell == finding.span.cell for error in source.broken):
        return None
    written = Text(finding.path, text)
    for edit, lower in _candidates(finding, written, source):
        if _holds(finding, written.apply([edit]), finding.line + lower):
            return Edit(_in_cell(edit.span, finding.span.cell), edit.content)
    return None


def _candidates(finding: Finding, text: Text, source: Source) -> Iterator[tuple[Edit, int]]:
    """Edits that may do, with how many lines further down the finding is after them."""
    line = finding.line
    for found in suppress.suppressions(finding.path, text.text):
        if found.first <= line <= found.last and found.words and not found.flaw:
            start, end = text.offsets(found.span)
            bracket = text.text.rfind("]", start, end)
            if bracket >= 0:
                yield text.edit(bracket, bracket, f", {finding.code}"), 0
    comment = f"# prodworthy: ignore[{finding.code}]"
    end = text.offset(line, len(text.line(line).rstrip()) + 1)
    if not text.line(line).endswith("\\"):
        yield text.edit(end, end, f"  {comment}"), 0
    above = source.above(finding.span)
    first = max(statement_lines(source.tree, above + line)[0] - above, 1)
    start = text.offset(first, 1)
    yield text.edit(start, start, _indentation(text.line(first)) + comment + text.newline), 1


def _holds(finding: Finding, text: str, line: int) -> bool:
    """Whether a comment of ``text`` holds back what the finding says of ``line``."""
    return any(
        finding.code in found.words and found.first <= line <= found.last
        for found in suppress.suppressions(finding.path, text)
    )


def _in_text(finding: Finding, text: str) -> Edit | None:
    path = PurePosixPath(finding.path)
    suffix = ".env" if path.name.startswith(".env") else path.suffix.lower()
    opener = "#" if path.name in _NAMES else next((o for o, ends in _OPENERS.items() if suffix in ends), "")
    written = Text(finding.path, text)
    if not opener or finding.line > written.lines:
        return None
    start = written.offset(finding.line, 1)
    indentation = _indentation(written.line(finding.line))
    comment = f"{opener} prodworthy: ignore[{finding.code}]{_CLOSERS.get(opener, '')}"
    return written.edit(start, start, indentation + comment + written.newline)


def _indentation(line: str) -> str:
    return line[: len(line) - len(line.lstrip())]


def _in_cell(span: Span, cell: int) -> Span:
    return Span(span.path, span.line, span.column, span.end_line, span.end_column, cell=cell)
