"""SARIF 2.1.0 for code scanning: https://docs.oasis-open.org/sarif/sarif/v2.1.0/sarif-v2.1.0.html."""

from __future__ import annotations

import json
import os
from collections import Counter
from pathlib import Path
from typing import TextIO
from urllib.parse import quote

from prodworthy import __version__
from prodworthy.environments.names import kind_of
from prodworthy.errors import RuleError, SourceError
from prodworthy.files import Files
from prodworthy.finding import Confidence, Edit, Finding, Fix, Severity, Span, TraceStep
from prodworthy.outcome import Problem
from prodworthy.pack import Packs
from prodworthy.pipeline import Result
from prodworthy.report.checkout import in_checkout
from prodworthy.report.masking import shown_lines
from prodworthy.report.rawlines import raw_lines
from prodworthy.report.taxonomies import taxa, taxonomies
from prodworthy.rule import Rule
from prodworthy.source.text import is_notebook

Json = dict[str, object]
_SCHEMA = "https://json.schemastore.org/sarif-2.1.0.json"
_ROOT = "PROJECTROOT"
_LEVELS = {Severity.ERROR: "error", Severity.WARNING: "warning", Severity.NOTE: "note"}
_SCORES = {Severity.ERROR: "8.0", Severity.WARNING: "5.5", Severity.NOTE: "2.0"}
_PRECISIONS = {Confidence.HIGH: "very-high", Confidence.MEDIUM: "high", Confidence.LOW: "medium"}
_SNIPPET = 12


def write(result: Result, out: TextIO, color: bool) -> None:
    """Write one log with one run to ``out``; this format has no colour."""
    del color
    codes = sorted({finding.code for finding in result.findings})
    rules = [result.packs.by_code[code].rule for code in codes]
    tables = taxonomies(rules, result.packs)
    seen: Counter[str] = Counter()
    results = []
    for finding in result.findings:
        seen[finding.fingerprint] += 1
        record = _result(finding, codes.index(finding.code), seen[finding.fingerprint], result.files)
        results.append(record | {"baselineState": "new"} if result.compared else record)
    run: Json = {
        "tool": {
            "driver": {
                "name": "prodworthy",
                "version": __version__,
                "rules": [_rule(rule, result.packs) for rule in rules],
                "supportedTaxonomies": [
                    {"name": table["name"], "index": i} for i, table in enumerate(tables)
                ],
            }
        },
        "columnKind": "unicodeCodePoints",
        "originalUriBaseIds": {
            _ROOT: {"description": {"text": "The root of the repository, or of the project outside of any."}}
        },
        "taxonomies": tables,
        "invocations": [
            {
                "executionSuccessful": not result.problems,
                "toolExecutionNotifications": [
                    *(_notification(problem, result) for problem in result.problems),
                    *(_skipped(path, reason, result.files) for path, reason in result.skipped),
                ],
            }
        ],
        "results": results,
    }
    json.dump({"$schema": _SCHEMA, "version": "2.1.0", "runs": [run]}, out, indent=2, ensure_ascii=False)
    out.write("\n")


def _rule(rule: Rule, packs: Packs) -> Json:
    try:
        page = packs.page(rule)
    except RuleError:  # a pack's rule may lack a page; its summary then has to do
        page = rule.summary
    return {
        "id": rule.code,
        "name": "".join(word.capitalize() for word in rule.name.split("-")),
        "shortDescription": {"text": rule.summary},
        "fullDescription": {"text": rule.summary},
        "help": {"text": page, "markdown": page},
        "defaultConfiguration": {"level": _LEVELS[rule.severity]},
        "relationships": [
            {"target": {"id": taxon, "toolComponent": {"name": table}}, "kinds": ["relevant"]}
            for table, taxon in taxa(rule)
        ],
        "properties": {
            "tags": ["security", *(f"external/cwe/cwe-{number:03}" for number in rule.cwe)],
            "precision": _PRECISIONS[rule.confidence],
            "security-severity": _SCORES[rule.severity],
        },
    }


