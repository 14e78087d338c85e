"""PW102: a credential in a file of any kind."""

from __future__ import annotations

from prodworthy.finding import Confidence, Severity
from prodworthy.rule import Report, Rule, TextFile
from prodworthy_rules.secrets._dotenv import is_dotenv

_WHERE = {"output": " in the output of this cell", "source": ""}


def check(file: TextFile, report: Report) -> None:
    """Report every credential; keys in dotenv files are kept where they belong, see PW104."""
    if is_dotenv(file.path):
        return
    for secret in file.secrets:
        under = f" kept as `{secret.name}`" if secret.name else ""
        output = secret.part == "output"
        report(
            secret.span,
            f"{secret.label} `{secret.shown}`{under}{_WHERE.get(secret.part, '')}",
            hint=f"{_advice(secret.environment or secret.name, output)}, and revoke this one: "
            "whoever can read the file or its history has it",
            confidence=Confidence.HIGH if secret.certain else Confidence.MEDIUM,
            context=f"{secret.name} {secret.digest}",
            secret=secret.sha1,
        )


def _advice(variable: str, output: bool) -> str:
    if output:
        return "clear the output before the notebook is saved"
    named = f"the environment variable {variable}" if variable.isupper() else "the environment"
    return f"take it from {named} or a secret manager"


RULE = Rule(
    code="PW102",
    name="secret-in-file",
    summary="A credential in any text file: configuration, scripts, notebooks and their outputs, comments",
    severity=Severity.ERROR,
    default=True,
    guide=("API keys",),
    cwe=(540,),
    owasp=("LLM02",),
    check_text=check,
    in_tests=True,
)
