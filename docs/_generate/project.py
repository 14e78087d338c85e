"""The files at the root of the repository that are pages too."""

from __future__ import annotations

from collections.abc import Iterator

from _generate.links import PROJECT, ROOT, relinked


def pages() -> Iterator[tuple[str, str]]:
    """Changelog, contributing, security."""
    for name, page in PROJECT.items():
        path = f"project/{page}.md"
        yield path, relinked((ROOT / name).read_text(encoding="utf-8"), ROOT / name, path)
