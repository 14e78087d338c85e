"""What an analysis remembers: every answer once, and which of them other analyses may take over."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable
from typing import Any, TypeVar

from prodworthy.resolve.catalogue import Catalogue
from prodworthy.resolve.project import Project
from prodworthy.resolve.solved import ANYWHERE, Log, Pool, Solved
from prodworthy.resolve.values import NOTHING, Class, Frame, Instance, Unknown, Values

T = TypeVar("T")
Compute = Callable[[], Values]

DEPTH = 70
"""Questions that may hang on one another; deeper ones are unknown."""

ALTERNATIVES = 24
"""Values kept for one expression."""

_DEEP = (Unknown("too deep"),)
_OUT = (Unknown("budget"),)
_FAR = (Unknown("callers"),)


class Memory:
    """Answers to the questions of one analysis, and all that finding them took.

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
        self._unfinished: dict[object, Any] = {}
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

    def refill(self) -> None:
        """A fresh budget for a new question from outside."""
        self._spent = 0
        if not self._open:
            self.project.log.clear()

    def remember(self, key: object, frame: Frame, compute: Compute, private: bool = False) -> Values:
        """The values under ``key``, computed once; nothing while they are being computed.

        ``private`` is for a key that means something to this analysis alone.
        """
        slot = (key, frame)
        known = self._memo.get(slot)
        if known is not None:
            taken: Values = self._use(known)
            return taken
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
            taken: Values = self._use(known)
            return taken
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
        if known is None:
            if key in self._unfinished:
                self._cuts += 1
                unfinished: T = self._unfinished[key]
                return unfinished
            known = self.pool.solved.get(key)
            if known is not None and not self._take(known):
                known = None
        if known is not None:
            taken: T = self._use(known)
            return taken
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

    def _use(self, known: Solved) -> Any:
        """An answer of this analysis, which is part of what is being computed."""
        if not known.whole:
            self._cuts += 1
            return known.answer
        self.project.log.append(known)
        if known.height > self._height:
            self._height = known.height
        if known.room < ANYWHERE and known.room - self._outward < self._slack:
            self._slack = known.room - self._outward
        return known.answer

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


def unique(values: Values) -> Values:
    """``values`` without repetition, in order, at most `ALTERNATIVES`."""
    if len(values) < 2:
        return values
    return tuple(dict.fromkeys(values))[:ALTERNATIVES]
