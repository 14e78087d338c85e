"""Tasks and threads around a call: how many run at once, and what stands still while it runs."""

from __future__ import annotations

import ast
import re
from typing import TYPE_CHECKING

from prodworthy.circumstances import FanOut
from prodworthy.finding import Span
from prodworthy.resolve import lookup, wellknown
from prodworthy.resolve.index import FUNCTIONS, ModuleIndex, dotted, tail
from prodworthy.resolve.outward import Definition, Step, own
from prodworthy.resolve.values import Const, External, Frame, Sequence
from prodworthy.testfile import is_example

if TYPE_CHECKING:
    from prodworthy.resolve.resolver import Resolver

_GATHERING = frozenset(
    {
        "asyncio.gather",
        "asyncio.as_completed",
        "asyncio.wait",
        "tqdm.asyncio.tqdm.gather",
        "tqdm.asyncio.tqdm_asyncio.gather",
    }
)
_TASKS = frozenset({"create_task", "ensure_future", "start_soon", "wait_for"})
_LIMITING = re.compile(
    r"sem|limit|throttl|lock|slot|pool|bucket|concurren|capacity|rate|queue|acquire", re.IGNORECASE
)
_ASKING = frozenset({"hasattr", "iscoroutinefunction", "iscoroutine", "isawaitable", "isinstance"})
_SMALL = 16
_BATCH = re.compile(r"batch|chunk|group|window|slice|top|sample|limit", re.IGNORECASE)
_CAST = re.compile(
    r"(?:^|_)(?:role|agent|expert|persona|model|llm|provider|judge|critic|reviewer|analyst|specialist)s?(?:_|$)",
    re.IGNORECASE,
)
"""Names of a handful that somebody has configured: each is asked once."""


def fan_out(r: Resolver, around: list[Step]) -> FanOut | None:
    """The tasks started all at once that the call is one of, where nothing limits them."""
    for step in around:
        if (
            isinstance(step.node, (ast.ListComp, ast.GeneratorExp, ast.SetComp))
            and step.child is step.node.elt
        ):
            comprehension = step.node
            iterables = [g.iter for g in comprehension.generators]
            gathered = _gathered(r, step.module, comprehension)
        elif isinstance(step.node, (ast.For, ast.AsyncFor)) and step.child in step.node.body:
            iterables = [step.node.iter]
            gathered = _collected(r, step)
        else:
            continue
        if gathered is None or _awaited_inside(step):
            continue
        if _limited(step, iterables):
            return None
        frame = step.frame(r)
        if any(_is_small(r, iterable, frame) for iterable in iterables):
            continue
        if step.level > 1:
            continue
        return FanOut(step.module.source.span(gathered), _shown(iterables[0]))
    return None


def _gathered(r: Resolver, module: ModuleIndex, node: ast.expr) -> ast.AST | None:
    """The ``gather`` that the coroutines of a comprehension go to, directly or through a name."""
    parent = module.parents.get(node)
    holder = parent if isinstance(parent, ast.Starred) else node
    outer = module.parents.get(holder)
    if isinstance(outer, ast.Call) and holder in outer.args:
        return outer if _is_gathering(r, module, outer) else None
    if isinstance(outer, ast.Assign) and len(outer.targets) == 1 and isinstance(outer.targets[0], ast.Name):
        return _gather_of(r, module, node, outer.targets[0].id)
    return None


def _gather_of(r: Resolver, module: ModuleIndex, near: ast.AST, name: str) -> ast.AST | None:
    """The ``gather`` in the same function that is given the list ``name``."""
    scope = module.scope_of(near)
    if isinstance(scope, ast.Lambda):
        return None
    for node in own(scope.body):
        if isinstance(node, ast.Call) and _is_gathering(r, module, node):
            for argument in node.args:
                given = argument.value if isinstance(argument, ast.Starred) else argument
                if isinstance(given, ast.Name) and given.id == name:
                    return node
    return None


def _collected(r: Resolver, step: Step) -> ast.AST | None:
    """The place where what a loop starts or collects runs all at once."""
    at = step.module.parents.get(step.start)
    call = step.start
    while isinstance(at, ast.Call) and tail(at.func) in _TASKS:
        call, at = at, step.module.parents.get(at)
    if isinstance(at, ast.Call) and tail(at.func) == "append" and isinstance(at.func, ast.Attribute):
        name = at.func.value
        return _gather_of(r, step.module, step.node, name.id) if isinstance(name, ast.Name) else None
    if isinstance(at, ast.Assign) and isinstance(at.targets[0], ast.Name) and isinstance(call, ast.Call):
        variable = at.targets[0].id
        for node in own(step.node.body):  # type: ignore[attr-defined]
            if (
                isinstance(node, ast.Call)
                and tail(node.func) == "append"
                and isinstance(node.func, ast.Attribute)
                and isinstance(node.func.value, ast.Name)
                and any(isinstance(a, ast.Name) and a.id == variable for a in node.args)
            ):
                return _gather_of(r, step.module, step.node, node.func.value.id)
    return None


def _is_gathering(r: Resolver, module: ModuleIndex, call: ast.Call) -> bool:
    if tail(call.func) not in ("gather", "as_completed", "wait"):
        return False
    frame = lookup.frame_of(r, module, module.scope_of(call))
    return any(isinstance(v, External) and v.name in _GATHERING for v in r.values(call.func, frame))


