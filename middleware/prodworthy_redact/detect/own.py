"""Recognizers of a policy's own: expressions with context and a check, or any presidio recognizer."""

from __future__ import annotations

import importlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import cast

import regex

from prodworthy_redact.detect.patterns import Recognizer
from prodworthy_redact.detect.presidio import Built
from prodworthy_redact.errors import PolicyError
from prodworthy_redact.policy import OwnRecognizer


@dataclass(frozen=True, slots=True)
class _Pattern:
    name: str
    regex: str
    score: float


def build(own: OwnRecognizer, threshold: float) -> Recognizer:
    """The recognizer that a policy describes by expressions.

    Raises:
        PolicyError: an expression or the check function is wrong; the message says which.
    """
    for expression in own.regex:
        try:
            regex.compile(expression)
        except regex.error as error:
            raise PolicyError(
                f"`recognizers`: {own.entity}: `{expression}` is no expression: {error}"
            ) from error
    flags = regex.DOTALL | regex.MULTILINE | (regex.IGNORECASE if own.ignore_case else 0)
    name = f"{own.entity} of the policy"
    patterns = [_Pattern(f"expression {i + 1}", text, own.score) for i, text in enumerate(own.regex)]
    return Recognizer(own.entity, name, patterns, flags, own.context, threshold, _check(own), trusted=False)


def presidio(own: OwnRecognizer) -> Built:
    """The presidio recognizer that a policy names by its class.

    Raises:
        PolicyError: it cannot be imported, is no recognizer, or refuses its options.
    """
    kind = imported(own.use)
    try:
        built = kind(**own.options)
    except Exception as error:
        raise PolicyError(f"`recognizers`: {own.use} cannot be built: {error}") from error
    if not hasattr(built, "analyze") or not hasattr(built, "supported_entities"):
        raise PolicyError(f"`recognizers`: {own.use} is no presidio recognizer")
    return cast(Built, built)


def imported(reference: str) -> Callable[..., object]:
    """What ``module:name`` stands for.

    Raises:
        PolicyError: there is no such thing.
    """
    module, _, name = reference.partition(":")
    try:
        found = getattr(importlib.import_module(module), name, None)
    except ImportError as error:
        raise PolicyError(f"`recognizers`: {module} cannot be imported: {error}") from error
    if not callable(found):
        raise PolicyError(f"`recognizers`: {module} has no function or class `{name}`")
    called: Callable[..., object] = found
    return called


def _check(own: OwnRecognizer) -> Callable[[str], bool | None] | None:
    if not own.check:
        return None
    function = imported(own.check)

    def check(value: str) -> bool | None:
        verdict = function(value)
        return None if verdict is None else bool(verdict)

    return check


@dataclass(frozen=True, slots=True)
class Artifacts:
    """What presidio hands to a recognizer beside the text, as far as it can be had without spaCy."""

    tokens: Sequence[str]
    tokens_indices: Sequence[int]
    lemmas: Sequence[str]
    keywords: Sequence[str]
    entities: Sequence[object] = ()
    scores: Sequence[float] = ()
    language: str = "en"
    nlp_engine: None = None
