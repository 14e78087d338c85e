"""The whole run on small projects: what is read, what is reported, and what goes wrong by name."""

from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from prodworthy import pack, pipeline
from prodworthy.api import check_paths, check_source
from prodworthy.baseline import read_baseline, write_baseline
from prodworthy.call import LlmCall
from prodworthy.config import Overrides
from prodworthy.errors import ConfigError, RuleError
from prodworthy.finding import Confidence, Finding, Severity
from prodworthy.pack import PackedRule, Packs
from prodworthy.pipeline import Request, Result, run
from prodworthy.rule import Module, Report, Rule

UNCAPPED = """\
from openai import OpenAI

client = OpenAI()
reply = client.chat.completions.create(model="gpt-4o", messages=[{"role": "user", "content": "Hello"}])
"""
NEWER = 'import openai\nclient = openai.OpenAI()\nclient.responses.create(model="m", input=f"{x["a"]}")\n'


def write(root: Path, **files: str | bytes) -> None:
    for name, content in files.items():
        file = root / f"{name.replace('__', '/')}.py"
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(content if isinstance(content, bytes) else content.encode())


def check(root: Path, *paths: str, **overrides: tuple[str, ...] | bool) -> Result:
    return run(Request([Path(p) for p in paths or (".",)], root, Overrides(**overrides)))  # type: ignore[arg-type]


def places(result: Result) -> list[tuple[str, int, str]]:
    return [(f.path, f.line, f.code) for f in result.findings]


def with_rule(monkeypatch: pytest.MonkeyPatch, rule: Rule) -> None:
    """Add a rule to those that are installed."""
    packs = pack.load_packs()
    packs.by_code[rule.code] = PackedRule(rule, Path("page.md"), Path("rule.py"))
    monkeypatch.setattr(pipeline, "load_packs", lambda: packs)


def probe(
    code: str = "PW999",
    *,
    call: Callable[[LlmCall, Report], None] | None = None,
    module: Callable[[Module, Report], None] | None = None,
    needs: tuple[str, ...] = (),
) -> Rule:
    return Rule(
        code, "probe", "A rule.", Severity.NOTE, True, (), check_call=call, check_module=module, needs=needs
    )


def test_a_defect_is_found_where_it_stands(tmp_path: Path) -> None:
    write(tmp_path, app=UNCAPPED, clean="x = 1\n", lib__more=UNCAPPED)
    result = check(tmp_path, select=("PW301",))
    assert places(result) == [("app.py", 4, "PW301"), ("lib/more.py", 4, "PW301")]
    assert result.problems == ()
    assert (result.statistics["files"], result.statistics["analysed"], result.statistics["calls"]) == (
        3,
        2,
        2,
    )


def test_python_newer_than_the_interpreter_is_analysed(tmp_path: Path) -> None:
    write(tmp_path, app=NEWER)
    result = check(tmp_path, select=("PW301",))
    assert places(result) == [("app.py", 3, "PW301")]
    assert result.problems == ()


