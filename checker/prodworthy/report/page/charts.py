"""The geometry of the charts that templates draw as SVG."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from prodworthy.readiness.trend import Point

WIDTH, HEIGHT = 400, 160
_LEFT, _RIGHT, _TOP, _BOTTOM = 44, 24, 20, 34


@dataclass(frozen=True, slots=True)
class Part:
    """A stretch of a bar: where it begins and how long it is, in hundredths."""

    kind: str
    label: str
    count: int
    start: float
    share: float


@dataclass(frozen=True, slots=True)
class Dot:
    """A report on the line of scores."""

    x: float
    y: float
    label: str
    score: int


def bar(counts: Sequence[tuple[str, str, int]]) -> tuple[Part, ...]:
    """A bar of (kind, label, count), without those that are 0."""
    whole = sum(count for _, _, count in counts)
    return tuple(_parts(counts, whole)) if whole else ()


def _parts(counts: Sequence[tuple[str, str, int]], whole: int) -> Iterator[Part]:
    at = 0
    for kind, label, count in counts:
        if count:
            yield Part(kind, label, count, round(100 * at / whole, 3), round(100 * count / whole, 3))
        at += count


def line(points: Sequence[Point]) -> tuple[Dot, ...]:
    """The scores of ``points`` from left to right; those without one are left out."""
    scored = [(one.name, one.score) for one in points if one.score is not None]
    step = (WIDTH - _LEFT - _RIGHT) / max(len(scored) - 1, 1)
    return tuple(
        Dot(round(_LEFT + index * step, 1), height(score), name, score)
        for index, (name, score) in enumerate(scored)
    )


def height(score: int) -> float:
    """Where ``score`` stands in the chart, from its top."""
    return round(_TOP + (HEIGHT - _TOP - _BOTTOM) * (100 - score) / 100, 1)
