"""How rules judge where a value comes from."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from prodworthy.call import Origin
from prodworthy.finding import Confidence
from prodworthy.rule import Module, Report
from prodworthy.sink import Sink
from prodworthy.testfile import is_test
from prodworthy_rules._wording import listed

OUTSIDE = frozenset({"request", "upload", "message", "mail"})
"""Kinds of origin that somebody else decides; ``argv`` and ``input`` are the user's own machine."""

MODEL = frozenset({"model-output"})
DOCUMENTS = frozenset({"file", "page", "retrieval"})
"""Texts that somebody wrote whom the program does not know."""


def unvalidated(origins: Iterable[Origin], kinds: frozenset[str]) -> list[Origin]:
    """The origins of these kinds that nothing on the way has checked, cut or chosen from a set."""
    return [o for o in origins if o.kind in kinds and not o.validated]


def unchecked(origins: Iterable[Origin], kinds: frozenset[str]) -> list[Origin]:
    """The origins of these kinds whose content nothing has checked; a limit of length is no such check."""
    return [o for o in origins if o.kind in kinds and not is_checked(o)]


def is_checked(origin: Origin) -> bool:
    """Whether the content of a value was looked at: validated, moderated, one of a set, or a number."""
    if not origin.safe.isdisjoint(("closed", "moderation", "number")) or origin.number:
        return True
    return "validation" in origin.safe and "length" not in origin.safe


def check_sinks(
    module: Module,
    report: Report,
    kinds: tuple[str, ...],
    chosen: Callable[[Sink], list[Origin]],
    message: Callable[[Sink, str], str],
    hint: str,
    confidence: Confidence | None = None,
) -> None:
    """Report every sink of some kinds that ``chosen`` origins reach, outside the tests."""
    if is_test(module.path):
        return
    for sink in module.sinks(*kinds):
        origins = chosen(sink)
        if origins:
            report(
                sink.span,
                message(sink, listed(origins)),
                hint=hint,
                confidence=confidence,
                trace=origins[0].trace,
                defect=origins[0].span,
            )