def _awaited_inside(step: Step) -> bool:
    """Whether the coroutine is awaited, or wrapped by something else, before it is collected."""
    parents = step.module.parents
    at = parents.get(step.start)
    while at is not None and at is not step.node and not isinstance(at, ast.stmt):
        if isinstance(at, ast.Await):
            return True
        if isinstance(at, ast.Call) and tail(at.func) not in _TASKS | {"append", "gather"}:
            return True
        at = parents.get(at)
    return False


def _limited(step: Step, iterables: list[ast.expr]) -> bool:
    """Whether a semaphore, a limiter or a lock stands between the tasks and the call, or around them."""
    for inner in step.inward():
        if isinstance(inner.node, (ast.AsyncWith, ast.With)) and any(
            _LIMITING.search(ast.unparse(item.context_expr)) for item in inner.node.items
        ):
            return True
        function = inner.function
        if function is not None:
            if any(
                _LIMITING.search(dotted(d.func if isinstance(d, ast.Call) else d))
                for d in function.decorator_list
            ):
                return True
            for node in own(function.body):
                if isinstance(node, ast.Call) and _LIMITING.search(dotted(node.func)):
                    return True
    # in batches: a loop around the gather that cuts its list
    around = step.module.enclosing(step.node, (ast.For, ast.AsyncFor, ast.While, *FUNCTIONS))
    if isinstance(around, ast.While):
        return True
    if isinstance(around, (ast.For, ast.AsyncFor)):
        targets = {n.id for n in ast.walk(around.target) if isinstance(n, ast.Name)}
        over = {n.id for i in iterables for n in ast.walk(i) if isinstance(n, ast.Name)}
        if targets & over or (isinstance(around.iter, ast.Call) and len(around.iter.args) == 3):
            return True
    function_around = step.module.function_of(step.start)
    if isinstance(function_around, (ast.FunctionDef, ast.AsyncFunctionDef)):
        return any(
            isinstance(n, ast.Call) and re.search(r"semaphore|limiter|throttl", dotted(n.func), re.IGNORECASE)
            for n in own(function_around.body)
        )
    return False


def _is_small(r: Resolver, iterable: ast.expr, frame: Frame) -> bool:
    """Whether the code shows that what is iterated over is short, or does not say what it is."""
    if isinstance(iterable, ast.Subscript) and isinstance(iterable.slice, ast.Slice):
        return True
    if isinstance(iterable, ast.Call):
        name = tail(iterable.func)
        if name in (
            "zip",
            "enumerate",
            "sorted",
            "reversed",
            "list",
            "set",
            "tuple",
            "items",
            "keys",
            "values",
        ):
            inner = iterable.args or (
                [iterable.func.value] if isinstance(iterable.func, ast.Attribute) else []
            )
            return any(_is_small(r, a, frame) for a in inner)
        if name == "range":
            ends = [v.value for a in iterable.args[-1:] for v in r.values(a, frame) if isinstance(v, Const)]
            return (
                not iterable.args
                or any(isinstance(e, int) and e <= _SMALL for e in ends)
                or not any(
                    isinstance(n, ast.Call) and tail(n.func) == "len"
                    for a in iterable.args
                    for n in ast.walk(a)
                )
            )
        return bool(_BATCH.search(name))
    if _BATCH.search(ast.unparse(iterable)) or _CAST.search(tail(iterable)):
        return True
    return any(
        isinstance(v, Sequence) and v.closed and len(v.items) <= _SMALL for v in r.values(iterable, frame)
    )


def _shown(expression: ast.expr) -> str:
    text = ast.unparse(expression)
    return text if len(text) <= 40 else f"{text[:37]}..."


def blocked(node: ast.Call, around: list[Step]) -> Span | None:
    """The ``async def`` whose event loop a synchronous call at ``node`` holds up."""
    if tail(node.func) in wellknown.HANDED_ON or (around and _otherwise(around[0].module, node)):
        return None
    for step in around:
        node_around = step.node
        if isinstance(node_around, ast.Lambda) or (
            isinstance(node_around, ast.Call)
            and step.child is not node_around.func
            and tail(node_around.func) in wellknown.HANDED_ON
        ):
            return None
        if isinstance(node_around, ast.Await) and step.child is step.start:
            return None
        function = step.function
        if step.level and is_example(step.module.path) and not is_example(around[0].module.path):
            continue
        if isinstance(function, ast.AsyncFunctionDef):
            # nobody else waits where the program is this one coroutine
            return step.module.source.span(function) if step.level <= 1 and function.name != "main" else None
        if function is not None and (_generates(function) or step.level >= 1):
            return None
    return None


def _otherwise(module: ModuleIndex, node: ast.AST) -> bool:
    """Whether it is what is left where an object has no coroutine: ``if hasattr(x, "ainvoke")``."""
    child, parent = node, module.parents.get(node)
    while parent is not None and not isinstance(parent, FUNCTIONS):
        if isinstance(parent, ast.If) and child in parent.orelse:
            asks = any(isinstance(n, ast.Call) and tail(n.func) in _ASKING for n in ast.walk(parent.test))
            if asks and any(isinstance(n, ast.Await) for s in parent.body for n in ast.walk(s)):
                return True
        child, parent = parent, module.parents.get(parent)
    return False


def _generates(function: Definition) -> bool:
    return any(isinstance(n, (ast.Yield, ast.YieldFrom)) for n in own(function.body))
