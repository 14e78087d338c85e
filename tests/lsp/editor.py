"""An editor: the client of pygls over the standard input and output of a real server."""

from __future__ import annotations

import asyncio
import sys
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from functools import partial
from pathlib import Path
from typing import Any

from lsprotocol import types
from pygls.lsp.client import LanguageClient
from pygls.uris import to_fs_path

PATIENCE = 20.0


class Editor:
    """What the tests do with a server, and what it told."""

    def __init__(self, client: LanguageClient) -> None:
        self.client = client
        self.published: dict[str, list[types.PublishDiagnosticsParams]] = {}
        self.messages: list[str] = []
        self.registered: list[types.Registration] = []
        self.refreshed = 0
        self.result: types.InitializeResult | None = None
        self.texts: dict[str, str] = {}
        self._versions: dict[str, int] = {}
        self._news = asyncio.Event()
        client.feature(types.TEXT_DOCUMENT_PUBLISH_DIAGNOSTICS)(partial(self._on_published))
        client.feature(types.WINDOW_SHOW_MESSAGE)(partial(self._on_message))
        client.feature(types.WINDOW_LOG_MESSAGE)(partial(self._on_message))
        client.feature(types.CLIENT_REGISTER_CAPABILITY)(partial(self._on_registration))
        client.feature(types.WORKSPACE_DIAGNOSTIC_REFRESH)(partial(self._on_refresh))

    def open(self, file: Path, text: str | None = None, language: str = "python") -> str:
        """Open a file, and give its address."""
        uri = file.as_uri()
        self.texts[uri] = file.read_text(encoding="utf-8") if text is None else text
        self._versions[uri] = 1
        item = types.TextDocumentItem(uri, language, 1, self.texts[uri])
        self.client.text_document_did_open(types.DidOpenTextDocumentParams(item))
        return uri

    def type(self, uri: str, text: str, at: types.Range | None = None) -> int:
        """Type ``text``, in place of everything or of what stands ``at`` a range, and give the version."""
        self._versions[uri] += 1
        whole = types.TextDocumentContentChangeWholeDocument(text)
        change = whole if at is None else types.TextDocumentContentChangePartial(at, text)
        document = types.VersionedTextDocumentIdentifier(self._versions[uri], uri)
        if at is None:
            self.texts[uri] = text
        self.client.text_document_did_change(types.DidChangeTextDocumentParams(document, [change]))
        return self._versions[uri]

    def save(self, uri: str) -> None:
        """Write the file."""
        Path(to_fs_path(uri) or "").write_text(self.texts[uri], encoding="utf-8")
        self.client.text_document_did_save(types.DidSaveTextDocumentParams(types.TextDocumentIdentifier(uri)))

    def close(self, uri: str) -> None:
        """Close the file."""
        document = types.TextDocumentIdentifier(uri)
        del self.texts[uri]
        self.client.text_document_did_close(types.DidCloseTextDocumentParams(document))

    def enter(self, folder: Path) -> None:
        """Open another folder, and forget what was told of others."""
        self._change_folders(added=[folder])

    def leave(self, folder: Path) -> None:
        """Close a folder, and what is open in it."""
        for uri in [uri for uri in self.texts if uri.startswith(folder.as_uri())]:
            self.close(uri)
        self._change_folders(removed=[folder])
        self.messages.clear()

    def _change_folders(self, added: Sequence[Path] = (), removed: Sequence[Path] = ()) -> None:
        new, old = (
            [types.WorkspaceFolder(f.as_uri(), f.name) for f in folders] for folders in (added, removed)
        )
        event = types.WorkspaceFoldersChangeEvent(new, old)
        self.client.workspace_did_change_workspace_folders(types.DidChangeWorkspaceFoldersParams(event))

    async def diagnostics(self, uri: str, version: int | None = None) -> list[types.Diagnostic]:
        """The newest that were published for a file, once there are some for ``version`` (any if None)."""
        told = await self.until(
            lambda: next(
                (p for p in self.published.get(uri, ()) if version is None or p.version == version), None
            )
        )
        return list(told.diagnostics)

    async def until(self, condition: Any) -> Any:
        """What ``condition`` gives once it gives something."""

        async def wait() -> Any:
            while not (found := condition()):
                self._news.clear()
                await self._news.wait()
            return found

        return await asyncio.wait_for(wait(), PATIENCE)

    async def pull(self, uri: str, previous: str | None = None) -> Any:
        """Ask for the diagnostics."""
        document = types.TextDocumentIdentifier(uri)
        return await self.client.text_document_diagnostic_async(
            types.DocumentDiagnosticParams(document, previous_result_id=previous)
        )

    async def hover(self, uri: str, line: int, character: int) -> str:
        """What is shown at a place."""
        found = await self.client.text_document_hover_async(
            types.HoverParams(types.TextDocumentIdentifier(uri), types.Position(line, character))
        )
        return found.contents.value if found and isinstance(found.contents, types.MarkupContent) else ""

    async def lenses(self, uri: str) -> list[tuple[int, str]]:
        """The lines with a code lens, and what it says."""
        found = await self.client.text_document_code_lens_async(
            types.CodeLensParams(types.TextDocumentIdentifier(uri))
        )
        return [(lens.range.start.line, lens.command.title) for lens in found or () if lens.command]

    async def actions(
        self, uri: str, at: types.Range, only: Sequence[str] | None = None
    ) -> list[types.CodeAction]:
        """What is offered at a place."""
        context = types.CodeActionContext([], only=only)
        found = await self.client.text_document_code_action_async(
            types.CodeActionParams(types.TextDocumentIdentifier(uri), at, context)
        )
        return [action for action in found or () if isinstance(action, types.CodeAction)]

    def _on_published(self, params: types.PublishDiagnosticsParams) -> None:
        self.published.setdefault(params.uri, []).insert(0, params)
        self._news.set()

    def _on_message(self, params: types.ShowMessageParams) -> None:
        self.messages.append(params.message)
        self._news.set()

    def _on_registration(self, params: types.RegistrationParams) -> None:
        self.registered += params.registrations
        self._news.set()

    def _on_refresh(self, _: None) -> None:
        self.refreshed += 1
        self._news.set()


