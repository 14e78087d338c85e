"""The pages that are made of what the packages know: a Sphinx extension that writes them before each build.

``docs/reference`` and ``docs/project`` hold nothing else and are not in git.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from _generate import api, commands, entities, known, links, project, rules, sdks, settings, sources

if TYPE_CHECKING:
    from sphinx.application import Sphinx
    from sphinx.config import Config

FOLDERS = ("reference", "project")


def pages() -> Iterator[tuple[str, str]]:
    """(path below ``docs``, text) of every generated page."""
    for module in (rules, sdks, sources, known, settings, entities, commands, api, project):
        yield from module.pages()


def write(docs: Path) -> None:
    """Bring the generated folders up to date; what has not changed is not written, so builds stay short."""
    wanted = {docs / path: text for path, text in pages()}
    for folder in FOLDERS:
        for old in (docs / folder).rglob("*.md"):
            if old not in wanted:
                old.unlink()
    for path, text in wanted.items():
        path.parent.mkdir(parents=True, exist_ok=True)
        if not path.is_file() or path.read_text(encoding="utf-8") != text:
            path.write_text(text, encoding="utf-8")


def setup(app: Sphinx) -> dict[str, bool]:
    """Sphinx calls this."""
    app.connect("config-inited", _write)
    app.connect("source-read", links.rewrite)
    app.add_config_value("repository", "", "env", str)
    return {"parallel_read_safe": True, "parallel_write_safe": True}


def _write(app: Sphinx, _config: Config) -> None:
    write(Path(app.srcdir))
