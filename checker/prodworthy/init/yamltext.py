"""YAML that is read to know what it holds, and written by adding lines, so that everything else stays."""

from __future__ import annotations

from functools import cache
from pathlib import Path

import yaml

from prodworthy.errors import ConfigError


def documents(file: Path, text: str) -> list[object]:
    """What ``text`` holds; values of tags that only its own readers know stay as they are written.

    Raises:
        ConfigError: it is not YAML.
    """
    try:
        return list(yaml.load_all(text, Loader=_loader()))
    except yaml.MarkedYAMLError as error:  # its text would show the line, and whatever secret stands in it
        where = f" in line {error.problem_mark.line + 1}" if error.problem_mark else ""
        raise ConfigError(f"{file}: not valid YAML: {error.problem}{where}") from error
    except RecursionError as error:
        raise ConfigError(f"{file}: not valid YAML: nested too deeply") from error
    except (yaml.YAMLError, ValueError) as error:
        raise ConfigError(f"{file}: not valid YAML: {type(error).__name__}") from error


def holds(file: Path, text: str, wanted: list[object]) -> bool:
    """Whether ``text`` is YAML that says ``wanted``."""
    try:
        return documents(file, text) == wanted
    except ConfigError:
        return False


def in_block(text: str, *keys: str) -> yaml.Node | None:
    """What the last document of ``text`` has under ``keys``; None if it, or what it is in, is no block."""
    found = list(yaml.compose_all(text, Loader=_loader()))
    node: yaml.Node | None = found[-1] if found else None
    for key in keys:
        if not isinstance(node, yaml.MappingNode) or node.flow_style:
            return None
        node = next((value for name, value in node.value if name.value == key), None)
    return node if isinstance(node, yaml.CollectionNode) and not node.flow_style else None


def last_line(node: yaml.Node) -> int:
    """The line, from 0, that the text of ``node`` ends on; comments after it do not count."""
    if isinstance(node, yaml.CollectionNode) and node.value and not node.flow_style:
        last = node.value[-1]
        return max(last_line(part) for part in (last if isinstance(last, tuple) else (last,)))
    mark = node.end_mark
    return int(mark.line) - 1 if mark.column == 0 and mark.line > node.start_mark.line else int(mark.line)


@cache
def _loader() -> type[yaml.SafeLoader]:
    class Loader(yaml.SafeLoader):
        """Knows no tags of its own, and stumbles over none."""

    def unknown(loader: yaml.SafeLoader, suffix: str, node: yaml.Node) -> tuple[str, object]:
        if isinstance(node, yaml.MappingNode):
            return suffix, loader.construct_mapping(node, deep=True)
        if isinstance(node, yaml.SequenceNode):
            return suffix, loader.construct_sequence(node, deep=True)
        return suffix, node.value

    Loader.add_multi_constructor("!", unknown)
    return Loader
