"""Read a rule page into its sections and its runnable examples."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from pathlib import Path

from fake_keys import fake_key
from prodworthy.pack import load_packs

PACKED = tuple(load_packs().by_code.values())
"""Every rule with the path of its page."""

_LANGUAGES = ("python", "yaml", "sh", "dockerfile")
_TITLE = re.compile(r"# (PW\d{3}) ([a-z]+(?:-[a-z]+)*)")
_FILE = re.compile(r"# file: (\S+)")
_MARK = re.compile(r"# error:((?: \[PW\d{3}\](?: \"[^\"]*\")?)+)")
_FAKE = re.compile(r"\{\{ fake_key\('([^']+)'\) \}\}")
_ONE = re.compile(r"\[(PW\d{3})\](?: \"([^\"]*)\")?")


@dataclass(frozen=True, slots=True, order=True)
class Expected:
    """A finding that an example announces: ``part`` must stand in its message."""

    path: str
    line: int
    code: str
    part: str


@dataclass(frozen=True, slots=True)
class Example:
    """One fenced block of code, with the TOML block before it as its configuration."""

    section: str
    line: int
    text: str
    config: str = ""

    @property
    def files(self) -> dict[str, str]:
        """The files the block stands for; a line ``# file: name`` begins each but a lone one.

        ``{{ fake_key('openai') }}`` stands for a made-up key of that form, so that no page holds one.
        """
        name, found = "example.py", dict[str, list[str]]()
        for line in _FAKE.sub(lambda match: fake_key(match[1]), self.text).splitlines(keepends=True):
            if marker := _FILE.match(line):
                name = marker[1]
            found.setdefault(name, []).append(line)
        return {name: "".join(lines) for name, lines in found.items()}

    @property
    def expected(self) -> list[Expected]:
        """The findings that the block announces."""
        return [
            Expected(path, number, code, part)
            for path, text in self.files.items()
            for number, line in enumerate(text.splitlines(), 1)
            for mark in _MARK.finditer(line)
            for code, part in _ONE.findall(mark[1])
        ]


@dataclass(slots=True)
class Page:
    """A rule's page."""

    path: Path
    code: str
    name: str
    sections: dict[str, str] = field(default_factory=dict)
    examples: list[Example] = field(default_factory=list)


def pages() -> list[Page]:
    """Every page that exists, by code."""
    return [read(packed.page) for packed in PACKED if packed.page.exists()]


def read(path: Path) -> Page:
    """The page at ``path``.

    Raises:
        ValueError: names the page and the line that is not as a page's must be.
    """
    lines = path.read_text(encoding="utf-8").splitlines()
    title = _TITLE.fullmatch(lines[0]) if lines else None
    if title is None:
        raise ValueError(f"{path}: a page begins with `# PW301 some-name`")
    page = Page(path, title[1], title[2])
    section, config = "", ""
    block: list[str] | None = None
    language, start = "", 0
    for number, line in enumerate(lines[1:], 2):
        if block is not None and line != "```":
            block.append(line + "\n")
        elif block is not None:
            if language == "toml":
                config = "".join(block)
            elif language in _LANGUAGES:
                page.examples.append(Example(section, start, "".join(block), config))
                config = ""
            block = None
        elif line.startswith("```"):
            block, language, start = [], line.removeprefix("```"), number + 1
        elif line.startswith("## "):
            section = line.removeprefix("## ")
            page.sections[section] = ""
        elif section:
            page.sections[section] += line + "\n"
    if block is not None:
        raise ValueError(f"{path}:{start}: the block is not closed")
    return page
