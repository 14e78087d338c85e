"""What stands around a call: retry decorators and loops, and limits of time, here or at its callers."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING

from prodworthy.model.schema import DeadlineModel, RetryModel, RetryPolicyModel
from prodworthy.resolve import callers, lookup, passing
from prodworthy.resolve.catalogue import matches
from prodworthy.resolve.index import FUNCTIONS, ModuleIndex, dotted, tail
from prodworthy.resolve.values import Const, External, Frame, Function, Made, Site, Values

if TYPE_CHECKING:
    from prodworthy.resolve.resolver import Resolver

_RETRYING = re.compile(
    r"(^|_)(retry|retries|retrying|retryable|backoff)(_|$)|[a-z]Retry|^retry", re.IGNORECASE
)
"""Names of functions that call again what they are given; nobody calls anything else so."""

CALLERS = 3
"""Levels of callers that are looked at."""


@dataclass(frozen=True, slots=True)
class Around:
    """What surrounds a call.

    Attributes:
        retry: ``decorator``, ``loop`` or empty.
        retry_site: the decorator or loop.
        seconds_site: the expression that limits the time, with ``seconds`` where it is constant.
    """

    retry: str = ""
    retry_node: ast.AST | None = None
    retry_module: ModuleIndex | None = None
    attempts: int | None = None
    deadline_node: ast.AST | None = None
    deadline_module: ModuleIndex | None = None
    seconds: float | None = None


@dataclass(slots=True)
class _Found:
    retry: tuple[str, ast.AST, ModuleIndex, int | None] | None = None
    deadline: tuple[ast.AST, ModuleIndex, float | None] | None = None
    seen: set[ast.AST] = field(default_factory=set)


class Surroundings:
    """Answers what stands around a node, from the retry models."""

    def __init__(self, resolver: Resolver, models: RetryModel) -> None:
        self._r = resolver
        self._models = models

    def of(self, module: ModuleIndex, node: ast.AST) -> Around:
        """The retries and time limits around ``node``, its function and its callers."""
        found = _Found()
        self._climb(found, module, node, CALLERS)
        retry = found.retry or ("", None, None, None)
        deadline = found.deadline or (None, None, None)
        return Around(*retry, *deadline)

    def _climb(self, found: _Found, module: ModuleIndex, node: ast.AST, levels: int) -> None:
        if node in found.seen or (found.retry and found.deadline):
            return
        found.seen.add(node)
        child, parent = node, module.parents.get(node)
        while parent is not None:
            scope = lookup.frame_of(self._r, module, module.scope_of(child))
            if isinstance(parent, ast.Call) and child is not parent.func:
                self._given_to(found, module, parent, scope, child)
            elif isinstance(parent, (ast.With, ast.AsyncWith)) and child in parent.body:
                for item in parent.items:
                    self._context(found, module, item.context_expr, scope)
            elif isinstance(parent, (ast.For, ast.AsyncFor, ast.While)) and child in parent.body:
                self._loop(found, module, parent, node, scope, levels)
            elif isinstance(parent, (ast.FunctionDef, ast.AsyncFunctionDef)) and child in parent.body:
                self._decorators(found, module, parent)
                if found.retry is None and repeats_itself(module, parent, node):
                    found.retry = ("loop", parent, module, None)
                self._handed(found, module, parent)
                if levels and not (found.retry and found.deadline):
                    for given, _ in callers.calls_of(self._r, module, parent):
                        if given.node is not None:
                            self._climb(found, given.frame.module, given.node, levels - 1)
                return
            child, parent = parent, module.parents.get(parent)

    def _given_to(
        self, found: _Found, module: ModuleIndex, call: ast.Call, frame: Frame, argument: ast.AST
    ) -> None:
        if found.retry is None and isinstance(argument, ast.Lambda) and _RETRYING.search(tail(call.func)):
            found.retry = ("decorator", call, module, None)
        if found.deadline is None and tail(call.func) in self._deadline_tails:
            model = self._deadline(self._r.values(call.func, frame), "call")
            if model is not None:
                found.deadline = (call, module, self._seconds(call, model, frame))

    def _context(self, found: _Found, module: ModuleIndex, expression: ast.expr, frame: Frame) -> None:
        call = expression if isinstance(expression, ast.Call) else None
        if call is None or tail(call.func) not in self._deadline_tails or found.deadline is not None:
            return
        model = self._deadline(self._r.values(call.func, frame), "context")
        if model is not None:
            found.deadline = (expression, module, self._seconds(call, model, frame))

    def _loop(
        self,
        found: _Found,
        module: ModuleIndex,
        loop: ast.For | ast.AsyncFor | ast.While,
        node: ast.AST,
        frame: Frame,
        levels: int,
    ) -> None:
        if found.retry is not None:
            return
        if not isinstance(loop, ast.While):
            for value in self._r.values(loop.iter, frame):
                if isinstance(value, Made) and self._policy((value,), "loop"):
                    found.retry = ("loop", loop, module, None)
                    return
        # around a caller, a way out under a condition may as well be the user's "quit"
        if retries(module, loop, node, surely=levels < CALLERS):
            found.retry = ("loop", loop, module, None)

    def _handed(
        self, found: _Found, module: ModuleIndex, function: ast.FunctionDef | ast.AsyncFunctionDef
    ) -> None:
        """``retry_call(function, ...)``: the function goes to something that calls it again."""
        for call, _ in module.handed.get(function.name, ()):
            if found.retry is None and _RETRYING.search(tail(call.func)):
                found.retry = ("decorator", call, module, None)

    def _decorators(
        self, found: _Found, module: ModuleIndex, function: ast.FunctionDef | ast.AsyncFunctionDef
    ) -> None:
        outer = lookup.frame_of(self._r, module, module.scope_of(function))
        for decorator in function.decorator_list:
            target = decorator.func if isinstance(decorator, ast.Call) else decorator
            values = self._r.values(target, outer)
            if found.retry is None:
                policy = self._policy(values + self._r.values(decorator, outer), "decorator")
                named = _RETRYING.search(tail(target)) is not None or _asks_for_retries(decorator)
                if policy or named or any(isinstance(v, Function) and self._wraps(v) for v in values):
                    found.retry = ("decorator", decorator, module, None)
            if found.deadline is None and isinstance(decorator, ast.Call):
                model = self._deadline(values, "decorator")
                if model is not None:
                    found.deadline = (decorator, module, self._seconds(decorator, model, outer))

    def _wraps(self, function: Function) -> bool:
        """Whether a decorator of the project calls what it decorates again when it fails."""
        node, module = function.node, function.module
        if isinstance(node, ast.Lambda):
            return False
        inner = [n for n in ast.walk(node) if isinstance(n, FUNCTIONS) and n is not node]
        names = {a.arg for f in (node, *inner) for a in (*f.args.posonlyargs, *f.args.args)}
        for child in ast.walk(node):
            if isinstance(child, ast.Call) and isinstance(child.func, ast.Name) and child.func.id in names:
                loop = module.enclosing(child, (ast.For, ast.AsyncFor, ast.While, *FUNCTIONS))
                if isinstance(loop, (ast.For, ast.AsyncFor, ast.While)) and retries(module, loop, child):
                    return True
        for wrapper in inner:
            if isinstance(wrapper, (ast.FunctionDef, ast.AsyncFunctionDef)) and wrapper.decorator_list:
                outer = lookup.frame_of(self._r, module, module.scope_of(wrapper))
                for decorator in wrapper.decorator_list:
                    target = decorator.func if isinstance(decorator, ast.Call) else decorator
                    if self._policy(self._r.values(target, outer), "decorator"):
                        return True
        return False

    def _policy(self, values: Values, kind: str) -> RetryPolicyModel | None:
        for value in values:
            name = value.name if isinstance(value, (External, Made)) else ""
            if name:
                for model in self._models.policy:
                    if model.kind == kind and any(matches(glob, name) for glob in model.calls):
                        return model
        return None

    def _deadline(self, values: Values, kind: str) -> DeadlineModel | None:
        for value in values:
            name = value.name if isinstance(value, External) else ""
            if name:
                for model in self._models.deadline:
                    if model.kind == kind and any(matches(glob, name) for glob in model.calls):
                        return model
        return None

    @cached_property
    def _deadline_tails(self) -> frozenset[str]:
        return frozenset(_last(name) for model in self._models.deadline for name in model.calls)

    def _seconds(self, call: ast.Call, model: DeadlineModel, frame: Frame) -> float | None:
        given = passing.arguments(call, frame)
        for name in model.seconds:
            site: Site | None = passing.argument(given, name, model.positional)
            if site is not None:
                for value in self._r.site(site):
                    if isinstance(value, Const) and isinstance(value.value, (int, float)):
                        return float(value.value)
        return None


def _asks_for_retries(decorator: ast.expr) -> bool:
    """``@app.task(autoretry_for=...)``: a task queue runs the function again."""
    return isinstance(decorator, ast.Call) and any(k.arg == "autoretry_for" for k in decorator.keywords)


def retries(
    module: ModuleIndex, loop: ast.For | ast.AsyncFor | ast.While, node: ast.AST, surely: bool = False
) -> bool:
    """Whether ``loop`` runs ``node`` again after an error, and leaves once it has succeeded.

    With ``surely``, a success that leaves only under a condition does not count.
    """
    at: ast.AST | None = node
    while at is not None and at is not loop:
        parent = module.parents.get(at)
        if isinstance(parent, ast.Try) and at in parent.body:
            left = any(map(_certainly_leaves, _after(module, loop, parent)))
            goes_on = any(
                not _permanent(h) and (_turns(h.body) if left else not _leaves(h.body))
                for h in parent.handlers
            )
            # what an inner loop handles, it answers by its own next turn
            inner = module.enclosing(parent, (ast.For, ast.AsyncFor, ast.While)) is not loop
            if goes_on and not inner and _done_after(module, loop, parent, node, surely):
                return True
        at = parent
    return not surely and _checks_answer(module, loop, node)


def _checks_answer(module: ModuleIndex, loop: ast.For | ast.AsyncFor | ast.While, node: ast.AST) -> bool:
    """``for _ in range(3): r = post(...); if r.ok: return r; sleep(2)``: the answer's status decides."""
    counted = isinstance(loop, ast.While) or (
        isinstance(loop.iter, ast.Call) and tail(loop.iter.func) == "range"
    )
    statement = module.statement_of(node)
    if not counted or statement is None or not isinstance(statement, (ast.Assign, ast.AnnAssign)):
        return False
    names = {n.id for n in ast.walk(statement) if isinstance(n, ast.Name) and isinstance(n.ctx, ast.Store)}
    waits = leaves = again = ends = False
    for following in _after(module, loop, statement):
        for child in ast.walk(following):
            ends = ends or isinstance(child, (ast.Return, ast.Break))
            if isinstance(child, ast.Call) and tail(child.func) == "sleep":
                waits = True
            elif isinstance(child, ast.If) and names & {
                n.id for n in ast.walk(child.test) if isinstance(n, ast.Name)
            }:
                leaves = leaves or isinstance(child.body[-1], (ast.Return, ast.Break))
                again = again or isinstance(child.body[-1], ast.Continue) or any(map(_sleeps, child.body))
    return waits and (leaves or (again and ends))


