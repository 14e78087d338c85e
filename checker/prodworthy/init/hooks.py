"""The hook of pre-commit."""

from __future__ import annotations

from pathlib import Path

import yaml

from prodworthy.errors import ConfigError
from prodworthy.init.change import Change, Kept, read
from prodworthy.init.yamltext import documents, holds, in_block, last_line

NAME = ".pre-commit-config.yaml"
_ENTRY = """\
- repo: local
  hooks:
    - id: prodworthy
      name: prodworthy
      entry: prodworthy check
      language: system
      types: [text]
      require_serial: true
"""
_WHAT = "hook before a commit"


def hook(top: Path) -> Change | Kept:
    """The change that adds the hook to the repository at ``top``.

    Raises:
        ConfigError: its configuration of pre-commit is none.
    """
    file = top / NAME
    before = read(file)
    if before is None:
        return Change(file, None, "repos:\n" + _indented(2), _WHAT)
    held = documents(file, before)
    table = held[0] if len(held) == 1 else None
    repositories = table.get("repos") if isinstance(table, dict) else None
    if not isinstance(table, dict) or not isinstance(repositories, list):
        raise ConfigError(f"{file}: has no list of `repos`")
    if any(_is_ours(repository) for repository in repositories):
        return Kept(f"{file} runs prodworthy")
    after = _with_entry(before)
    wanted = {**table, "repos": [*repositories, *yaml.safe_load(_ENTRY)]}
    if after is None or not holds(file, after, [wanted]):
        return Kept(f"{file}: its list of `repos` takes no lines; add this to it by hand:\n{_ENTRY}")
    return Change(file, before, after, _WHAT)


def _with_entry(before: str) -> str | None:
    """``before`` with the entry after the last one; None where its list is not in block style."""
    node = in_block(before, "repos")
    if not isinstance(node, yaml.SequenceNode) or not node.value:
        return None
    end = "\r\n" if "\r\n" in before else "\n"
    lines = before.splitlines(keepends=True)
    at = last_line(node) + 1
    if not lines[at - 1].endswith(("\n", "\r")):
        lines[at - 1] += end
    return "".join([*lines[:at], _indented(node.start_mark.column).replace("\n", end), *lines[at:]])


def _indented(by: int) -> str:
    return "".join(f"{' ' * by}{line}" for line in _ENTRY.splitlines(keepends=True))


def _is_ours(repository: object) -> bool:
    if not isinstance(repository, dict):
        return False
    hooks = repository.get("hooks")
    return any(
        isinstance(one, dict) and "prodworthy" in f"{one.get('id')} {one.get('entry')}"
        for one in (hooks if isinstance(hooks, list) else ())
    )
