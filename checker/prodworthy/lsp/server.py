"""The language server: from the editor's requests to reports and back."""

from __future__ import annotations

import asyncio
import hashlib
from collections.abc import Callable, Iterable
from functools import partial
from pathlib import Path

from lsprotocol import types
from pygls.exceptions import JsonRpcException
from pygls.lsp.server import LanguageServer
from pygls.uris import to_fs_path

import prodworthy
from prodworthy.files import Files
from prodworthy.lsp import hover, lens
from prodworthy.lsp.actions import KINDS, Actions
from prodworthy.lsp.analyses import Analyses, OutdatedError
from prodworthy.lsp.documents import Documents, Part, Protocol
from prodworthy.lsp.positions import Encoding
from prodworthy.lsp.projects import Projects
from prodworthy.lsp.report import SOURCE, Report, Reports
from prodworthy.pack import Packs

_WATCHED = ("**/*.{py,pyi,pyw,ipynb}", "**/{pyproject,prodworthy}.toml", "**/.gitignore", "**/.env*")
_CONFIGURATION = (".toml", ".gitignore")
_NOTEBOOKS = types.NotebookDocumentSyncOptions(
    [types.NotebookDocumentFilterWithNotebook(types.NotebookDocumentFilterNotebookType("jupyter-notebook"))],
    save=True,
)


def serve(packs: Packs) -> None:
    """Speak with the editor over standard input and output until it says goodbye."""
    server = Server(packs)
    try:
        server.start_io()
    finally:
        server.close()


