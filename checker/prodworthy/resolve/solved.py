"""Answers that hold for every analysis of a run, and what finding each of them took.

An answer is *whole* if no limit, no recursion and no unfinished answer had a part in it: then the texts
alone decide it, whoever asks first. Whole answers are shared by the analyses of a run. An analysis may
take one over only where it would have found it itself: with the depth, the levels of callers and the
budget that it has left. So sharing changes what an analysis costs, never what it says.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from prodworthy.resolve.values import Class, Frame, Instance

Event = tuple[str, tuple[Any, ...]]
"""A question to the project: a method of `Project`, and its arguments."""

ANYWHERE = 1 << 30


@dataclass(slots=True, eq=False, repr=False)
class Solved:
    """An answer.

    Attributes:
        key: the question.
        answer: what came of it.
        log: what it was put together from, if it is whole: other whole answers, and what was asked of
            the project.
        height: how many questions hang on one another in it.
        room: how many callers out the question may stand and still be answered in full.
        cost: what it takes of a budget, without the answers in `log`.
        whole: whether it holds for every analysis.
    """

    key: object
    answer: Any
    log: Log
    height: int
    room: int
    cost: int
    whole: bool


Log = list[Solved | Event]


@dataclass(slots=True, eq=False, repr=False)
class Pool:
    """What the analyses of a run share.

    Attributes:
        solved: whole answers.
        frames: the frames that say nothing of a caller, by scope, or by method and object.
        instances: objects by their construction.
        selves: the object that ``self`` is when nobody knows which, by class.
    """

    solved: dict[object, Solved] = field(default_factory=dict)
    frames: dict[object, Frame] = field(default_factory=dict)
    instances: dict[object, Instance] = field(default_factory=dict)
    selves: dict[Class, Instance] = field(default_factory=dict)


def is_private(instance: Instance) -> bool:
    """Whether only one analysis knows the object: it was made in a frame of its own, or by nobody's call."""
    call = instance.call
    return call is not None and (call.node is None or call.frame.private)
