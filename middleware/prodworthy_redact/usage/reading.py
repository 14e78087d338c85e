"""How many tokens an answer says were used: OpenAI, Anthropic, Gemini, Cohere, Mistral, Bedrock, Ollama."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

_PLACES = (
    ("usage",),
    ("usageMetadata",),
    ("message", "usage"),  # Anthropic: message_start
    ("response", "usage"),  # Responses API: response.completed
    ("response", "usageMetadata"),  # Gemini batches
    ("delta", "usage"),  # Cohere: message-end
    ("response", "meta", "billed_units"),  # Cohere 1: stream-end
    ("meta", "billed_units"),  # Cohere 1, embeddings
    ("metadata", "usage"),  # Bedrock: converse_stream
    ("x_groq", "usage"),
    ("amazon-bedrock-invocationMetrics",),
)
_INPUT = (
    "prompt_tokens", "input_tokens", "promptTokenCount", "inputTokens", "inputTokenCount",
    "inputTextTokenCount", "prompt_eval_count", "prompt_token_count",
)  # fmt: skip
_OUTPUT = (
    "completion_tokens", "output_tokens", "candidatesTokenCount", "outputTokens", "outputTokenCount",
    "eval_count", "generation_token_count",
)  # fmt: skip
_DETAILS = ("prompt_tokens_details", "input_tokens_details")
_FLAT = frozenset({"inputTextTokenCount", "prompt_eval_count", "prompt_token_count"})


@dataclass(frozen=True, slots=True)
class Usage:
    """Tokens of one answer; no token is counted in two fields.

    Attributes:
        input: that the provider did not have in its cache.
        output: with what the model thinks.
        cache_read, cache_write: input that came from the provider's cache, or went into it.
    """

    input: int = 0
    output: int = 0
    cache_read: int = 0
    cache_write: int = 0

    @property
    def total_input(self) -> int:
        """All that was read."""
        return self.input + self.cache_read + self.cache_write

    @property
    def total(self) -> int:
        """All tokens."""
        return self.total_input + self.output


class Reader:
    """Reads usage from the JSON of an answer, or from all events of a stream.

    Attributes:
        usage: what was told so far; None before anything was. Streams tell sums, of which the last is right.
        model: the model that answered, as it calls itself.
    """

    def __init__(self) -> None:
        self.usage: Usage | None = None
        self.model = ""

    def read(self, value: object) -> bool:
        """Take in a JSON object; whether it told of usage."""
        if not isinstance(value, Mapping):
            return False
        self.model = _model(value) or self.model
        told = False
        for counts in _counts(value):
            usage = _usage(counts)
            if usage is not None:
                self.usage = usage if self.usage is None else _larger(self.usage, usage)
                told = True
        return told


def _counts(value: Mapping[str, object]) -> Iterator[Mapping[str, object]]:
    for place in _PLACES:
        found: object = value
        for name in place:
            found = found.get(name) if isinstance(found, Mapping) else None
        if isinstance(found, Mapping):
            yield found
    if _FLAT & value.keys():
        yield _titan(value)


def _titan(value: Mapping[str, object]) -> Mapping[str, object]:
    """Titan's output tokens stand beside each result."""
    results = value.get("results")
    if not isinstance(results, list):
        return value
    return {**value, "outputTokens": sum(_int(r, ("tokenCount",)) or 0 for r in results)}


def _usage(counts: Mapping[str, object]) -> Usage | None:
    if "tokens" in counts or "billed_units" in counts:  # Cohere tells both
        inner = counts.get("tokens") or counts.get("billed_units")
        return _usage(inner) if isinstance(inner, Mapping) else None
    given, output = _int(counts, _INPUT), _int(counts, _OUTPUT)
    if given is None and output is None:
        total = _int(counts, ("total_tokens", "totalTokenCount", "totalTokens"))
        return None if total is None else Usage(total)
    output = (output or 0) + (_int(counts, ("thoughtsTokenCount",)) or 0)
    given = (given or 0) + (_int(counts, ("toolUsePromptTokenCount",)) or 0)
    cached = _int(counts, ("cachedContentTokenCount", "cached_tokens", "num_cached_tokens"))
    written = 0
    for name in _DETAILS:
        details = counts.get(name)
        cached = _int(details, ("cached_tokens",)) if cached is None else cached
        written = _int(details, ("cache_creation_tokens", "cache_write_tokens")) or written
    if cached is not None or written:  # they are part of the input
        cached = min(cached or 0, given)
        written = min(written, given - cached)
        return Usage(given - cached - written, output, cached, written)
    return Usage(
        given,
        output,
        _int(counts, ("cache_read_input_tokens", "cacheReadInputTokens", "cacheReadInputTokenCount")) or 0,
        _int(counts, ("cache_creation_input_tokens", "cacheWriteInputTokens", "cacheWriteInputTokenCount"))
        or 0,
    )


def _int(counts: object, names: tuple[str, ...]) -> int | None:
    if isinstance(counts, Mapping):
        for name in names:
            value = counts.get(name)
            if isinstance(value, int | float) and not isinstance(value, bool) and value >= 0:
                return int(value)
    return None


def _larger(one: Usage, other: Usage) -> Usage:
    return Usage(
        max(one.input, other.input),
        max(one.output, other.output),
        max(one.cache_read, other.cache_read),
        max(one.cache_write, other.cache_write),
    )


def _model(value: Mapping[str, object]) -> str:
    for holder in (value, value.get("message"), value.get("response")):
        if isinstance(holder, Mapping):
            for name in ("model", "modelVersion"):
                model = holder.get(name)
                if isinstance(model, str) and model:
                    return model[:200]
    return ""
