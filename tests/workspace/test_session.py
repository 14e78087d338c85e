"""What a session tells is what a fresh run tells, whatever happened before."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

import pytest
from workspace.edits import Editor

from prodworthy.analyse import Analyser
from prodworthy.call import LlmCall
from prodworthy.errors import ConfigError
from prodworthy.finding import Finding
from prodworthy.outcome import Outcome
from prodworthy.pack import Packs, load_packs
from prodworthy.pipeline import Request, run
from prodworthy.workspace.session import Checked, Session
from prodworthy.workspace.superseded import SupersededError

ROOT = Path(__file__).parent.parent.parent
STEPS = int(os.environ.get("PRODWORTHY_SESSION_STEPS", "8"))
UNCAPPED = """\
from openai import OpenAI

client = OpenAI()
reply = client.chat.completions.create(model="gpt-4o", messages=[{"role": "user", "content": "Hello"}])
"""


@pytest.fixture(scope="module")
def packs() -> Packs:
    return load_packs()


@pytest.fixture
def project(tmp_path: Path) -> Path:
    folder = tmp_path / "project"
    shutil.copytree(ROOT / "examples" / "support_bot", folder)
    return folder


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_after_every_edit_a_session_tells_what_a_fresh_run_tells(
    project: Path, packs: Packs, seed: int
) -> None:
    session = Session(project, packs)
    editor = Editor(project, seed)
    editor.open(3)
    done = ["open"]
    for _ in range(STEPS):
        assert_same(session, editor, "; ".join(done))
        done.append(editor.step())
    assert_same(session, editor, "; ".join(done))


def assert_same(session: Session, editor: Editor, told: str) -> None:
    """A fresh run is one over a copy of the folder in which every file is saved."""
    copy = editor.root.with_name("saved")
    shutil.rmtree(copy, ignore_errors=True)
    shutil.copytree(editor.root, copy)
    for file, text in editor.texts.items():
        (copy / file.relative_to(editor.root)).write_text(text, encoding="utf-8")
    fresh, listed = run(Request([copy], copy, each=True)), run(Request([copy], copy, only_calls=True))
    for file in editor.texts:
        path = file.relative_to(editor.root).as_posix()
        checked = session.check(file, editor.texts)
        assert checked is not None, told
        assert list(checked.findings) == [f for f in fresh.findings if f.path == path], told
        assert [*map(shown, checked.calls)] == [shown(c) for c in listed.calls if c.span.path == path], told


def shown(call: LlmCall) -> tuple[object, ...]:
    return call.span, call.sdk, call.method, call.model, call.output_cap, call.retry, call.timeout


def test_a_caller_in_another_open_file_counts(tmp_path: Path, packs: Packs) -> None:
    (tmp_path / "llm.py").write_text(
        "from openai import OpenAI\nclient = OpenAI()\n\n\ndef ask(limit):\n"
        '    return client.responses.create(model="m", input="x", max_output_tokens=limit)\n'
    )
    (tmp_path / "app.py").write_text("from llm import ask\n\nask(None)\n")
    session = Session(tmp_path, packs)
    assert "PW301" in codes(session.check(tmp_path / "llm.py", {}))
    typed = {tmp_path / "app.py": "from llm import ask\n\nask(200)\n"}
    assert "PW301" not in codes(session.check(tmp_path / "llm.py", typed))
    assert "PW301" in codes(session.check(tmp_path / "llm.py", {}))


@pytest.mark.parametrize("whole", [True, False])
def test_callers_outside_of_the_folder_count(tmp_path: Path, packs: Packs, whole: bool) -> None:
    (tmp_path / "pyproject.toml").write_text("")
    (tmp_path / "llm").mkdir()
    (tmp_path / "llm" / "ask.py").write_text(
        "from openai import OpenAI\nclient = OpenAI()\n\n\ndef ask(limit):\n"
        '    return client.responses.create(model="m", input="x", max_output_tokens=limit)\n'
    )
    (tmp_path / "app.py").write_text("from llm.ask import ask\n\nask(None)\n")
    session, file = Session(tmp_path / "llm", packs, whole=whole), tmp_path / "llm" / "ask.py"
    texts = {file: file.read_text()}
    for call, expected in (("ask(None)", ["PW301"]), ("ask(200)", []), ("ask(None)", ["PW301"])):
        (tmp_path / "app.py").write_text(f"from llm.ask import ask\n\n{call}\n")
        fresh = run(Request([file], tmp_path))
        assert [f.code for f in fresh.findings] == expected
        assert codes(session.check(file, texts)) == expected
    (tmp_path / "more").mkdir()
    (tmp_path / "app.py").write_text("")
    assert codes(session.check(file, texts)) == [f.code for f in run(Request([file], tmp_path)).findings]


def test_what_did_not_change_is_not_analysed_again(
    tmp_path: Path, packs: Packs, monkeypatch: pytest.MonkeyPatch
) -> None:
    analysed: list[str] = []
    whole = Analyser.file

    def noted(self: Analyser, path: str, *, named: bool) -> Outcome:
        analysed.append(path)
        return whole(self, path, named=named)

    monkeypatch.setattr(Analyser, "file", noted)
    for name in ("a.py", "b.py"):
        (tmp_path / name).write_text(UNCAPPED)
    session = Session(tmp_path, packs)
    for _ in range(2):
        for name in ("a.py", "b.py"):
            session.check(tmp_path / name, {})
    session.check(tmp_path / "a.py", {tmp_path / "b.py": UNCAPPED + "# another line\n"})
    assert analysed == ["a.py", "b.py"]


def test_configuration_is_read_again_when_it_changes(tmp_path: Path, packs: Packs) -> None:
    (tmp_path / "a.py").write_text(UNCAPPED)
    session = Session(tmp_path, packs)
    assert codes(session.check(tmp_path / "a.py", {})) == ["PW301"]
    (tmp_path / "prodworthy.toml").write_text('ignore = ["PW301"]\n')
    assert codes(session.check(tmp_path / "a.py", {})) == []
    (tmp_path / "prodworthy.toml").write_text('ignroe = ["PW301"]\n')
    for _ in range(2):
        with pytest.raises(ConfigError, match="did you mean `ignore`"):
            session.check(tmp_path / "a.py", {})
    (tmp_path / "prodworthy.toml").unlink()
    assert codes(session.check(tmp_path / "a.py", {})) == ["PW301"]


def test_files_that_a_check_leaves_out_are_left_out(tmp_path: Path, packs: Packs) -> None:
    for place in ("build/made.py", "kept.py", "ignored.py"):
        (tmp_path / place).parent.mkdir(exist_ok=True)
        (tmp_path / place).write_text(UNCAPPED)
    (tmp_path / ".git").mkdir()
    (tmp_path / ".gitignore").write_text("ignored.py\n")
    session = Session(tmp_path, packs)
    assert session.check(tmp_path / "build" / "made.py", {}) is None
    assert session.check(tmp_path / "ignored.py", {tmp_path / "ignored.py": UNCAPPED}) is None
    assert codes(session.check(tmp_path / "kept.py", {})) == ["PW301"]
    (tmp_path / ".gitignore").write_text("")
    assert codes(session.check(tmp_path / "ignored.py", {})) == ["PW301"]


def test_a_broken_file_is_a_finding_and_others_go_on(tmp_path: Path, packs: Packs) -> None:
    (tmp_path / "a.py").write_text(UNCAPPED)
    (tmp_path / "b.py").write_text(UNCAPPED)
    session = Session(tmp_path, packs)
    broken = {tmp_path / "a.py": UNCAPPED + "def (\n"}
    assert codes(session.check(tmp_path / "a.py", broken)) == ["PW002"]
    assert codes(session.check(tmp_path / "b.py", broken)) == ["PW301"]
    assert codes(session.check(tmp_path / "a.py", {tmp_path / "a.py": UNCAPPED})) == ["PW301"]


def test_an_answer_that_nobody_wants_is_called_off_and_spoils_nothing(project: Path, packs: Packs) -> None:
    session = Session(project, packs)
    file = project / "support_bot" / "llm.py"
    expected = codes(session.check(file, {}))
    typed = {file: file.read_text(encoding="utf-8") + "\n# more\n"}
    called_off = 0
    for patience in (0, 1, 5, 20, 80, 100_000):
        asked = iter(range(200_000))
        try:
            session.check(file, typed, lambda: next(asked) >= patience)  # noqa: B023
        except SupersededError:
            called_off += 1
    assert called_off >= 3
    assert codes(session.check(file, {})) == expected


def codes(checked: Checked | None) -> list[str]:
    assert checked is not None
    found: tuple[Finding, ...] = checked.findings
    return [finding.code for finding in found]
