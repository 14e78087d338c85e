"""Error handlers around a call: which of them drop its errors, and whether any stands before the user."""

from __future__ import annotations

import ast
import re
from typing import TYPE_CHECKING

from prodworthy.circumstances import Swallow
from prodworthy.resolve import errors
from prodworthy.resolve.clients import IsHandler
from prodworthy.resolve.errors import Api
from prodworthy.resolve.index import FUNCTIONS, ModuleIndex
from prodworthy.resolve.outward import Step, own

if TYPE_CHECKING:
    from prodworthy.resolve.resolver import Resolver

_ALTERNATIVES = re.compile(
    r"model|key|provider|client|llm|url|host|endpoint|region|server|fallback", re.IGNORECASE
)
_EMPTY = ('""', "''", "None", "[]", "{}", "()")


def swallows(r: Resolver, api: Api, around: list[Step]) -> tuple[Swallow, ...]:
    """The handlers of the call's own function that drop its errors without a trace."""
    for step in around:
        if step.level or step.function is not None:
            break
        if step.tried is None:
            continue
        handler = errors.catching(r, step.module, step.tried, api)
        if handler is None:
            if _any_of_its_errors(r, step, api):
                break
            continue
        result = _dropped(step.module, step.tried, handler)
        return (Swallow(step.module.source.span(_head(handler)), result),) if result is not None else ()
    return ()


def _any_of_its_errors(r: Resolver, step: Step, api: Api) -> bool:
    tried = step.tried
    assert tried is not None
    frame = step.frame(r)
    return any(
        not (caught := errors.names(r, h.type, frame)) or any(map(api.raises, caught)) for h in tried.handlers
    )


def _dropped(module: ModuleIndex, tried: ast.Try | ast.TryStar, handler: ast.ExceptHandler) -> str | None:
    """What is given back in place of an error that nobody sees; None where somebody does something."""
    *before, last = handler.body
    if any(not _idle(statement) for statement in before):
        return None
    if isinstance(last, ast.Return):
        text = ast.unparse(last.value) if last.value is not None else "None"
        return text if text in _EMPTY else None
    if not (_idle(last) or isinstance(last, ast.Continue)):
        return None
    # whoever goes on has something else to offer, unless nothing follows but the next turn
    return "" if not _followed(module, tried, isinstance(last, ast.Continue)) else None


def _idle(statement: ast.stmt) -> bool:
    """``pass``, ``...`` or a comment in a string."""
    return isinstance(statement, ast.Pass) or (
        isinstance(statement, ast.Expr) and isinstance(statement.value, ast.Constant)
    )


def _followed(module: ModuleIndex, tried: ast.AST, continues: bool) -> bool:
    """Whether anything but the end of the function or the next item comes after ``tried``."""
    child, parent = tried, module.parents.get(tried)
    while parent is not None:
        if not continues or not isinstance(parent, (ast.For, ast.AsyncFor, ast.While)):
            for name in ("body", "orelse", "finalbody"):
                block = getattr(parent, name, None)
                after = block[block.index(child) + 1 :] if isinstance(block, list) and child in block else []
                if not continues and any(not _idle(s) for s in after):
                    return True
        if isinstance(parent, (ast.For, ast.AsyncFor, ast.While)):
            # the same request again is a retry, the next model is a way out, the next item is neither
            return isinstance(parent, ast.While) or not _takes_item(parent, tried) or _alternates(parent)
        if isinstance(parent, (*FUNCTIONS, ast.Module)):
            return False
        child, parent = parent, module.parents.get(parent)
    return False


def _takes_item(loop: ast.For | ast.AsyncFor, inside: ast.AST) -> bool:
    """Whether the body of ``inside`` uses what the loop runs over."""
    if (
        isinstance(loop.iter, ast.Call)
        and isinstance(loop.iter.func, ast.Name)
        and loop.iter.func.id == "range"
    ):
        return False
    targets = {n.id for n in ast.walk(loop.target) if isinstance(n, ast.Name)}
    return any(
        isinstance(n, ast.Name) and n.id in targets and isinstance(n.ctx, ast.Load) for n in ast.walk(inside)
    )


def _alternates(loop: ast.For | ast.AsyncFor) -> bool:
    """Whether a loop goes through models, keys or servers until one of them has answered."""
    through = _ALTERNATIVES.search(f"{ast.unparse(loop.target)} {ast.unparse(loop.iter)}") is not None
    return through and any(isinstance(n, (ast.Return, ast.Break)) for n in own(loop.body))


def _head(handler: ast.ExceptHandler) -> ast.AST:
    return handler.type or handler.body[0]


def handled(r: Resolver, api: Api, around: list[Step], is_handler: IsHandler) -> bool | None:
    """Whether a ``try`` stands between the call and the request handler that it serves."""
    served = None
    for step in around:
        function = step.function
        if function is None or not is_handler(step.module, function):
            continue
        served = False
        for inner in (step, *step.inward()):
            if inner.tried is not None and inner.tried.handlers and _any_of_its_errors(r, inner, api):
                return True
    return served
