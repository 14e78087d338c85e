"""How long after a key the diagnostics are there: `prodworthy lsp` over standard input and output, warm.

    python benchmarks/editor.py examples/support_bot path/to/application

For every file with LLM calls of each folder: open it, wait for its diagnostics, type at its end (`--keys`
times) and measure from the key to the diagnostics of that version, the wait for another key (50 ms) included.
What the server holds in memory is read at the end (Linux).
"""

from __future__ import annotations

import argparse
import asyncio
import os
import statistics
import subprocess
import sys
import time
from collections.abc import Sequence
from json import loads
from pathlib import Path

from lsprotocol import types
from pygls.lsp.client import LanguageClient

from prodworthy.discover import project_root

_MOST = 40


class Client:
    """A language client that waits for the diagnostics of a version."""

    def __init__(self) -> None:
        self.client = LanguageClient("benchmark", "1")
        self._told: dict[str, int | None] = {}
        self._news = asyncio.Event()

        @self.client.feature(types.TEXT_DOCUMENT_PUBLISH_DIAGNOSTICS)
        def _(params: types.PublishDiagnosticsParams) -> None:
            self._told[params.uri] = params.version
            self._news.set()

    async def start(self, folder: Path) -> None:
        """Start a server for ``folder``."""
        await self.client.start_io(sys.executable, "-m", "prodworthy", "lsp")
        opened = [types.WorkspaceFolder(folder.as_uri(), folder.name)]
        await self.client.initialize_async(
            types.InitializeParams(types.ClientCapabilities(), workspace_folders=opened)
        )
        self.client.initialized(types.InitializedParams())

    async def open(self, file: Path) -> float:
        """Open a file, and tell the seconds until its diagnostics are there."""
        item = types.TextDocumentItem(file.as_uri(), "python", 1, file.read_text(encoding="utf-8"))
        start = time.perf_counter()
        self.client.text_document_did_open(types.DidOpenTextDocumentParams(item))
        await self._version(file.as_uri(), 1)
        return time.perf_counter() - start

    async def key(self, file: Path, version: int) -> float:
        """Type something, and tell the seconds until the diagnostics of that version are there."""
        end = types.Position(10**6, 0)
        change = types.TextDocumentContentChangePartial(types.Range(end, end), f"\n# {version}")
        document = types.VersionedTextDocumentIdentifier(version, file.as_uri())
        start = time.perf_counter()
        self.client.text_document_did_change(types.DidChangeTextDocumentParams(document, [change]))
        await self._version(file.as_uri(), version)
        return time.perf_counter() - start

    def close(self, file: Path) -> None:
        """Close a file."""
        document = types.TextDocumentIdentifier(file.as_uri())
        self.client.text_document_did_close(types.DidCloseTextDocumentParams(document))

    def work(self) -> float:
        """The CPU seconds that the server has used so far; 0 where nobody tells."""
        server = self.client._server
        assert server is not None
        try:
            told = Path(f"/proc/{server.pid}/stat").read_text(encoding="ascii").rpartition(")")[2].split()
        except OSError:
            return 0.0
        return (int(told[11]) + int(told[12])) / os.sysconf("SC_CLK_TCK")

    def memory(self) -> int:
        """The megabytes that the server holds; 0 where nobody tells."""
        server = self.client._server
        assert server is not None
        try:
            status = Path(f"/proc/{server.pid}/status").read_text(encoding="ascii")
        except OSError:
            return 0
        return int(status.partition("VmRSS:")[2].split()[0]) // 1024

    async def stop(self) -> None:
        """Say goodbye."""
        await self.client.shutdown_async(None)
        self.client.exit(None)
        await self.client.stop()

    async def _version(self, uri: str, version: int) -> None:
        while self._told.get(uri) != version:
            self._news.clear()
            await self._news.wait()


def files_with_calls(folder: Path) -> list[Path]:
    """The files with LLM calls, those with most first."""
    command = [sys.executable, "-m", "prodworthy", "inventory", ".", "--format", "json"]
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)
    paths = [call["path"] for call in loads(done.stdout)["calls"] if call["path"].endswith(".py")]
    top = project_root((), folder)
    return [top / path for path in sorted(set(paths), key=lambda p: (-paths.count(p), p))][:_MOST]


async def measure(folder: Path, keys: int) -> None:
    """Measure one folder and print what came out."""
    client = Client()
    began = time.perf_counter()
    await client.start(folder)
    started = time.perf_counter() - began
    taken: dict[Path, list[float]] = {}
    worked: dict[Path, float] = {}
    first = 0.0
    for file in files_with_calls(folder):
        opened = await client.open(file)
        first = first or opened
        before = client.work()
        taken[file] = [await client.key(file, version) for version in range(2, keys + 2)]
        worked[file] = (client.work() - before) / keys
        client.close(file)
    every = sorted(seconds for times in taken.values() for seconds in times)
    slowest = max(taken, key=lambda file: statistics.median(taken[file]))
    print(f"{folder.name}: {len(taken)} files with LLM calls, {len(every)} keys")
    print(f"  server up after {started:.2f} s, first file {first:.2f} s")
    for name, seconds in (
        ("median", statistics.median(every)),
        ("95 %", every[int(len(every) * 0.95) - 1]),
        ("longest", every[-1]),
    ):
        print(f"  {name:8} {seconds * 1000:5.0f} ms")
    within = sum(seconds <= 0.3 for seconds in every)
    print(f"  within 300 ms: {within} of {len(every)}")
    print(f"  slowest file {slowest.name}: median {statistics.median(taken[slowest]) * 1000:.0f} ms")
    print(
        f"  CPU for a key: median {statistics.median(worked.values()) * 1000:.0f} ms, "
        f"most {max(worked.values()) * 1000:.0f} ms"
    )
    print(f"  memory {client.memory()} MB")
    await client.stop()


def main(arguments: Sequence[str] | None = None) -> None:
    """Measure every folder that is named."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("folders", nargs="+", type=Path)
    parser.add_argument("--keys", type=int, default=10)
    options = parser.parse_args(arguments)
    for folder in options.folders:
        asyncio.run(measure(folder.absolute(), options.keys))


if __name__ == "__main__":
    main()
