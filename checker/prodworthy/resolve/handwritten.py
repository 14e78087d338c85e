"""Retries that the project wrote itself: a loop around a ``try``, or a function that calls itself again."""

from __future__ import annotations

import ast
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from prodworthy.circumstances import RetryLayer
from prodworthy.model.schema import RetryModel
from prodworthy.resolve import errors, lookup, passing
from prodworthy.resolve.around import retries
from prodworthy.resolve.catalogue import matches
from prodworthy.resolve.errors import Api
from prodworthy.resolve.index import FUNCTIONS, ModuleIndex, dotted, tail
from prodworthy.resolve.outward import Loop, Step, own
from prodworthy.resolve.values import Const, External, Frame, Function, Sequence

if TYPE_CHECKING:
    from prodworthy.resolve.resolver import Resolver

_PAUSING = re.compile(r"sleep|wait|back_?off|delay|throttle|limit|retry", re.IGNORECASE)
_LIMITING = re.compile(r"rate_?limit|limiter|throttl|semaphore", re.IGNORECASE)
_COUNTING = re.compile(r"retr(y|ies)|attempt|count|tries|trial|depth|num|max|^n$|^i$", re.IGNORECASE)
_PASSING = re.compile(
    r"429|50\d|rate|limit|quota|time|overload|unavailable|busy|capacity|connect|again|temporar|throttl|retr"
    r"|too many|internal|server|reset|lock",
    re.IGNORECASE,
)
"""What an error says that goes away by itself."""
_EXITS = frozenset({"exit", "_exit", "abort", "quit", "cancel"})


def loop(
    r: Resolver,
    models: RetryModel,
    api: Api,
    module: ModuleIndex,
    node: Loop,
    call: ast.AST,
    surely: bool = False,
) -> RetryLayer | None:
    """The retry that a loop around ``call`` is, if it runs it again after errors of the API."""
    tried = _tried(module, node, call)
    if tried is None or not retries(module, node, call, surely=surely) or _works_off(node, tried):
        return None
    frame = lookup.frame_of(r, module, module.scope_of(call))
    handlers: list[ast.ExceptHandler] = []
    caught: list[str] = []
    for handler in tried.handlers:
        found = errors.names(r, handler.type, frame)
        leaves = isinstance(handler.body[-1], (ast.Raise, ast.Return, ast.Break))
        if not found or (leaves and errors.ALL.intersection(found)):
            break
        if not leaves and not _asks_otherwise(tried, handler):
            handlers.append(handler)
            caught += found
    if caught and all("timeout" in name.lower() for name in caught):
        return None  # a request that timed out has waited
    waits = [name for name in caught if api.raises(name) or api.is_foreign(name, r.catalogue.knows(name))]
    if not waits:
        return None
    concerned = _concerned(r, api, frame, handlers)
    pause = _pause(r, models, module, node, tried)
    attempts, bounded = _bound(r, module, node, tried, concerned)
    real = tuple(name for name in caught if name in waits)
    span = module.source.span(node.iter if not isinstance(node, ast.While) else node.test)
    return RetryLayer("loop", span, attempts, bounded, pause.kind, pause.seconds, real)


def _asks_otherwise(tried: ast.Try | ast.TryStar, handler: ast.ExceptHandler) -> bool:
    """Whether the next turn sends another request: what it is made of is changed, or the error is one that
    no waiting mends, and any other is raised.
    """
    used = {n.id for n in own(tried.body) if isinstance(n, ast.Name) and isinstance(n.ctx, ast.Load)}
    changed = {
        target.id
        for statement in own(handler.body)
        if isinstance(statement, ast.Assign)
        for target in statement.targets
        if isinstance(target, ast.Name) and not _COUNTING.search(target.id)
    }
    if used & changed:
        return True
    last = handler.body[-1]
    if not isinstance(last, ast.If):
        return False
    excluding = any(isinstance(n, (ast.NotIn, ast.Not)) for n in ast.walk(last.test))
    if not _raises(last.body if excluding else last.orelse):
        return False
    said = [n.value for n in ast.walk(last.test) if isinstance(n, ast.Constant) and isinstance(n.value, str)]
    return bool(said) and not any(_PASSING.search(text) for text in said)


