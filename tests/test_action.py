"""The action for GitHub and the template for GitLab: their own scripts, run by bash in a scratch repository."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
import sysconfig
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
import yaml

from official import validate_configuration, validate_gitlab, validate_sarif
from prodworthy import __version__
from prodworthy.init.services import GITHUB, GITLAB, template
from scratch import git, run

ROOT = Path(__file__).parent.parent
ACTION: dict[str, Any] = yaml.safe_load((ROOT / "action.yml").read_text(encoding="utf-8"))
TEMPLATE = ROOT / "templates" / "prodworthy.yml"
DEFECT = """\
from openai import OpenAI

client = OpenAI(max_retries=0)


def reply(text: str) -> str:
    return client.responses.create(model="gpt-4o-mini", input=text, max_output_tokens=200).output_text
"""
needs_bash = pytest.mark.skipif(
    sys.platform == "win32" or shutil.which("bash") is None, reason="the scripts are bash's"
)


@dataclass
class Job:
    """One use of the action in a repository: what its scripts said, and what they set.

    Attributes:
        folder: the repository.
        with_: the inputs that are given.
        outputs: step -> name -> value; those of a step that is not run again stand there beforehand.
    """

    folder: Path
    with_: Mapping[str, str]
    outputs: dict[str, dict[str, str]] = field(default_factory=dict)
    log: str = ""
    status: int = 0

    @property
    def temp(self) -> Path:
        return self.folder.parent / f"{self.folder.name}-temp"

    @property
    def summary(self) -> str:
        return (self.temp / "summary.md").read_text(encoding="utf-8")

    def value(self, expression: str) -> str:
        """What GitHub puts in the place of the expressions in ``expression``."""

        def of(found: re.Match[str]) -> str:
            words = found[1].strip().split(".")
            if words[0] == "inputs":
                return self.with_.get(words[1], ACTION["inputs"][words[1]]["default"])
            assert (words[0], words[2]) == ("steps", "outputs"), found[0]
            return self.outputs[words[1]].get(words[3], "")

        return re.sub(r"\$\{\{(.*?)\}\}", of, expression)

    def run(self, name: str, **variables: str) -> Job:
        """Run the script of a step as GitHub's runner does."""
        self.temp.mkdir(exist_ok=True)
        step = next(step for step in ACTION["runs"]["steps"] if step.get("id") == name)
        script, output = self.temp / f"{name}.sh", self.temp / f"{name}.out"
        script.write_text(step["run"], encoding="utf-8")
        output.touch()
        env: dict[str, str] = {
            **{key: self.value(value) for key, value in step["env"].items()},
            "RUNNER_TEMP": str(self.temp),
            "GITHUB_OUTPUT": str(output),
            "GITHUB_STEP_SUMMARY": str(self.temp / "summary.md"),
            "GITHUB_ACTION_PATH": str(ROOT),
            **variables,
        }
        command = ("bash", "--noprofile", "--norc", "-eo", "pipefail", str(script))
        done = run(self.folder, *command, check=False, env=env)
        self.log += done.stdout + done.stderr
        self.status = done.returncode
        lines = output.read_text(encoding="utf-8").splitlines()
        self.outputs[name] = dict(line.split("=", 1) for line in lines if "=" in line)
        return self

    def check(self) -> Job:
        """Run the step that checks; what prodworthy depends on is this environment's."""
        return self.run("check", **OURS)


OURS = {"PYTHONPATH": sysconfig.get_path("purelib")}
OFFLINE = {"PIP_NO_INDEX": "1", "PIP_NO_DEPS": "1"}


@pytest.fixture(scope="module")
def installed(tmp_path_factory: pytest.TempPathFactory) -> dict[str, dict[str, str]]:
    """What the installing step sets that takes the release from an index: a folder with this checkout's wheel."""
    wheels = tmp_path_factory.mktemp("wheels")
    run(ROOT, sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(wheels))
    job = Job(tmp_path_factory.mktemp("job"), {"version": str(__version__)})
    job.run("install", **OFFLINE, PIP_FIND_LINKS=str(wheels))
    assert job.status == 0, job.log
    assert Path(job.outputs["install"]["tool"]).is_relative_to(job.temp)
    return job.outputs


@pytest.fixture
def repository(tmp_path: Path) -> Path:
    folder = tmp_path / "repository"
    folder.mkdir()
    git(folder, "init", "--quiet")
    (folder / "bot.py").write_text(DEFECT, encoding="utf-8")
    (folder / "clean.py").write_text("x = 1\n", encoding="utf-8")
    git(folder, "add", "--all")
    git(folder, "commit", "-m", "A bot")
    return folder