def _sleeps(statement: ast.stmt) -> bool:
    return any(isinstance(n, ast.Call) and tail(n.func) == "sleep" for n in ast.walk(statement))


def repeats_itself(
    module: ModuleIndex, function: ast.FunctionDef | ast.AsyncFunctionDef, node: ast.AST
) -> bool:
    """Whether ``function`` calls itself again after an error of ``node``: a retry by recursion."""
    receiver = module.receiver_name(function)
    names = {f"{receiver}.{function.name}" if receiver else function.name}
    at: ast.AST | None = node
    while at is not None and at is not function:
        parent = module.parents.get(at)
        if isinstance(parent, ast.Try) and at in parent.body:
            rest = [s for h in parent.handlers for s in h.body] + _after(module, function, parent)
            for statement in rest:
                for child in ast.walk(statement):
                    if isinstance(child, ast.Call) and dotted(child.func) in names:
                        return True
        at = parent
    return False


def _done_after(
    module: ModuleIndex, loop: ast.For | ast.AsyncFor | ast.While, tried: ast.Try, node: ast.AST, surely: bool
) -> bool:
    """Success leaves the loop: a return or break after the call, or its condition changes."""
    start = getattr(node, "lineno", 0)
    inside: list[ast.stmt] = [s for s in tried.body if (s.end_lineno or s.lineno) >= start] + tried.orelse
    following = _after(module, loop, tried)
    done = module.statement_of(node)
    if done is not None and any(map(_certainly_leaves, [done, *_after(module, tried, done)])):
        return True
    for block in (inside, following):
        for statement in block:
            if any(isinstance(n, (ast.Return, ast.Break)) for n in _own(statement, surely)):
                return True
            if surely and _certainly_leaves(statement):
                return True
    if isinstance(loop, ast.While):
        names = {n.id for n in ast.walk(loop.test) if isinstance(n, ast.Name)}
        for statement in inside + following:
            for child in _own(statement):
                if isinstance(child, ast.Name) and isinstance(child.ctx, ast.Store) and child.id in names:
                    return True
    return False


