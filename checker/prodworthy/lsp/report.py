"""What there is to say of an open file, in the editor's words."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from lsprotocol import types

from prodworthy.call import LlmCall
from prodworthy.errors import SourceError
from prodworthy.files import Files
from prodworthy.finding import Finding, Severity, Span
from prodworthy.lsp.documents import Document, Part
from prodworthy.lsp.positions import Encoding, Places
from prodworthy.outcome import Problem
from prodworthy.pack import Packs
from prodworthy.report.place import place
from prodworthy.report.rawlines import raw_lines
from prodworthy.source.text import is_notebook
from prodworthy.workspace.session import Checked

SOURCE = "prodworthy"
_SEVERITIES = {
    Severity.ERROR: types.DiagnosticSeverity.Error,
    Severity.WARNING: types.DiagnosticSeverity.Warning,
    Severity.NOTE: types.DiagnosticSeverity.Information,
}
_UNUSED = "PW001"


@dataclass(frozen=True, slots=True)
class Item:
    """A finding in a part of a document.

    Attributes:
        extent: where it stands; the diagnostic marks the first line of that.
    """

    finding: Finding
    part: Part
    extent: types.Range
    diagnostic: types.Diagnostic


@dataclass(frozen=True, slots=True)
class Listed:
    """An LLM call in a part of a document."""

    call: LlmCall
    part: Part
    extent: types.Range


@dataclass(frozen=True, slots=True)
class Report:
    """What there is to say of ``document``.

    Attributes:
        documents: all that were open, in the versions that this is about.
        error: what is wrong with the configuration, so that nothing else could be said.
    """

    document: Document
    documents: Mapping[Path, Document]
    items: tuple[Item, ...] = ()
    calls: tuple[Listed, ...] = ()
    problems: tuple[Problem, ...] = ()
    error: str = ""

    def diagnostics(self, part: Part) -> list[types.Diagnostic]:
        """Those of a part."""
        return [item.diagnostic for item in self.items if item.part is part]

    def at(self, part: Part, wanted: types.Range) -> list[Item]:
        """The findings of a part that stand where ``wanted`` does, wholly or in part."""
        return [i for i in self.items if i.part is part and _meet(i.extent, wanted)]


class Reports:
    """Makes reports.

    Args:
        packs: the rules, for their pages.
        encoding: how the editor counts.
        related: whether it shows places that a diagnostic is related to.
    """

    def __init__(self, packs: Packs, encoding: Encoding, *, related: bool) -> None:
        self._packs = packs
        self._encoding = encoding
        self._related = related

    def made(
        self, document: Document, documents: Mapping[Path, Document], checked: Checked, files: Files
    ) -> Report:
        """The report on ``document``, which is one of ``documents``."""
        places = _Placing(files, documents, self._encoding)
        items = []
        for finding in checked.findings:
            part = document.part(finding.span.cell)
            if part is not None:
                at = places.of_part(part)
                extent, shown = at.range(finding.span), at.first_line(finding.span)
                items.append(Item(finding, part, extent, self._diagnostic(finding, shown, places)))
        calls = [
            Listed(call, part, places.of_part(part).range(call.span))
            for call in checked.calls
            if (part := document.part(call.span.cell)) is not None
        ]
        return Report(document, documents, tuple(items), tuple(calls), checked.problems)

    def _diagnostic(self, finding: Finding, at: types.Range, places: _Placing) -> types.Diagnostic:
        packed = self._packs.by_code.get(finding.code)
        href = finding.url or (packed.page.as_uri() if packed is not None else "")
        related = [
            types.DiagnosticRelatedInformation(location, step.message)
            for step in finding.trace
            if self._related and (location := places.location(step.span)) is not None
        ]
        return types.Diagnostic(
            range=at,
            message=finding.message + (f"\n{finding.hint}" if finding.hint else ""),
            severity=_SEVERITIES[finding.severity],
            code=finding.code,
            code_description=types.CodeDescription(href) if href else None,
            source=SOURCE,
            tags=[types.DiagnosticTag.Unnecessary] if finding.code == _UNUSED else None,
            related_information=related or None,
        )


class _Placing:
    """Where spans of any file of the project are for the editor."""

    def __init__(self, files: Files, documents: Mapping[Path, Document], encoding: Encoding) -> None:
        self._files = files
        self._documents = documents
        self._encoding = encoding
        self._known: dict[str, Places | None] = {}

    def of_part(self, part: Part) -> Places:
        known = self._known.get(part.uri)
        if known is None:
            known = self._known[part.uri] = Places(part.text, self._encoding)
        return known

    def location(self, span: Span) -> types.Location | None:
        """Where ``span`` is; None for what cannot be read."""
        document = self._documents.get(self._files.root / span.path)
        part = document.part(span.cell) if document is not None else None
        if part is not None:
            return types.Location(part.uri, self.of_part(part).range(span))
        uri = (self._files.root / span.path).as_uri()
        if is_notebook(span.path):
            first, last = raw_lines(self._files, span)
            start, end = types.Position(first - 1, 0), types.Position(last - 1, 0)
            return types.Location(uri, types.Range(start, end))
        if span.path not in self._known:
            self._known[span.path] = self._read(span.path)
        places = self._known[span.path]
        return types.Location(uri, places.range(span)) if places is not None else None

    def _read(self, path: str) -> Places | None:
        try:
            return Places(self._files.content(path).removeprefix("\ufeff"), self._encoding)
        except SourceError:
            return None


def told(finding: Finding) -> str:
    """The path to a finding, for who cannot see related places: one step a line, in Markdown."""
    return "\n".join(f"{n}. `{place(step.span)}` {step.message}" for n, step in enumerate(finding.trace, 1))


def _meet(first: types.Range, second: types.Range) -> bool:
    return first.start <= second.end and second.start <= first.end
