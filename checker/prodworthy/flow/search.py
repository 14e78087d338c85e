"""From a sink backwards, step by step, to every origin: breadth first, so that paths are short."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

from prodworthy.call import Origin
from prodworthy.finding import TraceStep
from prodworthy.flow import known
from prodworthy.flow.graph import SAFE, End, Step
from prodworthy.resolve.values import Site

if TYPE_CHECKING:
    from prodworthy.flow.relation import Relation

STEPS = 60
"""Steps from a sink that are followed."""

KEYS = 8
"""Keys into nested dicts that are kept in mind."""

WORK = 1500
"""Expressions looked at for one sink."""


@dataclass(slots=True, eq=False, repr=False)
class _Reached:
    """An expression on the way, and how it was reached."""

    site: Site
    safe: frozenset[str] = SAFE
    part: bool = False
    opened: bool = False
    keys: tuple[str, ...] = ()
    built: bool = False
    vague: bool = False
    tail: bool = False
    step: Step | None = None
    before: _Reached | None = None
    depth: int = 0


class Search:
    """Looks for the origins of one sink.

    Args:
        relation: the steps.
        role: which part of the call the sink is; other speakers' messages are no system prompt.
        reached: the last step of every path: the sink itself.
    """

    def __init__(self, relation: Relation, role: str, reached: TraceStep, work: int = WORK) -> None:
        self._relation = relation
        self._role = role
        self._excluded = {"system_prompt": "other", "user_prompt": "system"}.get(role, "nobody")
        self._reached = reached
        self._last = [reached]
        self._left = work
        self._seen: dict[tuple[object, ...], list[frozenset[str]]] = {}

    def origins(
        self, site: Site, safe: frozenset[str] = SAFE, via: TraceStep | None = None
    ) -> Iterator[Origin]:
        """Everything that the expression at ``site`` can come from; ``via`` is a step after it."""
        self._last = [via, self._reached] if via is not None else [self._reached]
        queue = deque([_Reached(site, safe)])
        while queue and self._left > 0:
            here = queue.popleft()
            if not self._is_new(here):
                continue
            self._left -= 1
            for found in self._relation.of(here.site):
                if isinstance(found, End):
                    if _holds(found, here) and not self._is_query(found, here):
                        yield self._origin(found, here)
                elif here.depth < STEPS and self._leads(found, here):
                    queue.append(_next(found, here))

    def _is_query(self, end: End, here: _Reached) -> bool:
        """Whether a model writes only what stands behind the host of an address."""
        return here.tail and self._role == "url" and end.kind == "model-output"

    def _leads(self, step: Step, here: _Reached) -> bool:
        """Whether what is looked for can stand there: not in another's message, nor under another key."""
        if step.speaker == self._excluded:
            return False
        wanted = here.keys[-1] if here.keys else ""
        if not (step.under and wanted) or step.under == wanted:
            return True
        return bool(step.among) and wanted not in step.among

    def _is_new(self, here: _Reached) -> bool:
        """Whether the expression was not yet reached in a state that says as much."""
        state_of = (
            here.site.node,
            here.site.frame,
            here.part,
            here.opened,
            here.keys,
            here.built,
            here.vague,
            here.tail,
        )
        known_states = self._seen.setdefault(state_of, [])
        if any(state <= here.safe for state in known_states):
            return False
        known_states.append(here.safe)
        return True

    def _origin(self, end: End, here: _Reached) -> Origin:
        span = end.place.span
        steps: list[TraceStep] = []
        if end.kind != "constant":
            told = known.KINDS.get(end.kind, end.kind)
            personal = f"personal data ({end.personal.replace('_', ' ')})"
            message = f"`{end.label}` is {personal}" if end.personal else f"`{end.label}` comes from {told}"
            steps.append(TraceStep(span, message))
            at: _Reached | None = here
            while at is not None:
                step = at.step
                if step is not None and step.told and step.place is not None:
                    steps.append(TraceStep(step.place.span, step.told, step.function))
                at = at.before
            steps += self._last
        return Origin(
            end.kind,
            self._role,
            end.label,
            span,
            _without_echoes(steps),
            end.text,
            safe=here.safe | end.safe,
            personal=end.personal,
            confidence=end.confidence,
            number=end.number,
        )


def _next(step: Step, here: _Reached) -> _Reached:
    return _Reached(
        step.site,
        here.safe | step.safe if step.safe else here.safe,
        here.part or step.part,
        here.opened or step.opens,
        _taken(step, here.keys),
        here.built or step.built,
        here.vague or bool(step.vague and here.keys),
        here.tail or step.tail,
        step,
        here,
        here.depth + 1,
    )


def _taken(step: Step, keys: tuple[str, ...]) -> tuple[str, ...]:
    """The keys that are still to be taken, the next one last."""
    if step.under and keys and keys[-1] == step.under:
        return keys[:-1]
    return (*keys, step.key)[-KEYS:] if step.key else keys


def _holds(end: End, here: _Reached) -> bool:
    """Whether an end is one for a value that was reached like this."""
    if end.whole and here.part:
        return False
    if end.opened and not here.opened:
        return False
    if end.kind == "credential":
        # what is taken from under a name of its own is another value, not the key
        return not (here.built or here.part or here.keys)
    if end.kind != "model-output":
        return True
    if here.vague or not known.ASIDE.isdisjoint(here.keys):
        return False
    return not (end.envelope and here.keys) or known.writes(here.keys)


def _without_echoes(steps: list[TraceStep]) -> tuple[TraceStep, ...]:
    """The steps, each said once."""
    return tuple(dict.fromkeys(steps))
