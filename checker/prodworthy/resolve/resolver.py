"""The question *what can this expression be?*, asked backwards and remembered."""

from __future__ import annotations

import ast
from dataclasses import replace

from prodworthy.resolve import invoke, lookup, mappings, members
from prodworthy.resolve.certain import is_none, ordered, present, truthy
from prodworthy.resolve.memory import Memory
from prodworthy.resolve.values import (
    HOLE,
    NOTHING,
    Arguments,
    Client,
    Const,
    Frame,
    Function,
    Made,
    Mapping,
    Option,
    Sequence,
    Site,
    Unknown,
    Value,
    Values,
)

LONGEST = 400
"""Elements kept of one list."""


class Resolver(Memory):
    """Answers questions about the expressions of one project, for the analysis of one file."""

    def ask(self, node: ast.expr, frame: Frame) -> Values:
        """`values` with a fresh budget, for questions from outside."""
        self.refill()
        return self.values(node, frame)

    def site(self, site: Site) -> Values:
        """What stands at ``site``."""
        return self.values(site.node, site.frame)

    def values(self, node: ast.expr, frame: Frame) -> Values:
        """Every value that ``node`` can have in ``frame``."""
        if isinstance(node, ast.Constant):
            return _constant(node, frame)
        slot = (node, frame)
        known = self._memo.get(slot)
        if known is not None:
            answer: Values = self._use(known)
            return answer
        return self._asked(slot, frame, lambda: self._evaluate(node, frame), private=False)

    # one case per kind of expression

    def _evaluate(self, node: ast.expr, frame: Frame) -> Values:
        match node:
            case ast.Name():
                return lookup.name(self, node, frame)
            case ast.Attribute():
                return lookup.attribute(self, node, frame)
            case ast.Call():
                return invoke.call(self, node, frame)
            case ast.Await() | ast.Starred() | ast.NamedExpr() | ast.YieldFrom():
                return self.values(node.value, frame)
            case ast.IfExp():
                return self._conditional(node, frame)
            case ast.BoolOp():
                return self._either(node, frame)
            case ast.BinOp():
                return self._binary(node, frame)
            case ast.JoinedStr():
                return (Const(self._joined(node, frame), Site(node, frame)),)
            case ast.Dict() | ast.DictComp():
                return mappings.display(self, node, frame)
            case ast.List() | ast.Tuple() | ast.Set():
                return (self._list(node, frame),)
            case ast.ListComp() | ast.SetComp() | ast.GeneratorExp():
                return (Sequence((Site(node.elt, frame),), False, Site(node, frame)),)
            case ast.Subscript():
                return members.subscript(self, node, frame)
            case ast.Lambda():
                return (Function(frame.module, node, frame),)
            case ast.UnaryOp():
                return self._unary(node, frame)
            case ast.Compare():
                truth = self.truth(node, frame)
                return (Unknown("comparison", optional=False),) if truth is None else (Const(truth),)
        return (Unknown("expression"),)

    def _list(self, node: ast.List | ast.Tuple | ast.Set, frame: Frame) -> Sequence:
        items: list[Site] = []
        closed = True
        for element in node.elts:
            if not isinstance(element, ast.Starred):
                items.append(Site(element, frame))
                continue
            inner = [v for v in self.values(element.value, frame) if isinstance(v, Sequence)]
            closed = closed and len(inner) == 1 and inner[0].closed
            items += [site for sequence in inner for site in sequence.items]
        return Sequence(tuple(items[:LONGEST]), closed and len(items) <= LONGEST, Site(node, frame))

    def _conditional(self, node: ast.IfExp, frame: Frame) -> Values:
        holds = self.truth(node.test, frame)
        yes = NOTHING if holds is False else self.values(node.body, frame)
        if _tested(node.test) == ast.dump(node.body):
            yes = _present(yes)
        no = NOTHING if holds is True else self.values(node.orelse, frame)
        return yes + no

    def _either(self, node: ast.BoolOp, frame: Frame) -> Values:
        kept: Values = NOTHING
        final = node.values[-1]
        for operand in node.values:
            values = self.values(operand, frame)
            if operand is final:
                return kept + values
            wanted = isinstance(node.op, ast.Or)
            left = tuple(v for v in values if truthy(v) in (wanted, None))
            kept += _present(left) if wanted else left
            if values and all(truthy(v) is wanted for v in values):
                return kept
        return kept

    def _binary(self, node: ast.BinOp, frame: Frame) -> Values:
        left = self.values(node.left, frame)
        right = self.values(node.right, frame)
        if isinstance(node.op, ast.BitOr):
            chains = [v for v in (*left, *right) if isinstance(v, Client) and v.model.pipes]
            if chains:
                return tuple(replace(v, chained=True, path="") for v in chains)
            merged = [
                mappings.merge(a, b)
                for a in left
                for b in right
                if isinstance(a, Mapping) and isinstance(b, Mapping)
            ]
            return tuple(merged) or (Unknown("operator"),)
        if isinstance(node.op, (ast.Add, ast.Mod, ast.Div)):
            return _text_operation(node, frame, left, right)
        if isinstance(node.op, ast.Mult):
            numbers = [
                a.value * b.value
                for a in left
                for b in right
                if isinstance(a, Const)
                and isinstance(b, Const)
                and isinstance(a.value, (int, float))
                and isinstance(b.value, (int, float))
            ]
            return tuple(Const(n, Site(node, frame)) for n in numbers) or (Unknown("number", optional=False),)
        return (Unknown("number", optional=False),)

    def _unary(self, node: ast.UnaryOp, frame: Frame) -> Values:
        if isinstance(node.op, ast.USub):
            numbers = [v for v in self.values(node.operand, frame) if isinstance(v, Const)]
            return tuple(
                Const(-n.value, Site(node, frame)) for n in numbers if isinstance(n.value, (int, float))
            ) or (Unknown("number", optional=False),)
        if isinstance(node.op, ast.Not):
            truth = self.truth(node.operand, frame)
            return (Unknown("condition", optional=False),) if truth is None else (Const(not truth),)
        return (Unknown("number", optional=False),)

    def _joined(self, node: ast.JoinedStr, frame: Frame) -> str:
        parts: list[str] = []
        for piece in node.values:
            if isinstance(piece, ast.Constant):
                parts.append(str(piece.value))
            elif isinstance(piece, ast.FormattedValue):
                parts.append(self.text(piece.value, frame) or HOLE)
        return "".join(parts)

    def text(self, node: ast.expr, frame: Frame) -> str | None:
        """The text that ``node`` is, holes included, where there is just one."""
        texts = {
            str(v.value) for v in self.values(node, frame) if isinstance(v, Const) and v.value is not None
        }
        return texts.pop() if len(texts) == 1 else None

    def truth(self, node: ast.expr, frame: Frame) -> bool | None:
        """Whether a condition holds, as far as its constants tell."""
        match node:
            case ast.Constant():
                return bool(node.value)
            case ast.UnaryOp(op=ast.Not()):
                inner = self.truth(node.operand, frame)
                return None if inner is None else not inner
            case ast.BoolOp():
                found = [self.truth(v, frame) for v in node.values]
                stop = isinstance(node.op, ast.Or)
                if stop in found:
                    return stop
                return None if None in found else not stop
            case ast.Compare(left=left, ops=[operator], comparators=[right]):
                return self._compare(left, operator, right, frame)
            case ast.Name() | ast.Attribute() | ast.Call() | ast.Subscript():
                if isinstance(node, ast.Name) and node.id == "TYPE_CHECKING":
                    return None
                values = self.values(node, frame)
                answers = {truthy(v) for v in values}
                return answers.pop() if len(answers) == 1 else None
        return None

    def _compare(self, left: ast.expr, operator: ast.cmpop, right: ast.expr, frame: Frame) -> bool | None:
        a, b = self.values(left, frame), self.values(right, frame)
        if not a or not b:
            return None
        if isinstance(operator, (ast.Is, ast.IsNot, ast.Eq, ast.NotEq)) and all(is_none(v) for v in b):
            known = {is_none(v) if present(v) or is_none(v) else None for v in a}
            if len(known) != 1 or None in known:
                return None
            same = known.pop()
            return same if isinstance(operator, (ast.Is, ast.Eq)) else not same
        results = {
            ordered(x.value, operator, y.value) if isinstance(x, Const) and isinstance(y, Const) else None
            for x in a
            for y in b
        }
        return results.pop() if len(results) == 1 else None

    def option(self, option: Option) -> Values:
        """The values of an option that has some."""
        if option.values is not None:
            return option.values
        return self.site(option.site) if option.site is not None else NOTHING


