"""The question *what can this expression be?*, asked backwards and remembered."""

from __future__ import annotations

import ast
from collections import defaultdict
from collections.abc import Callable
from dataclasses import replace
from typing import TypeVar

from prodworthy.resolve import invoke, lookup, mappings, members
from prodworthy.resolve.catalogue import Catalogue
from prodworthy.resolve.project import Project
from prodworthy.resolve.solved import ANYWHERE, Log, Pool, Solved
from prodworthy.resolve.values import (
    HOLE,
    NOTHING,
    Arguments,
    Class,
    Client,
    Const,
    External,
    Frame,
    Function,
    Instance,
    Made,
    Mapping,
    Option,
    Sequence,
    Site,
    Unknown,
    Value,
    Values,
)

T = TypeVar("T")
Compute = Callable[[], Values]

DEPTH = 70
"""Questions that may hang on one another; deeper ones are unknown."""

ALTERNATIVES = 24
"""Values kept for one expression."""

LONGEST = 400
"""Elements kept of one list."""

_DEEP = (Unknown("too deep"),)
_OUT = (Unknown("budget"),)
_FAR = (Unknown("callers"),)


class Resolver:
    """Answers questions about the expressions of one project, for the analysis of one file.

    Every answer is remembered. Questions that hang on themselves answer with nothing, those nested
    too deeply with unknown; what was found on the way to such an answer is remembered only until the
    outermost question is answered: so each is computed once, however they are entangled. Answers that
    asked fewer callers than there may be are remembered apart, by how far out they were found. `budget`
    bounds the work of one question from outside, so that no input makes it run away. Answers in which
    none of this had a part go into the pool, and come from there.
    """

    def __init__(
        self, project: Project, catalogue: Catalogue, pool: Pool | None = None, budget: int = 8_000
    ) -> None:
        self.project = project
        self.catalogue = catalogue
        self.pool = Pool() if pool is None else pool
        self._limit = budget
        self._spent = 0
        self._memo: dict[object, Solved] = {}
        self._unfinished: dict[object, object] = {}
        self._passing: dict[object, Values] = {}
        self._open: dict[object, int] = {}
        self._lowest = 1 << 30
        self._cut = False
        self._cuts = 0
        self._height = 0
        self._slack = ANYWHERE
        self._outward = 0
        self._far: defaultdict[int, dict[object, Values]] = defaultdict(dict)
        self._frames: dict[object, Frame] = {}
        self._instances: dict[object, Instance] = {}

    def self_of(self, cls: Class) -> Instance:
        """The object that ``self`` is in the methods of ``cls`` when nobody knows which."""
        known = self.pool.selves.get(cls)
        if known is None:
            known = self.pool.selves[cls] = Instance(cls)
        return known

    def frames(self, private: bool) -> dict[object, Frame]:
        """The frames that were made so far without asking anything."""
        return self._frames if private else self.pool.frames

    def instances(self, private: bool) -> dict[object, Instance]:
        """The objects that were made so far."""
        return self._instances if private else self.pool.instances

    def ask(self, node: ast.expr, frame: Frame) -> Values:
        """`values` with a fresh budget, for questions from outside."""
        self.refill()
        return self.values(node, frame)

    def refill(self) -> None:
        """A fresh budget for a new question from outside."""
        self._spent = 0
        if not self._open:
            self.project.log.clear()

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
            self._use(known)
            return known.answer  # type: ignore[no-any-return]
        return self._asked(slot, frame, lambda: self._evaluate(node, frame), private=False)

    def remember(self, key: object, frame: Frame, compute: Compute, private: bool = False) -> Values:
        """The values under ``key``, computed once; nothing while they are being computed.

        ``private`` is for a key that means something to this analysis alone.
        """
        slot = (key, frame)
        known = self._memo.get(slot)
        if known is not None:
            self._use(known)
            return known.answer  # type: ignore[no-any-return]
        return self._asked(slot, frame, compute, private)

    def _asked(self, slot: object, frame: Frame, compute: Compute, private: bool) -> Values:
        """What `remember` gives for a question without a lasting answer in this analysis."""
        found = self._limited(slot)
        if found is None:
            found = self._passing.get(slot)
        if found is not None:
            self._cuts += 1
            return found
        level = self._open.get(slot)
        if level is not None:
            self._lowest = min(self._lowest, level)
            self._cuts += 1
            return NOTHING
        known = self.pool.solved.get(slot)
        if known is not None and self._take(known):
            return known.answer  # type: ignore[no-any-return]
        depth = len(self._open)
        if depth >= DEPTH:
            self._lowest = -1
            self._cuts += 1
            return _DEEP
        self._spent += 1
        if self._spent > self._limit:
            self._lowest = -1
            self._cuts += 1
            return _OUT
        lowest, self._lowest = self._lowest, 1 << 30
        cut, self._cut = self._cut, False
        outer = self._begin()
        self._open[slot] = depth
        try:
            answer = unique(compute())
        finally:
            del self._open[slot]
            solved = self._end(outer, slot, 1)
        solved.answer = answer
        if solved.whole:
            self._memo[slot] = solved
            if not (private or frame.private):
                self.pool.solved[slot] = solved
        elif self._lowest < depth:
            self._passing[slot] = answer
        elif self._cut:
            self._far[self._outward][slot] = answer
        else:
            self._memo[slot] = solved
        if depth == 0:
            self._passing.clear()
        self._lowest = min(lowest, self._lowest if self._lowest < depth else 1 << 30)
        self._cut = self._cut or cut
        return answer

    def derived(
        self, key: object, compute: Callable[[], T], meanwhile: T | None = None, private: bool = False
    ) -> T:
        """What ``compute`` makes of answers, made once; ``meanwhile`` while it is being made."""
        known = self._memo.get(key)
        if known is not None:
            self._use(known)
            return known.answer  # type: ignore[no-any-return]
        if key in self._unfinished:
            self._cuts += 1
            return self._unfinished[key]  # type: ignore[return-value]
        known = self.pool.solved.get(key)
        if known is not None and self._take(known):
            return known.answer  # type: ignore[no-any-return]
        if meanwhile is not None:
            self._unfinished[key] = meanwhile
        outer = self._begin()
        try:
            answer = compute()
        finally:
            self._unfinished.pop(key, None)
            solved = self._end(outer, key, 0)
        solved.answer = answer
        self._memo[key] = solved
        if solved.whole and not private:
            self.pool.solved[key] = solved
        if isinstance(answer, Frame):
            answer.private = private or not solved.whole
        return answer

    def _begin(self) -> tuple[Log, int, int, int]:
        """Note from here on what an answer is put together from."""
        outer = (self.project.log, self._height, self._slack, self._cuts)
        self.project.log = []
        self._height = 0
        self._slack = ANYWHERE
        return outer

    def _end(self, outer: tuple[Log, int, int, int], key: object, cost: int) -> Solved:
        """All that was noted, which is part of what is being computed around it."""
        mine, height, slack = self.project.log, self._height + cost, self._slack
        log, self._height, self._slack, cuts = outer
        self.project.log = log
        if height > self._height:
            self._height = height
        if slack < self._slack:
            self._slack = slack
        if self._cuts != cuts:
            return Solved(key, None, [], height, 0, cost, False)
        room = slack + self._outward if slack < ANYWHERE else ANYWHERE
        solved = Solved(key, None, mine, height, room, cost, True)
        log.append(solved)
        return solved

    def _use(self, known: Solved) -> None:
        """Note that an answer of this analysis is part of what is being computed."""
        if not known.whole:
            self._cuts += 1
            return
        self.project.log.append(known)
        if known.height > self._height:
            self._height = known.height
        if known.room < ANYWHERE and known.room - self._outward < self._slack:
            self._slack = known.room - self._outward

    def _take(self, known: Solved) -> bool:
        """Take over an answer of another analysis, if this one would find it here as well."""
        if known.room < self._outward or len(self._open) + known.height > DEPTH:
            return False
        new: dict[object, Solved] = {}
        events: Log = []
        stack: Log = [known]
        cost = 0
        while stack:
            at = stack.pop()
            if not isinstance(at, Solved):
                events.append(at)
                continue
            key = at.key
            if key in new:
                continue
            mine = self._memo.get(key)
            if mine is not None:
                if not mine.whole:
                    return False
                continue
            if key in self._open or key in self._passing or key in self._unfinished:
                return False
            new[key] = at
            cost += at.cost
            stack += at.log
        if self._spent + cost > self._limit:
            return False
        self._spent += cost
        self._memo.update(new)
        self.project.ask_again(events)
        self._use(known)
        return True

    def _limited(self, slot: object) -> Values | None:
        """An answer that callers further out could change, found where as many or more were asked."""
        for level in range(self._outward, -1, -1):
            found = self._far[level].get(slot)
            if found is not None:
                self._cut = True
                return found
        return None

    def outward(self, levels: int, compute: Compute) -> Values:
        """What ``compute`` finds among callers, unknown where it is ``levels`` deep in callers already."""
        if self._outward >= levels:
            self._cut = True
            self._cuts += 1
            return _FAR
        self._slack = min(self._slack, levels - 1 - self._outward)
        self._outward += 1
        try:
            return compute()
        finally:
            self._outward -= 1

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
            _ordered(x.value, operator, y.value) if isinstance(x, Const) and isinstance(y, Const) else None
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


