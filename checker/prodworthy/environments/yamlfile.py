"""YAML: settings by environment, compose files, workflows of GitHub, manifests of Kubernetes."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace

import yaml
from yaml.nodes import MappingNode, Node, ScalarNode, SequenceNode

from prodworthy.environments.entry import Entry
from prodworthy.environments.names import environment_of, environment_of_path
from prodworthy.finding import Span

_LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
_REFERENCE = re.compile(r"\$\{\{\s*(?:secrets|vars|env)\.(\w+)|\$\{(\w+)|^\$(\w+)$|\bENV\[[\"'](\w+)")
_ASSIGNED = re.compile(r"(?P<name>[A-Za-z_]\w*)(?:=(?P<value>.*))?", re.DOTALL)
_NODES = 20_000
_DEEPEST = 40


@dataclass(frozen=True, slots=True)
class _At:
    """Where the walk is: what environment the keys above speak of, and which of them said so."""

    environment: str
    holder: str
    key: str = ""
    depth: int = 0


class _Walk:
    def __init__(self, path: str, kind: str) -> None:
        self.path = path
        self.kind = kind
        self._left = _NODES

    def node(self, node: Node, at: _At) -> Iterator[Entry]:
        self._left -= 1
        if self._left < 0 or at.depth > _DEEPEST:
            return
        inside = replace(at, depth=at.depth + 1)
        if isinstance(node, MappingNode):
            yield from self._mapping(node, inside)
        elif isinstance(node, SequenceNode):
            for item in node.value:
                yield from self.node(item, inside)
        elif isinstance(node, ScalarNode):
            yield from self._scalar(node, at)

    def _mapping(self, node: MappingNode, at: _At) -> Iterator[Entry]:
        scalars = {k.value: v for k, v in node.value if isinstance(k, ScalarNode)}
        named = _scalar(scalars.get("name"))
        if self.kind == "workflow" and "steps" in scalars:
            at = _told(
                at, _scalar(scalars.get("environment")) or _scalar(_under(scalars.get("environment"), "name"))
            )
        if named and ("value" in scalars or "valueFrom" in scalars):  # an `env` of Kubernetes
            given = scalars.get("value") or _under(_under(scalars["valueFrom"], "secretKeyRef"), "name")
            if isinstance(given, ScalarNode):
                yield from self._entry(given, named, given.value, at, refers="value" not in scalars)
            return
        for key, value in node.value:
            word = key.value if isinstance(key, ScalarNode) else ""
            inner = (
                at
                if word in ("<<", "env", "environment", "env_file", "with", "steps")
                else _told(at, str(word))
            )
            yield from self.node(value, replace(inner, key=at.key if word == "<<" else str(word)))

    def _scalar(self, node: ScalarNode, at: _At) -> Iterator[Entry]:
        if at.key == "env_file":
            yield from self._entry(node, "env_file", node.value, at, refers=True)
        elif at.key == "environment" and self.kind == "compose":
            match = _ASSIGNED.fullmatch(node.value)
            if match is not None and match["value"]:
                yield from self._entry(node, match["name"], match["value"], at)
        elif at.key:
            yield from self._entry(node, at.key, node.value, at)

    def _entry(
        self, node: ScalarNode, name: str, value: str, at: _At, *, refers: bool = False
    ) -> Iterator[Entry]:
        if not at.environment or not value:
            return
        found = _REFERENCE.search(value)
        reference = value if refers else next((g for g in found.groups() if g), "") if found else ""
        start, end = node.start_mark, node.end_mark
        span = Span(self.path, start.line + 1, start.column + 1, end.line + 1, end.column + 1)
        yield Entry(at.environment, name, "" if reference else value, reference, span, at.holder)


def entries(path: str, kind: str, text: str) -> Iterator[Entry]:
    """The settings in a YAML file; none where it is not YAML (a template, say)."""
    environment = environment_of_path(path)
    try:
        for document in yaml.compose_all(text, Loader=_LOADER):
            if document is not None:
                yield from _Walk(path, kind).node(document, _At(environment, f"`{path}`"))
    except (yaml.YAMLError, RecursionError, ValueError):
        return


def _told(at: _At, name: str) -> _At:
    """``at`` with the environment that a key or name speaks of, if it does."""
    environment = environment_of(name)
    if (
        not environment or name.isupper()
    ):  # the name of a variable speaks of its value, not of where it is used
        return at
    return replace(at, environment=environment, holder=f"`{name}`")


def _under(node: Node | None, key: str) -> Node | None:
    if not isinstance(node, MappingNode):
        return None
    return next((v for k, v in node.value if isinstance(k, ScalarNode) and k.value == key), None)


def _scalar(node: Node | None) -> str:
    return str(node.value) if isinstance(node, ScalarNode) else ""
