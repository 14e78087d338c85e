"""For people: each finding with its source, the path that led there, and what to do."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from typing import TextIO

from prodworthy.finding import Finding, Severity
from prodworthy.pipeline import Result
from prodworthy.report.excerpt import excerpt, printable
from prodworthy.report.offers import is_offered, option
from prodworthy.report.place import place

Piece = tuple[str, str]
"""A text and its style, in rich's words."""

_STYLES = {Severity.ERROR: "bold red", Severity.WARNING: "bold yellow", Severity.NOTE: "bold cyan"}
_GUTTER = "bold blue"


def write(result: Result, out: TextIO, color: bool) -> None:
    """Write the findings and a summary to ``out``; the layout is the same with and without colour."""
    lines = [line for finding in result.findings for line in _finding(result, finding)]
    lines.append(_summary(result))
    lines += _offers(result)
    if not color:
        out.writelines("".join(text for text, _ in line).rstrip() + "\n" for line in lines)
        return
    from rich.console import Console
    from rich.text import Text

    console = Console(file=out, force_terminal=True, soft_wrap=True, highlight=False, color_system="standard")
    for line in lines:
        console.print(Text.assemble(*line))


def _finding(result: Result, finding: Finding) -> Iterator[list[Piece]]:
    shown = excerpt(result.files, finding)
    margin = len(str(shown[-1].number)) if shown else 1
    style = _STYLES[finding.severity]
    yield [
        (f"{finding.severity.value}[{finding.code} {finding.name}]", style),
        (f": {_flat(finding.message)}", "bold"),
    ]
    yield [(f"{'':{margin}}--> ", _GUTTER), (place(finding.span), "")]
    if shown:
        yield [(f"{'':{margin}} |", _GUTTER)]
    for line in shown:
        yield [(f"{line.number:{margin}} | ", _GUTTER), (line.text, "")]
        if line.mark:
            yield [(f"{'':{margin}} | ", _GUTTER), (line.mark, style)]
    if shown and finding.span.end_line > shown[-1].number:
        yield [(f"{'':{margin}} | ", _GUTTER), ("...", "")]
    if shown:
        yield [(f"{'':{margin}} |", _GUTTER)]
    for number, step in enumerate(finding.trace, 1):
        head = "path:" if number == 1 else "     "
        told = f" {number}. {place(step.span)}: {_flat(step.message)}"
        yield [(f"{'':{margin}} = ", _GUTTER), (head, "bold"), (told, "")]
    if finding.hint:
        yield [(f"{'':{margin}} = ", _GUTTER), ("help:", "bold green"), (f" {_flat(finding.hint)}", "")]
    if finding.fix is not None:
        told = f" {_flat(finding.fix.message)}: {option(finding)}"
        yield [(f"{'':{margin}} = ", _GUTTER), ("fix:", "bold green"), (told, "")]
    yield [("", "")]


def _summary(result: Result) -> list[Piece]:
    files = _count(result.statistics["files"], "file")
    calls = _count(result.statistics["calls"], "LLM call")
    held = [f"{n} {word}" for word in ("suppressed", "baselined") if (n := result.statistics[word])]
    held = [f"{result.fixed} fixed", *held] if result.fixed else held
    aside = f" ({', '.join(held)})" if held else ""
    if not result.findings:
        style = "bold yellow" if result.problems else "bold green"
        verdict = "No findings" if result.problems else "All clear: no findings"
        return [(verdict, style), (f" in {files} with {calls}{aside}.", "")]
    severities = Counter(finding.severity for finding in result.findings)
    parts = ", ".join(_count(severities[s], s.value) for s in Severity if severities[s])
    found = _count(len(result.findings), "finding")
    return [(f"{found}", "bold"), (f" ({parts}) in {files} with {calls}{aside}.", "")]


def _offers(result: Result) -> Iterator[list[Piece]]:
    """What ``--fix`` would mend, and what it would with ``--unsafe-fixes``."""
    count = sum(is_offered(finding, result.unsafe_fixes) for finding in result.findings)
    more = sum(finding.fix is not None for finding in result.findings) - count
    switch = "`--fix --unsafe-fixes`" if result.unsafe_fixes else "`--fix`"
    if count and more:
        yield [(f"[*] {count} fixable with {switch}, {more} more with `--unsafe-fixes`.", "bold")]
    elif count:
        yield [(f"[*] {count} fixable with {switch}.", "bold")]
    elif more:
        yield [(f"{more} fixable with `--fix --unsafe-fixes`.", "")]


def _count(number: object, noun: str) -> str:
    return f"{number} {noun}{'' if number == 1 else 's'}"


def _flat(text: str) -> str:
    return printable(" ".join(text.split()))
