"""The engine: from a source to its resolved LLM calls."""

from __future__ import annotations

import ast
import re
from collections.abc import Callable, Iterator, Sequence
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

from prodworthy.call import LlmCall, Scalar
from prodworthy.finding import Span
from prodworthy.model.knowledge import Knowledge
from prodworthy.privacy import Privacy
from prodworthy.resolve import describe, find, lookup, passing, settings
from prodworthy.resolve.around import Surroundings
from prodworthy.resolve.catalogue import Catalogue
from prodworthy.resolve.index import ModuleIndex
from prodworthy.resolve.library import Library
from prodworthy.resolve.project import Project
from prodworthy.resolve.resolver import Resolver
from prodworthy.resolve.solved import Pool
from prodworthy.resolve.values import Client, Const, External, Made, Values
from prodworthy.sink import Sink
from prodworthy.source.python import Source

if TYPE_CHECKING:
    from prodworthy.flow.flow import Flow
    from prodworthy.flow.vocabulary import Vocabulary
    from prodworthy.unresolved import Unresolved


POOLED = 60_000
"""Answers that analyses share; some hundred bytes each."""


class Shared:
    """What the engines of a run share: nothing that one of them could have changed for another."""

    def __init__(self, library: Library, catalogue: Catalogue) -> None:
        self.library = library
        self.catalogue = catalogue
        self._pool = Pool()
        self._epoch = library.epoch

    @property
    def pool(self) -> Pool:
        """The answers that analyses share, as long as the modules that they are about stay."""
        if len(self._pool.solved) > POOLED or self._epoch != self.library.epoch:
            self._pool, self._epoch = Pool(), self.library.epoch
        return self._pool

    @cached_property
    def vocabulary(self) -> Vocabulary:
        """What tracing knows of names."""
        from prodworthy.flow.vocabulary import Vocabulary

        return Vocabulary(self.catalogue.knowledge)


class Engine:
    """Resolves the LLM calls of a project's modules.

    What it finds depends on what it was asked before, as far as budgets and recursion guards reach: so a
    run makes one `afresh` for every file, which shares with the others only what the texts alone decide.

    Args:
        root: the project root; every path is relative to it.
        knowledge: the models of SDKs, hosts, frameworks and data.
        read: reads one file of the project (raises `SourceError`).
        files: the files under analysis, which are searched for callers.
    """

    def __init__(
        self, root: Path, knowledge: Knowledge, read: Callable[[str], Source], files: Sequence[str] = ()
    ) -> None:
        self._begin(Shared(Library(root, read, lambda: files), Catalogue(knowledge)))

    @classmethod
    def over(cls, library: Library, knowledge: Knowledge) -> Engine:
        """An engine for the files of ``library``."""
        engine = cls.__new__(cls)
        engine._begin(Shared(library, Catalogue(knowledge)))
        return engine

    def _begin(self, shared: Shared) -> None:
        self.shared = shared
        self.library = shared.library
        self.catalogue = shared.catalogue
        self.knowledge = shared.catalogue.knowledge
        self.project = Project(shared.library)
        self.resolver = Resolver(self.project, shared.catalogue, shared.pool)

    def afresh(self) -> Engine:
        """An engine for the same files that has been asked nothing yet."""
        engine = Engine.__new__(Engine)
        engine._begin(self.shared)
        return engine

    def let_go(self) -> None:
        """Let go of answers about modules that are not in memory any more."""
        self.resolver.pool = self.shared.pool

    def module(self, source: Source) -> ModuleView:
        """A source as rules see it. Its calls are resolved when first asked for."""
        index = self.project.index(source)
        self.resolver.pool = self.shared.pool
        return ModuleView(self, index)

    @cached_property
    def surroundings(self) -> Surroundings:
        """What stands around calls."""
        return Surroundings(self.resolver, self.knowledge.retry)

    @cached_property
    def flow(self) -> Flow:
        """Where values come from."""
        from prodworthy.flow.flow import Flow

        return Flow(self.resolver, self.shared.vocabulary)


