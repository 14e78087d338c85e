"""Edits as people make them in an editor, at random but repeatable."""

from __future__ import annotations

import random
from pathlib import Path

_LINES = (
    "client = client.with_options(max_retries=0)",
    "    timeout=None,",
    "max_tokens = 200",
    "from openai import OpenAI",
    "import support_bot.llm",
    "def helper(text):\n    return text\n",
    "# prodworthy: ignore[PW301] because",
    "'''",
    ")",
    "",
)


class Editor:
    """A folder with some files open in it."""

    def __init__(self, root: Path, seed: int) -> None:
        self.root = root
        self.texts: dict[Path, str] = {}
        self._random = random.Random(seed)
        self._files = sorted(root.rglob("*.py"))

    def open(self, count: int) -> None:
        """Open some files that talk to a model, and some others."""
        busy = [f for f in self._files if "openai" in f.read_text(encoding="utf-8")]
        others = [f for f in self._files if f not in busy]
        for file in (*busy[:count], *self._random.sample(others, min(count, len(others)))):
            self.texts[file] = file.read_text(encoding="utf-8")

    def step(self) -> str:
        """Do something, and say what."""
        doing = self._random.choice((self._type, self._type, self._type, self._undo, self._write, self._add))
        return doing()

    def _type(self) -> str:
        file = self._random.choice(sorted(self.texts))
        lines = self.texts[file].split("\n")
        at = self._random.randrange(len(lines) + 1)
        kind = self._random.choice(("insert", "delete", "swap", "cut"))
        if kind == "insert":
            lines.insert(at, self._random.choice(_LINES))
        elif kind == "delete":
            del lines[at : at + self._random.randrange(1, 4)]
        elif kind == "swap" and at < len(lines):
            other = self._random.randrange(len(lines))
            lines[at], lines[other] = lines[other], lines[at]
        elif at < len(lines):
            lines[at] = lines[at][: len(lines[at]) // 2]
        self.texts[file] = "\n".join(lines)
        return f"{kind} at line {at} of {file.name}"

    def _undo(self) -> str:
        file = self._random.choice(sorted(self.texts))
        self.texts[file] = file.read_text(encoding="utf-8") if file.exists() else ""
        return f"undo all in {file.name}"

    def _write(self) -> str:
        """Another program writes a file, which may be open or not."""
        file = self._random.choice(self._files)
        lines = file.read_text(encoding="utf-8").split("\n")
        at = self._random.randrange(len(lines) + 1)
        lines.insert(at, self._random.choice(_LINES))
        file.write_text("\n".join(lines), encoding="utf-8")
        return f"{file.name} is written, with another line {at}"

    def _add(self) -> str:
        file = self.root / f"added_{len(self._files)}.py"
        if self._random.random() < 0.5:
            self.texts[file] = self._random.choice(sorted(self.texts.values()))
            return f"{file.name} is open and not yet saved"
        file.write_text(self._random.choice(self._files).read_text(encoding="utf-8"), encoding="utf-8")
        self._files.append(file)
        return f"{file.name} is new"
