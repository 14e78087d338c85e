"""Paths as the services that run checks know them: from the root of the repository."""

from __future__ import annotations

from prodworthy.files import Files


def in_checkout(files: Files, path: str) -> str:
    """``path`` of a finding, relative to the root of the repository that holds the project.

    As it is where there is no repository around the project, or the file lies outside of it.
    """
    top = next((folder for folder in (files.root, *files.root.parents) if (folder / ".git").exists()), None)
    file = files.root / path
    return file.relative_to(top).as_posix() if top is not None and file.is_relative_to(top) else path
