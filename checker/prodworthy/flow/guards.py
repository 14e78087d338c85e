"""Checks that every path to a use has passed: ``if len(q) > 2000: raise``."""

from __future__ import annotations

import ast
from collections.abc import Callable, Iterator

from prodworthy.flow.graph import BOUNDED, CLOSED, MASKED, SAFE, VALIDATED
from prodworthy.resolve.index import COMPREHENSIONS, FUNCTIONS, ModuleIndex, dotted, tail

_LEAVING = frozenset({"abort", "exit", "fail", "error", "redirect", "HTTPException", "bad_request"})
_MATCHERS = frozenset(
    {"match", "fullmatch", "search", "isalnum", "isalpha", "isdigit", "isdecimal", "isidentifier"}
)


_FEW = 12

Judge = Callable[[ast.Call], frozenset[str]]
"""Tells what an argument of a call is safe in once the call has passed (a validator, a moderation)."""

_ASKING = ("valid", "check", "verif", "moderat", "flag", "safe", "guard", "scan", "detect", "predict", "is_")
"""What the name of a call holds whose answer is kept, where the call is one that looks at its argument."""


Known = dict[int, list[tuple[int, frozenset[str]]]]
"""For a block of statements, by its identity: the places of those that check a value, and what they say."""


def guarded(module: ModuleIndex, use: ast.AST, text: str, judge: Judge, known: Known) -> frozenset[str]:
    """What a value is safe in by the checks that every path to ``use`` has passed.

    Args:
        module: where it all stands.
        use: the node that uses the value.
        text: the value as the code writes it (``body.question``).
        judge: judges declared validators and moderation.
        known: what the blocks around are known to say of this value; added to.
    """
    found = SAFE
    child: ast.AST = use
    parent = module.parents.get(child)
    while parent is not None and not isinstance(child, FUNCTIONS):
        if isinstance(parent, (ast.If, ast.While)):
            if child in parent.body:
                found |= _holds(parent.test, text, judge)
            elif child in parent.orelse:
                found |= _rejects(parent.test, text, judge)
        elif isinstance(parent, ast.IfExp):
            if child is parent.body:
                found |= _holds(parent.test, text, judge)
            elif child is parent.orelse:
                found |= _rejects(parent.test, text, judge)
        elif isinstance(parent, COMPREHENSIONS):
            for generator in parent.generators:
                for test in generator.ifs:
                    found |= _holds(test, text, judge) if test is not child else SAFE
        elif isinstance(parent, ast.match_case) and child in parent.body:
            found |= _matched(module, parent, text)
        standing = module.blocks.place(parent, child)
        if standing is not None:
            block, at = standing
            for place, said in _of_block(module, block, text, judge, known):
                found |= said if place < at else SAFE
        child, parent = parent, module.parents.get(parent)
    return found


def _of_block(
    module: ModuleIndex, block: list[ast.stmt], text: str, judge: Judge, known: Known
) -> list[tuple[int, frozenset[str]]]:
    found = known.get(id(block))
    if found is None:
        places = module.blocks.mentioning(block, text, _mentions)
        checks = ((place, _checks(block[place], text, judge)) for place in places)
        found = known[id(block)] = [(place, said) for place, said in checks if said]
    return found


def _mentions(statement: ast.stmt) -> Iterator[str]:
    """All that a statement could check, as the code writes it."""
    match statement:
        case ast.If(test=part) | ast.Assert(test=part) | ast.Expr(value=part):
            parts = [part]
        case ast.Assign(value=ast.Call() | ast.Await() as part):
            parts = [part]
        case ast.Try(body=body) | ast.With(body=body) | ast.AsyncWith(body=body):
            for inner in body:
                yield from _mentions(inner)
            return
        case _:
            return
    for part in parts:
        for node in ast.walk(part):
            if isinstance(node, (ast.Name, ast.Attribute, ast.Subscript, ast.Call)):
                yield dotted(node)


