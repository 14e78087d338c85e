"""Presidio's pattern recognizers: their expressions and checks, run only where they can match."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import cast

import regex

from prodworthy_redact.detect import context
from prodworthy_redact.detect.entity import Entity
from prodworthy_redact.detect.facts import Facts, derive
from prodworthy_redact.detect.presidio import Built, BuiltPattern, PatternLike
from prodworthy_redact.detect.resolve import without_contained
from prodworthy_redact.detect.screen import Screen, Window
from prodworthy_redact.detect.tokens import Words
from prodworthy_redact.errors import DetectionError

TIMEOUT = 20.0
_SHORT = 400
Check = Callable[[str], bool | None]


@dataclass(frozen=True, slots=True)
class Expression:
    """One expression of a recognizer.

    Attributes:
        weak: without a context word in the text, nothing that it finds reaches the threshold.
    """

    pattern: regex.Pattern[str]
    name: str
    score: float
    facts: Facts
    weak: bool


class Recognizer:
    """One recognizer, run by its facts; with presidio's verdicts, above ``threshold``.

    Args:
        kind: what it finds.
        name: as explanations name it.
        patterns: presidio patterns, or anything with their name, regex and score.
        flags: of the expressions.
        context: the words that raise a score.
        threshold: the least score that counts.
        validate, invalidate: presidio's checks: a match is certain (True), none (False), or as it was (None);
            and a match is none after all (True).
        trusted: whether its expressions are known to end soon in short texts.
    """

    def __init__(
        self,
        kind: str,
        name: str,
        patterns: Iterable[PatternLike],
        flags: int,
        context_words: Sequence[str],
        threshold: float,
        validate: Check | None = None,
        invalidate: Check | None = None,
        *,
        trusted: bool = True,
    ) -> None:
        self.kind, self.name, self.context = kind, name, tuple(w.lower() for w in context_words)
        self._threshold, self._validate, self._invalidate = threshold, validate, invalidate
        self._untimed = _SHORT if trusted else 0
        self.expressions = tuple(self._expression(pattern, flags) for pattern in patterns)

    def _expression(self, pattern: PatternLike, flags: int) -> Expression:
        weak = self._validate is None and pattern.score < self._threshold
        facts = derive(pattern.regex, flags)
        return Expression(regex.compile(pattern.regex, flags), pattern.name, pattern.score, facts, weak)

    def is_hopeless(self, expression: Expression) -> bool:
        """Whether nothing it finds can ever reach the threshold."""
        best = context.best_score(expression.score) if self.context else expression.score
        return expression.weak and best < self._threshold

    def matches(self, expression: Expression, screen: Screen, windows: list[Window]) -> Iterator[Entity]:
        """What one expression finds, before context."""
        text, size = screen.text, len(screen.text)
        ahead = expression.facts.ahead
        for low, high in windows:
            end = size if ahead is None else min(size, high + ahead)
            limit = (
                TIMEOUT if end - low > self._untimed else None
            )  # to keep time costs more than a short search
            for match in expression.pattern.finditer(text, low, end, timeout=limit):
                if match.start() >= high:
                    break
                for start, stop in self._spans(match):
                    score = self._judged(text[start:stop], expression.score) if start < stop else 0
                    if score > 0:
                        yield Entity(start, stop, self.kind, score, self.name, expression.name)
                        break

    def _spans(self, match: regex.Match[str]) -> Iterable[Window]:
        """What of a match can be the value, the best first."""
        return (match.span(),)

    def _judged(self, value: str, score: float) -> float:
        if self._validate is not None:
            verdict = self._validate(value)
            if verdict is not None:
                score = 1.0 if verdict else 0.0
        if self._invalidate is not None and self._invalidate(value):
            return 0.0
        return score

    def settle(self, found: list[Entity], words: Words) -> list[Entity]:
        """What remains of a recognizer's matches after context and threshold."""
        kept = without_contained(found) if len(found) > 1 else found
        if self.context:
            within_reach = (e for e in kept if context.best_score(e.score) >= self._threshold)
            kept = [self._with_context(entity, words) for entity in within_reach]
        return [entity for entity in kept if entity.score >= self._threshold]

    def _with_context(self, entity: Entity, words: Words) -> Entity:
        score, word = context.enhanced(entity.score, entity.start, words, self.context)
        if not word:
            return entity
        why = f"{entity.why}, near `{word}`"
        return Entity(entity.start, entity.end, entity.kind, score, entity.recognizer, why)


