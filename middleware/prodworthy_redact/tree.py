"""A request's JSON as a tree whose strings can be replaced, whether it came as objects or as text."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from prodworthy_redact.errors import BlockedError
from prodworthy_redact.escapes import Decoded, unescaped

DEEPEST = 150
_VECTOR, _LARGE = 16, 1_000_000
_TOKEN = re.compile(r'"(?P<string>(?:[^"\\]+|\\.)*)"|[{}\[\],:]|[^\s{}\[\],:"]+', re.DOTALL)
_WHOLE = re.compile(r"-?[0-9]+")


@dataclass(frozen=True, slots=True, repr=False)
class Met:
    """A part that has been redacted before, and what it became; it is not looked at again."""

    output: object


@dataclass(slots=True, eq=False, repr=False)
class Leaf:
    """A scalar: a value, or the name of a member.

    Attributes:
        value: what it says.
        start, end: where it stood in a text of JSON, without quotes.
        said: what it says and where, if it was written with escapes.
        replaced: what it becomes, where that is something else.
    """

    value: object
    start: int = 0
    end: int = 0
    said: Decoded | None = None
    replaced: object = None


@dataclass(slots=True, eq=False, repr=False)
class Branch:
    """An object (``names`` beside ``nodes``) or an array (no names)."""

    nodes: list[Leaf | Branch] = field(default_factory=list)
    names: list[Leaf] | None = None
    tuple_: bool = False

    def members(self) -> Iterator[tuple[Leaf, Leaf | Branch]]:
        """Names and values of an object."""
        return zip(self.names or (), self.nodes, strict=False)

    def get(self, name: str) -> Leaf | Branch | None:
        """The value of a member."""
        return next((node for key, node in self.members() if key.value == name), None)

    def text(self, name: str) -> str:
        """The value of a member that is a string, or nothing."""
        node = self.get(name)
        return node.value if isinstance(node, Leaf) and isinstance(node.value, str) else ""


Node = Leaf | Branch


def of_objects(value: object, depth: int = 0) -> Node:
    """The tree of what `json.loads` gives.

    Raises:
        BlockedError: it is nested too deeply to be walked.
        TypeError: it holds something that is no JSON; names the type.
    """
    if isinstance(value, str):  # most values are, and the others take longer to tell
        return Leaf(value)
    if depth > DEEPEST:
        raise BlockedError(f"the payload is nested more than {DEEPEST} levels deep; nothing was sent")
    if isinstance(value, Mapping):
        nodes = [of_objects(node, depth + 1) for node in value.values()]
        return Branch(nodes, [of_scalar(name) for name in value])
    if isinstance(value, list | tuple):
        if len(value) >= _VECTOR and all(map(_is_coordinate, value)):
            return Leaf(None, replaced=value)
        return Branch([of_objects(node, depth + 1) for node in value], None, isinstance(value, tuple))
    return of_scalar(value)


def _is_coordinate(value: object) -> bool:
    """Whether this is a number of a vector: too small to be somebody's."""
    return type(value) is float or (type(value) is int and -_LARGE < value < _LARGE)


def of_scalar(value: object) -> Leaf:
    """The leaf of a scalar."""
    if value is None or isinstance(value, str | int | float | bytes):
        return Leaf(value)
    if isinstance(value, Met):
        return Leaf(None, replaced=value.output)
    raise TypeError(
        f"cannot redact {type(value).__name__}: give text or JSON (dict, list, str, number, None)"
    )


def to_objects(node: Node) -> object:
    """What a tree stands for, replacements made."""
    if isinstance(node, Leaf):
        return node.value if node.replaced is None else node.replaced
    if node.names is not None:
        return {to_objects(name): to_objects(value) for name, value in node.members()}
    items = [to_objects(item) for item in node.nodes]
    return tuple(items) if node.tuple_ else items


def leaves(node: Node) -> list[Leaf]:
    """Every scalar and every member's name, in order."""
    found: list[Leaf] = []
    _collect(node, found)
    return found


def _collect(node: Node, found: list[Leaf]) -> None:
    if isinstance(node, Leaf):
        found.append(node)
        return
    for index, item in enumerate(node.nodes):
        if node.names is not None:
            found.append(node.names[index])
        _collect(item, found)


def of_text(text: str) -> Branch | None:
    """The tree of a text that is a JSON object or array; None of any other."""
    if not text.lstrip().startswith(("{", "[")):
        return None
    try:
        json.loads(text, strict=False)
    except (ValueError, RecursionError):
        return None
    root: Branch | None = None
    stack: list[Branch] = []
    for token in _TOKEN.finditer(text):
        first = text[token.start()]
        if first in "}]":
            stack.pop()
        elif first in ",:":
            continue
        else:
            parent = stack[-1] if stack else None
            node = Branch([], [] if first == "{" else None) if first in "{[" else _leaf(token)
            if parent is not None and parent.names is not None and len(parent.names) == len(parent.nodes):
                assert isinstance(node, Leaf)
                parent.names.append(node)
                continue
            if parent is not None:
                parent.nodes.append(node)
            if isinstance(node, Branch):
                root = root or node
                stack.append(node)
                if len(stack) > DEEPEST:
                    return None
    return root


def _leaf(token: re.Match[str]) -> Leaf:
    raw = token["string"]
    if raw is not None:
        said = unescaped(raw) if "\\" in raw else None
        return Leaf(said.text if said else raw, token.start() + 1, token.end() - 1, said)
    word = token.group()
    return Leaf(int(word) if _WHOLE.fullmatch(word) else None, token.start(), token.end())
