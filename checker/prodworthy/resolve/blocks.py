"""Blocks of statements: where one stands in its block, and which of a block concern a name."""

from __future__ import annotations

import ast
from bisect import bisect_left
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import chain
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from prodworthy.resolve.index import Binding, Change

_MANY = 40
"""Statements of a block from which a table pays."""

Key = tuple[ast.stmt, int]
"""A block by its first statement and its length: its identity would not outlive it."""


class Blocks:
    """The places of statements in the blocks of one module; long blocks are looked through once."""

    def __init__(self) -> None:
        self._positions: dict[Key, dict[ast.AST, int]] = {}
        self._mentions: dict[Key, dict[str, list[int]]] = {}

    def place(self, parent: ast.AST, child: ast.AST) -> tuple[list[ast.stmt], int] | None:
        """The block of ``parent`` that ``child`` stands in, and its position there."""
        for name in ("body", "orelse", "finalbody"):
            block = getattr(parent, name, None)
            if isinstance(block, list) and block:
                at = self._position(block, child)
                if at >= 0:
                    return block, at
        return None

    def mentioning(
        self, block: list[ast.stmt], text: str, mentions: Callable[[ast.stmt], Iterable[str]]
    ) -> list[int]:
        """The positions of the statements in whose ``mentions`` is ``text``."""
        key = block[0], len(block)
        known = self._mentions.get(key)
        if known is None:
            known = self._mentions[key] = {}
            for position, statement in enumerate(block):
                for mentioned in set(mentions(statement)):
                    known.setdefault(mentioned, []).append(position)
        return known.get(text, [])

    def clear(self) -> None:
        """Let go of the tree."""
        self._positions.clear()
        self._mentions.clear()

    def _position(self, block: list[ast.stmt], child: ast.AST) -> int:
        if len(block) < _MANY:
            for position, statement in enumerate(block):
                if statement is child:
                    return position
            return -1
        key = block[0], len(block)
        known = self._positions.get(key)
        if known is None:
            known = self._positions[key] = {s: position for position, s in enumerate(block)}
        return known.get(child, -1)


@dataclass(frozen=True, slots=True)
class Places:
    """Where one scope binds or changes one name.

    Attributes:
        around: the statements that do, with all statements around them.
        binding: those of them that bind it, with all statements around them.
    """

    around: frozenset[ast.AST]
    binding: frozenset[ast.AST]
    bindings: dict[ast.AST, list[Binding]]
    changes: dict[ast.AST, list[Change]]
    _inside: dict[tuple[Key, bool], list[int]] = field(default_factory=dict)

    def before(self, block: Sequence[ast.stmt], end: int) -> Iterator[int]:
        """The positions of the statements of ``block[:end]`` that concern the name, the last one first."""
        if end < _MANY:
            return (i for i in range(end - 1, -1, -1) if block[i] in self.around)
        known = self._positions(block, binds=False)
        return map(known.__getitem__, range(bisect_left(known, end) - 1, -1, -1))

    def far_before(self, block: Sequence[ast.stmt], end: int, most: int) -> Iterator[int]:
        """The same with only the first ``most`` of those that change the name after it was bound."""
        bound = self._positions(block, binds=True)
        last = bisect_left(bound, end) - 1
        known = self._positions(block, binds=False)
        first = bisect_left(known, bound[last] + 1) if last >= 0 else 0
        kept = known[first : min(first + most, bisect_left(known, end))]
        return chain(reversed(kept), map(bound.__getitem__, range(last, -1, -1)))

    def _positions(self, block: Sequence[ast.stmt], binds: bool) -> list[int]:
        key = (block[0], len(block)), binds
        known = self._inside.get(key)
        if known is None:
            wanted = self.binding if binds else self.around
            known = self._inside[key] = [i for i, s in enumerate(block) if s in wanted]
        return known
