"""Stored results: the same answers as without them, whatever changed in between and whoever broke them."""

from __future__ import annotations

import json
import os
import random
import shutil
import stat
import subprocess
import sys
from pathlib import Path

import pytest
from click.testing import CliRunner
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from fake_keys import fake_key
from prodworthy import analyse
from prodworthy.cli import main

EXAMPLES = Path(__file__).parent.parent.parent / "examples"


def check(root: Path, *options: str, command: str = "check") -> str:
    """What a run in ``root`` prints."""
    before = Path.cwd()
    os.chdir(root)
    try:
        style = "--format" if command == "inventory" else "--output-format"
        done = CliRunner().invoke(main, [command, style, "json", *options, "."], catch_exceptions=False)
    finally:
        os.chdir(before)
    return done.stdout


def stored(root: Path) -> list[Path]:
    return sorted((root / ".prodworthy_cache").glob("*.json"))


@pytest.fixture(autouse=True)
def results_beside(results_elsewhere: None, monkeypatch: pytest.MonkeyPatch) -> None:
    del results_elsewhere
    monkeypatch.delenv("PRODWORTHY_CACHE_DIR")


@pytest.fixture
def analysed(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The files that were analysed, in order."""
    seen: list[str] = []
    original = analyse.Analyser.file

    def file(self: analyse.Analyser, path: str, *, named: bool) -> object:
        seen.append(path)
        return original(self, path, named=named)

    monkeypatch.setattr(analyse.Analyser, "file", file)
    return seen


CLIENT = "import openai\n\n\ndef client():\n    return openai.OpenAI({arguments})\n"
ASK = """\
from app.client import client


def ask(text, limit=None):
    return client().responses.create(model="m", input=text, max_output_tokens=limit)
"""
USE = "from app.ask import ask\n\nask('hello'{more})\n"


def project(root: Path) -> None:
    files = {
        "pyproject.toml": "[project]\nname = 'app'\n",
        "app/__init__.py": "",
        "app/client.py": CLIENT.format(arguments="timeout=10"),
        "app/ask.py": ASK,
        "app/use.py": USE.format(more=", 100"),
        "app/apart.py": "import openai\n\nopenai.OpenAI().embeddings.create(model='m', input='x')\n",
    }
    for name, text in files.items():
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_text(text)


@pytest.mark.parametrize("example", ["support_bot", "support_bot_fixed"])
@pytest.mark.parametrize("command", ["check", "inventory"])
def test_warm_results_are_those_of_a_cold_run(
    tmp_path: Path, analysed: list[str], example: str, command: str
) -> None:
    root = tmp_path / "copy"
    shutil.copytree(EXAMPLES / example, root)
    (root / "pyproject.toml").write_text("")
    without = check(root, "--no-cache", command=command)
    assert not stored(root)
    cold = check(root, command=command)
    assert stored(root)
    analysed.clear()
    warm = check(root, command=command)
    assert analysed == []
    assert without == cold == warm


def test_a_change_reaches_what_depends_on_it_and_nothing_else(tmp_path: Path, analysed: list[str]) -> None:
    project(tmp_path)
    check(tmp_path)
    analysed.clear()
    (tmp_path / "app/client.py").write_text(CLIENT.format(arguments="timeout=None"))
    changed = check(tmp_path)
    assert set(analysed) >= {"app/client.py", "app/ask.py"}
    assert "app/apart.py" not in analysed
    assert changed == check(tmp_path, "--no-cache")
    assert "PW208" in changed


def test_a_module_that_appears_where_one_was_looked_for_counts(tmp_path: Path, analysed: list[str]) -> None:
    project(tmp_path)
    (tmp_path / "app/use.py").write_text(
        "import helper\n\nhelper.client().responses.create(model='m', input='x')\n"
    )
    before = check(tmp_path)
    analysed.clear()
    (tmp_path / "helper.py").write_text(CLIENT.format(arguments=""))
    after = check(tmp_path)
    assert "app/use.py" in analysed
    assert after == check(tmp_path, "--no-cache") != before


def test_a_new_caller_counts(tmp_path: Path, analysed: list[str]) -> None:
    project(tmp_path)
    check(tmp_path)
    analysed.clear()
    (tmp_path / "app/second.py").write_text(USE.format(more=""))
    after = check(tmp_path)
    assert "app/ask.py" in analysed
    assert "app/apart.py" not in analysed
    assert after == check(tmp_path, "--no-cache")


def test_the_configuration_counts(tmp_path: Path) -> None:
    project(tmp_path)
    (tmp_path / "app/client.py").write_text(CLIENT.format(arguments="timeout=None"))
    before = check(tmp_path)
    (tmp_path / "pyproject.toml").write_text("[tool.prodworthy]\nignore = ['PW208']\n")
    after = check(tmp_path)
    assert after == check(tmp_path, "--no-cache") != before
    assert check(tmp_path, "--select", "PW301") == check(tmp_path, "--select", "PW301", "--no-cache")


@given(st.lists(st.integers(0, 2**31), min_size=1, max_size=4))
@settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_any_sequence_of_edits_gives_what_an_uncached_run_gives(
    tmp_path_factory: pytest.TempPathFactory, seeds: list[int]
) -> None:
    root = tmp_path_factory.mktemp("edited")
    project(root)
    check(root)
    for seed in seeds:
        _edit(root, random.Random(seed))
        assert check(root) == check(root, "--no-cache")


def _edit(root: Path, choose: random.Random) -> None:
    """Change, add or remove one file."""
    match choose.randrange(7):
        case 0:
            arguments = choose.choice(["", "timeout=None", "max_retries=0", "timeout=5, max_retries=3"])
            (root / "app/client.py").write_text(CLIENT.format(arguments=arguments))
        case 1:
            (root / f"app/use{choose.randrange(3)}.py").write_text(
                USE.format(more=choose.choice(["", ", 5"]))
            )
        case 2:
            (root / "app/use.py").unlink(missing_ok=True)
        case 3:
            (root / "app/ask.py").write_text(ASK.replace("limit=None", choose.choice(["limit", "limit=9"])))
        case 4:
            (root / "app/apart.py").write_text("x = (\n" if choose.random() < 0.5 else "x = 1\n")
        case 5:
            (root / "app/client.py").unlink(missing_ok=True)
        case 6:
            (root / "app/ask.py").write_text(ASK + "# prodworthy: ignore[PW301] no\n")


def test_a_broken_or_foreign_file_is_discarded(tmp_path: Path) -> None:
    project(tmp_path)
    right = check(tmp_path)
    (file,) = stored(tmp_path)
    data = file.read_bytes()
    told, _, text = data.partition(b"\n")
    for broken in (b"", b"{}", data[:-5], told + b"\n" + text.replace(b"PW", b"XX"), b"\x80\x04\x95", told):
        file.write_bytes(broken)
        assert check(tmp_path) == right
        assert file.read_bytes() == data


def test_records_of_the_wrong_shape_are_discarded(tmp_path: Path) -> None:
    from prodworthy.cache.key import digest

    project(tmp_path)
    right = check(tmp_path)
    (file,) = stored(tmp_path)
    document = json.loads(file.read_bytes().partition(b"\n")[2])
    for entry in document["entries"].values():
        entry["o"] = {"a": 1, "f": [["PW101", 5]]}
    text = json.dumps(document).encode()
    file.write_bytes(digest(text).encode() + b"\n" + text)
    assert check(tmp_path) == right


@pytest.mark.skipif(os.name == "nt" or os.geteuid() == 0, reason="needs a user that permissions bind")
def test_a_folder_that_cannot_be_written_is_no_error(tmp_path: Path) -> None:
    project(tmp_path)
    tmp_path.chmod(stat.S_IRUSR | stat.S_IXUSR)
    try:
        assert check(tmp_path) == check(tmp_path, "--no-cache")
    finally:
        tmp_path.chmod(stat.S_IRWXU)


def test_a_place_that_is_no_folder_is_no_error(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    project(tmp_path)
    (tmp_path / "file").write_text("")
    monkeypatch.setenv("PRODWORTHY_CACHE_DIR", str(tmp_path / "file"))
    assert check(tmp_path) == check(tmp_path, "--no-cache")


def test_a_full_disk_is_no_error(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    project(tmp_path)

    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("os.replace", full)
    assert check(tmp_path) == check(tmp_path, "--no-cache")
    assert [p.name for p in (tmp_path / ".prodworthy_cache").iterdir() if p.name.startswith(".new")] == []


def test_nothing_secret_is_stored(tmp_path: Path) -> None:
    project(tmp_path)
    secrets = [fake_key("openai"), "Zw9#kT-customer-52", "jane.roe.1984@mail-box.org"]
    (tmp_path / "app/keys.py").write_text(
        f"import openai\n\nclient = openai.OpenAI(api_key='{secrets[0]}', organization='{secrets[1]}')\n"
        f"client.responses.create(model='a-rather-long-model-name', input='Write to {secrets[2]} at once',"
        " instructions='You are kind and patient and write short letters to customers')\n"
    )
    shown = check(tmp_path, "--pedantic", "--select", "ALL")
    check(tmp_path, command="inventory")
    assert "PW101" in shown
    told = "".join(file.read_text() for file in stored(tmp_path))
    assert "keys.py" in told
    assert [secret for secret in secrets if secret in told] == []
    assert "short letters" not in told


def test_the_folder_tells_others_to_leave_it_alone(tmp_path: Path) -> None:
    project(tmp_path)
    check(tmp_path)
    folder = tmp_path / ".prodworthy_cache"
    assert (folder / ".gitignore").read_text().splitlines()[-1] == "*"
    assert (folder / "CACHEDIR.TAG").read_text().startswith("Signature: 8a477f597d28d172789f06886806bc55")


def test_clean_removes_it_and_nothing_that_is_no_cache(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    project(tmp_path)
    check(tmp_path)
    monkeypatch.chdir(tmp_path)
    done = CliRunner().invoke(main, ["cache", "clean"])
    assert (done.exit_code, stored(tmp_path)) == (0, [])
    assert not (tmp_path / ".prodworthy_cache").exists()
    monkeypatch.setenv("PRODWORTHY_CACHE_DIR", str(tmp_path / "app"))
    done = CliRunner().invoke(main, ["cache", "clean"])
    assert done.exit_code == 2
    assert (tmp_path / "app/ask.py").exists()


def test_runs_at_the_same_time_do_not_disturb_each_other(tmp_path: Path) -> None:
    project(tmp_path)
    command = [sys.executable, "-m", "prodworthy", "check", "--output-format", "json", "."]
    runs = [subprocess.Popen(command, cwd=tmp_path, stdout=subprocess.PIPE, text=True) for _ in range(3)]
    answers = {run.communicate(timeout=60)[0] for run in runs}
    assert answers == {check(tmp_path, "--no-cache")}
    assert check(tmp_path) in answers