def _after(module: ModuleIndex, loop: ast.AST, tried: ast.AST) -> list[ast.stmt]:
    """The statements that run after ``tried`` in the same turn of ``loop``."""
    found: list[ast.stmt] = []
    child: ast.AST = tried
    parent = module.parents.get(child)
    while parent is not None:
        for name in ("body", "orelse", "finalbody"):
            block = getattr(parent, name, None)
            if isinstance(block, list) and child in block:
                found += block[block.index(child) + 1 :]
        if parent is loop:
            break
        child, parent = parent, module.parents.get(parent)
    return found


def _own(statement: ast.stmt, surely: bool = False) -> Iterable[ast.AST]:
    """The nodes of a statement that say whether it leaves the loop around it.

    Left out are functions and error handlers inside it, ways out of inner loops, and (``surely``)
    everything under a condition.
    """
    stack: list[tuple[ast.AST, bool]] = [(statement, False)]
    while stack:
        at, looped = stack.pop()
        if surely and isinstance(at, ast.If):
            continue
        if not (looped and isinstance(at, ast.Break)):
            yield at
        if not isinstance(at, (*FUNCTIONS, ast.ExceptHandler, ast.ClassDef)):
            looped = looped or isinstance(at, (ast.For, ast.AsyncFor, ast.While))
            stack.extend((child, looped) for child in ast.iter_child_nodes(at))


