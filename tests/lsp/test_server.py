"""A real server, spoken to by a real client over standard input and output."""

from __future__ import annotations

import asyncio
import shutil
from collections.abc import Callable, Coroutine, Iterator, Sequence
from pathlib import Path

import pytest
from click.testing import CliRunner
from lsp.editor import Editor, applied, capabilities, editing
from lsprotocol import types

from prodworthy.cli import main

ROOT = Path(__file__).parent.parent.parent
UNCAPPED = """\
from openai import OpenAI

client = OpenAI()
reply = client.chat.completions.create(model="gpt-4o", messages=[{"role": "user", "content": "Hello"}])
"""
CALL = types.Range(types.Position(3, 10), types.Position(3, 10))
Session = Callable[[Editor], Coroutine[None, None, None]]
Edit = Callable[[Session], None]


@pytest.fixture(scope="module")
def server() -> Iterator[tuple[asyncio.Runner, Editor]]:
    """An editor and a server that several tests share, each with a folder of its own."""
    with asyncio.Runner() as runner:
        opened = editing()
        yield runner, runner.run(opened.__aenter__())
        runner.run(opened.__aexit__(None, None, None))


@pytest.fixture
def edit(server: tuple[asyncio.Runner, Editor], tmp_path: Path) -> Iterator[Edit]:
    runner, editor = server
    editor.enter(tmp_path)
    yield lambda session: runner.run(session(editor))
    editor.leave(tmp_path)


def edit_alone(session: Session, *folders: Path, capable: types.ClientCapabilities | None = None) -> None:
    """With a server of its own."""

    async def run() -> None:
        async with editing(*folders, capable=capable) as editor:
            await session(editor)

    asyncio.run(run())


def codes(found: Sequence[types.Diagnostic]) -> list[object]:
    return [diagnostic.code for diagnostic in found]


def changes(action: types.CodeAction) -> dict[str, list[types.TextEdit]]:
    """What an action does to which text; a document's edits are for its present version."""
    assert action.edit is not None
    told: dict[str, list[types.TextEdit]] = {}
    for change in action.edit.document_changes or ():
        assert isinstance(change, types.TextDocumentEdit)
        told[change.text_document.uri] = [e for e in change.edits if isinstance(e, types.TextEdit)]
    return told


def write(folder: Path, **files: str) -> None:
    for name, text in files.items():
        file = folder / f"{name.replace('__', '/')}.py"
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text, encoding="utf-8")


def test_open_type_fix_and_see_the_finding_gone(tmp_path: Path, edit: Edit) -> None:
    shutil.copytree(ROOT / "examples" / "support_bot", tmp_path, dirs_exist_ok=True)
    llm = tmp_path / "support_bot" / "llm.py"

    async def session(editor: Editor) -> None:
        uri = editor.open(llm)
        before = await editor.diagnostics(uri)
        assert {"PW202", "PW208", "PW301", "PW401"} <= set(codes(before))
        version = editor.type(uri, editor.texts[uri] + "\n# typed\n")
        assert codes(await editor.diagnostics(uri, version)) == codes(before)

        slow = next(d for d in before if d.code == "PW208")
        fix = (await editor.actions(uri, slow.range))[0]
        assert fix.title.startswith("Remove the argument")
        assert "unsafe" in fix.title
        assert fix.is_preferred is None
        version = editor.type(uri, applied(editor.texts[uri], changes(fix)[uri]))
        after = codes(await editor.diagnostics(uri, version))
        assert "PW208" not in after
        assert sorted([*after, "PW208"], key=str) == sorted(codes(before), key=str)

    edit(session)


def test_a_diagnostic_tells_what_a_check_tells(tmp_path: Path, edit: Edit) -> None:
    write(
        tmp_path,
        llm="from openai import OpenAI\n\nclient = OpenAI(timeout=None)\n",
        app="from llm import client\n\nclient.responses.create(\n    model='m', input='x', max_output_tokens=9\n)\n",
    )

    async def session(editor: Editor) -> None:
        uri = editor.open(tmp_path / "app.py")
        [found] = await editor.diagnostics(uri)
        assert (found.code, found.severity, found.source) == (
            "PW208",
            types.DiagnosticSeverity.Warning,
            "prodworthy",
        )
        assert "can hang for ever" in found.message
        assert "\ngive `timeout` a number" in found.message
        # the first line of the call, not all three
        assert found.range == types.Range(types.Position(2, 0), types.Position(2, 24))
        assert found.code_description is not None
        assert found.code_description.href.endswith("/disabled_timeout.md")
        first, last = found.related_information or ()
        assert first.location.uri == (tmp_path / "llm.py").as_uri()
        assert first.location.range.start.line == 2
        assert "switched off" in first.message
        assert last.location.uri == uri

        shown = await editor.hover(uri, 3, 6)  # inside the call, below its first line
        assert shown.startswith("**PW208 disabled-timeout** (warning): ")
        assert "`llm.py:3:25` the timeout is switched off here" in shown
        assert "## Why it matters" in shown
        assert "# error:" not in shown
        assert await editor.hover(uri, 0, 3) == ""
        assert await editor.lenses(uri) == [
            (2, "openai responses.create · m · cap 9 · retry 2 (sdk-default) · timeout disabled")
        ]

        # a fix in another file
        fix = (await editor.actions(uri, found.range))[0]
        assert list(changes(fix)) == [(tmp_path / "llm.py").as_uri()]

        editor.close(uri)
        assert await editor.until(lambda: not editor.published[uri][0].diagnostics)

    edit(session)


