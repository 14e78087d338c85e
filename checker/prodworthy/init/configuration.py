"""The configuration: a table in pyproject.toml where there is one, else prodworthy.toml."""

from __future__ import annotations

from pathlib import Path

import tomli

from prodworthy.config import read_config
from prodworthy.errors import ConfigError
from prodworthy.init.change import Change, Kept, added, read

_SETTING = 'profile = "staging" # how far the application is: prototype, staging or production\n'
_TABLE = "[tool.prodworthy]\n"
_WHAT = "configuration"


def configuration(folder: Path, top: Path) -> Change | Kept:
    """The change that configures the project that ``folder``, somewhere below ``top``, is in.

    Raises:
        ConfigError: a configuration file is wrong, or does not take the table.
    """
    for place in (folder, *folder.parents):
        if (found := _existing(place)) is not None:
            return found
        if place == top:
            break
    return Change(top / "prodworthy.toml", None, _SETTING, _WHAT)


def _existing(folder: Path) -> Change | Kept | None:
    own, shared = folder / "prodworthy.toml", folder / "pyproject.toml"
    if own.is_file():
        read_config(own)
        return Kept(f"{own} is there")
    before = read(shared)
    if before is None:
        return None
    held = _parsed(shared, before)
    tool = held.get("tool", {})
    if isinstance(tool, dict) and "prodworthy" in tool:
        read_config(shared)
        return Kept(f"{shared} has [tool.prodworthy]")
    after = added(before, _TABLE + _SETTING)
    try:
        taken = tomli.loads(after.removeprefix("\ufeff"))
    except tomli.TOMLDecodeError as error:
        raise ConfigError(f"{shared}: takes no [tool.prodworthy] at its end: {error}") from error
    grown = taken.get("tool", {}).pop("prodworthy", None)
    if grown != tomli.loads(_SETTING) or taken != {**held, "tool": tool}:
        raise ConfigError(f"{shared}: takes no [tool.prodworthy] at its end")
    return Change(shared, before, after, _WHAT)


def _parsed(file: Path, text: str) -> dict[str, object]:
    try:
        return tomli.loads(text.removeprefix("\ufeff"))
    except (tomli.TOMLDecodeError, RecursionError) as error:
        raise ConfigError(f"{file}: not valid TOML: {error}") from error
