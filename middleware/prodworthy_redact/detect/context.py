"""Presidio's context enhancement in time that grows with the matches, not with text times matches."""

from __future__ import annotations

from collections.abc import Sequence

from prodworthy_redact.detect.tokens import Words

BOOST = 0.35
LEAST = 0.4
WORDS_BEFORE = 5


def supporting(context: Sequence[str], words: Sequence[str]) -> str:
    """The first context word that is part of one of ``words``; empty where none is."""
    return next((c for c in context if any(c in word for word in words)), "")


def best_score(score: float) -> float:
    """What a match of ``score`` can reach at most with a context word."""
    return min(1.0, max(LEAST, score + BOOST))


def enhanced(score: float, start: int, words: Words, context: Sequence[str]) -> tuple[float, str]:
    """The score of a match at ``start`` with the words before it, and the word that raised it."""
    near = words.near(start)
    candidates = [word for word in context if word in near]
    found = supporting(candidates, words.around(start, WORDS_BEFORE)) if candidates else ""
    return (best_score(score), found) if found else (score, "")