def _constant(node: ast.Constant, frame: Frame) -> Values:
    value = node.value
    if isinstance(value, bytes):
        value = value.decode("latin-1")
    if value is None or isinstance(value, (str, int, float, bool)):
        return (Const(value, Site(node, frame)),)
    return (Unknown("constant", optional=False),)


def _text_operation(node: ast.BinOp, frame: Frame, left: Values, right: Values) -> Values:
    def text(value: Value) -> str:
        return value.value if isinstance(value, Const) and isinstance(value.value, str) else HOLE

    texts = [v for v in (*left, *right) if isinstance(v, Const) and isinstance(v.value, str)]
    if isinstance(node.op, ast.Div):
        paths = texts or any(isinstance(v, Made) and v.name == "pathlib.Path" for v in left)
        return (
            (Made("pathlib.Path", Arguments(None, frame)),) if paths else (Unknown("number", optional=False),)
        )
    if isinstance(node.op, ast.Mod):
        formats = [v.value for v in left if isinstance(v, Const) and isinstance(v.value, str)]
        return tuple(Const(_percent(f), Site(node, frame)) for f in formats) or (
            Unknown("number", optional=False),
        )
    if texts:
        pairs = {text(a) + text(b) for a in left[:6] or (Unknown(),) for b in right[:6] or (Unknown(),)}
        return tuple(Const(pair, Site(node, frame)) for pair in sorted(pairs))
    numbers = [
        a.value + b.value
        for a in left
        for b in right
        if isinstance(a, Const)
        and isinstance(b, Const)
        and isinstance(a.value, (int, float))
        and isinstance(b.value, (int, float))
    ]
    if numbers:
        return tuple(Const(n, Site(node, frame)) for n in numbers)
    items = tuple(i for v in (*left, *right) if isinstance(v, Sequence) for i in v.items)
    if items:
        return (Sequence(items, False, Site(node, frame)),)
    return (Unknown("sum", optional=False),)


def _tested(test: ast.expr) -> str:
    """What a condition says is there: ``x`` of ``if x`` and ``if x is not None``."""
    match test:
        case ast.Compare(left=left, ops=[ast.IsNot()], comparators=[ast.Constant(value=None)]):
            return ast.dump(left)
        case ast.Name() | ast.Attribute() | ast.Subscript():
            return ast.dump(test)
    return ""


def _present(values: Values) -> Values:
    """The values, now that somebody has made sure they are not None."""
    return tuple(
        Unknown(v.reason, optional=False) if isinstance(v, Unknown) else v for v in values if not is_none(v)
    )


def _percent(template: str) -> str:
    parts = template.split("%")
    return parts[0] + "".join(HOLE + p[1:] for p in parts[1:])