Outputs = dict[str, dict[str, str]]


@needs_bash
def test_the_steps_annotate_and_fail_on_findings(repository: Path, installed: Outputs) -> None:
    tool = installed["install"]["tool"]
    assert run(repository, tool, "--version", env=OURS).stdout == f"prodworthy {__version__}\n"
    for service in (GITHUB, GITLAB):  # what `init` writes comes with the wheel
        shown = run(repository, tool, "init", "--dry-run", "--ci", service, env=OURS).stdout
        assert f"prodworthy=={__version__}" in shown
    job = Job(repository, {}, dict(installed)).check()
    assert job.status == 1, job.log
    assert "::warning title=PW202 disabled-retry,file=bot.py,line=7," in job.log
    assert job.summary.startswith("## prodworthy: 1 warning\n")
    assert job.outputs["check"] == {}
    assert git(repository, "status", "--porcelain").stdout == ""


@needs_bash
def test_without_a_version_the_actions_own_code_is_installed(repository: Path) -> None:
    job = Job(repository, {"paths": "clean.py"})
    # pip reads a variable that says no as the option that says no; what builds is this environment's
    job.run("install", **OFFLINE, **OURS, PIP_NO_BUILD_ISOLATION="0")
    assert job.status == 0, job.log
    site = next(job.temp.glob("prodworthy/lib/*/site-packages"))
    (record,) = site.glob("prodworthy-*.dist-info/direct_url.json")
    assert json.loads(record.read_text(encoding="utf-8"))["url"] == ROOT.as_uri()
    assert job.check().status == 0, job.log
    assert job.summary.startswith("## prodworthy: no findings\n")


@needs_bash
def test_paths_arguments_and_formats_are_passed_on(repository: Path, installed: Outputs) -> None:
    (repository / "my bot").mkdir()
    (repository / "my bot" / "-x.py").write_text(DEFECT, encoding="utf-8")
    given = {
        "paths": "clean.py\r\nmy bot\n\n",
        "arguments": "--select PW202\n  --ignore PW3",
        "format": "concise",
    }
    job = Job(repository, given, dict(installed)).check()
    assert job.status == 1, job.log
    assert job.log.startswith("my bot/-x.py:7:12: PW202 ")
    assert not (job.temp / "summary.md").exists()


@needs_bash
def test_findings_are_made_for_code_scanning_as_well(repository: Path, installed: Outputs) -> None:
    job = Job(repository, {"upload-sarif": "true"}, dict(installed)).check()
    assert job.status == 1, job.log
    file = Path(job.outputs["check"]["sarif"])
    document = json.loads(file.read_text(encoding="utf-8"))
    validate_sarif(document)
    assert [result["ruleId"] for result in document["runs"][0]["results"]] == ["PW202"]
    assert "::warning title=PW202" in job.log
    assert job.value(ACTION["outputs"]["sarif"]["value"]) == str(file)
    (upload,) = [step for step in ACTION["runs"]["steps"] if "uses" in step]
    assert job.value(upload["with"]["sarif_file"]) == str(file)


ATTACK = "x$(touch owned)`touch owned`';touch owned;'\";touch owned;\"\ntouch owned\n*"


@needs_bash
@pytest.mark.parametrize(
    ("name", "status"), [("paths", 2), ("arguments", 2), ("format", 2), ("upload-sarif", 1)]
)
def test_no_input_is_run(repository: Path, installed: Outputs, name: str, status: int) -> None:
    job = Job(repository, {name: ATTACK}, dict(installed)).check()
    assert job.status == status, job.log
    assert not [*repository.rglob("*owned*"), *job.temp.rglob("*owned*")]


@needs_bash
def test_a_version_that_is_none_is_refused(repository: Path) -> None:
    job = Job(repository, {"version": ATTACK}).run("install")
    assert (job.status, job.log) == (2, "::error title=prodworthy::`version` is no release of prodworthy\n")
    assert not [*repository.rglob("*owned*"), *job.temp.rglob("*owned*")]


@needs_bash
def test_a_python_that_is_missing_or_too_old_is_told(repository: Path, tmp_path: Path) -> None:
    (tmp_path / "bin").mkdir()
    for name in ("python3", "python"):
        (tmp_path / "bin" / name).write_text("#!/bin/sh\nexit 1\n")
        (tmp_path / "bin" / name).chmod(0o755)
    job = Job(repository, {}).run(
        "install", PATH=os.pathsep.join([str(tmp_path / "bin"), os.environ["PATH"]])
    )
    assert job.status == 2
    assert job.log.startswith("::error title=prodworthy::Python 3.11 or later is needed")


