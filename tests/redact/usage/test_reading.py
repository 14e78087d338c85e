"""What providers answer, in the shapes that their SDKs' own types have."""

from __future__ import annotations

import pytest

from prodworthy_redact.usage import Reader, Usage

OPENAI = {
    "prompt_tokens": 100,
    "completion_tokens": 20,
    "total_tokens": 120,
    "prompt_tokens_details": {"cached_tokens": 60},
    "completion_tokens_details": {"reasoning_tokens": 5},
}
RESPONSES = {
    "input_tokens": 100,
    "input_tokens_details": {"cached_tokens": 60, "cache_write_tokens": 10},
    "output_tokens": 20,
    "output_tokens_details": {"reasoning_tokens": 5},
    "total_tokens": 120,
}
ANTHROPIC = {
    "input_tokens": 30,
    "output_tokens": 20,
    "cache_creation_input_tokens": 10,
    "cache_read_input_tokens": 60,
}
GEMINI = {
    "promptTokenCount": 100,
    "candidatesTokenCount": 15,
    "thoughtsTokenCount": 5,
    "cachedContentTokenCount": 60,
    "totalTokenCount": 120,
}
BEDROCK = {"inputTokens": 30, "outputTokens": 20, "totalTokens": 120, "cacheReadInputTokens": 60}
COHERE = {
    "billed_units": {"input_tokens": 70, "output_tokens": 20},
    "tokens": {"input_tokens": 90, "output_tokens": 20},
}


@pytest.mark.parametrize(
    ("answer", "usage"),
    [
        ({"object": "chat.completion", "usage": OPENAI}, Usage(40, 20, 60)),
        ({"object": "response", "usage": RESPONSES}, Usage(30, 20, 60, 10)),
        ({"object": "list", "usage": {"prompt_tokens": 8, "total_tokens": 8}}, Usage(8)),
        ({"type": "message", "usage": ANTHROPIC}, Usage(30, 20, 60, 10)),
        ({"candidates": [], "usageMetadata": GEMINI}, Usage(40, 20, 60)),
        ({"finish_reason": "COMPLETE", "usage": COHERE}, Usage(90, 20)),
        ({"embeddings": {}, "meta": {"billed_units": {"input_tokens": 7}}}, Usage(7)),
        ({"output": {}, "stopReason": "end_turn", "usage": BEDROCK}, Usage(30, 20, 60)),
        ({"inputTextTokenCount": 9, "results": [{"tokenCount": 4}, {"tokenCount": 2}]}, Usage(9, 6)),
        ({"done": True, "prompt_eval_count": 9, "eval_count": 4}, Usage(9, 4)),
    ],
)
def test_a_whole_answer(answer: dict[str, object], usage: Usage) -> None:
    reader = Reader()
    assert reader.read(answer)
    assert reader.usage == usage


@pytest.mark.parametrize(
    ("events", "usage"),
    [
        ([{"choices": [{"delta": {}}], "usage": None}, {"choices": [], "usage": OPENAI}], Usage(40, 20, 60)),
        (
            [{"type": "response.created"}, {"type": "response.completed", "response": {"usage": RESPONSES}}],
            Usage(30, 20, 60, 10),
        ),
        (
            [
                {"type": "message_start", "message": {"usage": {**ANTHROPIC, "output_tokens": 1}}},
                {"type": "content_block_delta", "delta": {"text": "hi"}},
                {"type": "message_delta", "delta": {}, "usage": {"output_tokens": 20}},
            ],
            Usage(30, 20, 60, 10),
        ),
        (
            [{"usageMetadata": {**GEMINI, "candidatesTokenCount": 3}}, {"usageMetadata": GEMINI}],
            Usage(40, 20, 60),
        ),
        ([{"type": "message-end", "delta": {"usage": COHERE}}], Usage(90, 20)),
        ([{"messageStop": {}}, {"metadata": {"usage": BEDROCK}}], Usage(30, 20, 60)),
        (
            [{"amazon-bedrock-invocationMetrics": {"inputTokenCount": 9, "outputTokenCount": 4}}],
            Usage(9, 4),
        ),
        ([{"choices": [], "x_groq": {"usage": OPENAI}}], Usage(40, 20, 60)),
    ],
)
def test_the_events_of_a_stream(events: list[dict[str, object]], usage: Usage) -> None:
    reader = Reader()
    for event in events:
        reader.read(event)
    assert reader.usage == usage


@pytest.mark.parametrize(
    "answer",
    [
        None,
        [],
        "x",
        {"usage": None},
        {"usage": "much"},
        {"usage": {"prompt_tokens": -4}},
        {"usage": {"a": True}},
    ],
)
def test_what_tells_nothing_is_no_usage(answer: object) -> None:
    reader = Reader()
    assert not reader.read(answer)
    assert reader.usage is None


def test_the_model_that_answered() -> None:
    reader = Reader()
    reader.read({"type": "message_start", "message": {"model": "claude-opus-5", "usage": ANTHROPIC}})
    assert reader.model == "claude-opus-5"