def capabilities(
    *, pull: bool = False, utf8: bool = False, versioned: bool = True
) -> types.ClientCapabilities:
    """Those of an editor of today."""
    encodings = [types.PositionEncodingKind.Utf8, types.PositionEncodingKind.Utf16]
    return types.ClientCapabilities(
        general=types.GeneralClientCapabilities(position_encodings=encodings if utf8 else None),
        text_document=types.TextDocumentClientCapabilities(
            publish_diagnostics=types.PublishDiagnosticsClientCapabilities(related_information=True),
            diagnostic=types.DiagnosticClientCapabilities() if pull else None,
        ),
        workspace=types.WorkspaceClientCapabilities(
            workspace_edit=types.WorkspaceEditClientCapabilities(document_changes=versioned),
            did_change_watched_files=types.DidChangeWatchedFilesClientCapabilities(dynamic_registration=True),
            diagnostics=types.DiagnosticWorkspaceClientCapabilities(refresh_support=pull),
        ),
    )


@asynccontextmanager
async def editing(*folders: Path, capable: types.ClientCapabilities | None = None) -> AsyncIterator[Editor]:
    """An editor in which ``folders`` are open, with a server of its own."""
    client = LanguageClient("tests", "1")
    editor = Editor(client)
    await client.start_io(sys.executable, "-m", "prodworthy", "lsp")
    try:
        editor.result = await client.initialize_async(
            types.InitializeParams(
                capable or capabilities(),
                workspace_folders=[types.WorkspaceFolder(folder.as_uri(), folder.name) for folder in folders],
            )
        )
        client.initialized(types.InitializedParams())
        yield editor
        await client.shutdown_async(None)
        client.exit(None)
        server = client._server
        assert server is not None
        assert await asyncio.wait_for(server.wait(), PATIENCE) == 0
    finally:
        if client._server is not None and client._server.returncode is None:
            client._server.kill()
        await client.stop()  # type: ignore[no-untyped-call]


def applied(text: str, edits: Sequence[types.TextEdit]) -> str:
    """``text`` of plain ASCII after ``edits``."""
    lines = text.splitlines(keepends=True)
    starts = [0]
    for line in lines:
        starts.append(starts[-1] + len(line))
    places = sorted(
        (
            (
                starts[e.range.start.line] + e.range.start.character,
                starts[e.range.end.line] + e.range.end.character,
                e.new_text,
            )
            for e in edits
        ),
        reverse=True,
    )
    for start, end, content in places:
        text = text[:start] + content + text[end:]
    return text