class IbanRecognizer(Recognizer):
    """Presidio's own: of a match, the longest beginning that is an IBAN counts."""

    def _spans(self, match: regex.Match[str]) -> Iterable[Window]:
        ends = (match.end(group) for group in range(len(match.groups()), 0, -1))
        return ((match.start(), end if end > 0 else match.end()) for end in ends)


class Group:
    """Recognizers that run together: what they ask of a text is asked once."""

    def __init__(self, recognizers: Iterable[Recognizer]) -> None:
        plan: dict[tuple[object, ...], list[tuple[Recognizer, Expression]]] = {}
        self._order: dict[int, int] = {}
        for number, recognizer in enumerate(recognizers):
            self._order[id(recognizer)] = number
            for expression in recognizer.expressions:
                if not recognizer.is_hopeless(expression):
                    key = _key(expression.facts)
                    plan.setdefault(key, []).append((recognizer, expression))
        self._groups = [(pairs[0][1].facts, pairs) for pairs in plan.values()]

    def find(self, screen: Screen, words: Words) -> list[Entity]:
        """Everything the recognizers find in the text.

        Raises:
            DetectionError: an expression takes too long; the message names the recognizer.
        """
        found: dict[int, tuple[Recognizer, list[Entity]]] = {}
        total, (most, longest) = screen.digits, screen.extent
        for facts, pairs in self._groups:
            if facts.digits > total or (
                facts.solid and facts.digits and (facts.digits > most or facts.least > longest)
            ):
                continue
            if facts.words and not screen.has(facts.words):
                continue
            windows = screen.windows(facts)
            if not windows:
                continue
            for recognizer, expression in pairs:
                if expression.weak and not screen.has(recognizer.context):
                    continue
                try:
                    matches = list(recognizer.matches(expression, screen, windows))
                except TimeoutError as error:
                    raise DetectionError(f"{recognizer.name}: `{expression.name}` took too long") from error
                if matches:
                    found.setdefault(self._order[id(recognizer)], (recognizer, []))[1].extend(matches)
        settled = (recognizer.settle(matches, words) for _, (recognizer, matches) in sorted(found.items()))
        return [entity for entities in settled for entity in entities]


def _key(facts: Facts) -> tuple[object, ...]:
    least = facts.least if facts.solid else 0
    return (facts.digits, facts.reach, facts.needs, facts.words, facts.solid, least, facts.quick)


def from_presidio(built: Built, kind: str, threshold: float) -> Recognizer | None:
    """A presidio recognizer by its patterns; None where it does more than match and check them."""
    from presidio_analyzer import PatternRecognizer

    if not issubclass(type(built), PatternRecognizer):
        return None
    own = cast(BuiltPattern, built)
    recognizer = Recognizer
    if _overrides(own, PatternRecognizer, "analyze"):
        if own.name != "IbanRecognizer":
            return None
        recognizer = IbanRecognizer
    return recognizer(
        kind,
        own.name,
        own.patterns,
        int(own.global_regex_flags),
        own.context or (),
        threshold,
        own.validate_result if _overrides(own, PatternRecognizer, "validate_result") else None,
        own.invalidate_result if _overrides(own, PatternRecognizer, "invalidate_result") else None,
    )


def _overrides(built: object, base: type, method: str) -> bool:
    return getattr(type(built), method) is not getattr(base, method)