def _raises(block: list[ast.stmt]) -> bool:
    return bool(block) and isinstance(block[-1], (ast.Raise, ast.Return, ast.Break))


def alternates(module: ModuleIndex, node: Loop, call: ast.AST) -> bool:
    """Whether each turn tries something else: another model, region or key."""
    tried = _tried(module, node, call)
    if isinstance(node, ast.While) or tried is None:
        return False
    if isinstance(node.iter, ast.Call) and tail(node.iter.func) in ("range", "count", "repeat", "trange"):
        return False
    targets = {n.id for n in ast.walk(node.target) if isinstance(n, ast.Name)}
    used = {n.id for n in own(tried.body) if isinstance(n, ast.Name) and isinstance(n.ctx, ast.Load)}
    stored = {
        n.id
        for n in own(node.body)
        if isinstance(n, ast.Assign)
        and targets & {m.id for m in ast.walk(n.value) if isinstance(m, ast.Name)}
        for t in n.targets
        for n in ast.walk(t)
        if isinstance(n, ast.Name)
    }
    return bool((targets | stored) & used)


def recursion(r: Resolver, models: RetryModel, api: Api, step: Step) -> RetryLayer | None:
    """The retry that a ``try`` around the call is whose handler calls its function again."""
    tried, module = step.tried, step.module
    function = module.function_of(step.start)
    if tried is None or not isinstance(function, (ast.FunctionDef, ast.AsyncFunctionDef)):
        return None
    frame = lookup.frame_of(r, module, module.scope_of(tried))
    for handler in tried.handlers:
        caught = errors.names(r, handler.type, frame)
        if not any(api.raises(name) for name in caught):
            continue
        for node in own(handler.body):
            if not (isinstance(node, ast.Call) and _is_itself(module, function, node.func)):
                continue
            if not any(isinstance(v, Function) and v.node is function for v in r.values(node.func, frame)):
                continue
            others = [n for n in own(handler.body) if n is not node]
            pause = _paused(r, models, module, others, set())
            bounded = None if _changes(module, handler, node) else False
            return RetryLayer(
                "recursion", module.source.span(node), None, bounded, pause.kind, pause.seconds, caught
            )
    return None


def _is_itself(module: ModuleIndex, function: ast.AST, callee: ast.expr) -> bool:
    """Whether a callee is the function by its own name; the same method of another object is not."""
    if tail(callee) != getattr(function, "name", ""):
        return False
    if isinstance(callee, ast.Attribute):
        return isinstance(callee.value, ast.Name) and callee.value.id == module.receiver_name(function)
    return True


def _works_off(node: Loop, tried: ast.Try | ast.TryStar) -> bool:
    """Whether a loop goes through work (a queue, a wanted number of results) and repeats nothing."""
    if not isinstance(node, ast.While) or isinstance(node.test, ast.Constant):
        return False
    if isinstance(node.test, (ast.Name, ast.Attribute)):
        return True
    ends = [*tried.body, *tried.orelse]
    if any(isinstance(n, (ast.Return, ast.Break)) for n in own(ends)):
        return False
    tested = {ast.unparse(n) for n in ast.walk(node.test) if isinstance(n, (ast.Name, ast.Attribute))}
    grown = {ast.unparse(n.target) for n in own(node.body) if isinstance(n, ast.AugAssign)}
    return bool(tested & grown)


def _changes(module: ModuleIndex, handler: ast.ExceptHandler, call: ast.Call) -> bool:
    """Whether something may end a recursion: an argument that changes, a condition, a counter."""
    given = [*call.args, *(k.value for k in call.keywords)]
    if any(isinstance(n, (ast.BinOp, ast.Call, ast.Starred)) for a in given for n in ast.walk(a)):
        return True
    if any(_COUNTING.search(n.id) for a in given for n in ast.walk(a) if isinstance(n, ast.Name)):
        return True
    if any(isinstance(n, (ast.AugAssign, ast.Assign)) for n in own(handler.body)):
        return True
    return module.enclosing(call, (ast.If, ast.ExceptHandler, *FUNCTIONS)) is not handler


