"""What the report says of each call: who answers it, what it can cost at most, and what it sends."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from fnmatch import fnmatchcase

from prodworthy.call import LlmCall
from prodworthy.readiness.shapes import ProviderModel

USER = frozenset({"request", "message", "upload", "mail", "argv", "input"})
DOCUMENTS = frozenset({"file", "page", "retrieval", "row"})
"""Kinds of origins: what somebody enters, and what is stored or fetched."""
_ROUTED = "/"


class Bound(StrEnum):
    """Whether a call's output is bounded."""

    BOUNDED = "bounded"
    UNBOUNDED = "unbounded"
    UNKNOWN = "unknown"
    NOT_APPLICABLE = "not-applicable"


class Place(StrEnum):
    """Where a call is answered, if no provider is known."""

    PRIVATE = "private"
    RUN_TIME = "run-time"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True, order=True)
class Data:
    """A category of data that a call sends.

    Attributes:
        category: ``user-text``, ``documents``, ``model-output``, ``credentials``, or of personal data the
            lexicon's (``contact``, ``health``...).
        element: the personal element (``email``), else empty.
        redacted: on every path that the code shows.
    """

    category: str
    element: str = ""
    redacted: bool = False


@dataclass(frozen=True, slots=True)
class CallFacts:
    """One call as the report shows it.

    Attributes:
        provider: who answers, None where the code does not tell.
        place: for a call without a provider, why there is none.
        bound: whether its output is bounded.
        completions: how many completions it asks for, None where the code does not tell.
        worst_case: output tokens per call at most (cap times completions), None where nobody knows.
        data: what it sends.
    """

    call: LlmCall
    provider: ProviderModel | None
    place: Place
    bound: Bound
    completions: int | None
    worst_case: int | None
    data: tuple[Data, ...]


def facts(call: LlmCall, providers: Sequence[ProviderModel], categories: Mapping[str, str]) -> CallFacts:
    """What is known of ``call``; ``categories`` tells the category of every personal element."""
    provider = _provider(call, providers)
    completions = _completions(call)
    cap = call.output_cap.value
    worst = None
    if call.output_cap.status == "set" and isinstance(cap, int) and completions is not None:
        worst = cap * completions
    return CallFacts(
        call=call,
        provider=provider,
        place=_place(call),
        bound=_bound(call),
        completions=completions,
        worst_case=worst,
        data=_data(call, categories),
    )


def _provider(call: LlmCall, providers: Sequence[ProviderModel]) -> ProviderModel | None:
    if call.local:
        return None
    if call.provider:
        return next((p for p in providers if call.provider in p.hosts), None)
    name = call.client_name.rpartition(".")[2].removeprefix("Async")
    named = next((p for p in providers if any(fnmatchcase(name, c) for c in p.clients)), None)
    if call.setting("base_url").status not in ("unset", "not-applicable"):
        # an address that is not in view; some clients always have one, which does not change who answers
        return named if named is not None and "azure" in named.id else None
    model = call.model.value
    prefix = model.partition(_ROUTED)[0] if isinstance(model, str) and _ROUTED in model else ""
    routed = next((p for p in providers if prefix and prefix in p.prefixes), None)
    by_sdk = next((p for p in providers if call.sdk in p.sdks), None)
    return named or by_sdk or routed


def _place(call: LlmCall) -> Place:
    if call.local:
        return Place.PRIVATE
    if call.setting("base_url").status not in ("unset", "not-applicable"):
        return Place.RUN_TIME
    return Place.UNKNOWN


def _completions(call: LlmCall) -> int | None:
    n = call.setting("n")
    if n.status in ("unset", "not-applicable"):
        return 1
    return n.value if isinstance(n.value, int) and not isinstance(n.value, bool) and n.value > 0 else None


def _bound(call: LlmCall) -> Bound:
    match call.output_cap.status:
        case "set":
            return Bound.BOUNDED
        case "unset" | "disabled":
            return Bound.UNBOUNDED
        case "not-applicable":
            return Bound.NOT_APPLICABLE
        case _:
            return Bound.UNKNOWN


def _data(call: LlmCall, categories: Mapping[str, str]) -> tuple[Data, ...]:
    redacted: dict[tuple[str, str], bool] = {}
    for origin in call.origins():
        keys = [(_source(origin.kind), "")]
        if origin.personal:
            keys.append((categories.get(origin.personal, "personal"), origin.personal))
        for key in keys:
            if key[0]:
                redacted[key] = redacted.get(key, True) and origin.redacted
    return tuple(sorted(Data(category, element, safe) for (category, element), safe in redacted.items()))


def _source(kind: str) -> str:
    if kind in USER:
        return "user-text"
    if kind in DOCUMENTS:
        return "documents"
    return {"model-output": "model-output", "tool": "model-output", "credential": "credentials"}.get(kind, "")