def test_safe_fixes_are_preferred_and_made_at_once(tmp_path: Path, edit: Edit) -> None:
    write(tmp_path, app="import openai  # noqa: PW301\n\nx = 1  # prodworthy: ignore[PW208] old\n")

    async def session(editor: Editor) -> None:
        uri = editor.open(tmp_path / "app.py")
        found = await editor.diagnostics(uri)
        assert codes(found) == ["PW001", "PW001"]
        assert list(found[0].tags or ()) == [types.DiagnosticTag.Unnecessary]
        quick = await editor.actions(uri, found[0].range, [types.CodeActionKind.QuickFix.value])
        assert quick[0].is_preferred is True
        [everything] = await editor.actions(uri, found[0].range, ["source.fixAll"])
        assert everything.kind == "source.fixAll.prodworthy"
        mended = applied(editor.texts[uri], changes(everything)[uri])
        assert mended == "import openai\n\nx = 1\n"
        assert codes(await editor.diagnostics(uri, editor.type(uri, mended))) == []
        assert await editor.actions(uri, found[0].range) == []

    edit(session)


def test_an_editor_that_asks_itself_is_told_nothing_unasked(tmp_path: Path) -> None:
    write(tmp_path, app=UNCAPPED)

    async def session(editor: Editor) -> None:
        uri = editor.open(tmp_path / "app.py")
        first = await editor.pull(uri)
        assert (first.kind, codes(first.items)) == ("full", ["PW301"])
        editor.type(uri, UNCAPPED + "# more\n")
        same = await editor.pull(uri, first.result_id)
        assert (same.kind, same.result_id) == ("unchanged", first.result_id)
        (tmp_path / "prodworthy.toml").write_text('ignore = ["PW301"]\n')
        editor.client.workspace_did_change_watched_files(
            types.DidChangeWatchedFilesParams(
                [types.FileEvent((tmp_path / "prodworthy.toml").as_uri(), types.FileChangeType.Created)]
            )
        )
        await editor.until(lambda: editor.refreshed)
        assert codes((await editor.pull(uri, first.result_id)).items) == []
        assert editor.published == {}
        assert (await editor.pull((tmp_path / "absent.py").as_uri())).items == ()

    edit_alone(session, tmp_path, capable=capabilities(pull=True))


@pytest.mark.parametrize("utf8", [False, True])
def test_places_hold_behind_characters_of_any_width(tmp_path: Path, utf8: bool) -> None:
    write(tmp_path, app="")
    strange = "e\u0301 漢字 👩‍👩‍👧 𝒳"  # noqa: RUF001
    text = f'from openai import OpenAI\n\x0c\nname = "{strange}"; OpenAI().responses.create(model="m", input="x")\n'

    async def session(editor: Editor) -> None:
        assert editor.result is not None
        encoding = "utf-8" if utf8 else "utf-16"
        assert editor.result.capabilities.position_encoding == encoding
        uri = editor.open(tmp_path / "app.py", text)
        [found] = await editor.diagnostics(uri)
        unit = 1 if utf8 else 2
        before = text.split("\n")[2].partition("OpenAI()")[0]
        start = len(before.encode("utf-8" if utf8 else "utf-16-le")) // unit
        assert found.range.start == types.Position(2, start)
        assert found.range.end.character - start == len('OpenAI().responses.create(model="m", input="x")')

        # an edit behind all of that, and behind a form feed, which ends no line
        end = found.range.end
        place = types.Range(
            types.Position(end.line, end.character - 1), types.Position(end.line, end.character - 1)
        )
        assert codes(await editor.diagnostics(uri, editor.type(uri, ", max_output_tokens=9", place))) == []
        version = editor.type(uri, "!", types.Range(types.Position(9, 9), types.Position(99, 0)))
        assert codes(await editor.diagnostics(uri, version)) == ["PW002"]

    edit_alone(session, tmp_path, capable=capabilities(utf8=utf8))


