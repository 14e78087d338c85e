"""What a text must hold for a regular expression to match: derived from the expression, never guessed.

Every fact is a necessary condition, so that a text without it needs no search. An expression that the
standard library cannot parse (`regex` knows more) has no facts and is always searched for.
"""

from __future__ import annotations

import re
import warnings
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from itertools import groupby
from re import _constants as op  # type: ignore[attr-defined]  # the parser has no public name
from re import _parser as parser  # type: ignore[attr-defined]
from typing import Any

_REACHES = (12, 20, 48, 96, 200)
_ENDLESS = 1 << 20
_COMMON = {".": 6, "-": 4, "'": 4, '"': 3, ",": 6}
_DIGITS = frozenset("0123456789")
_ALSO = {"s": "\u017f", "k": "\u212a"}  # what else is the letter when case is ignored
_BREAKS = " \t\n\r"


@dataclass(frozen=True, slots=True)
class Facts:
    """Necessary conditions of a match.

    Attributes:
        digits: so many digits (of any script) stand in it at least.
        width: so many characters it has at most; None where there is no bound.
        ahead: so many characters after it decide with it; None where there is no bound.
        needs: an expression for `re` that matches somewhere in it; empty where there is none.
        words: one of these stands in the text (case-folded), in it or beside it; empty where none must.
        solid: it holds no space, tab or line break.
        least: so many characters it has at least.
        reach: ``width`` as the next of a few, so that few lists of places serve all expressions.
        quick: it starts with a digit, so that searching costs little more than skipping.
    """

    digits: int = 0
    width: int | None = None
    ahead: int | None = None
    needs: str = ""
    words: tuple[str, ...] = ()
    solid: bool = False
    least: int = 0
    reach: int | None = None
    quick: bool = False