def demanded(function: ast.FunctionDef | ast.AsyncFunctionDef, ident: str, judge: Judge) -> frozenset[str]:
    """What the argument ``ident`` is safe in once ``function`` has returned without raising, or said yes."""
    found = SAFE
    for statement in function.body:
        match statement:
            case ast.Return(value=value) if value is not None:
                found |= _holds(value, ident, judge)
            case ast.If(body=[*_, ast.Return(value=ast.Constant(value=False))]):
                found |= _rejects(statement.test, ident, judge)
            case ast.If(body=[*_, ast.Return()]):
                continue
            case _:
                found |= _checks(statement, ident, judge)
    return found


def _matched(module: ModuleIndex, case: ast.match_case, text: str) -> frozenset[str]:
    """``match kind: case "a" | "b":`` closes the set."""
    around = module.parents.get(case)
    if not isinstance(around, ast.Match) or dotted(around.subject) != text:
        return SAFE
    patterns = case.pattern.patterns if isinstance(case.pattern, ast.MatchOr) else [case.pattern]
    return CLOSED if all(isinstance(p, ast.MatchValue) for p in patterns) else SAFE


def _checks(statement: ast.stmt, text: str, judge: Judge) -> frozenset[str]:
    """What is certain of the value after a statement that leaves, or changes it, unless it is fit."""
    match statement:
        case ast.If(test=test, body=body):
            if _leaves(body) or _assigns(body, text):
                found = _rejects(test, text, judge)
                if not found and _leaves(body):
                    found = _judged(test, text, judge)
                return found
            if statement.orelse and _leaves(statement.orelse):
                return _holds(test, text, judge)
        case ast.Assert(test=test):
            return _holds(test, text, judge)
        case ast.Expr(value=ast.Await(value=ast.Call() as call)) | ast.Expr(value=ast.Call() as call):
            return judge(call) if _mentions_argument(call, text) else SAFE
        case ast.Assign(value=ast.Await(value=ast.Call() as call)) | ast.Assign(value=ast.Call() as call):
            asks = any(word in dotted(call.func).lower() for word in _ASKING)
            found = judge(call) if asks and _mentions_argument(call, text) else SAFE
            return SAFE if "length" in found else found  # a shorter copy leaves the value as it was
        case ast.Try(body=body) if all(_leaves(h.body) for h in statement.handlers):
            return _all_of(body, text, judge)
        case ast.With(body=body) | ast.AsyncWith(body=body):
            return _all_of(body, text, judge)
    return SAFE


def _all_of(body: list[ast.stmt], text: str, judge: Judge) -> frozenset[str]:
    found = SAFE
    for statement in body:
        found |= _checks(statement, text, judge)
    return found


def _judged(test: ast.expr, text: str, judge: Judge) -> frozenset[str]:
    """``if is_flagged(text): raise``: whichever way the function puts it, the text was looked at."""
    found = SAFE
    for node in ast.walk(test):
        if isinstance(node, ast.Call) and _mentions_argument(node, text):
            found |= judge(node)
    return found


def _holds(test: ast.expr, text: str, judge: Judge) -> frozenset[str]:
    """What a true ``test`` says about the length, form or membership of ``text``."""
    match test:
        case ast.BoolOp(op=ast.And(), values=values):
            return frozenset().union(*(_holds(v, text, judge) for v in values))
        case ast.UnaryOp(op=ast.Not(), operand=operand):
            return _rejects(operand, text, judge)
        case ast.Compare(ops=[ast.In() | ast.Eq(), *_]):
            return CLOSED if _is(test.left, text) else BOUNDED if _measures(test, text) else SAFE
        case ast.Compare():
            return _measured(test) if _measures(test, text) else _compared(test, text)
        case ast.Call():
            if _matches(test, text):
                return VALIDATED
            return judge(test) if _mentions_argument(test, text) else SAFE
        case ast.NamedExpr(value=ast.Call() as call):
            return _holds(call, text, judge)
    return SAFE


