"""What is open in the editor: texts with their versions, notebooks as the files they are."""

from __future__ import annotations

import json
from collections.abc import Generator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import unquote

from lsprotocol import types
from pygls.protocol import LanguageServerProtocol, lsp_method
from pygls.uris import to_fs_path, uri_scheme
from pygls.workspace import TextDocument, Workspace

from prodworthy.lsp.positions import Encoding, Places


@dataclass(frozen=True, slots=True)
class Part:
    """A text that the editor shows: a whole file, or a cell.

    Attributes:
        uri: as the editor writes it.
        number: of a cell its place in the notebook from 1, 0 for a file.
    """

    uri: str
    version: int | None
    text: str
    number: int = 0


@dataclass(frozen=True, slots=True)
class Document:
    """An open file.

    Attributes:
        path: absolute.
        text: its content as it would be saved; of a notebook as much of it as matters.
        parts: what the editor shows of it.
    """

    path: Path
    text: str
    parts: tuple[Part, ...]

    def part(self, cell: int) -> Part | None:
        """What shows a cell, or the file for 0; the first part where the file shows as cells alone."""
        if not cell and self.parts:
            return self.parts[0]
        return next((part for part in self.parts if part.number == cell), None)


class Protocol(LanguageServerProtocol):
    """The protocol over documents that count lines as editors do.

    Those of pygls end lines at form feeds and other characters that end none, so that a change behind one
    would go elsewhere.
    """

    @lsp_method(types.INITIALIZE)
    def lsp_initialize(self, params: types.InitializeParams) -> Generator[Any, Any, types.InitializeResult]:
        """What pygls does, and then other documents."""
        result = yield from super().lsp_initialize(params)
        made, incremental = self.workspace, types.TextDocumentSyncKind.Incremental
        folders = params.workspace_folders or []
        self._workspace = _Workspace(made.root_uri, incremental, folders, made.position_encoding)
        return result


class _Workspace(Workspace):
    def _create_text_document(
        self,
        doc_uri: str,
        source: str | None = None,
        version: int | None = None,
        language_id: str | None = None,
    ) -> TextDocument:
        encoding = self.position_encoding or types.PositionEncodingKind.Utf16
        return _TextDocument(doc_uri, encoding, source or "", version, language_id)


class _TextDocument(TextDocument):
    def __init__(
        self, uri: str, encoding: Encoding, source: str, version: int | None, language_id: str | None
    ) -> None:
        super().__init__(uri, source, version, language_id)
        self._encoding = encoding

    def apply_change(self, change: types.TextDocumentContentChangeEvent) -> None:
        if isinstance(change, types.TextDocumentContentChangePartial):
            self._source = Places(self.source, self._encoding).replaced(change.range, change.text)
        else:
            self._source = change.text


class Documents:
    """The open files of a workspace, by path."""

    def __init__(self, workspace: Workspace) -> None:
        self._workspace = workspace

    def all(self) -> dict[Path, Document]:
        """Every open file."""
        texts, notebooks = self._workspace.text_documents, self._workspace.notebook_documents
        cells = {unquote(cell.document) for book in notebooks.values() for cell in book.cells}
        found = [self._text(text) for uri, text in texts.items() if uri not in cells]
        found += [self._notebook(book, texts) for book in notebooks.values()]
        return {document.path: document for document in found if document is not None}

    def path(self, uri: str) -> Path | None:
        """The file that ``uri``, of a text, a notebook or a cell, belongs to."""
        book = self._workspace.get_notebook_document(cell_uri=uri)
        return _path(book.uri if book is not None else uri)

    def _text(self, text: TextDocument) -> Document | None:
        path = _path(text.uri)
        if path is None:
            return None
        return Document(path, text.source, (Part(text.uri, text.version, text.source),))

    def _notebook(self, book: types.NotebookDocument, texts: Mapping[str, TextDocument]) -> Document | None:
        path = _path(book.uri)
        if path is None or book.notebook_type != "jupyter-notebook":
            return None
        parts, written = [], []
        for number, cell in enumerate(book.cells, 1):
            text = texts.get(unquote(cell.document))
            code = cell.kind == types.NotebookCellKind.Code
            python = code and text is not None and text.language_id == "python"
            written.append({"cell_type": "code" if python else "raw", "source": text.source if text else ""})
            if text is not None:
                parts.append(Part(text.uri, text.version, text.source, number))
        return Document(path, _as_file(written), tuple(parts))


def _as_file(cells: Sequence[Mapping[str, str]]) -> str:
    # outputs and metadata are not known: the editor does not send them
    return json.dumps({"cells": cells, "metadata": {}, "nbformat": 4, "nbformat_minor": 5}, indent=1)


def _path(uri: str) -> Path | None:
    """The file that ``uri`` names; None for what is not on a disk, like an untitled text."""
    place = to_fs_path(uri) if uri_scheme(uri) == "file" else None
    return Path(place) if place else None