def test_the_action_is_sound_and_pinned() -> None:
    validate_configuration("github-actions", ACTION)
    run(ROOT, "zizmor", "--offline", "--no-config", "--persona", "auditor", "action.yml")
    for file in (ROOT / "action.yml", *(ROOT / "checker/prodworthy/init").glob("*.yml")):
        for used in re.findall(r"uses: (.*)", file.read_text(encoding="utf-8")):
            assert re.fullmatch(r"[\w-]+/[\w/-]+@[0-9a-f]{40} # v\d+\.\d+\.\d+", used), used
    pinned = set(re.findall(r"actions/.*", (ROOT / "docs/ci.md").read_text(encoding="utf-8")))
    assert pinned
    assert pinned <= set(re.findall(r"actions/.*", template(GITHUB)))
    for step in ACTION["runs"]["steps"]:
        assert "${{" not in step.get("run", "")
    given = set(re.findall(r"inputs\.([\w-]+)", (ROOT / "action.yml").read_text(encoding="utf-8")))
    assert given == set(ACTION["inputs"])


def interpolated(**inputs: str) -> dict[str, Any]:
    """The job of GitLab's template as GitLab makes it."""
    spec, jobs = TEMPLATE.read_text(encoding="utf-8").split("---\n")
    declared = yaml.safe_load(spec)["spec"]["inputs"]
    used = re.findall(r"\$\[\[ inputs\.(\w+) \]\]", jobs)
    assert sorted(used) == sorted(declared)

    def of(found: re.Match[str]) -> str:
        return json.dumps(inputs.get(found[1], declared[found[1]]["default"]))

    made: dict[str, Any] = yaml.safe_load(re.sub(r"\$\[\[ inputs\.(\w+) \]\]", of, jobs))
    return made


def test_gitlabs_template_is_sound_and_like_what_init_writes() -> None:
    made = interpolated()
    validate_configuration("gitlab-ci", made)
    assert made["prodworthy"]["variables"]["PRODWORTHY_VERSION"] == __version__
    written = yaml.safe_load(template(GITLAB))["prodworthy"]
    assert {key: made["prodworthy"][key] for key in ("stage", "image", "artifacts")} == {
        key: written[key] for key in ("stage", "image", "artifacts")
    }


@needs_bash
def test_gitlabs_job_reports_and_fails_on_findings(repository: Path, installed: Outputs) -> None:
    for job in (
        interpolated(paths="bot.py clean.py", arguments="--select PW202"),
        yaml.safe_load(template(GITLAB)),
    ):
        done = in_gitlab(repository, installed, job["prodworthy"])
        assert done.returncode == 1, done.stdout + done.stderr
        assert "warning[PW202 disabled-retry]" in done.stdout
        report = repository / "gl-code-quality-report.json"
        issues = json.loads(report.read_text(encoding="utf-8"))
        validate_gitlab(issues)
        assert [issue["check_name"] for issue in issues] == ["PW202"]
        report.unlink()


@needs_bash
@pytest.mark.parametrize("name", ["paths", "arguments"])
def test_white_space_parts_the_inputs_of_the_template_and_nothing_else_does(
    repository: Path, installed: Outputs, name: str
) -> None:
    done = in_gitlab(repository, installed, interpolated(**{name: ATTACK})["prodworthy"])
    assert done.returncode == 2
    assert not list(repository.rglob("*owned*"))


def in_gitlab(repository: Path, installed: Outputs, job: dict[str, Any]) -> subprocess.CompletedProcess[str]:
    """Run the script of ``job`` as GitLab's runner does, where the release is installed already."""
    path = os.pathsep.join([str(Path(installed["install"]["tool"]).parent), os.environ["PATH"]])
    script = "\n".join(["set -eo pipefail", *job["script"]])
    variables = {**OFFLINE, **OURS, **job.get("variables", {}), "PATH": path}
    return run(repository, "bash", "-c", script, check=False, env=variables)


def test_the_shipped_hooks_are_sound(tmp_path: Path) -> None:
    command = (sys.executable, "-m", "pre_commit", "validate-manifest", str(ROOT / ".pre-commit-hooks.yaml"))
    run(tmp_path, *command)