def _rejects(test: ast.expr, text: str, judge: Judge) -> frozenset[str]:
    """What a false ``test`` says about the length, form or membership of ``text``."""
    match test:
        case ast.BoolOp(op=ast.Or(), values=values):
            return frozenset().union(*(_rejects(v, text, judge) for v in values))
        case ast.UnaryOp(op=ast.Not(), operand=operand):
            return _holds(operand, text, judge)
        case ast.Compare(ops=[ast.Is()], comparators=[ast.Constant(value=None)]):
            return _holds(test.left, text, judge)  # `if re.match(...) is None: raise`
        case ast.Compare(ops=[ast.NotIn() | ast.NotEq(), *_]):
            return CLOSED if _is(test.left, text) else BOUNDED if _measures(test, text) else SAFE
        case ast.Compare(ops=[ast.In(), *_]):
            return SAFE
        case ast.Compare():
            return BOUNDED if _measures(test, text) else _compared(test, text)
    return SAFE


def _compared(test: ast.Compare, text: str) -> frozenset[str]:
    """``limit > 4096``: a number held against another."""
    sides = [test.left, *test.comparators]
    ordered = any(isinstance(op, (ast.Lt, ast.LtE, ast.Gt, ast.GtE)) for op in test.ops)
    return frozenset({"range"}) if ordered and any(dotted(s) == text for s in sides) else SAFE


def _measured(test: ast.Compare) -> frozenset[str]:
    """What a text of such a length is safe in: a dozen characters are no key."""
    match test:
        case ast.Compare(ops=[ast.Lt() | ast.LtE()], comparators=[ast.Constant(value=int(most))]) if (
            most <= _FEW
        ):
            return MASKED
    return BOUNDED


def _measures(test: ast.Compare, text: str) -> bool:
    """``len(text)`` in a comparison with something other than nothing."""
    sides = [test.left, *test.comparators]
    if all(isinstance(s, ast.Constant) and s.value in (0, 1) for s in sides if not _is_length(s, text)):
        return False
    return any(_is_length(s, text) for s in sides)


def _is_length(node: ast.expr, text: str) -> bool:
    for child in ast.walk(node):
        if isinstance(child, ast.Call) and child.args and _refers(child.args[0], text):
            name = tail(child.func)
            if name == "len" or "count" in name or "length" in name or "tokens" in name:
                return True
    return False


def _matches(call: ast.Call, text: str) -> bool:
    name = tail(call.func)
    if name not in _MATCHERS:
        return False
    arguments = [*call.args, call.func.value] if isinstance(call.func, ast.Attribute) else call.args
    return any(_refers(a, text) for a in arguments)


def _is(node: ast.expr, text: str) -> bool:
    if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and not node.args:
        node = node.func.value  # text.lower() in ALLOWED
    return dotted(node) == text


def _refers(node: ast.expr, text: str) -> bool:
    return any(
        dotted(n) == text for n in ast.walk(node) if isinstance(n, (ast.Name, ast.Attribute, ast.Subscript))
    )


def _mentions_argument(call: ast.Call, text: str) -> bool:
    return any(_refers(a, text) for a in (*call.args, *(k.value for k in call.keywords)))


def _assigns(body: list[ast.stmt], text: str) -> bool:
    """``if len(q) > 2000: q = q[:2000]``."""
    return any(isinstance(s, ast.Assign) and any(dotted(t) == text for t in s.targets) for s in body)


def _leaves(body: list[ast.stmt]) -> bool:
    last = body[-1] if body else None
    if isinstance(last, (ast.Raise, ast.Return, ast.Continue, ast.Break)):
        return True
    if isinstance(last, ast.Expr):
        call = last.value.value if isinstance(last.value, ast.Await) else last.value
        return isinstance(call, ast.Call) and tail(call.func) in _LEAVING
    return False
