"""Coroutines that are started all at once wait for a semaphore."""

from __future__ import annotations

import ast
from collections.abc import Iterator, Sequence

from prodworthy.finding import Edit, Span
from prodworthy.fix.imports import ensure_import
from prodworthy.fix.place import call_at, path_to
from prodworthy.fix.text import Text
from prodworthy.source.python import Source

_TASKS = frozenset({"create_task", "ensure_future"})
_GATHERING = frozenset({"gather", "as_completed", "wait"})
_SLOTS, _LIMITED = "slots", "limited"
_Function = ast.FunctionDef | ast.AsyncFunctionDef


def limiting(source: Source, text: Text, gather: Span, most: int) -> tuple[Edit, ...]:
    """The edits by which at most ``most`` of what is gathered at ``gather`` run at a time; none if unclear.

    A semaphore, and a coroutine that waits for it around another, are put above.
    """
    call = call_at(source, gather)
    if call is None:
        return ()
    path = path_to(source, call)
    scope = next(node for node in path if isinstance(node, _Function | ast.Module))
    coroutine = _collected(call, scope)
    if not isinstance(coroutine, ast.Call | ast.Name) or _is_limited(coroutine):
        return ()
    body = _block(source, scope, coroutine)
    place = next(s for s in body if _within(s, coroutine) or (not source.cells and _gathers(s)))
    edits: list[Edit] = []
    if not _is_there(scope):
        if _names(scope) & {_SLOTS, _LIMITED}:
            return ()
        added = ensure_import(text, source.tree, "asyncio", place.lineno)
        if added is None:
            return ()
        at = text.offset(_first_line(text, place), 1)
        edits += [*added.edits, text.edit(at, at, _definitions(text, place, most))]
    start, end = text.offsets(source.span(coroutine))
    return (*edits, text.edit(start, start, f"{_LIMITED}("), text.edit(end, end, ")"))


def _collected(call: ast.Call, scope: ast.AST) -> ast.expr | None:
    """The one expression whose values are gathered."""
    if len(call.args) != 1:
        return None
    given = call.args[0].value if isinstance(call.args[0], ast.Starred) else call.args[0]
    if isinstance(given, ast.Name):
        stores = [n for n in _own(scope) if isinstance(n, ast.Assign) and _assigns(n, given.id)]
        others = [n for n in _own(scope) if isinstance(n, ast.Name) and n.id == given.id]
        if len(stores) != 1 or sum(not isinstance(n.ctx, ast.Load) for n in others) != 1:
            return None
        appended = [n.args[0] for n in _own(scope) if _appends(n, given.id) and isinstance(n, ast.Call)]
        given = stores[0].value
        if isinstance(given, ast.List) and not given.elts and len(appended) == 1:
            return _coroutine(appended[0], scope)
        if appended:
            return None
    if isinstance(given, ast.ListComp | ast.GeneratorExp | ast.SetComp):
        return _coroutine(given.elt, scope)
    return None


def _coroutine(value: ast.expr, scope: ast.AST) -> ast.expr | None:
    """The coroutine in what is collected: itself, or what a task is made of."""
    if isinstance(value, ast.Name):
        made = [n.value for n in _own(scope) if isinstance(n, ast.Assign) and _assigns(n, value.id)]
        if len(made) != 1 or not isinstance(made[0], ast.Call):
            return None
        return _coroutine(made[0], scope) if _tail(made[0].func) in _TASKS else value
    if isinstance(value, ast.Call) and _tail(value.func) in _TASKS:
        return value.args[0] if value.args else None
    return value


def _is_limited(coroutine: ast.expr) -> bool:
    return isinstance(coroutine, ast.Call) and _tail(coroutine.func) == _LIMITED


def _is_there(scope: ast.AST) -> bool:
    """Whether an earlier fix has put its coroutine into the same function."""
    return any(isinstance(n, ast.AsyncFunctionDef) and n.name == _LIMITED for n in _own(scope))


def _block(source: Source, scope: _Function | ast.Module, coroutine: ast.expr) -> Sequence[ast.stmt]:
    """The statements of the function or, of a notebook, of the cell."""
    if not source.cells or not isinstance(scope, ast.Module):
        return scope.body
    cell = source.span(coroutine).cell
    return [statement for statement in scope.body if source.span(statement).cell == cell]


def _definitions(text: Text, place: ast.stmt, most: int) -> str:
    first = text.line(place.lineno)
    outer = first[: len(first) - len(first.lstrip())]
    step = "\t" if outer.startswith("\t") else "    "
    lines = (
        f"{outer}{_SLOTS} = asyncio.Semaphore({most})",
        "",
        f"{outer}async def {_LIMITED}(call):",
        f"{outer}{step}async with {_SLOTS}:",
        f"{outer}{step}{step}return await call",
        "",
    )
    return "".join(f"{line}{text.newline}" for line in lines)


def _first_line(text: Text, place: ast.stmt) -> int:
    """The line of a statement, or of the comments that stand right above it."""
    first = place.lineno
    while first > 1 and text.line(first - 1).lstrip().startswith("#"):
        first -= 1
    return first


def _names(tree: ast.AST) -> set[str]:
    names = {n.id for n in ast.walk(tree) if isinstance(n, ast.Name)}
    names |= {n.arg for n in ast.walk(tree) if isinstance(n, ast.arg)}
    return names | {n.name for n in ast.walk(tree) if isinstance(n, _Function | ast.ClassDef)}


def _own(scope: ast.AST) -> Iterator[ast.AST]:
    """The nodes of a function, those of functions in it left out but for their names."""
    stack = list(ast.iter_child_nodes(scope))
    while stack:
        node = stack.pop()
        yield node
        if not isinstance(node, _Function | ast.ClassDef | ast.Lambda):
            stack += ast.iter_child_nodes(node)


def _within(statement: ast.stmt, node: ast.AST) -> bool:
    return any(inner is node for inner in ast.walk(statement))


def _gathers(statement: ast.stmt) -> bool:
    return any(isinstance(n, ast.Call) and _tail(n.func) in _GATHERING for n in ast.walk(statement))


def _assigns(node: ast.Assign, name: str) -> bool:
    return [t.id for t in node.targets if isinstance(t, ast.Name)] == [name]


def _appends(node: ast.AST, name: str) -> bool:
    match node:
        case ast.Call(func=ast.Attribute(value=ast.Name(id=holder), attr="append"), args=[_]):
            return holder == name
    return False


def _tail(function: ast.expr) -> str:
    match function:
        case ast.Attribute(attr=name) | ast.Name(id=name):
            return name
    return ""
