"""PW104: a dotenv file with keys that git tracks, or that nothing keeps from being tracked."""

from __future__ import annotations

from prodworthy.finding import Applicability, Severity
from prodworthy.fix.remedy import IgnoreFile, Remedy
from prodworthy.rule import Report, Rule, TextFile
from prodworthy_rules.secrets._dotenv import is_dotenv


def check(file: TextFile, report: Report) -> None:
    """Report a dotenv file once, at its first key."""
    if not is_dotenv(file.path) or not file.secrets:
        return
    if file.tracked:
        state, what = (
            "is tracked by git",
            f"`git rm --cached {file.path}`, add it to .gitignore, and revoke the keys",
        )
    elif not file.ignored:
        state, what = (
            "is covered by no ignore rule",
            f"add `{file.path}` to .gitignore before it is committed",
        )
    else:
        return
    first, *more = file.secrets
    others = f" and {len(more)} more secret{'s' * (len(more) != 1)}" if more else ""
    named = f" in `{first.name}`" if first.name else ""
    report(
        first.span,
        f"this dotenv file {state} and holds a real-looking {first.label} `{first.shown}`{named}{others}",
        hint=what,
        context="dotenv",
        fix=None if file.tracked else _remedy(file.path),
        secret=first.sha1,
    )


def _remedy(path: str) -> Remedy:
    return Remedy("Add it to .gitignore", IgnoreFile(path), Applicability.SAFE)


RULE = Rule(
    code="PW104",
    name="unprotected-env-file",
    summary="A dotenv file with a real-looking key that git tracks, or that no ignore rule covers",
    severity=Severity.ERROR,
    default=True,
    guide=("API keys",),
    cwe=(538,),
    owasp=("LLM02",),
    check_text=check,
    in_tests=True,
)
