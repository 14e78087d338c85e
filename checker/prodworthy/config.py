"""Configuration: found next to the code, judged by pydantic where a table exists, frozen inside."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from enum import StrEnum
from pathlib import Path

import tomli

from prodworthy.errors import ConfigError
from prodworthy.privacy import EVERYTHING, Privacy, read_privacy
from prodworthy.source.text import DEFAULT_LIMIT

DEFAULT_EXCLUDE = (
    ".bzr", ".direnv", ".eggs", ".git", ".hg", ".ipynb_checkpoints", ".mypy_cache", ".nox", ".pants.d",
    ".prodworthy_cache", ".pytest_cache", ".ruff_cache", ".svn", ".tox", ".venv", "__pycache__",
    "__pypackages__", "_build", "buck-out", "build", "dist", "node_modules", "site-packages", "venv",
)  # fmt: skip


class Profile(StrEnum):
    """How far the application is on its way: which rules are on.

    ``prototype``: rules of the default set whose findings are errors. ``staging``: the default set.
    ``production``: optional rules too, unless their findings are mere notes.
    """

    PROTOTYPE = "prototype"
    STAGING = "staging"
    PRODUCTION = "production"


@dataclass(frozen=True, slots=True)
class Policy:
    """``[tool.prodworthy.policy]``: the values that fixes write.

    Attributes:
        output_cap: tokens of an answer.
        timeout: seconds that a call may take.
        retries: how often a call that failed is sent again.
        concurrency: calls under way at the same time.
    """

    output_cap: int = 1024
    timeout: int = 60
    retries: int = 3
    concurrency: int = 8


@dataclass(frozen=True, slots=True)
class Config:
    """What holds for the files below one folder.

    Attributes:
        root: the folder of the configuration file; globs are relative to it.
        origin: the file as a message names it, empty for the built-in defaults.
        select: codes, names or code prefixes that replace the profile's set; None for the set itself.
        extend_select, ignore: added to and taken from it.
        per_file_ignores: glob -> codes, names or prefixes that are off in files it matches.
        exclude: files and folders that are never checked, in the syntax of .gitignore.
        max_file_size: in bytes.
        policy: the values that fixes write.
        models: ``[tool.prodworthy.models]`` as TOML gives it.
        privacy: what counts as personal data, for rules and redactor alike.
        tables: other components' tables, which they judge themselves (``redact``, ``budget``, ...).
        attestations: ``[tool.prodworthy.attestations]`` as TOML gives it; no finding depends on it.
    """

    root: Path
    origin: str = ""
    select: tuple[str, ...] | None = None
    extend_select: tuple[str, ...] = ()
    ignore: tuple[str, ...] = ()
    per_file_ignores: tuple[tuple[str, tuple[str, ...]], ...] = ()
    profile: Profile = Profile.STAGING
    pedantic: bool = False
    check_tests: bool = False
    exclude: tuple[str, ...] = DEFAULT_EXCLUDE
    max_file_size: int = DEFAULT_LIMIT
    policy: Policy = Policy()
    models: Mapping[str, object] = field(default_factory=dict)
    privacy: Privacy = EVERYTHING
    tables: Mapping[str, object] = field(default_factory=dict)
    attestations: Mapping[str, object] = field(default_factory=dict, repr=False)  # nor does a stored result


@dataclass(frozen=True, slots=True)
class Overrides:
    """What the command line says; it wins over every file."""

    select: tuple[str, ...] | None = None
    extend_select: tuple[str, ...] = ()
    ignore: tuple[str, ...] = ()
    profile: Profile | None = None
    pedantic: bool = False

    def apply(self, config: Config) -> Config:
        """``config`` as the command line wants it; ``--select`` also clears what a file ignores."""
        if self.select is not None:
            config = replace(config, select=self.select, extend_select=(), ignore=())
        return replace(
            config,
            extend_select=config.extend_select + self.extend_select,
            ignore=config.ignore + self.ignore,
            profile=self.profile or config.profile,
            pedantic=config.pedantic or self.pedantic,
        )


class Configs:
    """The configuration of every folder: the nearest file wins.

    Args:
        root: the project root, whose built-in defaults hold where there is no file.
        overrides: what the command line says.
        file: ``--config``: the one file that holds everywhere.

    Raises:
        ConfigError: the message names the file and what is wrong in it.
    """

    def __init__(self, root: Path, overrides: Overrides | None = None, file: Path | None = None) -> None:
        self._overrides = overrides or Overrides()
        self._default = self._overrides.apply(Config(root))
        self._folders: dict[Path, Config] = {}
        self._forced = self._overrides.apply(replace(read_config(file), root=root)) if file else None

    def of_folder(self, folder: Path) -> Config:
        """What holds for the files in ``folder`` (absolute)."""
        if self._forced is not None:
            return self._forced
        known = self._folders.get(folder)
        if known is None:
            known = self._folders[folder] = self._find(folder)
        return known

    def __iter__(self) -> Iterator[Config]:
        """Every configuration met so far."""
        seen = {id(c): c for c in (self._forced or self._default, *self._folders.values())}
        return iter(seen.values())

    def _find(self, folder: Path) -> Config:
        for name in ("prodworthy.toml", "pyproject.toml"):
            file = folder / name
            if file.is_file() and (table := _table(file)) is not None:
                return self._overrides.apply(_config(file, table, ()))
        if folder.parent == folder or (folder / ".git").exists():
            return self._default
        return self.of_folder(folder.parent)


def read_config(file: Path) -> Config:
    """The configuration that ``file`` (a pyproject.toml or prodworthy.toml) holds.

    Raises:
        ConfigError: the message names the file and what is wrong in it.
    """
    return _config(file, _table(file) or {}, ())


def _table(file: Path) -> dict[str, object] | None:
    try:
        text = file.read_text(encoding="utf-8-sig")
    except OSError as error:
        raise ConfigError(f"{file}: cannot be read: {error.strerror or error}") from error
    except UnicodeDecodeError as error:
        raise ConfigError(f"{file}: is not UTF-8 text") from error
    if file.name == "pyproject.toml" and "prodworthy" not in text:
        return None
    try:
        data: dict[str, object] = tomli.loads(text)
    except tomli.TOMLDecodeError as error:
        end = f"at line {len(text.splitlines())}, the end of the file"
        told = str(error).replace("at end of document", end)
        raise ConfigError(f"{file}: not valid TOML: {told}") from error
    except RecursionError as error:
        raise ConfigError(f"{file}: not valid TOML: nested too deeply") from error
    if file.name != "pyproject.toml":
        return data
    tool = data.get("tool")
    table = tool.get("prodworthy") if isinstance(tool, dict) else None
    if table is not None and not isinstance(table, dict):
        raise ConfigError(f"{file}: tool.prodworthy must be a table")
    return table


def _config(file: Path, table: Mapping[str, object], seen: tuple[Path, ...]) -> Config:
    if not table:
        return Config(file.parent, str(file))
    from prodworthy.configfile import read_table

    given = read_table(file, table)
    base = Config(file.parent, str(file))
    if given.extend is not None:
        parent = (file.parent / Path(given.extend).expanduser()).resolve()
        if parent in (*seen, file.resolve()):
            raise ConfigError(f"{file}: `extend` goes in a circle through {parent}")
        if not parent.is_file():
            raise ConfigError(f"{file}: `extend` names {given.extend}, which does not exist")
        inherited = _config(parent, _table(parent) or {}, (*seen, file.resolve()))
        base = replace(inherited, root=file.parent, origin=str(file))
    found = given.onto(base)
    return replace(found, privacy=read_privacy(file, found.tables))
