"""What an editor offers at a finding: its fix, every safe fix of the file, a comment that holds it back."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from lsprotocol import types

from prodworthy.errors import SourceError
from prodworthy.files import Files
from prodworthy.finding import Applicability, Edit, Fix
from prodworthy.fix.ignore import is_ignore_file
from prodworthy.fix.text import Text, overlap
from prodworthy.lsp.documents import Part
from prodworthy.lsp.positions import Encoding, Places
from prodworthy.lsp.report import Item, Report
from prodworthy.lsp.suppressing import suppression
from prodworthy.source.python import Source, parse_source
from prodworthy.source.text import is_notebook, is_python

FIX_ALL = "source.fixAll.prodworthy"
KINDS: tuple[types.CodeActionKind | str, ...] = (types.CodeActionKind.QuickFix, FIX_ALL)
_UNSAFE = "it changes what the program does"


class Actions:
    """Makes the actions on one report.

    Args:
        report: what was found.
        files: the project's files as they were then.
        encoding: how the editor counts.
        versioned: whether it takes edits of a document in a certain version only.
    """

    def __init__(self, report: Report, files: Files, encoding: Encoding, *, versioned: bool) -> None:
        self._report = report
        self._files = files
        self._encoding = encoding
        self._versioned = versioned

    def at(self, part: Part, place: types.Range, only: Sequence[str] | None) -> list[types.CodeAction]:
        """The actions of the kinds ``only`` (all if None) for what stands at a place of a part."""
        found: list[types.CodeAction] = []
        items = self._report.at(part, place)
        if _wanted(types.CodeActionKind.QuickFix.value, only):
            found += [action for item in items if (action := self._fix(item)) is not None]
            found += [action for item in items if (action := self._suppression(item)) is not None]
        if _wanted(FIX_ALL, only) and (everything := self._fix_all()) is not None:
            found.append(everything)
        return found

    def _fix(self, item: Item) -> types.CodeAction | None:
        fix = item.finding.fix
        if fix is None or (edit := self._edit(fix.edits)) is None:
            return None
        safe = fix.applicability is Applicability.SAFE
        return types.CodeAction(
            title=f"{fix.message} ({item.finding.code}{'' if safe else f', unsafe: {_UNSAFE}'})",
            kind=types.CodeActionKind.QuickFix,
            diagnostics=[item.diagnostic],
            is_preferred=safe or None,
            edit=edit,
        )

    def _suppression(self, item: Item) -> types.CodeAction | None:
        finding = item.finding
        whole = is_notebook(finding.path) and not finding.span.cell
        edit = None if whole else suppression(finding, item.part.text, self._source(finding.path))
        change = self._edit([edit]) if edit is not None else None
        if change is None:
            return None
        return types.CodeAction(
            title=f"Suppress {finding.code} {finding.name} on this line",
            kind=types.CodeActionKind.QuickFix,
            diagnostics=[item.diagnostic],
            edit=change,
        )

    def _fix_all(self) -> types.CodeAction | None:
        """All safe fixes that go together; what gets in the way of another is left for the next time."""
        taken: list[Edit] = []
        for fix in self._safe():
            new = [edit for edit in fix.edits if edit not in taken]
            if not any(overlap(edit.span, other.span) for edit in new for other in taken):
                taken += new
        edit = self._edit(taken) if taken else None
        return types.CodeAction("Apply all safe fixes of prodworthy", FIX_ALL, edit=edit) if edit else None

    def _safe(self) -> Iterator[Fix]:
        for item in self._report.items:
            fix = item.finding.fix
            if fix is not None and fix.applicability is Applicability.SAFE:
                yield fix

    def _edit(self, edits: Iterable[Edit]) -> types.WorkspaceEdit | None:
        """``edits`` as the editor applies them; None if a file would not parse any more afterwards."""
        by_path: dict[str, list[Edit]] = {}
        for edit in edits:
            by_path.setdefault(edit.span.path, []).append(edit)
        changes: list[types.TextDocumentEdit] = []
        for path, mine in by_path.items():
            if is_python(path) and not self._parses(path, mine):
                return None
            if is_ignore_file(path) and self._files.data(path) is None:
                return None  # it has to be made first
            changes += [
                self._of_part(part, [e for e in mine if e.span.cell in (0, part.number)])
                for part in self._parts(path, mine)
            ]
        if self._versioned:
            return types.WorkspaceEdit(document_changes=changes)
        return types.WorkspaceEdit(changes={c.text_document.uri: _plain(c) for c in changes})

    def _of_part(self, part: Part, edits: Sequence[Edit]) -> types.TextDocumentEdit:
        places = Places(part.text, self._encoding)
        return types.TextDocumentEdit(
            types.OptionalVersionedTextDocumentIdentifier(uri=part.uri, version=part.version),
            [types.TextEdit(places.range(edit.span), edit.content) for edit in edits],
        )

    def _parts(self, path: str, edits: Sequence[Edit]) -> list[Part]:
        """What the editor shows of the places that ``edits`` change."""
        file = self._files.root / path
        document = self._report.documents.get(file)
        if document is None:
            text = self._files.content(path).removeprefix("\ufeff")
            return [Part(file.as_uri(), None, text)]
        cells = dict.fromkeys(edit.span.cell for edit in edits)
        return [part for cell in cells if (part := document.part(cell)) is not None]

    def _parses(self, path: str, edits: Sequence[Edit]) -> bool:
        source = self._source(path)
        if source is None:
            return False
        if source.cells:  # a notebook closed in the editor cannot be edited by its cells
            return self._files.root / path in self._report.documents
        try:
            parse_source(path, Text.of(source).apply(edits))
        except SourceError:
            return False
        return True

    def _source(self, path: str) -> Source | None:
        try:
            return self._files.source(path) if is_python(path) else None
        except SourceError:
            return None


def _plain(change: types.TextDocumentEdit) -> list[types.TextEdit]:
    return [edit for edit in change.edits if isinstance(edit, types.TextEdit)]


def _wanted(kind: str, only: Sequence[str] | None) -> bool:
    """Whether an editor that asks for ``only`` some kinds, or what is below them, wants ``kind``."""
    return only is None or any(kind == asked or kind.startswith(f"{asked}.") for asked in only)