def _result(finding: Finding, index: int, ordinal: int, files: Files) -> Json:
    record: Json = {
        "ruleId": finding.code,
        "ruleIndex": index,
        "level": _LEVELS[finding.severity],
        "message": {"text": finding.message + (f"\n\n{finding.hint}" if finding.hint else "")},
        "locations": [_location(finding.span, files, finding.code)],
        "partialFingerprints": {"prodworthy/v1": f"{finding.fingerprint}:{ordinal}"},
        "properties": {"confidence": finding.confidence.value},
    }
    if finding.trace:
        flow = [{"location": _step(step, files, finding.code)} for step in finding.trace]
        record["codeFlows"] = [{"threadFlows": [{"locations": flow}]}]
    if finding.fix is not None and not any(edit.span.cell for edit in finding.fix.edits):
        record["fixes"] = [_fix(finding.fix, files)]
    return record


def _location(span: Span, files: Files, code: str) -> Json:
    if is_notebook(span.path):
        return _in_notebook(span, files)
    region = _region(span)
    if snippet := _snippet(span, files, code):
        region["snippet"] = {"text": snippet}
    return {"physicalLocation": {"artifactLocation": _artifact(span.path, files), "region": region}}


def _in_notebook(span: Span, files: Files) -> Json:
    """A place in the file's JSON by its lines, and in the notebook by cell, line and column."""
    first, last = raw_lines(files, span)
    region: Json = {"startLine": first, "endLine": last}
    artifact = _artifact(span.path, files)
    location: Json = {"physicalLocation": {"artifactLocation": artifact, "region": region}}
    if span.cell:
        name = f"cell {span.cell}"
        logical = {"name": name, "kind": "module", "fullyQualifiedName": f"{name}:{span.line}:{span.column}"}
        location["logicalLocations"] = [logical]
    return location


def _step(step: TraceStep, files: Files, code: str) -> Json:
    return {**_location(step.span, files, code), "message": {"text": step.message}}


def _snippet(span: Span, files: Files, code: str) -> str:
    if kind_of(span.path):
        return ""
    try:
        last = min(span.end_line, span.line + _SNIPPET - 1)
        lines = shown_lines(files.source(span.path), code, span.line, last, span)
    except SourceError:
        return ""
    return "\n".join(lines.values())


def _region(span: Span) -> Json:
    return {
        "startLine": span.line,
        "startColumn": span.column,
        "endLine": span.end_line,
        "endColumn": span.end_column,
    }


def _artifact(path: str, files: Files) -> Json:
    path = in_checkout(files, path)
    if Path(path).is_absolute():
        return {"uri": Path(path).as_uri()}
    return {"uri": quote(os.fsencode(path)), "uriBaseId": _ROOT}


def _fix(fix: Fix, files: Files) -> Json:
    paths = list(dict.fromkeys(edit.span.path for edit in fix.edits))
    changes = [
        {
            "artifactLocation": _artifact(path, files),
            "replacements": [_replacement(edit) for edit in fix.edits if edit.span.path == path],
        }
        for path in paths
    ]
    return {"description": {"text": fix.message}, "artifactChanges": changes}


def _replacement(edit: Edit) -> Json:
    return {"deletedRegion": _region(edit.span), "insertedContent": {"text": edit.content}}


def _notification(problem: Problem, result: Result) -> Json:
    location: Json = {"artifactLocation": _artifact(problem.path, result.files)}
    if problem.line and not problem.cell:
        location["region"] = {"startLine": problem.line}
    told: Json = {
        "level": "error",
        "message": {"text": f"cell {problem.cell}: {problem.message}" if problem.cell else problem.message},
        "locations": [{"physicalLocation": location}],
    }
    return told | {"associatedRule": {"id": problem.rule}} if problem.rule else told


def _skipped(path: str, reason: str, files: Files) -> Json:
    return {
        "level": "warning",
        "message": {"text": f"{reason}; it was not checked"},
        "locations": [{"physicalLocation": {"artifactLocation": _artifact(path, files)}}],
    }
