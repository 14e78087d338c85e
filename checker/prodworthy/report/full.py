"""For people: each finding with its source, the path that led there, and what to do."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from typing import TextIO

from prodworthy.finding import Finding, Severity
from prodworthy.pipeline import Result
from prodworthy.report.excerpt import WIDEST, excerpt, printable
from prodworthy.report.layout import Line, terminal_width, write_lines
from prodworthy.report.offers import is_offered, option
from prodworthy.report.place import place

# magenta, as clang has it: yellow cannot be read on white
_STYLES = {Severity.ERROR: "bold red", Severity.WARNING: "bold magenta", Severity.NOTE: "bold cyan"}
_GUTTER = "bold blue"
_NARROWEST = 30


def write(result: Result, out: TextIO, color: bool) -> None:
    """Write the findings and a summary to ``out``; the layout is the same with and without colour."""
    width = terminal_width(out)
    lines = [line for finding in result.findings for line in _finding(result, finding, width)]
    lines.append(_summary(result))
    lines += _offers(result)
    write_lines(lines, out, color=color)


def _finding(result: Result, finding: Finding, width: int) -> Iterator[Line]:
    margin = len(str(finding.span.end_line))
    widest = max(min(WIDEST, width - margin - 3), _NARROWEST) if width else WIDEST
    shown = excerpt(result.files, finding, widest)
    margin = len(str(shown[-1].number)) if shown else 1
    style, page = _STYLES[finding.severity], _page(result, finding)
    head = f"{finding.severity.value}[{finding.code} {finding.name}]"
    link = f"{style} link {page}" if page else style
    yield Line([(head, link), (f": {_flat(finding.message)}", "bold")], 4)
    yield Line([(f"{'':{margin}}--> ", _GUTTER), (place(finding.span), "")])
    if shown:
        yield Line([(f"{'':{margin}} |", _GUTTER)])
    for line in shown:
        yield Line([(f"{line.number:{margin}} | ", _GUTTER), (line.text, "")])
        if line.mark:
            yield Line([(f"{'':{margin}} | ", _GUTTER), (line.mark, style)])
    if shown and finding.span.end_line > shown[-1].number:
        yield Line([(f"{'':{margin}} | ", _GUTTER), ("...", "")])
    if shown:
        yield Line([(f"{'':{margin}} |", _GUTTER)])
    for number, step in enumerate(finding.trace, 1):
        told = f" {number}. {place(step.span)}: {_flat(step.message)}"
        yield _note(margin, ("path:" if number == 1 else "     ", "bold"), told, len(f" {number}. "))
    if finding.hint:
        yield _note(margin, ("help:", "bold green"), f" {_flat(finding.hint)}", 1)
    if finding.fix is not None:
        yield _note(margin, ("fix:", "bold green"), f" {_flat(finding.fix.message)}: {option(finding)}", 1)
    yield Line([("", "")])


def _note(margin: int, head: tuple[str, str], told: str, inside: int) -> Line:
    """A line below the excerpt; it goes on below its own text."""
    gutter = f"{'':{margin}} = "
    return Line([(gutter, _GUTTER), head, (told, "")], len(gutter) + len(head[0]) + inside)


def _page(result: Result, finding: Finding) -> str:
    """The address of the rule's page."""
    packed = result.packs.by_code.get(finding.code)
    return finding.url or (packed.page.as_uri() if packed is not None and packed.page.is_absolute() else "")


def _summary(result: Result) -> Line:
    files = _count(result.statistics["files"], "file")
    calls = _count(result.statistics["calls"], "LLM call")
    held = [f"{n} {word}" for word in ("suppressed", "baselined") if (n := result.statistics[word])]
    held = [f"{result.fixed} fixed", *held] if result.fixed else held
    aside = f" ({', '.join(held)})" if held else ""
    if not result.findings:
        style = "bold yellow" if result.problems else "bold green"
        verdict = "No findings" if result.problems else "All clear: no findings"
        return Line([(verdict, style), (f" in {files} with {calls}{aside}.", "")], 2)
    severities = Counter(finding.severity for finding in result.findings)
    parts = ", ".join(_count(severities[s], s.value) for s in Severity if severities[s])
    found = _count(len(result.findings), "finding")
    return Line([(f"{found}", "bold"), (f" ({parts}) in {files} with {calls}{aside}.", "")], 2)


def _offers(result: Result) -> Iterator[Line]:
    """What ``--fix`` would mend, and what it would with ``--unsafe-fixes``."""
    count = sum(is_offered(finding, result.unsafe_fixes) for finding in result.findings)
    more = sum(finding.fix is not None for finding in result.findings) - count
    switch = "`--fix --unsafe-fixes`" if result.unsafe_fixes else "`--fix`"
    if count and more:
        yield Line([(f"[*] {count} fixable with {switch}, {more} more with `--unsafe-fixes`.", "bold")], 4)
    elif count:
        yield Line([(f"[*] {count} fixable with {switch}.", "bold")], 4)
    elif more:
        yield Line([(f"{more} fixable with `--fix --unsafe-fixes`.", "")], 4)


def _count(number: object, noun: str) -> str:
    return f"{number} {noun}{'' if number == 1 else 's'}"


def _flat(text: str) -> str:
    return printable(" ".join(text.split()))
