"""From a call outwards: the nodes around it, then those around the calls of its function."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

from prodworthy.resolve import callers, lookup
from prodworthy.resolve.index import ModuleIndex
from prodworthy.resolve.values import Frame

if TYPE_CHECKING:
    from prodworthy.resolve.resolver import Resolver

LEVELS = 3
"""Levels of callers that are looked at."""

MOST = 600
"""Steps from one call."""

Definition = ast.FunctionDef | ast.AsyncFunctionDef
Loop = ast.For | ast.AsyncFor | ast.While


@dataclass(frozen=True, slots=True, eq=False)
class Step:
    """A node around the call.

    Attributes:
        module, node: the node.
        child: the part of it that the call stands in.
        start: the call itself or, outside its function, the call of that function.
        level: how many functions lie between.
        inner: the step before, nearer to the call.
    """

    module: ModuleIndex
    node: ast.AST
    child: ast.AST
    start: ast.AST
    level: int
    inner: Step | None

    def frame(self, r: Resolver) -> Frame:
        """Where the child is evaluated."""
        return lookup.frame_of(r, self.module, self.module.scope_of(self.child))

    def inward(self) -> Iterator[Step]:
        """The steps between this one and the call, the nearest to the call last."""
        at = self.inner
        while at is not None:
            yield at
            at = at.inner

    @property
    def function(self) -> Definition | None:
        """The function whose body this step leaves."""
        if isinstance(self.node, (ast.FunctionDef, ast.AsyncFunctionDef)) and self.child in self.node.body:
            return self.node
        return None

    @property
    def loop(self) -> Loop | None:
        """The loop whose body this step leaves."""
        if isinstance(self.node, (ast.For, ast.AsyncFor, ast.While)) and self.child in self.node.body:
            return self.node
        return None

    @property
    def tried(self) -> ast.Try | ast.TryStar | None:
        """The ``try`` whose body this step leaves."""
        if isinstance(self.node, (ast.Try, ast.TryStar)) and self.child in self.node.body:
            return self.node
        return None


def steps(r: Resolver, module: ModuleIndex, node: ast.AST, levels: int = LEVELS) -> Iterator[Step]:
    """The nodes around ``node`` from the inside out, and on from every caller of its function."""
    seen: set[ast.AST] = set()
    waiting: list[tuple[ModuleIndex, ast.AST, int, Step | None]] = [(module, node, 0, None)]
    count = 0
    while waiting:
        module, start, level, inner = waiting.pop(0)
        if start in seen:
            continue
        seen.add(start)
        child, parent = start, module.parents.get(start)
        while parent is not None and count < MOST:
            inner = Step(module, parent, child, start, level, inner)
            count += 1
            yield inner
            function = inner.function
            if function is not None:
                if level < levels:
                    for given, _ in callers.calls_of(r, module, function):
                        if given.node is not None:
                            waiting.append((given.frame.module, given.node, level + 1, inner))
                break
            child, parent = parent, module.parents.get(parent)


def own(body: list[ast.stmt]) -> Iterator[ast.AST]:
    """The nodes of a block, not those of functions and classes defined in it."""
    stack: list[ast.AST] = list(reversed(body))
    while stack:
        node = stack.pop()
        yield node
        if not isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef, ast.Lambda)):
            stack.extend(reversed(list(ast.iter_child_nodes(node))))
