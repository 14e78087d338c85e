"""Hold the origins of prompts against other checkers' public test cases: CodeQL's and Semgrep's.

    python benchmarks/prompt_cases.py FOLDER

FOLDER holds copies of their Python test files, in any folders. CodeQL's mark the lines of a prompt
that outside text reaches (`# $ Alert[py/prompt-injection]`, also `system-` and `user-`), Semgrep's
the lines that use a model (`# ruleid: detect-openai` above them). Every mark is looked for, and
every difference is printed with its reason. Most are texts that are sent to no model there: a template that
is filled, an agent that is built, a description of a tool, a text that the provider keeps for later.
"""

from __future__ import annotations

import ast
import re
import sys
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from importlib.resources import files
from pathlib import Path

from prodworthy.call import LlmCall, Origin
from prodworthy.finding import Span
from prodworthy.model.knowledge import Knowledge
from prodworthy.resolve.engine import Engine
from prodworthy.source.python import read_source
from prodworthy_rules._origins import OUTSIDE

_ALERT = re.compile(r"# \$ ?Alert\[py/(system-|user-)?prompt-injection\]")
_RULE = re.compile(r"# ruleid: (detect-\w+)")
_SENDS = re.compile(r"^(?!from|import)[^#]*\w\.\w+\(")
"""A line that calls a method: importing or building a client sends nothing yet."""

_ROLES = {"system-": ("system_prompt",), "user-": ("user_prompt", "input")}


@dataclass(frozen=True, slots=True)
class Mark:
    """A line that another checker's test marks."""

    path: str
    line: int
    kind: str


def main(folder: Path) -> int:
    """Print the agreement and each difference."""
    paths = sorted(path.relative_to(folder).as_posix() for path in folder.rglob("*.py"))
    engine = Engine(
        folder,
        Knowledge([files("prodworthy_rules") / "models"]),
        lambda path: read_source(folder, path),
        paths,
    )
    agreed = total = 0
    reasons: Counter[str] = Counter()
    for path in paths:
        text = (folder / path).read_text(encoding="utf-8")
        marks = list(_marks(path, text))
        if not marks:
            continue
        calls = engine.module(read_source(folder, path)).calls
        for mark in marks:
            total += 1
            if _is_found(mark, calls):
                agreed += 1
            else:
                reasons[reason := _reason(mark, text, calls)] += 1
                print(f"{path}:{mark.line}: marked ({mark.kind or 'prompt'}) and not found: {reason}")
        for call, origin in _unmarked(marks, calls, text):
            print(f"{path}:{call.span.line}: found and not marked: `{origin.label}` in the {origin.role}")
    print(f"{agreed} of {total} marks found")
    for reason, count in reasons.most_common():
        print(f"{count:>4} {reason}")
    return 0 if total else 2


def _marks(path: str, text: str) -> Iterator[Mark]:
    lines = text.splitlines()
    for number, line in enumerate(lines, 1):
        for match in _ALERT.finditer(line):
            yield Mark(path, number, match[1] or "")
        if (match := _RULE.search(line)) and number < len(lines) and _SENDS.search(lines[number]):
            yield Mark(path, number + 1, match[1])


def _is_found(mark: Mark, calls: tuple[LlmCall, ...]) -> bool:
    if mark.kind.startswith("detect-"):
        return any(_covers(call.span, mark) for call in calls)
    for call in calls:
        for origin in call.origins(*_ROLES.get(mark.kind, ())):
            around = [call.span, *(step.span for step in origin.trace)]
            if origin.kind in OUTSIDE and any(_covers(span, mark) for span in around):
                return True
    return False


def _reason(mark: Mark, text: str, calls: tuple[LlmCall, ...]) -> str:
    """Why a mark is not found."""
    around = [node for node in ast.walk(ast.parse(text)) if isinstance(node, ast.Call) and _holds(node, mark)]
    if not around:
        return "no call stands there"
    sent = [call for call in calls if _covers(call.span, mark)]
    if sent:
        return "not traced"
    made = max(around, key=lambda node: (node.lineno, node.col_offset))
    outer = min(around, key=lambda node: (node.lineno, node.col_offset))
    names = " in ".join(dict.fromkeys(f"`{ast.unparse(node.func)}`" for node in (made, outer)))
    return f"{names} sends nothing that a model answers"


def _holds(node: ast.Call, mark: Mark) -> bool:
    return node.lineno <= mark.line <= (node.end_lineno or 0)


def _unmarked(marks: list[Mark], calls: tuple[LlmCall, ...], text: str) -> Iterator[tuple[LlmCall, Origin]]:
    """Origins of calls in which the test marks nothing of the kinds that it marks at all."""
    kinds = {mark.kind for mark in marks}
    if "# ruleid:" in text:
        return
    roles = {role for kind in kinds for role in _ROLES.get(kind, ("system_prompt", "user_prompt"))}
    for call in calls:
        if any(_covers(call.span, mark) for mark in marks):
            continue
        for origin in call.origins(*roles):
            passes = any(_covers(step.span, mark) for mark in marks for step in origin.trace)
            if origin.kind in OUTSIDE and not passes:
                yield call, origin


def _covers(span: Span, mark: Mark) -> bool:
    return span.path == mark.path and span.line <= mark.line <= span.end_line


if __name__ == "__main__":
    if len(sys.argv) != 2:
        sys.exit(__doc__)
    sys.exit(main(Path(sys.argv[1])))