class Server(LanguageServer):
    """Answers an editor.

    Diagnostics are published to editors that do not ask for them themselves.
    """

    def __init__(self, packs: Packs) -> None:
        version = str(prodworthy.__version__)
        super().__init__(
            SOURCE, version, notebook_document_sync=_NOTEBOOKS, protocol_cls=Protocol, max_workers=2
        )
        self._packs = packs
        self._analyses: Analyses | None = None
        self._publishing: asyncio.Task[None] | None = None
        self._published: dict[str, tuple[int | None, list[types.Diagnostic]]] = {}
        self._told: set[str] = set()
        for method, handler in (
            (types.INITIALIZED, self._on_initialized),
            (types.SHUTDOWN, self._on_shutdown),
            (types.TEXT_DOCUMENT_DID_OPEN, self._on_opened),
            (types.TEXT_DOCUMENT_DID_CHANGE, self._on_typed),
            (types.TEXT_DOCUMENT_DID_SAVE, self._on_saved),
            (types.TEXT_DOCUMENT_DID_CLOSE, self._on_opened),
            (types.NOTEBOOK_DOCUMENT_DID_OPEN, self._on_opened),
            (types.NOTEBOOK_DOCUMENT_DID_CHANGE, self._on_typed),
            (types.NOTEBOOK_DOCUMENT_DID_SAVE, self._on_notebook_saved),
            (types.NOTEBOOK_DOCUMENT_DID_CLOSE, self._on_opened),
            (types.WORKSPACE_DID_CHANGE_WATCHED_FILES, self._on_files_changed),
            (types.WORKSPACE_DID_CHANGE_WORKSPACE_FOLDERS, self._on_folders_changed),
            (types.TEXT_DOCUMENT_HOVER, self._hover),
        ):
            self._answer(method, handler)
        self._answer(types.TEXT_DOCUMENT_CODE_LENS, self._lenses, types.CodeLensOptions())
        self._answer(types.TEXT_DOCUMENT_CODE_ACTION, self._actions, types.CodeActionOptions(KINDS))
        asked = types.DiagnosticOptions(
            inter_file_dependencies=True, workspace_diagnostics=False, identifier=SOURCE
        )
        self._answer(types.TEXT_DOCUMENT_DIAGNOSTIC, self._diagnostics, asked)

    def _answer(self, method: str, handler: Callable[..., object], options: object = None) -> None:
        # pygls sets attributes of what it is given, which methods do not let it do
        self.feature(method, options)(partial(handler))

    def close(self) -> None:
        """Call off what is under way."""
        if self._analyses is not None:
            self._analyses.close()

    # ---- what the editor tells

    def _on_initialized(self, _: types.InitializedParams) -> None:
        capabilities = self.client_capabilities
        shows = capabilities.text_document and capabilities.text_document.publish_diagnostics
        related = bool(shows and shows.related_information)
        reports = Reports(self._packs, self._encoding, related=related)
        documents = Documents(self.workspace)
        self._analyses = Analyses(documents.all, Projects(self._packs, self._folders()), reports)
        watching = capabilities.workspace and capabilities.workspace.did_change_watched_files
        if watching and watching.dynamic_registration:
            watchers = [types.FileSystemWatcher(pattern) for pattern in _WATCHED]
            options = types.DidChangeWatchedFilesRegistrationOptions(watchers)
            method = types.WORKSPACE_DID_CHANGE_WATCHED_FILES
            self.client_register_capability(
                types.RegistrationParams([types.Registration("files", method, options)])
            )

    def _on_shutdown(self, _: None) -> None:
        self.close()

    def _on_opened(self, _: object) -> None:
        self._at_work.changed()
        self._publish_soon()

    def _on_typed(self, _: object) -> None:
        self._at_work.typed()
        self._publish_soon()

    def _on_saved(self, params: types.DidSaveTextDocumentParams) -> None:
        self._look_again([params.text_document.uri])

    def _on_notebook_saved(self, params: types.DidSaveNotebookDocumentParams) -> None:
        self._look_again([params.notebook_document.uri])

    def _on_files_changed(self, params: types.DidChangeWatchedFilesParams) -> None:
        self._look_again(change.uri for change in params.changes)

    def _on_folders_changed(self, _: types.DidChangeWorkspaceFoldersParams) -> None:
        folders = self._folders()
        self._at_work.changed(lambda projects: projects.set_folders(folders))
        self._publish_soon()
        self._ask_to_ask_again()

    def _look_again(self, uris: Iterable[str]) -> None:
        """Files changed on the disk."""
        reload = any(uri.endswith(_CONFIGURATION) for uri in uris)
        if reload:
            self._told.clear()
        self._at_work.changed(Projects.reload if reload else Projects.rescan)
        self._publish_soon()
        self._ask_to_ask_again()

    # ---- diagnostics

    @property
    def _pulled(self) -> bool:
        """Whether the editor asks for diagnostics itself."""
        documents = self.client_capabilities.text_document
        return documents is not None and documents.diagnostic is not None

    async def _diagnostics(
        self, params: types.DocumentDiagnosticParams
    ) -> types.RelatedFullDocumentDiagnosticReport | types.RelatedUnchangedDocumentDiagnosticReport:
        path = self._documents.path(params.text_document.uri)
        try:
            report = await self._at_work.report(path) if path is not None else None
        except OutdatedError:
            raise JsonRpcException(
                "the text has changed",
                types.LSPErrorCodes.ServerCancelled,
                types.DiagnosticServerCancellationData(retrigger_request=True),
            ) from None
        found: list[types.Diagnostic] = []
        if report is not None:
            self._tell_problems(report)
            part = self._part(report, params.text_document.uri)
            found = report.diagnostics(part) if part is not None else []
        result = _digest(found)
        if result == params.previous_result_id:
            return types.RelatedUnchangedDocumentDiagnosticReport(result)
        return types.RelatedFullDocumentDiagnosticReport(found, result_id=result)

    def _publish_soon(self) -> None:
        """Publish what is found once nobody types any more, unless the editor asks for it."""
        if self._publishing is not None:
            self._publishing.cancel()
        if not self._pulled:
            self._publishing = asyncio.get_running_loop().create_task(self._publish())

    async def _publish(self) -> None:
        documents = self._documents.all()
        gone = set(self._published).difference(p.uri for d in documents.values() for p in d.parts)
        for uri in gone:
            del self._published[uri]
            self.text_document_publish_diagnostics(types.PublishDiagnosticsParams(uri, []))
        for path in sorted(documents, key=self._is_as_published):
            try:
                report = await self._at_work.report(path)
            except OutdatedError:
                return  # another one is on its way
            if report is not None:
                self._tell_problems(report)
                for part in report.document.parts:
                    self._publish_part(part, report.diagnostics(part))

    def _is_as_published(self, path: Path) -> bool:
        """False for files that changed, which come first."""
        document = self._documents.all()[path]
        return all(
            part.uri in self._published and self._published[part.uri][0] == part.version
            for part in document.parts
        )

    def _publish_part(self, part: Part, found: list[types.Diagnostic]) -> None:
        if self._published.get(part.uri) != (part.version, found):
            self._published[part.uri] = part.version, found
            self.text_document_publish_diagnostics(
                types.PublishDiagnosticsParams(part.uri, found, version=part.version)
            )

    def _ask_to_ask_again(self) -> None:
        """Have an editor that asks by itself ask for everything again."""
        workspace = self.client_capabilities.workspace
        if workspace and workspace.diagnostics and workspace.diagnostics.refresh_support:
            self.workspace_diagnostic_refresh(None)
        if workspace and workspace.code_lens and workspace.code_lens.refresh_support:
            self.workspace_code_lens_refresh(None)

    def _tell_problems(self, report: Report) -> None:
        """Say once what is wrong with the configuration, and what a rule failed on."""
        if report.error and report.error not in self._told:
            self._told.add(report.error)
            told = f"prodworthy: {report.error}"
            self.window_show_message(types.ShowMessageParams(types.MessageType.Error, told))
        for problem in report.problems:
            if problem.rule and str(problem) not in self._told:
                self._told.add(str(problem))
                self.window_log_message(types.LogMessageParams(types.MessageType.Error, str(problem)))

    # ---- what the editor asks

    async def _hover(self, params: types.HoverParams) -> types.Hover | None:
        path, uri = self._documents.path(params.text_document.uri), params.text_document.uri

        def found(report: Report, _: Files) -> types.Hover | None:
            part = self._part(report, uri)
            items = report.at(part, types.Range(params.position, params.position)) if part else []
            if not items:
                return None
            return types.Hover(
                types.MarkupContent(types.MarkupKind.Markdown, hover.markdown(items, self._packs)),
                items[0].diagnostic.range,
            )

        return await self._at_work.about(path, found) if path is not None else None

    async def _lenses(self, params: types.CodeLensParams) -> list[types.CodeLens]:
        path, uri = self._documents.path(params.text_document.uri), params.text_document.uri

        def found(report: Report, _: Files) -> list[types.CodeLens]:
            part = self._part(report, uri)
            return [
                types.CodeLens(listed.extent, types.Command(lens.title(listed.call), ""))
                for listed in report.calls
                if listed.part is part
            ]

        return (await self._at_work.about(path, found) if path is not None else None) or []

    async def _actions(self, params: types.CodeActionParams) -> list[types.CodeAction]:
        path, uri = self._documents.path(params.text_document.uri), params.text_document.uri
        only = [
            str(kind.value if isinstance(kind, types.CodeActionKind) else kind)
            for kind in params.context.only or ()
        ]

        def found(report: Report, files: Files) -> list[types.CodeAction]:
            part = self._part(report, uri)
            if part is None:
                return []
            actions = Actions(report, files, self._encoding, versioned=self._versioned)
            return actions.at(part, params.range, only or None)

        return (await self._at_work.about(path, found) if path is not None else None) or []

    # ---- what all of them need

    @property
    def _at_work(self) -> Analyses:
        if self._analyses is None:
            self._on_initialized(types.InitializedParams())
        assert self._analyses is not None
        return self._analyses

    @property
    def _documents(self) -> Documents:
        return Documents(self.workspace)

    @property
    def _encoding(self) -> Encoding:
        return self.workspace.position_encoding or types.PositionEncodingKind.Utf16

    @property
    def _versioned(self) -> bool:
        workspace = self.client_capabilities.workspace
        return bool(workspace and workspace.workspace_edit and workspace.workspace_edit.document_changes)

    def _folders(self) -> list[Path]:
        given = [folder.uri for folder in self.workspace.folders.values()] or [self.workspace.root_uri or ""]
        return [Path(place) for uri in given if (place := to_fs_path(uri))]

    def _part(self, report: Report, uri: str) -> Part | None:
        return next((part for part in report.document.parts if part.uri == uri), None)


def _digest(found: list[types.Diagnostic]) -> str:
    return hashlib.sha256(repr(found).encode("utf-8", "surrogatepass")).hexdigest()[:32]
