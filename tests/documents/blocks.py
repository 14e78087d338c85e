"""The fenced blocks and the inline code of the documents that people read, and what is done with each.

One convention: `console` blocks show commands after ``$ `` (continued after ``> ``) and what they print, where ``...`` stands for
anything; `sh` blocks are commands alone.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).parents[2]
_GENERATED = ("docs/reference/", "docs/project/")
_FENCE = re.compile(r"^( *)(```+)(\S*)[^\n]*\n(.*?)^\1\2[ \t]*$", re.MULTILINE | re.DOTALL)
_INLINE = re.compile(r"`([^`\n]+(?:\n[^`\n]+)?)`")


@dataclass(frozen=True, slots=True)
class Block:
    """A fenced block: the document it stands in, the line of its first line, its language and its text."""

    document: str
    line: int
    language: str
    text: str

    def __str__(self) -> str:
        return f"{self.document}:{self.line}"


@dataclass(frozen=True, slots=True)
class Command:
    """A command, where it stands, and what is shown below it (None where nothing is)."""

    document: str
    line: int
    text: str
    shown: str | None = None


def documents() -> list[str]:
    """Everything that is written for people, by its path in the repository; generated pages are not."""
    found = [*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md"), *(ROOT / "examples").rglob("*.md")]
    names = (path.relative_to(ROOT).as_posix() for path in found)
    return sorted(name for name in names if not name.startswith(_GENERATED))


def blocks(document: str, *languages: str) -> list[Block]:
    """The fenced blocks of ``document`` in one of ``languages``, in their order."""
    text = (ROOT / document).read_text(encoding="utf-8")
    found = []
    for match in _FENCE.finditer(text):
        indent, language = match[1], match[3]
        line = text.count("\n", 0, match.start(4)) + 1
        lines = (one.removeprefix(indent) for one in match[4].splitlines(keepends=True))
        if language in languages:
            found.append(Block(document, line, language, "".join(lines)))
    return found


def inline(document: str) -> list[str]:
    """The code between single backticks, outside of blocks."""
    text = _FENCE.sub("", (ROOT / document).read_text(encoding="utf-8"))
    return [" ".join(code.split()) for code in _INLINE.findall(text)]


def commands(document: str) -> list[Command]:
    """The commands of every `console` and `sh` block."""
    found: list[Command] = []
    for block in blocks(document, "console", "sh"):
        found += _of_console(block) if block.language == "console" else _of_sh(block)
    return found


def _of_console(block: Block) -> Iterator[Command]:
    start, text, shown = 0, "", ""
    for number, line in enumerate(block.text.splitlines(keepends=True), block.line):
        if line.startswith("$ "):
            if text:
                yield Command(block.document, start, text, shown)
            start, text, shown = number, line[2:], ""
        elif not text:
            raise ValueError(f"{block.document}:{number}: a console block begins with `$ `")
        elif line.startswith("> ") and not shown:
            text += line[2:]
        else:
            shown += line
    yield Command(block.document, start, text, shown)


def _of_sh(block: Block) -> Iterator[Command]:
    start, text = block.line, ""
    for number, line in enumerate(block.text.splitlines(), block.line):
        text += line + "\n"
        if line.rstrip().endswith(("&&", "\\", "|")):
            continue
        if text.strip() and not text.lstrip().startswith("#"):
            yield Command(block.document, start, text)
        start, text = number + 1, ""