def test_what_is_typed_meanwhile_never_mixes_with_what_was(tmp_path: Path, edit: Edit) -> None:
    write(tmp_path, app=UNCAPPED, other=UNCAPPED)
    capped = UNCAPPED.replace('model="gpt-4o"', 'model="gpt-4o", max_completion_tokens=9')

    async def session(editor: Editor) -> None:
        uri, other = editor.open(tmp_path / "app.py"), editor.open(tmp_path / "other.py")
        await editor.diagnostics(uri)
        texts = {1: UNCAPPED}
        for number in range(40):
            text = (capped if number % 2 else UNCAPPED) + "\n" * number
            texts[editor.type(uri, text)] = text
            if number % 8 == 0:
                await editor.lenses(uri)
        assert codes(await editor.diagnostics(uri, max(texts))) == []
        for told in editor.published[uri]:
            assert told.version is not None
            assert codes(told.diagnostics) == (
                ["PW301"] if "max_completion" not in texts[told.version] else []
            )
        versions = [told.version for told in editor.published[uri]]
        assert versions == sorted(set(versions), key=lambda v: -(v or 0))
        assert len(versions) < 20  # most were called off
        assert codes(await editor.diagnostics(other)) == ["PW301"]

    edit(session)


def test_configuration_files_are_read_again_and_mistakes_in_them_told_once(
    tmp_path: Path, edit: Edit
) -> None:
    write(tmp_path, app=UNCAPPED)
    config = tmp_path / "pyproject.toml"
    config.write_text("[tool.prodworthy]\n")

    async def session(editor: Editor) -> None:
        uri = editor.open(tmp_path / "app.py")
        assert codes(await editor.diagnostics(uri)) == ["PW301"]
        assert [one.method for one in editor.registered] == ["workspace/didChangeWatchedFiles"]
        toml = editor.open(config, language="toml")
        editor.type(toml, "[tool.prodworthy]\nignroe = ['PW301']\n")
        editor.save(toml)
        await editor.until(lambda: editor.messages)
        await editor.until(lambda: not editor.published[uri][0].diagnostics)
        editor.type(toml, "[tool.prodworthy]\nignore = ['PW301']\n")
        editor.save(toml)
        version = editor.type(uri, UNCAPPED + "\n")
        assert codes(await editor.diagnostics(uri, version)) == []
        assert len(editor.messages) == 1
        assert editor.messages[0].endswith("unknown key `ignroe`; did you mean `ignore`?")

    edit(session)


def test_each_folder_of_a_workspace_is_a_project_and_a_lone_file_is_one(tmp_path: Path) -> None:
    one, two, lone = tmp_path / "one", tmp_path / "two", tmp_path / "lone"
    for folder in (one, two, lone):
        write(folder, app=UNCAPPED)
    (two / "prodworthy.toml").write_text('ignore = ["PW301"]\n')
    write(lone, other="import app\n")

    async def session(editor: Editor) -> None:
        uris = [editor.open(folder / "app.py") for folder in (one, two, lone)]
        assert [codes(await editor.diagnostics(uri)) for uri in uris] == [["PW301"], [], ["PW301"]]
        editor.client.text_document_did_open(
            types.DidOpenTextDocumentParams(
                types.TextDocumentItem("untitled:Untitled-1", "python", 1, UNCAPPED)
            )
        )
        assert await editor.hover("untitled:Untitled-1", 3, 10) == ""
        assert "PW301" in await editor.hover(uris[0], 3, 10)

    edit_alone(session, one, two)


def test_broken_code_is_a_diagnostic_and_nothing_is_ever_run(tmp_path: Path, edit: Edit) -> None:
    trap = f"open({str(tmp_path / 'ran')!r}, 'w').close()\n"
    write(tmp_path, app=trap + UNCAPPED, conftest=trap, openai=trap)

    async def session(editor: Editor) -> None:
        uri = editor.open(tmp_path / "app.py")
        for text, expected in (
            ("import openai\ndef (\n", ["PW002"]),
            ("import openai\nx = " + "(" * 500 + ")" * 500, ["PW002"]),
            ("import openai\nx = '\0'\n", ["PW002"]),
            (UNCAPPED.replace("\n", "\r"), ["PW301"]),
            ("", []),
            (UNCAPPED, ["PW301"]),
        ):
            (tmp_path / "openai.py").unlink(missing_ok=True)
            assert codes(await editor.diagnostics(uri, editor.type(uri, text))) == expected, text
        assert editor.messages == []

    edit(session)
    assert not (tmp_path / "ran").exists()


def test_without_the_extra_the_command_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    import sys

    for name in [name for name in sys.modules if name.startswith(("prodworthy.lsp", "pygls", "lsprotocol"))]:
        monkeypatch.delitem(sys.modules, name)
    monkeypatch.setitem(sys.modules, "pygls", None)
    monkeypatch.setitem(sys.modules, "lsprotocol", None)
    done = CliRunner().invoke(main, ["lsp"])
    assert done.exit_code == 2
    assert "python -m pip install 'prodworthy[lsp]'" in done.stderr