class ModuleView:
    """One module with its resolved calls (the `Module` of `prodworthy.rule`)."""

    def __init__(self, engine: Engine, index: ModuleIndex) -> None:
        self._engine = engine
        self._index = index

    @property
    def path(self) -> str:
        """Relative to the project root."""
        return self._index.path

    @property
    def text(self) -> str:
        """The whole source."""
        return self._index.source.text

    @property
    def tree(self) -> ast.Module:
        """The syntax tree."""
        return self._index.tree

    @property
    def privacy(self) -> Privacy:
        """What counts as personal data."""
        return self._engine.knowledge.privacy

    @cached_property
    def calls(self) -> tuple[LlmCall, ...]:
        """The LLM calls of this module, in the order of the source."""
        return tuple(describe.describe(self._engine, self._index, c) for c in self._found)

    @property
    def unresolved(self) -> tuple[Unresolved, ...]:
        """What could not be resolved, in the order of the source."""
        from prodworthy.resolve.lookalikes import lookalikes
        from prodworthy.unresolved import of_calls

        known = frozenset(found.node for found in self._found)
        alike = lookalikes(self._engine.resolver, self._engine.knowledge, self._index, known)
        return tuple(sorted((*of_calls(self.calls), *alike), key=lambda place: place.span))

    @cached_property
    def _found(self) -> list[find.Found]:
        return find.calls(self._engine.resolver, self._engine.knowledge, self._index)

    def sinks(self, *kinds: str) -> tuple[Sink, ...]:
        """The sinks of this module, all or those of some kinds."""
        found = tuple(sink for sink in self._sinks if not kinds or sink.kind in kinds)
        return (*found, *self._responses) if "response" in kinds else found

    @cached_property
    def _responses(self) -> tuple[Sink, ...]:
        from prodworthy.flow.sinks import responses_of

        return responses_of(self._engine, self._index)

    @cached_property
    def _sinks(self) -> tuple[Sink, ...]:
        from prodworthy.flow.sinks import sinks_of

        return sinks_of(self._engine, self._index)

    def span(self, node: ast.AST) -> Span:
        """Where ``node`` stands."""
        return self._index.source.span(node)

    def written(self, span: Span) -> tuple[str, ...]:
        """The lines that ``span`` stands on."""
        return self._index.source.written(span)

    def walk(self) -> Iterator[ast.AST]:
        """Every node, parents before children."""
        return self._index.nodes()

    def parent(self, node: ast.AST) -> ast.AST | None:
        """The node around ``node``."""
        return self._index.parents.get(node)

    def qualified_name(self, expression: ast.expr) -> str:
        """What ``expression`` is outside the project, or ``""``."""
        for value in self._values(expression):
            if isinstance(value, (External, Made)):
                return value.name
            if isinstance(value, Client):
                return f"{value.qualified}.{value.path}".strip(".")
        return ""

    def constants(self, expression: ast.expr) -> tuple[tuple[Scalar, Span], ...]:
        """Every constant that ``expression`` can be."""
        return tuple(
            (value.value, value.site.frame.module.source.span(value.site.node))
            for value in self._values(expression)
            if isinstance(value, Const) and value.site is not None
        )

    def mentions(self, pattern: re.Pattern[bytes]) -> str:
        """The first file under analysis that holds ``pattern``."""
        return self._engine.project.mentions(pattern)

    def client_arguments(self, role: str) -> tuple[tuple[str, ast.expr], ...]:
        """The arguments written in this module that set ``role`` of an SDK client or call."""
        found: list[tuple[str, ast.expr]] = []
        resolver = self._engine.resolver
        for node in self._index.calls:
            if not (node.args or node.keywords):
                continue
            frame = lookup.frame_of(resolver, self._index, self._index.scope_of(node))
            for sdk, params, positional in self._levels(node):
                given = passing.arguments(node, frame)
                for path in params.get(role, ()):
                    options = settings.options(resolver, given, path, positional)
                    sites = [o.site for o in options if o.kind == "value" and o.site is not None]
                    found += [(sdk, site.node) for site in sites if site.frame is frame]
        return tuple(dict.fromkeys(found))

    def _levels(self, node: ast.Call) -> Iterator[tuple[str, dict[str, list[str]], list[str]]]:
        tail = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
        if not self._engine.knowledge.may_build(tail):
            return
        for value in self._values(node.func):
            if isinstance(value, External):
                for sdk, model in self._engine.catalogue.client(value.name):
                    yield sdk.name, model.params, model.positional
            elif isinstance(value, Client) and value.path in value.model.same:
                yield value.sdk.name, value.model.params, value.model.positional

    def _values(self, expression: ast.expr) -> Values:
        resolver = self._engine.resolver
        frame = lookup.frame_of(resolver, self._index, self._index.scope_of(expression))
        return resolver.ask(expression, frame)
