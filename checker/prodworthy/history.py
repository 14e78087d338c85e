"""Secrets in a repository's history: every content that a file ever had, read once."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from dataclasses import replace
from functools import partial
from io import BytesIO

from prodworthy import git
from prodworthy.config import Configs
from prodworthy.discover import project_root
from prodworthy.files import Files
from prodworthy.finding import Finding
from prodworthy.pack import load_packs
from prodworthy.pipeline import Request, Result
from prodworthy.selection import Selection
from prodworthy.source.python import Source, parse_source
from prodworthy.source.text import decode
from prodworthy.textcheck import FileView, TextCheck


def run_history(
    request: Request, since: str | None, progress: Callable[[int, int], None] | None = None
) -> Result:
    """Check every content below the project root that git knows, with the rules about files of any kind.

    A finding's path is git's name for the content, ``commit:path``. A secret is told once for each path:
    where it was last brought in.

    Raises:
        ConfigError: this is no repository, there is no revision ``since``, or the configuration is wrong.
    """
    packs = load_packs()
    root = project_root(request.paths, request.cwd)
    configs = Configs(root, request.overrides, request.config)
    config = configs.of_folder(root)
    selection = Selection(config, packs.rules)
    findings: dict[tuple[str, str, str], Finding] = {}
    count, problems = 0, []
    for blob in git.history(root, since):
        count += 1
        if progress is not None:
            progress(count, 0)
        rules = [rule for rule in selection.for_path(blob.path) if rule.check_text is not None]
        view = FileView(blob.path, partial(BytesIO, blob.data), partial(_parsed, blob), _Tracked())
        check = TextCheck(view, partial(_lines, blob), pedantic=config.pedantic)
        check.run(rules)
        problems += check.problems
        for finding in check.findings:
            findings.setdefault((finding.code, finding.path, finding.context), _named(finding, blob))
    found = sorted(findings.values(), key=lambda finding: (finding.path.partition(":")[2], finding.span))
    fresh = request.baseline.new(found) if request.baseline else found
    return Result(
        findings=tuple(fresh),
        calls=(),
        problems=tuple(problems),
        skipped=(),
        statistics={
            "files": count,
            "analysed": count,
            "calls": 0,
            "findings": len(fresh),
            "suppressed": 0,
            "baselined": len(found) - len(fresh),
            "by_code": dict(sorted(Counter(finding.code for finding in fresh).items())),
        },
        files=Files(root, configs, {}),
        packs=packs,
        compared=request.baseline is not None,
    )


class _Tracked:
    """In history everything is tracked (`textcheck.GitState`)."""

    def tracks(self, _: str) -> bool:
        return True

    def ignores(self, _: str) -> bool:
        return False


def _parsed(blob: git.Blob) -> Source:
    return parse_source(blob.path, decode(blob.path, blob.data))


def _lines(blob: git.Blob, _: str, first: int, last: int) -> list[str]:
    return [line.decode("utf-8", "replace") for line in blob.data.split(b"\n")[first - 1 : last]]


def _named(finding: Finding, blob: git.Blob) -> Finding:
    """``finding`` at the content that git calls ``commit:path``."""
    path = f"{blob.commit}:{finding.path}"
    hint = f"see it with `git show {path}`; every clone has it: revoke it, even if the history is rewritten"
    return replace(finding, span=replace(finding.span, path=path), hint=hint)
