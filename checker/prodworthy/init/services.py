"""The step in CI: a workflow of GitHub, or a job of GitLab."""

from __future__ import annotations

import json
import re
from pathlib import Path

import yaml

from prodworthy import __version__, git
from prodworthy.errors import ConfigError
from prodworthy.init.change import Change, Kept, added, read
from prodworthy.init.yamltext import documents, holds, in_block

GITHUB, GITLAB = "github", "gitlab"
WORKFLOWS, GITLAB_FILE = Path(".github", "workflows"), ".gitlab-ci.yml"
_PLAIN = re.compile(r"[A-Za-z][A-Za-z0-9._/-]*")
_STAGES = ("test", "lint", "check", "quality", "verify")
_FIRST = (".pre", "build")


def services(top: Path) -> tuple[str, ...]:
    """The services that the repository at ``top`` uses, by its files or else by where it comes from."""
    used = []
    if (top / ".github").is_dir():
        used.append(GITHUB)
    if (top / GITLAB_FILE).is_file():
        used.append(GITLAB)
    host = git.remote_host(top)
    return tuple(used) or tuple(name for name in (GITHUB, GITLAB) if name in host)


def step(top: Path, service: str) -> Change | Kept:
    """The change that lets ``service`` run the checker on the repository at ``top``.

    Raises:
        ConfigError: its configuration of the service is wrong.
    """
    return _workflow(top) if service == GITHUB else _job(top)


def _workflow(top: Path) -> Change | Kept:
    folder = top / WORKFLOWS
    for file in sorted([*folder.glob("*.yml"), *folder.glob("*.yaml")]):
        if "prodworthy" in (read(file) or ""):
            return Kept(f"{file} runs prodworthy")
    file = folder / "prodworthy.yml"
    if read(file) is not None:
        return Kept(f"{file} is there")
    branch = git.default_branch(top) or "main"
    text = template(GITHUB).replace(
        "[main]", f"[{branch if _PLAIN.fullmatch(branch) else json.dumps(branch)}]"
    )
    return Change(file, None, text, "step in GitHub Actions")


def _job(top: Path) -> Change | Kept:
    file = top / GITLAB_FILE
    before = read(file)
    what = "job in GitLab CI"
    if before is None:
        return Change(file, None, template(GITLAB), what)
    if "prodworthy" in before:
        return Kept(f"{file} runs prodworthy")
    held = documents(file, before)
    table = held[-1] if held and held[-1] is not None else {}
    if not isinstance(table, dict):
        raise ConfigError(f"{file}: holds no jobs")
    job = template(GITLAB).replace("stage: test", f"stage: {_stage(table.get('stages'))}")
    after = added(before, job)
    wanted = [*held[:-1], {**table, **yaml.safe_load(job)}]
    if (table and in_block(before) is None) or not holds(file, after, wanted):
        return Kept(f"{file}: takes no lines at its end; add this to it by hand:\n{job}")
    return Change(file, before, after, what)


def _stage(stages: object) -> str:
    """The stage for a check among those that the pipeline has; GitLab has `test` where it names none."""
    names = [stage for stage in stages if isinstance(stage, str)] if isinstance(stages, list) else []
    fitting = [stage for stage in _STAGES if stage in names]
    later = [stage for stage in names if stage not in _FIRST]
    return json.dumps(name) if not _PLAIN.fullmatch(name := [*fitting, *later, *names, "test"][0]) else name


def template(service: str) -> str:
    """What a repository that has nothing yet gets, for this release."""
    text = Path(__file__).with_name(f"{service}.yml").read_text(encoding="utf-8")
    return text.replace("==VERSION", f"=={__version__}")
