"""Loops around a call: those that the model itself has to end, and those that send one input at a time."""

from __future__ import annotations

import ast
import re
from typing import TYPE_CHECKING

from prodworthy.finding import Span
from prodworthy.resolve import settings
from prodworthy.resolve.around import retries
from prodworthy.resolve.find import Found
from prodworthy.resolve.index import FUNCTIONS, ModuleIndex, dotted, tail
from prodworthy.resolve.outward import Step, own
from prodworthy.resolve.values import Site

if TYPE_CHECKING:
    from prodworthy.resolve.resolver import Resolver

_WAITING = re.compile(
    r"(^|_)(input|get|recv|receive|readline|read|listen|accept|poll|prompt|ask|sleep|next|pop|popleft|select|wait"
    r"|consume|fetch|retrieve|chat_input|iter_\w+)(_|$)|^input|^listen|Prompt$",
    re.IGNORECASE,
)
"""Last names of calls by which a loop waits for the world outside; such a loop is no agent's."""

_COUNTER = re.compile(
    r"step|iter|turn|round|attempt|count|tries|retr|depth|budget|max|limit|deadline|elapsed", re.IGNORECASE
)


def endless(around: list[Step]) -> Span | None:
    """The loop around a call that only an answer of the model ends."""
    for step in around:
        if step.level > 1:
            return None
        loop = step.loop
        if isinstance(loop, ast.While):
            return step.module.source.span(loop.test) if _is_endless(step, loop) else None
    return None


def _is_endless(step: Step, loop: ast.While) -> bool:
    if not (isinstance(loop.test, ast.Constant) and loop.test.value):
        return False
    if retries(step.module, loop, step.start):
        return False
    nodes = list(own(loop.body))
    if any(isinstance(n, (ast.Yield, ast.YieldFrom)) and step.level == 0 for n in nodes):
        return False
    ends = False
    for node in nodes:
        if _waits(node) or _counts(node):
            return False
        if isinstance(node, (ast.Break, ast.Return)):
            holder = step.module.enclosing(node, (ast.If, ast.ExceptHandler, ast.While, ast.For, *FUNCTIONS))
            # straight on, it turns once
            if holder is loop:
                return False
            ends = ends or isinstance(holder, ast.If)
    return ends


def _waits(node: ast.AST) -> bool:
    """Whether a node waits for the world outside, or looks at the clock."""
    if not isinstance(node, ast.Call):
        return False
    looked_up = tail(node.func) in ("get", "pop") and node.args
    return "time" in dotted(node.func) or (_WAITING.search(tail(node.func)) is not None and not looked_up)


def _counts(node: ast.AST) -> bool:
    """Whether a node counts the turns, or compares their number with a limit."""
    match node:
        case ast.AugAssign(target=(ast.Name() | ast.Attribute()) as target):
            return _COUNTER.search(tail(target)) is not None
        case ast.If(test=test) | ast.While(test=test):
            named = ast.walk(test)
        case ast.Compare():
            named = ast.walk(node)
        case _:
            return False
    return any(isinstance(n, (ast.Name, ast.Attribute)) and _COUNTER.search(tail(n)) for n in named)


def one_at_a_time(r: Resolver, module: ModuleIndex, found: Found, around: list[Step]) -> Span | None:
    """The loop that sends one element of its list in each request."""
    reading = settings.read(r, found.endpoint, found.given, "input")
    site = reading.site if reading.site is not None else _first(found)
    if site is None or site.frame.module is not module:
        return None
    sent = {n.id for n in ast.walk(site.node) if isinstance(n, ast.Name)}
    several = "documents" in found.endpoint.path or "batch" in found.endpoint.path
    if _is_many(site.node) or (several and not isinstance(site.node, ast.List)):
        return None
    for step in around:
        if step.function is not None or step.level:
            return None
        target, iterable = _iteration(step)
        if target is None or iterable is None:
            continue
        taken = {n.id for n in ast.walk(target) if isinstance(n, ast.Name)}
        if not taken & sent or isinstance(step.node, ast.While):
            continue
        if _in_batches(iterable, site.node) or _holds_slices(module, iterable):
            return None
        if module.enclosing(step.node, (ast.ExceptHandler, *FUNCTIONS)) not in (
            None,
            module.function_of(found.node),
        ):
            return None  # what is left where the other way has failed
        return module.source.span(iterable)
    return None


def _first(found: Found) -> Site | None:
    given = found.given
    return given.positional[0] if given.positional else None


def _is_many(sent: ast.expr) -> bool:
    """Whether what is sent is a list of several, or may be one."""
    if isinstance(sent, (ast.List, ast.Tuple)):
        return len(sent.elts) != 1 or isinstance(sent.elts[0], ast.Starred)
    return isinstance(sent, (ast.ListComp, ast.GeneratorExp)) or (
        isinstance(sent, ast.Subscript) and isinstance(sent.slice, ast.Slice)
    )


def _iteration(step: Step) -> tuple[ast.expr | None, ast.expr | None]:
    node = step.node
    if isinstance(node, (ast.For, ast.AsyncFor)) and step.child in node.body:
        return node.target, node.iter
    if isinstance(node, (ast.ListComp, ast.SetComp, ast.GeneratorExp)) and step.child is node.elt:
        return node.generators[-1].target, node.generators[-1].iter
    if isinstance(node, ast.DictComp) and step.child in (node.key, node.value):
        return node.generators[-1].target, node.generators[-1].iter
    return None, None


def _holds_slices(module: ModuleIndex, iterable: ast.expr) -> bool:
    """Whether a list was made of slices (``[texts[i : i + 50] for i in range(0, n, 50)]``)."""
    made: list[ast.AST] = [iterable]
    if isinstance(iterable, ast.Name):
        scope = module.scope(module.scope_of(iterable))
        made = [binding.node for binding in scope.bindings.get(iterable.id, ()) if binding.kind == "assign"]
    return any(isinstance(m, (ast.ListComp, ast.GeneratorExp)) and _is_many(m.elt) for m in made)


def _in_batches(iterable: ast.expr, sent: ast.expr) -> bool:
    text = ast.unparse(iterable)
    if re.search(r"batch|group|while|as_completed|partition|windowed", text, re.IGNORECASE):
        return True
    if isinstance(iterable, ast.Call) and tail(iterable.func) == "range" and len(iterable.args) == 3:
        return True
    return "batch" in ast.unparse(sent).lower()
