"""The workspace's folders, each a project of its own; a file outside of them is a project by itself."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

from prodworthy.pack import Packs
from prodworthy.workspace.session import Session


class Projects:
    """A session for every folder, made when it is first needed.

    Args:
        packs: the rules and the knowledge.
        folders: the workspace's folders, absolute.
    """

    def __init__(self, packs: Packs, folders: Sequence[Path]) -> None:
        self._packs = packs
        self._folders = list(folders)
        self._sessions: dict[Path, Session] = {}

    def of(self, file: Path) -> Session:
        """The session of the innermost folder that holds ``file``; of the file alone where none does."""
        around = [folder for folder in self._folders if file.is_relative_to(folder)]
        key = max(around, key=lambda folder: len(folder.parts)) if around else file
        known = self._sessions.get(key)
        if known is None:
            known = Session(key if around else file.parent, self._packs, whole=bool(around))
            self._sessions[key] = known
        return known

    def texts(self, session: Session, texts: Mapping[Path, str]) -> dict[Path, str]:
        """Those of ``texts`` that stand in for files of ``session``."""
        return {file: text for file, text in texts.items() if self.of(file) is session}

    def set_folders(self, folders: Sequence[Path]) -> None:
        """Take other folders."""
        self._folders = list(folders)
        self._sessions.clear()

    def rescan(self) -> None:
        """Look for new and lost files before the next answer."""
        for session in self._sessions.values():
            session.rescan()

    def reload(self) -> None:
        """Read everything again, configurations included, before the next answer."""
        for session in self._sessions.values():
            session.reload()