def _tried(module: ModuleIndex, node: ast.AST, call: ast.AST) -> ast.Try | ast.TryStar | None:
    at = call
    while at is not node:
        parent = module.parents[at]
        if isinstance(parent, (ast.Try, ast.TryStar)) and at in parent.body and parent.handlers:
            # a `try` inside an inner loop is that loop's
            around = module.enclosing(parent, (ast.For, ast.AsyncFor, ast.While, *FUNCTIONS))
            return parent if around is node else None
        at = parent
    return None


def _concerned(
    r: Resolver, api: Api, frame: Frame, handlers: list[ast.ExceptHandler]
) -> list[ast.ExceptHandler]:
    """The handlers that errors of the API end in."""
    names = [(handler, errors.names(r, handler.type, frame)) for handler in handlers]
    return [handler for handler, caught in names if any(map(api.raises, caught))] or handlers


@dataclass(frozen=True, slots=True)
class _Pause:
    kind: str
    seconds: float | None = None


def _pause(
    r: Resolver,
    models: RetryModel,
    module: ModuleIndex,
    node: Loop,
    tried: ast.Try | ast.TryStar,
) -> _Pause:
    tries = list(own([*tried.body, *tried.orelse]))
    if any(isinstance(n, ast.Call) and _LIMITING.search(dotted(n.func)) for n in tries):
        return _Pause("unknown")
    inside = {id(n) for n in tries}
    nodes = [n for n in own(node.body) if id(n) not in inside]
    changed = {n.target.id for n in nodes if isinstance(n, ast.AugAssign) and isinstance(n.target, ast.Name)}
    changed |= {
        t.id for n in nodes if isinstance(n, ast.Assign) for t in n.targets if isinstance(t, ast.Name)
    }
    if not isinstance(node, ast.While):
        changed |= {n.id for n in ast.walk(node.target) if isinstance(n, ast.Name)}
    return _paused(r, models, module, nodes, changed)


def _paused(
    r: Resolver, models: RetryModel, module: ModuleIndex, nodes: list[ast.AST], changed: set[str]
) -> _Pause:
    """How ``nodes`` wait; ``changed`` are the names that differ from turn to turn."""
    for node in nodes:
        if not isinstance(node, ast.Call):
            continue
        frame = lookup.frame_of(r, module, module.scope_of(node))
        values = r.values(node.func, frame)
        name = next((v.name for v in values if isinstance(v, External)), "")
        for model in models.pause if name else ():
            if any(matches(glob, name) for glob in model.calls):
                given = passing.arguments(node, frame)
                sites = [passing.argument(given, p, model.positional) for p in model.seconds]
                site = next((s for s in sites if s is not None), None)
                if site is None or _differs(site.node, changed):
                    return _Pause("growing")
                numbers = [v.value for v in r.site(site) if isinstance(v, Const)]
                if len(numbers) == 1 and isinstance(numbers[0], (int, float)):
                    return _Pause("fixed", float(numbers[0]))
                return _Pause("unknown")
        if _PAUSING.search(dotted(node.func)) or any(isinstance(v, Function) for v in values):
            return _Pause("unknown")
    return _Pause("none")


def _differs(expression: ast.expr, changed: set[str]) -> bool:
    """Whether a wait is another one in the next turn."""
    for node in ast.walk(expression):
        if isinstance(node, (ast.Call, ast.Pow, ast.Subscript)):
            return True
        if isinstance(node, ast.Name) and node.id in changed:
            return True
        if isinstance(node, ast.Attribute) and not isinstance(node.value, ast.Name):
            return True
    return False


