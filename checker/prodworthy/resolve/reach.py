"""Which bindings of a name reach a use, and what changed the value in between.

Read backwards through the structured program: no control-flow graph is built. A conditional change
becomes a `Branch`, so that a dict filled differently on two paths is merged where they meet.
"""

from __future__ import annotations

import ast
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from prodworthy.resolve.index import Binding, Change, ModuleIndex
from prodworthy.resolve.values import ScopeNode

Truth = Callable[[ast.expr], bool | None]
"""Tells whether a condition holds, or None."""


@dataclass(frozen=True, slots=True, eq=False)
class Branch:
    """Changes of which one path's happen."""

    paths: tuple[tuple[Effect, ...], ...]


Effect = Change | Branch
Effects = tuple[Effect, ...]

LOST = Branch(((),))
"""Changes that are not kept, between the first and the last ones."""

ALL = 1 << 30


@dataclass(frozen=True, slots=True, eq=False)
class Reaching:
    """A binding that can reach the use, and the changes after it in program order."""

    binding: Binding
    effects: Effects


@dataclass(frozen=True, slots=True)
class Answer:
    """All that can reach a use.

    Attributes:
        found: the bindings.
        passed: changes on paths that come from before the scope's first statement, or None where
            every path binds the name.
    """

    found: tuple[Reaching, ...]
    passed: Effects | None


_ENDS = (ast.Return, ast.Raise, ast.Continue, ast.Break)
_CHANGING = (ast.Expr, ast.Assign, ast.AugAssign)
_LOOPS = (ast.For, ast.AsyncFor, ast.While)


def reaching(
    module: ModuleIndex, scope: ScopeNode, name: str, use: ast.AST | None, truth: Truth, most: int = ALL
) -> Answer:
    """The bindings of ``name`` in ``scope`` that reach ``use`` (None: the end of the scope).

    Of the changes in one block that are more than ``most`` only the first and the last are kept.
    """
    key = (scope, name, use)
    known = module.reached.get(key) or module.reached.get((*key, most))
    if known is not None:
        return known
    asked: list[ast.expr] = []

    def told(condition: ast.expr) -> bool | None:
        asked.append(condition)
        return truth(condition)

    walk = _Walk(module, scope, name, told, most)
    answer = walk.before(use)
    if not asked:
        # no condition matters, so this holds for every caller
        module.reached[(*key, most) if walk.lost else key] = answer
    return answer