@pytest.mark.parametrize(
    ("content", "line", "told"),
    [
        ("import openai\nx = (\n", 2, "never closed"),
        ("import openai\nx = 'é'\n".encode("latin-1"), 2, "not utf-8"),
        (b"x = 1\n\0\n", 2, "null bytes"),
        (b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR", 3, "binary"),
        ("import openai\nx = " + "not " * 5000 + "1\n", 1, "nested too deeply"),
        ("import openai\nx = '" + "y" * 10_000_000 + "'\n", 1, "9.5 MiB, more than max-file-size"),
    ],
    ids=["syntax", "latin-1", "null bytes", "binary", "deep", "10 MB"],
)
def test_a_file_that_cannot_be_read_is_named_and_the_rest_is_checked(
    tmp_path: Path, content: str | bytes, line: int, told: str
) -> None:
    if "deeply" in told and sys.version_info >= (3, 13):
        pytest.skip("this interpreter parses it")
    write(tmp_path, bad=content, good=UNCAPPED)
    result = check(tmp_path, select=("PW301", "PW002"))
    assert places(result) == [("bad.py", line, "PW002"), ("good.py", 4, "PW301")]
    (problem,) = result.problems
    assert problem.path == "bad.py"
    assert told in problem.message


def test_a_tree_too_deep_to_walk_is_an_error_and_not_a_crash(tmp_path: Path) -> None:
    write(
        tmp_path, bad="import openai\nx = a" + ".b()" * 900 + "\n" + "y = " + "-" * 900 + "1\n", good=UNCAPPED
    )
    result = check(tmp_path, select=("PW301",))
    assert ("good.py", 4, "PW301") in places(result)


def test_what_nobody_selected_stays_an_error(tmp_path: Path) -> None:
    write(tmp_path, bad=b"\0")
    result = check(tmp_path, select=("PW301",))
    assert (result.findings, len(result.problems)) == ((), 1)


def test_a_file_meant_to_be_broken_can_be_named(tmp_path: Path) -> None:
    write(tmp_path, fixtures__bad=b"\0")
    (tmp_path / "prodworthy.toml").write_text('[per-file-ignores]\n"fixtures/*" = ["PW002"]\n')
    result = check(tmp_path)
    assert (result.findings, result.problems) == ((), ())


def test_a_named_file_is_parsed_though_nothing_in_it_matters(tmp_path: Path) -> None:
    write(tmp_path, bad="x = (\n")
    assert check(tmp_path).problems == ()
    assert [str(p) for p in check(tmp_path, "bad.py").problems] == [
        "bad.py:1: not valid Python: '(' was never closed"
    ]


def test_suppressed_unused_and_unknown(tmp_path: Path) -> None:
    write(
        tmp_path,
        app=UNCAPPED.rstrip() + "  # prodworthy: ignore[PW301] short\n",
        other="x = 1  # noqa: PW301\ny = 2  # noqa: PW3O1, E501\nz = 3  # noqa: PW3011\n",
    )
    result = check(tmp_path)
    assert places(result) == [("other.py", line, "PW001") for line in (1, 2, 3)]
    assert result.statistics["suppressed"] == 1


def test_the_baseline_survives_a_move_and_not_a_copy(tmp_path: Path) -> None:
    write(tmp_path, app=UNCAPPED)
    write_baseline(tmp_path / "known.json", check(tmp_path).findings)
    moved = UNCAPPED.replace("client = ", "\n\n# moved\n\nclient = ")
    write(tmp_path, app=moved + moved.splitlines()[-1] + "\n")
    result = run(Request([Path()], tmp_path, baseline=read_baseline(tmp_path / "known.json")))
    assert [f.line for f in result.findings] == [9]
    assert result.statistics["baselined"] == 1


def test_two_runs_report_the_same(tmp_path: Path) -> None:
    write(tmp_path, a=UNCAPPED, b=UNCAPPED, c=b"\0")
    assert check(tmp_path).findings == check(tmp_path).findings


def test_a_rule_that_fails_is_named_and_the_others_run(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fails(_call: LlmCall, _report: Report) -> None:
        raise ZeroDivisionError("no luck")

    with_rule(monkeypatch, probe(call=fails))
    write(tmp_path, app=UNCAPPED)
    result = check(tmp_path)
    assert ("app.py", 4, "PW301") in places(result)
    (problem,) = result.problems
    assert (problem.path, problem.rule) == ("app.py", "PW999")
    assert "PW999 failed: ZeroDivisionError: no luck" in problem.message
    monkeypatch.chdir(tmp_path)
    with pytest.raises(RuleError, match="PW999 failed"):
        check_paths(["app.py"])


def test_a_rule_that_needs_words_sees_every_file_that_holds_one(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def says(module: Module, report: Report) -> None:
        report(module.span(module.tree.body[0]), f"seen in {module.path}")

    with_rule(monkeypatch, probe(module=says, needs=("needle",)))
    write(tmp_path, a="NEEDLE = 1\n", b="x = 1\n", c=UNCAPPED)
    assert [f.message for f in check(tmp_path, select=("PW999",)).findings] == ["seen in a.py"]
    with_rule(monkeypatch, probe(module=says))
    assert [f.message for f in check(tmp_path, select=("PW999",)).findings] == ["seen in c.py"]


def test_what_is_unsure_is_for_pedants(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def doubts(call: LlmCall, report: Report) -> None:
        report(call.span, "perhaps", confidence=Confidence.LOW)

    with_rule(monkeypatch, probe(call=doubts))
    write(tmp_path, app=UNCAPPED)
    assert check(tmp_path, select=("PW999",)).findings == ()
    assert [f.message for f in check(tmp_path, select=("PW999",), pedantic=True).findings] == ["perhaps"]


def test_each_file_has_its_own_configuration(tmp_path: Path) -> None:
    write(tmp_path, a=UNCAPPED, sub__b=UNCAPPED)
    (tmp_path / "prodworthy.toml").write_text('ignore = ["PW301"]\n')
    (tmp_path / "sub" / "prodworthy.toml").write_text("")
    assert places(check(tmp_path)) == [("sub/b.py", 4, "PW301")]


def test_an_unknown_code_in_the_configuration_is_named(tmp_path: Path) -> None:
    write(tmp_path, a=UNCAPPED)
    (tmp_path / "prodworthy.toml").write_text('ignore = ["PW3O1"]\n')
    with pytest.raises(
        ConfigError, match=r"prodworthy\.toml: ignore: unknown rule 'PW3O1'; did you mean PW301"
    ):
        check(tmp_path)


def test_a_model_that_is_wrong_is_named(tmp_path: Path) -> None:
    write(tmp_path, a=UNCAPPED)
    (tmp_path / "prodworthy.toml").write_text("[models.acme]\nrots = ['acme']\n")
    with pytest.raises(ConfigError, match=r"prodworthy\.toml: models\.acme: .*rots"):
        check(tmp_path)


def test_progress_counts_the_files(tmp_path: Path) -> None:
    write(tmp_path, a="", b="", c="")
    seen: list[tuple[int, int]] = []
    run(Request([Path()], tmp_path), lambda done, total: seen.append((done, total)))
    assert seen == [(0, 3), (1, 3), (2, 3)]


def test_a_text_that_is_not_on_the_disk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    (finding,) = check_source(UNCAPPED, "pkg/new.py", select=["PW301"])
    assert isinstance(finding, Finding)
    assert (finding.path, finding.line, finding.code) == ("pkg/new.py", 4, "PW301")


def test_packs_may_be_none() -> None:
    assert [rule.code for rule in Packs(()).rules] == ["PW001", "PW002"]


def test_calls_come_with_the_findings_where_they_are_asked_for(tmp_path: Path) -> None:
    call = "chat.completions.create(model='m', messages=[])"
    (tmp_path / "app.py").write_text(f"from openai import OpenAI\nOpenAI(max_retries=0).{call}\n")
    both = run(Request([Path()], tmp_path, with_calls=True, cache=True))
    assert [call.sdk for call in both.calls] == ["openai"]
    assert "PW202" in {finding.code for finding in both.findings}
    again = run(Request([Path()], tmp_path, with_calls=True, cache=True))
    assert [f.fingerprint for f in again.findings] == [f.fingerprint for f in both.findings]
    assert [call.model for call in again.calls] == [call.model for call in both.calls]
    assert run(Request([Path()], tmp_path, cache=True)).calls == ()
