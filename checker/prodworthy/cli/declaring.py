"""What `explain` says of one finding: its path, and how to tell the checker what the functions on it do."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from prodworthy.errors import ConfigError
from prodworthy.finding import Finding
from prodworthy.rule import Rule

_KINDS = {
    "redaction": "takes personal data out of it",
    "validation": "checks it, and raises or answers False where it is unfit",
    "length": "limits its length",
    "moderation": "asks a moderation about it",
    "mask": "hides most of it",
    "html": "escapes or cleans it for a page",
    "sql": "makes sure that the statement is harmless",
    "shell": "quotes it for a shell",
    "path": "makes it a name without a way out of its folder",
}


def case(rule: Rule, place: str) -> str:
    """What to say of the findings of ``rule`` at ``place`` (``app/chat.py:12``).

    Raises:
        ConfigError: the place is no place, or has no such finding.
    """
    from prodworthy.api import check_paths

    path, _, number = place.rpartition(":")
    if not path or not number.isdigit():
        raise ConfigError(f"{place}: write the place as the findings do: app/chat.py:12")
    if not Path(path).is_file():
        raise ConfigError(f"{path}: there is no such file")
    findings = check_paths([path], select=[rule.code], pedantic=True)
    here = [f for f in findings if f.span.line <= int(number) <= f.span.end_line]
    if not here:
        lines = ", ".join(str(line) for line in sorted({f.line for f in findings}))
        told = f"; this file has one in line {lines}" if lines else ""
        raise ConfigError(f"{place}: no finding of {rule.code} there{told}")
    return "\n".join(line for finding in here for line in _lines(rule, finding))


def _lines(rule: Rule, finding: Finding) -> Iterator[str]:
    yield f"{finding.span.path}:{finding.line}: {finding.code} {finding.message}"
    yield ""
    for number, step in enumerate(finding.trace, 1):
        yield f"  {number}. {step.span.path}:{step.span.line}: {step.message}"
    if finding.hint:
        yield ""
        yield f"What to do: {finding.hint}."
    if not rule.sanitizer:
        return
    functions = list(dict.fromkeys(step.function for step in finding.trace if step.function))
    module = finding.span.path.removesuffix(".py").replace("/", ".")
    yield ""
    if functions:
        yield f"If one of these functions {_KINDS[rule.sanitizer]}, say so in pyproject.toml:"
    else:
        yield f"No function of yours stands on this path. One that {_KINDS[rule.sanitizer]} is declared so:"
    yield ""
    yield "    [tool.prodworthy.models.sanitizers]"
    for function in functions or [f"{module}.your_function"]:
        yield f'    {rule.sanitizer} = ["{function}"]'
    yield ""
    yield "What brings text in that the checker does not know is declared as a source:"
    yield ""
    yield "    [tool.prodworthy.models.sources]"
    yield f'    request = ["{module}.next_question"]'
    yield ""
