"""What git knows of a project: its index, tracked files and history. Nothing of the project is run."""

from __future__ import annotations

import re
import subprocess
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import IO

from prodworthy.errors import ConfigError

_SAFE = ("-c", "core.fsmonitor=false", "-c", "core.hooksPath=/dev/null", "-c", "core.quotePath=false")
"""A repository's own configuration may name programs; these questions run none of them."""
_PLAIN = ("--no-ext-diff", "--no-textconv")
_HOST = re.compile(r"(?:\w+://)?(?:[^/@]*@)?([^/:@]+)[/:]")
_BLOB_LIMIT = 100 * 1024 * 1024


@dataclass(frozen=True, slots=True)
class Blob:
    """One content of one file in history.

    Attributes:
        path: relative to the repository's root.
        commit: the first commit, in git's order, that brought it; abbreviated.
    """

    path: str
    commit: str
    data: bytes


def top(folder: Path) -> Path | None:
    """The root of the work tree that ``folder`` is in; None outside of any, or where git is missing."""
    try:
        out = _run(folder, "rev-parse", "--show-toplevel").decode("utf-8", "surrogateescape").rstrip("\n")
    except ConfigError:
        return None
    return Path(out) if out else None


def remote_host(root: Path) -> str:
    """The host that the repository at ``root`` comes from, in lower case; empty where it has none."""
    try:
        address = _run(root, "config", "--get", "remote.origin.url").decode("utf-8", "replace")
    except ConfigError:
        return ""
    found = _HOST.match(address.strip())
    return found[1].lower() if found else ""


def default_branch(root: Path) -> str:
    """The branch that the repository's origin begins with, or else the one checked out; empty for neither."""
    for reference in ("refs/remotes/origin/HEAD", "HEAD"):
        with suppress(ConfigError):
            name = _run(root, "symbolic-ref", "--quiet", "--short", reference).decode("utf-8", "replace")
            return name.strip().removeprefix("origin/")
    return ""


def head(root: Path) -> tuple[str, bool]:
    """The commit that is checked out below ``root``, abbreviated, and whether tracked files differ from it.

    An empty name outside of a repository, or before its first commit.
    """
    try:
        name = _run(root, "rev-parse", "--verify", "--quiet", "--short=12", "HEAD").decode("ascii").strip()
        return name, bool(_named(root, "HEAD"))
    except ConfigError:
        return "", False


def tracked(root: Path, *patterns: str) -> frozenset[str]:
    """The files below ``root`` that git tracks and ``patterns`` (pathspecs) match, relative to ``root``.

    Empty outside of a repository.
    """
    try:
        return frozenset(_split(_run(root, "ls-files", "-z", "--", *patterns)))
    except ConfigError:
        return frozenset()


def staged(root: Path) -> dict[str, bytes]:
    """The files that the next commit adds or changes: path relative to ``root`` -> content in the index.

    Raises:
        ConfigError: not a repository.
    """
    return _of_index(root, _named(root, "--cached", "--diff-filter=ACMRT"))


def unstaged(root: Path) -> dict[str, bytes]:
    """The files whose content in the work tree is another than in the index: path -> content in the index.

    Raises:
        ConfigError: not a repository.
    """
    return _of_index(root, _named(root, "--diff-filter=MTD"))


def history(root: Path, since: str | None = None) -> Iterator[Blob]:
    """Every content that a file below ``root`` ever had, each once, the newest commit's first.

    Args:
        root: a folder in a repository.
        since: a revision; only commits after it are read.

    Raises:
        ConfigError: not a repository, or no such revision.
    """
    if since is not None:
        _run(root, "rev-parse", "--verify", "--quiet", "--end-of-options", f"{since}^{{commit}}")
    prefix = _run(root, "rev-parse", "--show-prefix").decode("utf-8", "surrogateescape").rstrip("\n")
    revisions = [f"{since}..HEAD"] if since is not None else ["--all"]
    told = ("--raw", "--no-abbrev", "--no-renames", "--diff-merges=first-parent", "-z", "--format=%x01%h")
    log = _run(root, "log", *_PLAIN, *told, *revisions, "--", ".")
    seen: set[str] = set()
    with _contents(root) as read:
        for commit, name, path in _changes(log):
            if name in seen:
                continue
            seen.add(name)
            data = read(name)
            if data is not None:
                yield Blob(path.removeprefix(prefix), commit, data)


def _changes(log: bytes) -> Iterator[tuple[str, str, str]]:
    """(commit, name of the blob, path) of everything that ``git log --raw -z`` tells was added or changed."""
    for part in log.split(b"\x01")[1:]:
        commit, _, rest = part.partition(b"\0")
        fields = rest.lstrip(b"\n").split(b"\0")
        for entry, path in zip(fields[::2], fields[1::2], strict=False):
            words = entry.strip().split(b" ")
            if len(words) == 5 and words[0].startswith(b":") and words[1].startswith(b"10"):
                yield commit.decode().strip(), words[3].decode(), path.decode("utf-8", "surrogateescape")


def _named(root: Path, *arguments: str) -> list[str]:
    return _split(_run(root, "diff", *_PLAIN, "--name-only", "--relative", "-z", *arguments))


def _of_index(root: Path, paths: Sequence[str]) -> dict[str, bytes]:
    found = {}
    if paths:
        with _contents(root) as read:
            for path in paths:
                data = read(f":./{path}")
                if data is not None:
                    found[path] = data
    return found


@contextmanager
def _contents(root: Path) -> Iterator[_Reader]:
    command = ["git", *_SAFE, "cat-file", "--batch"]
    with subprocess.Popen(command, cwd=root, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as process:
        assert process.stdin is not None
        assert process.stdout is not None
        yield _Reader(process.stdin, process.stdout)
        process.stdin.close()


@dataclass(frozen=True, slots=True)
class _Reader:
    """Asks a running ``git cat-file`` for contents."""

    ask: IO[bytes]
    answer: IO[bytes]

    def __call__(self, name: str) -> bytes | None:
        """The content of a blob; None for anything else, or one that is missing or very large."""
        if "\n" in name:
            return None
        self.ask.write(name.encode("utf-8", "surrogateescape") + b"\n")
        self.ask.flush()
        head = self.answer.readline().split()
        if len(head) < 3 or not head[2].isdigit():
            return None
        left = int(head[2])
        wanted = head[1] == b"blob" and left <= _BLOB_LIMIT
        data = self.answer.read(left) if wanted else None
        while not wanted and left:
            left -= len(self.answer.read(min(left, 1024 * 1024)))
        self.answer.read(1)
        return data


def _split(out: bytes) -> list[str]:
    return [name.decode("utf-8", "surrogateescape") for name in out.split(b"\0") if name]


def _run(folder: Path, *arguments: str) -> bytes:
    try:
        done = subprocess.run(["git", *_SAFE, *arguments], cwd=folder, capture_output=True, check=False)
    except OSError as error:
        raise ConfigError(f"git cannot be run: {error.strerror or error}") from error
    if done.returncode:
        told = done.stderr.decode("utf-8", "replace").strip().splitlines()
        said = told[0] if told else f"exit status {done.returncode}"
        raise ConfigError(f"{folder}: git {arguments[0]} failed: {said}")
    return done.stdout
