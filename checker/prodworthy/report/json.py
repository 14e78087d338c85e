"""The machine-readable format: one document with findings, errors and statistics."""

from __future__ import annotations

import json
from typing import TextIO

from prodworthy.finding import Edit, Finding, Span, TraceStep
from prodworthy.outcome import Problem
from prodworthy.pipeline import Result

Json = dict[str, object]
VERSION = 1


def write(result: Result, out: TextIO, color: bool) -> None:
    """Write the document to ``out``; this format has no colour."""
    del color
    document = {
        "version": VERSION,
        "findings": [finding_record(finding) for finding in result.findings],
        "errors": [problem_record(problem) for problem in result.problems],
        "statistics": result.statistics,
    }
    json.dump(document, out, indent=2, ensure_ascii=False)
    out.write("\n")


def finding_record(finding: Finding) -> Json:
    """A finding as programs read it."""
    record: Json = {
        "code": finding.code,
        "name": finding.name,
        "message": finding.message,
        "severity": finding.severity.value,
        "confidence": finding.confidence.value,
        **_span(finding.span),
    }
    if finding.hint:
        record["hint"] = finding.hint
    if finding.fix is not None:
        record["fix"] = {
            "applicability": finding.fix.applicability.value,
            "message": finding.fix.message,
            "edits": [_edit(edit) for edit in finding.fix.edits],
        }
    if finding.trace:
        record["trace"] = [_step(step) for step in finding.trace]
    record |= {"fingerprint": finding.fingerprint, "cwe": list(finding.cwe), "owasp": list(finding.owasp)}
    record["url"] = finding.url
    return record


def _span(span: Span) -> Json:
    record: Json = {
        "path": span.path,
        "line": span.line,
        "column": span.column,
        "end_line": span.end_line,
        "end_column": span.end_column,
    }
    if span.cell:
        record["cell"] = span.cell
    return record


def _edit(edit: Edit) -> Json:
    return {**_span(edit.span), "content": edit.content}


def _step(step: TraceStep) -> Json:
    cell: Json = {"cell": step.span.cell} if step.span.cell else {}
    return {
        "path": step.span.path,
        "line": step.span.line,
        "column": step.span.column,
        **cell,
        "message": step.message,
    }


def problem_record(problem: Problem) -> Json:
    """Something that could not be analysed."""
    record: Json = {"path": problem.path, "message": problem.message}
    if problem.cell:
        record["cell"] = problem.cell
    if problem.line:
        record["line"] = problem.line
    if problem.rule:
        record["rule"] = problem.rule
    return record
