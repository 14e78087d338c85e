"""Links of pages that also stand in the repository: to where the site has what they lead to.

A file that the site does not hold becomes a link to the repository where ``repository`` is configured, else
its text alone. What does not exist is left as it is, and Sphinx complains.
"""

from __future__ import annotations

import os
import re
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from prodworthy.pack import load_packs

if TYPE_CHECKING:
    from sphinx.application import Sphinx

ROOT = Path(__file__).parents[2]
PROJECT = {"CHANGELOG.md": "changelog", "CONTRIBUTING.md": "contributing", "SECURITY.md": "security"}
"""Files at the root of the repository that have a page in ``project``."""

_LINK = re.compile(r"\[((?:[^\[\]]|\[[^\[\]]*\])*)\]\((?!https?:|mailto:|#)([^)#\s]+)(#[^)\s]*)?\)")
_FENCED = re.compile(r"^(```+|~~~+)[^\n]*\n.*?^\1[ \t]*$", re.MULTILINE | re.DOTALL)


def relinked(text: str, source: Path, page: str, repository: str = "") -> str:
    """``text`` of the file ``source``, for the page at ``page`` below ``docs``."""
    parts, end = [], 0
    for fence in _FENCED.finditer(text):
        parts += [_links(text[end : fence.start()], source, page, repository), fence[0]]
        end = fence.end()
    return "".join([*parts, _links(text[end:], source, page, repository)])


def rewrite(app: Sphinx, docname: str, content: list[str]) -> None:
    """For Sphinx's ``source-read``: the links of a page that stands in ``docs``."""
    source = Path(app.srcdir, f"{docname}.md")
    content[0] = relinked(content[0], source, f"{docname}.md", app.config.repository)


def _links(text: str, source: Path, page: str, repository: str) -> str:
    def replaced(match: re.Match[str]) -> str:
        label, target, anchor = match[1], match[2], match[3] or ""
        place = Path(os.path.normpath(source.parent / target))
        if (known := _page(place)) is not None:
            return f"[{label}]({os.path.relpath(known, Path(page).parent)}{anchor})"
        if place.is_relative_to(ROOT / "docs") or not place.exists():
            return match[0]
        return (
            f"[{label}]({repository}/{place.relative_to(ROOT).as_posix()}{anchor})" if repository else label
        )

    return _LINK.sub(replaced, text)


def _page(place: Path) -> str | None:
    """The page below ``docs`` that stands for a file or folder of the repository."""
    if place.is_relative_to(ROOT / "docs") and place.suffix == ".md":
        return place.relative_to(ROOT / "docs").as_posix()
    return _elsewhere().get(place)


@cache
def _elsewhere() -> dict[Path, str]:
    known = {
        packed.page: f"reference/rules/{packed.page.stem}.md" for packed in load_packs().by_code.values()
    }
    known |= {ROOT / name: f"project/{page}.md" for name, page in PROJECT.items()}
    known[ROOT / "README.md"] = "index.md"
    for folder in load_packs().folders:
        known[folder / "models" / "sdks"] = "reference/sdks/index.md"
        known[folder / "models" / "frameworks"] = "reference/sources.md"
        known[folder / "models" / "sanitizers.toml"] = "reference/sanitizers.md"
        known[folder / "models" / "retired.toml"] = "reference/retired-models.md"
    return known