def _bound(
    r: Resolver,
    module: ModuleIndex,
    node: Loop,
    tried: ast.Try | ast.TryStar,
    handlers: list[ast.ExceptHandler],
) -> tuple[int | None, bool | None]:
    frame = lookup.frame_of(r, module, module.scope_of(node))
    if isinstance(node, ast.AsyncFor):
        return None, None
    if isinstance(node, ast.For):
        return _times(r, node.iter, frame)
    if not (isinstance(node.test, ast.Constant) and node.test.value):
        counted = any(isinstance(n, (ast.Compare, ast.Call, ast.BinOp)) for n in ast.walk(node.test))
        if counted and not _is_unset(node.test):
            return None, None
        stored = {n.id for n in own(node.body) if isinstance(n, ast.Name) and isinstance(n.ctx, ast.Store)}
        tested = {n.id for n in ast.walk(node.test) if isinstance(n, ast.Name)}
        if not tested or not tested <= stored or any(_COUNTING.search(name) for name in tested):
            return None, None
    # a way out after an error, or under a condition anywhere but where the call has succeeded
    succeeded = {id(n) for n in own([*tried.body, *tried.orelse])}
    for inner in own(node.body):
        leaves = isinstance(inner, (ast.Raise, ast.Return, ast.Break)) or (
            isinstance(inner, ast.Call) and tail(inner.func) in _EXITS
        )
        if not leaves or id(inner) in succeeded:
            continue
        holder = module.enclosing(inner, (ast.ExceptHandler, ast.If, ast.While, ast.For, *FUNCTIONS))
        in_handler = module.enclosing(inner, (ast.ExceptHandler, *FUNCTIONS))
        if isinstance(in_handler, ast.ExceptHandler) and in_handler not in handlers:
            continue
        if in_handler in handlers or isinstance(holder, ast.If):
            return None, None
    for inner in own(tried.body):
        # counted where it tries
        if isinstance(inner, ast.If) and any(isinstance(n, ast.Raise) for n in own(inner.body)):
            return None, None
    if any(isinstance(n, ast.AugAssign) for n in own(node.body)) and _compares_counter(node):
        return None, None
    return None, False


def _compares_counter(node: ast.While) -> bool:
    counted = {
        n.target.id for n in own(node.body) if isinstance(n, ast.AugAssign) and isinstance(n.target, ast.Name)
    }
    return any(
        isinstance(inner, ast.Compare)
        and counted & {n.id for n in ast.walk(inner) if isinstance(n, ast.Name)}
        for inner in own(node.body)
    )


def _is_unset(test: ast.expr) -> bool:
    """``x is None``, ``not x``, ``x == ""``: waiting for a result."""
    if isinstance(test, ast.UnaryOp) and isinstance(test.op, ast.Not):
        return isinstance(test.operand, ast.Name)
    if isinstance(test, ast.Compare) and len(test.ops) == 1 and isinstance(test.left, ast.Name):
        right = test.comparators[0]
        return (
            isinstance(test.ops[0], (ast.Is, ast.Eq))
            and isinstance(right, ast.Constant)
            and (right.value in (None, "", False))
        )
    return False


def _times(r: Resolver, iterable: ast.expr, frame: Frame) -> tuple[int | None, bool | None]:
    """How often a ``for`` turns."""
    if isinstance(iterable, ast.Call):
        callee = next((v.name for v in r.values(iterable.func, frame) if isinstance(v, External)), "")
        if callee in ("itertools.count", "itertools.cycle") and not iterable.keywords:
            return None, False
        if callee == "itertools.repeat":
            return None, len(iterable.args) > 1
        if callee == "builtins.range" and iterable.args:
            ends = [_constant(r, a, frame) for a in iterable.args[:2]]
            if len(iterable.args) == 1:
                return ends[0], True
            start, stop = ends
            return (stop - start if start is not None and stop is not None else None), True
    for value in r.values(iterable, frame):
        if isinstance(value, Sequence) and value.closed:
            return len(value.items), True
    return None, True


def _constant(r: Resolver, expression: ast.expr, frame: Frame) -> int | None:
    for value in r.values(expression, frame):
        if isinstance(value, Const) and isinstance(value.value, int):
            return value.value
    return None