class _Walk:
    def __init__(self, module: ModuleIndex, scope: ScopeNode, name: str, truth: Truth, most: int) -> None:
        self.module = module
        self.scope = scope
        self.name = name
        self.truth = truth
        self.most = most
        self.lost = False
        places = module.places(scope, name)
        self.places = places
        self.relevant = places.around
        self.bindings = places.bindings
        self.changes = places.changes

    def before(self, use: ast.AST | None) -> Answer:
        body = self.scope.body
        if isinstance(body, ast.expr) or not self.relevant:
            return Answer((), ())
        if use is None:
            return self._block(body, len(body))
        statement: ast.AST | None = use if isinstance(use, ast.stmt) else self.module.statement_of(use)
        if statement is None:
            return Answer((), ())
        found: list[Reaching] = []
        effects: Effects = ()
        at = statement
        if use is not statement:
            inside = self._header(at, use)
            if inside is not None:
                found += [Reaching(b, ()) for b in inside]
                return Answer(tuple(found), None)
        while at is not self.scope:
            parent = self.module.parents.get(at)
            if parent is None:
                break
            place = self.module.blocks.place(parent, at)
            if place is not None:
                here = self._block(*place)
                found += [Reaching(r.binding, r.effects + effects) for r in here.found]
                if here.passed is None:
                    return Answer(tuple(found), None)
                effects = here.passed + effects
            if parent is self.scope:
                break
            done = self._above(parent, at, found, effects)
            if done:
                return Answer(tuple(found), None)
            at = parent
        return Answer(tuple(found), effects)

    def _above(self, parent: ast.AST, child: ast.AST, found: list[Reaching], effects: Effects) -> bool:
        """What a compound statement adds for a use inside it; True if it binds the name for good."""
        if isinstance(parent, (ast.If, ast.While)) and (named := self._header(parent, child)):
            found += [Reaching(b, effects) for b in named]
            return True
        if isinstance(parent, (ast.With, ast.AsyncWith)):
            bound = [b for b in self.bindings.get(parent, ()) if b.kind == "with"]
            if bound and child in parent.body:
                found += [Reaching(b, effects) for b in bound]
                return True
        elif isinstance(parent, _LOOPS):
            if child in parent.body and parent in self.relevant:
                again = self._block(parent.body, len(parent.body))
                known = {id(r.binding) for r in found}
                found += [
                    Reaching(r.binding, r.effects + effects)
                    for r in again.found
                    if id(r.binding) not in known
                ]
            bound = [b for b in self.bindings.get(parent, ()) if b.kind == "for"]
            if bound and child in parent.body:
                found += [Reaching(b, effects) for b in bound]
                return True
        elif isinstance(parent, (ast.Try, ast.TryStar)) and child not in parent.body:
            if child in parent.orelse or child in parent.finalbody:
                tried = self._block(parent.body, len(parent.body))
                found += [Reaching(r.binding, r.effects + effects) for r in tried.found]
                if tried.passed is None and child in parent.orelse:
                    return True
        elif isinstance(parent, ast.ExceptHandler):
            if parent.name == self.name:
                found += [
                    Reaching(b, effects) for b in self.bindings.get(parent.body[0], ()) if b.kind == "except"
                ]
                return True
            around = self.module.parents.get(parent)
            if isinstance(around, (ast.Try, ast.TryStar)) and around in self.relevant:
                tried = self._block(around.body, len(around.body))
                found += [Reaching(r.binding, r.effects + effects) for r in tried.found]
        return False

    def _header(self, statement: ast.AST, use: ast.AST) -> list[Binding] | None:
        """A walrus earlier in the same statement binds the name for the rest of it."""
        walrus = [
            b
            for b in self.bindings.get(statement, ())
            if isinstance(self.module.parents.get(b.node), ast.NamedExpr) and not self._within(use, b.node)
        ]
        return walrus or None

    def _within(self, node: ast.AST, ancestor: ast.AST) -> bool:
        at: ast.AST | None = node
        while at is not None and not isinstance(at, ast.stmt):
            if at is ancestor:
                return True
            at = self.module.parents.get(at)
        return False

    def _block(self, block: Sequence[ast.stmt], end: int) -> Answer:
        """What ``block[:end]`` leaves behind."""
        found: list[Reaching] = []
        later: list[Effect] = []
        """The effects further down, the last one first."""
        cut = False
        statements = self.places.before(block, end)
        while (index := next(statements, None)) is not None:
            statement = block[index]
            if statement.__class__ in _CHANGING and statement not in self.bindings:
                later += reversed(self.changes[statement])
            else:
                here = self._statement(statement)
                if here.found:
                    after = tuple(reversed(later))
                    found += [Reaching(r.binding, r.effects + after) for r in here.found]
                if here.passed is None:
                    return Answer(tuple(found), None)
                later += reversed(here.passed)
            if len(later) > self.most and not cut:
                cut = self.lost = True
                later.append(LOST)
                statements = self.places.far_before(block, index, self.most)
        return Answer(tuple(found), tuple(reversed(later)))

    def _statement(self, statement: ast.stmt) -> Answer:
        if isinstance(statement, ast.If):
            return self._if(statement)
        if isinstance(statement, _LOOPS):
            own = [Reaching(b, ()) for b in self.bindings.get(statement, ())]
            body = self._block(statement.body, len(statement.body))
            after = self._block(statement.orelse, len(statement.orelse))
            passed: Effects = () if body.passed is None else _optional(body.passed)
            forever = isinstance(statement, ast.While) and self.truth(statement.test) is True
            if forever and body.passed is None:
                return Answer((*own, *body.found), None)
            found = (*own, *body.found, *after.found)
            return Answer(found, None if after.passed is None else passed + after.passed)
        if isinstance(statement, (ast.Try, ast.TryStar)):
            return self._try(statement)
        if isinstance(statement, (ast.With, ast.AsyncWith)):
            body = self._block(statement.body, len(statement.body))
            bound = [Reaching(b, body.passed or ()) for b in self.bindings.get(statement, ())]
            if body.passed is None:
                return body
            return Answer((*body.found, *bound), None if bound else body.passed)
        if isinstance(statement, ast.Match):
            cases = [self._block(case.body, len(case.body)) for case in statement.cases]
            ended = [_ends(case.body) for case in statement.cases]
            live = [case for case, end in zip(cases, ended, strict=True) if not end]
            found = tuple(r for case in live for r in case.found)
            paths = tuple(case.passed for case in live if case.passed)
            return Answer(found, (Branch(((), *paths)),) if paths else ())
        bound = [
            Reaching(b, ()) for b in self.bindings.get(statement, ()) if b.kind not in ("declare", "delete")
        ]
        changes: Effects = tuple(self.changes.get(statement, ()))
        if bound:
            return Answer(tuple(bound), None)
        return Answer((), changes)

    def _if(self, statement: ast.If) -> Answer:
        own = tuple(Reaching(b, ()) for b in self.bindings.get(statement, ()))
        holds = self.truth(statement.test)
        answers: list[Answer] = []
        if holds is not False and not _ends(statement.body):
            answers.append(self._block(statement.body, len(statement.body)))
        if holds is not True and not (statement.orelse and _ends(statement.orelse)):
            answers.append(self._block(statement.orelse, len(statement.orelse)))
        if own:
            return Answer(own, None)
        found = tuple(r for a in answers for r in a.found)
        open_paths = [a.passed for a in answers if a.passed is not None]
        if not open_paths:
            return Answer(found, None if answers else ())
        if len(open_paths) == 1:
            return Answer(found, open_paths[0])
        return Answer(found, (Branch(tuple(open_paths)),) if any(open_paths) else ())

    def _try(self, statement: ast.Try | ast.TryStar) -> Answer:
        body = self._block([*statement.body, *statement.orelse], len(statement.body) + len(statement.orelse))
        last = self._block(statement.finalbody, len(statement.finalbody))
        answers = [] if _ends([*statement.body, *statement.orelse]) else [body]
        for handler in statement.handlers:
            if not _ends(handler.body):
                caught = self._block(handler.body, len(handler.body))
                partly = self._block(statement.body, len(statement.body))
                answers.append(caught)
                if caught.passed is not None and partly.found:
                    answers.append(Answer(partly.found, partly.passed if partly.passed is not None else None))
        found = tuple(r for a in answers for r in a.found)
        open_paths = [a.passed for a in answers if a.passed is not None]
        passed: Effects | None
        if not answers:
            passed = ()
        elif not open_paths:
            passed = None
        elif len(open_paths) == 1:
            passed = open_paths[0]
        else:
            passed = (Branch(tuple(open_paths)),) if any(open_paths) else ()
        if last.passed is None:
            return last
        found = tuple(Reaching(r.binding, r.effects + last.passed) for r in found)
        return Answer(found + last.found, None if passed is None else passed + last.passed)


def _optional(effects: Effects) -> Effects:
    return (Branch(((), effects)),) if effects else ()


def _ends(block: Iterable[ast.stmt]) -> bool:
    """Whether control never leaves ``block`` at its end."""
    last = None
    for last in block:  # noqa: B007
        pass
    if isinstance(last, _ENDS):
        return True
    if isinstance(last, ast.If):
        return bool(last.orelse) and _ends(last.body) and _ends(last.orelse)
    if isinstance(last, (ast.With, ast.AsyncWith)):
        return _ends(last.body)
    if isinstance(last, (ast.Try, ast.TryStar)):
        return bool(last.finalbody and _ends(last.finalbody)) or (
            _ends([*last.body, *last.orelse]) and all(_ends(h.body) for h in last.handlers)
        )
    return False
