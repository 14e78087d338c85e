"""Notebooks that an editor shows as notebooks: cell by cell, as they stand on the screen."""

from __future__ import annotations

import asyncio
import json
from pathlib import Path

from lsp.editor import Editor, applied, capabilities, editing
from lsprotocol import types

CODE = "%pip install openai\nfrom openai import OpenAI\nclient = OpenAI()\n"
CALL = 'client.responses.create(model="m", input="x")'


def test_cells_have_their_own_diagnostics_lenses_and_fixes(tmp_path: Path) -> None:
    file = tmp_path / "rag.ipynb"
    file.write_text(json.dumps({"cells": [], "metadata": {}, "nbformat": 4, "nbformat_minor": 5}))
    uri = file.as_uri()
    kinds = [types.NotebookCellKind.Markup, types.NotebookCellKind.Code, types.NotebookCellKind.Code]
    cells = [types.NotebookCell(kind, f"{uri}#{number}") for number, kind in enumerate(kinds)]
    texts = ["# client.responses.create()", CODE, "\n" + CALL]
    items = [
        types.TextDocumentItem(cell.document, "markdown" if number == 0 else "python", 1, text)
        for number, (cell, text) in enumerate(zip(cells, texts, strict=True))
    ]

    async def session(editor: Editor) -> None:
        editor.client.notebook_document_did_open(
            types.DidOpenNotebookDocumentParams(
                types.NotebookDocument(uri, "jupyter-notebook", 1, cells), items
            )
        )
        [found] = await editor.diagnostics(cells[2].document)
        assert (found.code, found.range.start) == ("PW301", types.Position(1, 0))
        assert await editor.diagnostics(cells[1].document) == []
        assert [line for line, _ in await editor.lenses(cells[2].document)] == [1]
        assert "unbounded-output" in await editor.hover(cells[2].document, 1, 5)

        fix, hold = await editor.actions(cells[2].document, found.range)
        for action, expected in ((fix, "max_output_tokens="), (hold, "# prodworthy: ignore[PW301]")):
            assert action.edit is not None
            [change] = action.edit.document_changes or ()
            assert isinstance(change, types.TextDocumentEdit)
            assert change.text_document.uri == cells[2].document
            text = applied(texts[2], [e for e in change.edits if isinstance(e, types.TextEdit)])
            assert expected in text
            type_into(editor, uri, cells[2].document, 2, text)
            assert await editor.diagnostics(cells[2].document, 2) == []
            type_into(editor, uri, cells[2].document, 3, texts[2])
            assert len(await editor.diagnostics(cells[2].document, 3)) == 1
            editor.published.clear()

        # a cell that does not parse hides nothing of the others
        type_into(editor, uri, cells[1].document, 2, CODE + "def (\n")
        assert [d.code for d in await editor.diagnostics(cells[1].document, 2)] == ["PW002"]

    capable = capabilities()
    capable.notebook_document = types.NotebookDocumentClientCapabilities(
        types.NotebookDocumentSyncClientCapabilities()
    )

    async def run() -> None:
        async with editing(tmp_path, capable=capable) as editor:
            assert editor.result is not None
            assert editor.result.capabilities.notebook_document_sync is not None
            await session(editor)

    asyncio.run(run())


def type_into(editor: Editor, notebook: str, cell: str, version: int, text: str) -> None:
    """Replace what a cell says."""
    change = types.NotebookDocumentCellContentChanges(
        types.VersionedTextDocumentIdentifier(version, cell),
        [types.TextDocumentContentChangeWholeDocument(text)],
    )
    editor.client.notebook_document_did_change(
        types.DidChangeNotebookDocumentParams(
            types.VersionedNotebookDocumentIdentifier(version, notebook),
            types.NotebookDocumentChangeEvent(cells=types.NotebookDocumentCellChanges(text_content=[change])),
        )
    )