def _certainly_leaves(statement: ast.stmt) -> bool:
    """``if ...: return a`` with ``else: return b``: it leaves whatever holds."""
    if isinstance(statement, (ast.Return, ast.Break)):
        return True
    if isinstance(statement, ast.If):
        return all(block and _certainly_leaves(block[-1]) for block in (statement.body, statement.orelse))
    return False


_PERMANENT = frozenset(
    {
        "BadRequestError",
        "InvalidRequestError",
        "AuthenticationError",
        "PermissionDeniedError",
        "NotFoundError",
    }
)
"""Errors that come back however often the same request is sent: who catches them changes the request."""


def _permanent(handler: ast.ExceptHandler) -> bool:
    if handler.type is None:
        return False
    caught = handler.type.elts if isinstance(handler.type, ast.Tuple) else [handler.type]
    return all(tail(error) in _PERMANENT for error in caught)


def _leaves(body: list[ast.stmt]) -> bool:
    """Whether an error handler always leaves the loop."""
    return bool(body) and isinstance(body[-1], (ast.Raise, ast.Return, ast.Break)) and not _turns(body)


def _turns(body: list[ast.stmt]) -> bool:
    """Whether an error handler goes to the next turn of the loop by itself."""
    return any(isinstance(node, ast.Continue) for statement in body for node in _own(statement))


def _last(name: str) -> str:
    return name.rpartition(".")[2]
