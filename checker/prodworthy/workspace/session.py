"""One project between two edits: what did not change is neither read nor parsed nor analysed again.

What a session tells of a file is what a fresh run over the whole folder with the same texts tells of it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from prodworthy.analyse import Analyser
from prodworthy.call import LlmCall
from prodworthy.config import Configs, Overrides
from prodworthy.discover import Discovery, around, discover, project_root, relative
from prodworthy.environments.check import findings as environments
from prodworthy.files import Files
from prodworthy.finding import Finding
from prodworthy.joining import in_order
from prodworthy.outcome import Outcome, Problem
from prodworthy.pack import Packs
from prodworthy.resolve.project import search
from prodworthy.textcheck import WorkTree
from prodworthy.workspace.disk import Disk, folders_of
from prodworthy.workspace.superseded import Stop, StoppableFiles

_CONFIGURATIONS = ("pyproject.toml", "prodworthy.toml", ".gitignore")


@dataclass(frozen=True, slots=True)
class Checked:
    """What is known of one file.

    Attributes:
        path: relative to the project root, with ``/``.
        findings: each, also where one place is behind findings in several files; sorted.
        calls: its LLM calls with their settings.
        problems: what could not be analysed.
    """

    path: str
    findings: tuple[Finding, ...] = ()
    calls: tuple[LlmCall, ...] = ()
    problems: tuple[Problem, ...] = ()


class Session:
    """The files below ``folder`` as ``prodworthy check`` run there would see them, with texts of open files.

    Not for several threads at once.

    Args:
        folder: the folder that is checked, absolute.
        packs: the rules and the knowledge.
        overrides: what wins over every configuration file.
        whole: check everything below the folder; otherwise nothing but the files that texts stand in for.
    """

    def __init__(
        self, folder: Path, packs: Packs, overrides: Overrides | None = None, *, whole: bool = True
    ) -> None:
        self.folder = folder
        self.root = project_root((), folder)
        self._packs = packs
        self._whole = whole
        self._overrides = overrides or Overrides()
        self._texts: dict[str, str] = {}
        self._state: _State | None = None
        self._rescan = False

    @property
    def files(self) -> Files:
        """The files as the last answer saw them."""
        return self._made(self._texts).files

    def rescan(self) -> None:
        """Look for new and lost files before the next answer."""
        self._rescan = True

    def reload(self) -> None:
        """Read everything again before the next answer, the configuration included."""
        self._state = None

    def check(self, file: Path, texts: Mapping[Path, str], stop: Stop | None = None) -> Checked | None:
        """What there is to say of ``file``; None if it is none of those that are checked.

        Args:
            file: absolute.
            texts: file -> text that stands in for what is on the disk.
            stop: asked now and then whether nobody wants the answer any more.

        Raises:
            ConfigError: the configuration is wrong.
            RuleError: a rule cannot be loaded.
            SupersededError: ``stop`` said so; what is known so far stays known.
        """
        state = self._brought_up_to({relative(path, self.root): text for path, text in texts.items()})
        path = relative(file, self.root)
        if path not in state.paths:
            return None
        with state.files.until(stop):
            outcome = state.outcome(path)
            found = [f for known in state.known() for f in known.findings if f.path == path]
            found += [f for f in state.environments() if f.path == path]
        return Checked(path, tuple(in_order(found)), outcome.calls, tuple(outcome.problems))

    def _brought_up_to(self, texts: dict[str, str]) -> _State:
        """The state after what changed in ``texts`` and on the disk."""
        state = self._made(texts)
        on_disk = state.disk.changed()
        if any(path.rpartition("/")[2] in _CONFIGURATIONS for path in on_disk):
            return self._afresh(texts)
        opened = any(path not in self._texts and path not in state.paths for path in texts)
        if self._rescan or opened or not on_disk.isdisjoint(state.folders):
            self._rescan = False
            if state.differs(self._found(state.configs, texts)):
                return self._afresh(texts)
        changed = {path for path in on_disk - state.folders if path not in texts}
        changed |= {p for p in texts.keys() | self._texts.keys() if texts.get(p) != self._texts.get(p)}
        # in place: the files of the state read from here
        self._texts.clear()
        self._texts.update(texts)
        state.change(changed)
        return state

    def _made(self, texts: dict[str, str]) -> _State:
        return self._state or self._afresh(texts)

    def _afresh(self, texts: dict[str, str]) -> _State:
        self._rescan = False
        self._state = None
        self._texts = dict(texts)
        configs = Configs(self.root, self._overrides)
        files = StoppableFiles(self.root, configs, self._texts)
        self._state = _State(files, configs, self._packs, self._found(configs, texts))
        return self._state

    def _found(self, configs: Configs, texts: Mapping[str, str]) -> Discovery:
        paths = [self.folder] if self._whole else []
        paths += [self.root / path for path in texts if not self._whole or self._is_new(path)]
        return discover(paths, self.root, self.folder, configs, texts, others=True)

    def _is_new(self, path: str) -> bool:
        """Whether there is no such file yet, in the folder."""
        file = self.root / path
        return file.is_relative_to(self.folder) and not file.exists()


class _State:
    """Everything that holds as long as neither the configuration nor the names of the files change."""

    def __init__(self, files: StoppableFiles, configs: Configs, packs: Packs, found: Discovery) -> None:
        git = WorkTree(files.root, found.ignored)
        self.files = files
        self.configs = configs
        self.found = found
        self.paths = {*found.files, *found.others, *(p for p in found.hidden if git.tracks(p))}
        self.folders = folders_of(self.paths)
        self.disk = Disk(files.root)
        self.disk.watch(found.files)
        self.disk.watch(self.folders)
        self.disk.watch(f"{folder}/{name}".lstrip("/") for folder in self.folders for name in _CONFIGURATIONS)
        self._packs = packs
        self._analyser = Analyser(
            files, packs, found.files, git, around=None if self._is_whole else self._around, with_calls=True
        )
        self._outcomes: dict[str, Outcome] = {}
        self._doubts: dict[str, set[str]] = {}

    @property
    def _is_whole(self) -> bool:
        """Whether everything in the project is checked."""
        return "." in self.found.folders

    def _around(self) -> Sequence[str]:
        """The project's files beside those that are checked."""
        found = around(self.files.root, self.configs, self.found.files)
        folders = folders_of(found)
        self.folders |= folders
        self.disk.watch((*found, *folders))
        return found

    def differs(self, found: Discovery) -> bool:
        """Whether ``found`` are other files; if not, what was asked about names is asked again."""
        if not self._is_whole or _names(found) != _names(self.found):
            return True
        self.files.folders.forget()
        self._analyser.library.epoch += 1
        self.change(set())
        return False

    def change(self, paths: set[str]) -> None:
        """Take note that ``paths`` hold other texts now."""
        for path in paths:
            self.files.forget(path)
            self._analyser.library.changed(path)
            self._outcomes.pop(path, None)
            self._doubts.pop(path, None)
        for path in self._outcomes:
            self._doubts.setdefault(path, set()).update(paths)

    def outcome(self, path: str) -> Outcome:
        """What the analysis of ``path`` gives."""
        if not self._holds(path):
            self._outcomes.pop(path, None)
            outcome = self._analyser.file(path, named=False)
            self._outcomes[path] = outcome
            if outcome.consulted is not None:
                self.disk.watch(outcome.consulted.read)
        return self._outcomes[path]

    def known(self) -> list[Outcome]:
        """What was found before and still holds."""
        return [self._outcomes[path] for path in list(self._outcomes) if self._holds(path)]

    def environments(self) -> list[Finding]:
        """What the rules about the project's settings as a whole say."""
        return environments(self.files, self._packs, self.found.files, self.found.folders)

    def _holds(self, path: str) -> bool:
        """Whether the outcome of ``path`` is there and what changed since does not matter to it."""
        outcome = self._outcomes.get(path)
        if outcome is None:
            return False
        changed = self._doubts.get(path)
        if changed is None:
            return True
        consulted, library = outcome.consulted, self._analyser.library
        holds = (
            consulted is not None
            and changed.isdisjoint(consulted.read)
            and all(self.files.folders.has(place) is there for place, there in consulted.probed.items())
            and all(search(library, s.kind, s.name, s.path, s.stem) == s for s in consulted.searched)
        )
        del self._doubts[path]
        if not holds:
            del self._outcomes[path]
        return holds


def _names(found: Discovery) -> tuple[object, ...]:
    return found.files, found.others, found.hidden, found.ignored, found.folders
