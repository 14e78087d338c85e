"""What could not be resolved, and why."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from prodworthy.call import LlmCall, Setting
from prodworthy.finding import Span

KINDS = {
    "client": "calls that look like LLM calls, on something unknown",
    "settings": "LLM calls with a setting that nobody sees",
    "import": "modules that are chosen at run time",
    "budget": "too much to follow",
}


@dataclass(frozen=True, slots=True)
class Unresolved:
    """One place.

    Attributes:
        kind: one of ``KINDS``.
        span: the call.
        callee: the call as the code writes it.
        reason: why it is not resolved.
        group: what it has in common with others: a package, a receiver, a reason.
        hint: what would make it known.
        settings: for LLM calls, which of ``output_cap``, ``retry`` and ``timeout``.
    """

    kind: str
    span: Span
    callee: str
    reason: str
    group: str
    hint: str
    settings: tuple[str, ...] = ()


def of_calls(calls: Sequence[LlmCall]) -> Iterator[Unresolved]:
    """The resolved calls whose cap, retry or timeout is unknown: what the rules are silent about."""
    for call in calls:
        unknown = {name: setting for name, setting in _settings(call) if setting.status == "unknown"}
        if not unknown:
            continue
        first = next(iter(unknown.values()))
        reason = first.reason or "the code does not tell"
        yield Unresolved(
            kind="budget" if "more steps" in reason else "settings",
            span=call.span,
            callee=call.callee,
            reason=reason,
            group=reason,
            hint=_hint(reason),
            settings=tuple(unknown),
        )


def _settings(call: LlmCall) -> Iterator[tuple[str, Setting]]:
    if call.generates:
        yield "output_cap", call.output_cap
    yield "retry", call.retry
    yield "timeout", call.timeout


def _hint(reason: str) -> str:
    if "no cap of its own" in reason:
        return "the cap of the model that it runs with is what counts: set it there"
    if "passed in" in reason or "arguments" in reason:
        return "describe the function or class that callers use, or pass the setting by name"
    if "built out of view" in reason or "outside the code" in reason:
        return "annotate where it comes from, or build it where the checker reads it"
    if "more steps" in reason:
        return "write the setting nearer to the call"
    return "write the setting at the call or its client"