def is_none(value: Value) -> bool:
    """Whether ``value`` is None for certain."""
    return isinstance(value, Const) and value.value is None


def present(value: Value) -> bool:
    """Whether ``value`` is something other than None for certain."""
    if isinstance(value, Unknown):
        return not value.optional
    return not is_none(value)


def truthy(value: Value) -> bool | None:
    """Whether ``value`` counts as true, or None."""
    if isinstance(value, Const):
        if isinstance(value.value, str) and HOLE in value.value and value.value.strip(HOLE) == "":
            return None
        return bool(value.value)
    if isinstance(value, (Client, Instance, Function, Class, External)):
        return True
    return None


def _ordered(a: object, operator: ast.cmpop, b: object) -> bool | None:
    if (isinstance(a, str) and HOLE in a) or (isinstance(b, str) and HOLE in b):
        return None
    try:
        match operator:
            case ast.Eq() | ast.Is():
                return a == b
            case ast.NotEq() | ast.IsNot():
                return a != b
            case ast.Lt():
                return bool(a < b)  # type: ignore[operator]
            case ast.LtE():
                return bool(a <= b)  # type: ignore[operator]
            case ast.Gt():
                return bool(a > b)  # type: ignore[operator]
            case ast.GtE():
                return bool(a >= b)  # type: ignore[operator]
    except TypeError:
        return None
    return None


def unique(values: Values) -> Values:
    """``values`` without repetition, in order, at most `ALTERNATIVES`."""
    if len(values) < 2:
        return values
    return tuple(dict.fromkeys(values))[:ALTERNATIVES]