def derive(pattern: str, flags: int) -> Facts:
    """The facts of ``pattern`` under the flags of `re` (or of `regex`, whose values are the same)."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            tree = parser.parse(pattern, flags & (re.I | re.M | re.S | re.X))
    except (re.error, RecursionError, OverflowError):
        return Facts()
    walk = _Walk(bool(tree.state.flags & re.I))
    whole = walk.sequence(tree)
    if walk.unknown:
        return Facts(digits=whole.digits, needs=_union(whole.needs), words=tuple(sorted(whole.words)))
    return Facts(
        digits=whole.digits,
        width=whole.width if whole.width < _ENDLESS else None,
        ahead=walk.ahead if walk.ahead < _ENDLESS else None,
        needs=_union(whole.needs),
        words=tuple(sorted(whole.words)),
        solid=whole.solid,
        least=whole.least,
        reach=next((reach for reach in _REACHES if whole.width <= reach), None),
        quick=whole.first is not None and whole.first <= _DIGITS,
    )


@dataclass(frozen=True, slots=True)
class _Part:
    """A piece: digits and width; fragments one of which it needs; the characters it can start with."""

    digits: int = 0
    width: int = 0
    needs: frozenset[str] = frozenset()
    cost: int = 99
    words: frozenset[str] = frozenset()
    letter: str = ""
    first: frozenset[str] | None = frozenset()
    single: bool = False
    least: int = 0
    solid: bool = True


class _Walk:
    def __init__(self, ignore_case: bool) -> None:
        self.ignore_case = ignore_case
        self.unknown = False
        self.ahead = 0
        self._groups: dict[int, int] = {}

    def sequence(self, items: Iterable[tuple[object, Any]]) -> _Part:
        listed = list(items)
        beside = [self._beside(value[1]) for code, value in listed if code is op.ASSERT]
        parts = [part for item in listed if (part := self._part(*item)) is not None]
        needs, cost = frozenset[str](), 99
        for part, following in zip(parts, [*parts[1:], _Part(first=None)], strict=False):
            fragments, price = part.needs, part.cost
            if part.single and fragments and following.least and following.first:
                after = "[" + "".join(re.escape(c) for c in sorted(following.first)) + "]"
                fragments, price = frozenset(f + after for f in fragments), price - 1
            if fragments and price < cost:
                needs, cost = fragments, price
        return _Part(
            digits=sum(part.digits for part in parts),
            width=min(sum(part.width for part in parts), _ENDLESS),
            needs=needs,
            cost=cost,
            words=_best([*_spelled(parts), *(part.words for part in parts), *beside]),
            first=self._first(parts),
            single=len(parts) == 1 and parts[0].single,
            least=sum(part.least for part in parts),
            solid=all(part.solid for part in parts),
        )

    def _beside(self, items: Iterable[tuple[object, Any]]) -> frozenset[str]:
        """The words that a look ahead or behind needs; it leaves no other trace."""
        look = _Walk(self.ignore_case)
        return look.sequence(items).words

    @staticmethod
    def _first(parts: list[_Part]) -> frozenset[str] | None:
        found = frozenset[str]()
        for part in parts:
            if part.first is None:
                return None
            found |= part.first
            if part.least:
                return found
        return None

    def _part(self, code: object, value: Any) -> _Part | None:
        """None for what has no width: it can neither start nor stand between two pieces."""
        match code, value:
            case op.LITERAL, int(point):
                part = self._chars(frozenset(chr(point)), chr(point) not in _BREAKS)
                return replace(part, letter=chr(point).casefold()) if chr(point).isascii() else part
            case op.IN, list(items):
                return self._chars(_members(items), _is_solid(items))
            case ((op.NOT_LITERAL | op.ANY), _):
                return _Part(width=1, first=None, least=1, solid=False)
            case op.BRANCH, (_, list(branches)):
                return _either([self.sequence(branch) for branch in branches])
            case op.SUBPATTERN, (group, _, _, items):
                part = self.sequence(items)
                if isinstance(group, int):
                    self._groups[group] = part.width
                return part
            case op.ATOMIC_GROUP, items:
                return self.sequence(items)
            case ((op.MAX_REPEAT | op.MIN_REPEAT | op.POSSESSIVE_REPEAT), (int(least), most, items)):
                return _repeated(self.sequence(items), least, int(most))
            case op.GROUPREF, int(group):
                return _Part(width=self._groups.get(group, _ENDLESS), first=None)
            case ((op.ASSERT | op.ASSERT_NOT), (direction, items)):
                width = self.sequence(items).width
                if direction == 1:
                    self.ahead = max(self.ahead, width + 1)
                return None
            case op.AT, where:
                if where in (op.AT_END, op.AT_END_STRING):
                    self.unknown = True
                return None
        self.unknown = True
        return _Part(width=_ENDLESS, first=None, solid=False)

    def _chars(self, members: frozenset[str] | None, solid: bool = True) -> _Part:
        """One character; None stands for a set that is too wide to list."""
        if members is None:
            return _Part(width=1, first=None, least=1, solid=solid)
        if members == frozenset({r"\d"}) or members <= _DIGITS:
            first = _DIGITS if members <= _DIGITS else None
            return _Part(digits=1, width=1, first=first, least=1, single=True)
        marks = all(len(c) == 1 and c.isascii() and not c.isalnum() and not c.isspace() for c in members)
        if marks and len(members) <= 4:
            cost = sum(_COMMON.get(c, 2) for c in members)
            needs = frozenset(re.escape(c) for c in members)
            return _Part(width=1, needs=needs, cost=cost, first=members, single=True, least=1)
        return _Part(width=1, first=self._folded(members), least=1, solid=solid)

    def _folded(self, members: frozenset[str]) -> frozenset[str] | None:
        if any(len(c) != 1 or not c.isascii() for c in members):
            return None
        if not self.ignore_case:
            return members
        strange = {c for letter, c in _ALSO.items() if letter in members or letter.upper() in members}
        return members | {c.swapcase() for c in members} | strange


def _either(parts: list[_Part]) -> _Part:
    firsts = [part.first for part in parts]
    known = [first for first in firsts if first is not None]
    needed = all(part.needs for part in parts)
    return _Part(
        digits=min(part.digits for part in parts),
        width=max(part.width for part in parts),
        needs=frozenset[str]().union(*(part.needs for part in parts)) if needed else frozenset(),
        cost=sum(part.cost for part in parts) if needed else 99,
        words=frozenset[str]().union(*(p.words for p in parts))
        if all(p.words for p in parts)
        else frozenset(),
        first=frozenset[str]().union(*known) if len(known) == len(firsts) else None,
        least=min(part.least for part in parts),
        solid=all(part.solid for part in parts),
    )


def _repeated(part: _Part, least: int, most: int) -> _Part:
    return _Part(
        digits=part.digits * least,
        width=min(part.width * most, _ENDLESS),
        needs=part.needs if least else frozenset(),
        cost=part.cost,
        words=part.words if least else frozenset(),
        first=part.first,
        single=part.single and least == most == 1,
        least=part.least * least,
        solid=part.solid,
    )


def _spelled(parts: list[_Part]) -> Iterator[frozenset[str]]:
    """Runs of single letters, as words."""
    for is_letter, run in groupby(parts, key=lambda part: part.letter.isalpha()):
        if is_letter:
            yield frozenset({"".join(part.letter for part in run)})


def _best(choices: Iterable[frozenset[str]]) -> frozenset[str]:
    """The rarest of several sets of words: long words, few of them."""
    fit = [words for words in choices if words and len(words) <= 40 and min(map(len, words)) >= 3]
    return max(fit, key=lambda words: (min(map(len, words)), -len(words)), default=frozenset())


def _members(items: list[tuple[object, object]]) -> frozenset[str] | None:
    found: set[str] = set()
    for code, value in items:
        match code, value:
            case op.LITERAL, int(point):
                found.add(chr(point))
            case op.RANGE, (int(low), int(high)) if high - low < 128:
                found.update(map(chr, range(low, high + 1)))
            case op.CATEGORY, op.CATEGORY_DIGIT:
                found.add(r"\d")
            case _:
                return None
    if r"\d" in found and len(found) > 1:
        return None
    return frozenset(found)


def _is_solid(items: list[tuple[object, object]]) -> bool:
    """Whether a set of characters leaves out `_BREAKS`; a category that holds them is refused as a whole."""
    inside = False
    for code, value in items:
        match code, value:
            case op.LITERAL, int(point):
                inside |= chr(point) in _BREAKS
            case op.RANGE, (int(low), int(high)):
                inside |= any(low <= ord(c) <= high for c in _BREAKS)
            case op.CATEGORY, (op.CATEGORY_WORD | op.CATEGORY_DIGIT | op.CATEGORY_NOT_SPACE):
                pass
            case op.CATEGORY, op.CATEGORY_SPACE if items[0][0] is op.NEGATE:
                return True
            case op.NEGATE, _:
                pass
            case _:
                return False
    return not inside and items[0][0] is not op.NEGATE


def _union(fragments: frozenset[str]) -> str:
    return "|".join(sorted(fragments))
