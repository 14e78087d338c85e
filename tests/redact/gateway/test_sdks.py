"""The real SDKs, pointed at the gateway."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import anthropic
import openai
import pytest
from redact.gateway.loopback import Provider, gateway_app, running, stream
from starlette.responses import JSONResponse

WORDS = "I am Maria Gonzalez, maria@example.com"


@pytest.fixture
def gateway(upstream: Provider) -> Iterator[str]:
    with running(gateway_app(upstream.url)) as url:
        yield url


@pytest.fixture
def client(gateway: str) -> Iterator[openai.OpenAI]:
    with openai.OpenAI(api_key="sk-caller", base_url=f"{gateway}/v1", max_retries=0) as one:
        yield one


@pytest.fixture
def claude(gateway: str) -> Iterator[anthropic.Anthropic]:
    with anthropic.Anthropic(api_key="sk-caller", base_url=gateway, max_retries=0) as one:
        yield one


def chunk(**delta: Any) -> dict[str, Any]:
    choice = {"index": 0, "delta": delta, "finish_reason": None}
    return {"id": "c", "object": "chat.completion.chunk", "created": 1, "model": "m", "choices": [choice]}


def test_openai_streamed_tool_calls(client: openai.OpenAI, upstream: Provider) -> None:
    pieces = ['{"to": "<EMA', "IL_ADDRESS", '_1>", "n": 1}']
    upstream.answer = lambda _: stream(
        chunk(role="assistant", content=None),
        chunk(
            tool_calls=[
                {"index": 0, "id": "t", "type": "function", "function": {"name": "mail", "arguments": ""}}
            ]
        ),
        *(chunk(tool_calls=[{"index": 0, "function": {"arguments": piece}}]) for piece in pieces),
    )
    arguments = ""
    for event in client.chat.completions.create(
        model="m", messages=[{"role": "user", "content": WORDS}], stream=True
    ):
        for call in event.choices[0].delta.tool_calls or ():
            assert call.function is not None
            arguments += call.function.arguments or ""
    assert json.loads(arguments) == {"to": "maria@example.com", "n": 1}
    assert b"aria" not in upstream.told


def test_openai_embeddings_and_models(client: openai.OpenAI, upstream: Provider) -> None:
    row = {"object": "embedding", "index": 0, "embedding": [0.25, -1.5e-9]}
    upstream.answer = JSONResponse(
        {"object": "list", "data": [row], "model": "m", "usage": {"prompt_tokens": 3, "total_tokens": 3}}
    )
    got = client.embeddings.create(model="m", input=[WORDS], encoding_format="float")
    assert got.data[0].embedding == [0.25, -1.5e-9]
    assert upstream.seen[-1]["input"] == ["I am <PERSON_1>, <EMAIL_ADDRESS_1>"]
    model = {"id": "m", "object": "model", "created": 1, "owned_by": "x"}
    upstream.answer = JSONResponse({"object": "list", "data": [model]})
    assert [model.id for model in client.models.list()] == ["m"]


def test_openai_responses_stream(client: openai.OpenAI, upstream: Provider) -> None:
    def response(text: str) -> dict[str, Any]:
        part = {"type": "output_text", "text": text, "annotations": []}
        message = {
            "id": "i", "type": "message", "role": "assistant", "status": "completed", "content": [part],
        }  # fmt: skip
        return {
            "id": "r", "object": "response", "created_at": 1, "model": "m", "output": [message], "tools": [],
            "parallel_tool_calls": True, "tool_choice": "auto", "status": "completed",
            "usage": {"input_tokens": 2, "output_tokens": 1, "total_tokens": 3,
                      "input_tokens_details": {"cached_tokens": 0},
                      "output_tokens_details": {"reasoning_tokens": 0}},
        }  # fmt: skip

    place = {"item_id": "i", "output_index": 0, "content_index": 0}
    texts = ["Dear <PER", "SON_1", ">!"]
    upstream.answer = lambda _: stream(
        *({"type": "response.output_text.delta", "delta": t, "sequence_number": n, "logprobs": [], **place}
          for n, t in enumerate(texts)),
        {"type": "response.output_text.done", "text": "Dear <PERSON_1>!", "sequence_number": 3, "logprobs": [], **place},
        {"type": "response.completed", "response": response("Dear <PERSON_1>!"), "sequence_number": 4},
        done=False,
    )  # fmt: skip
    told, whole = "", ""
    for event in client.responses.create(model="m", input=WORDS, stream=True):
        if event.type == "response.output_text.delta":
            told += event.delta
        elif event.type == "response.completed":
            whole = event.response.output_text
    assert told == whole == "Dear Maria Gonzalez!"


def test_anthropic_messages_and_tokens(claude: anthropic.Anthropic, upstream: Provider) -> None:
    upstream.answer = JSONResponse(
        {
            "id": "m", "type": "message", "role": "assistant", "model": "m", "stop_reason": "end_turn",
            "content": [{"type": "text", "text": "Dear <PERSON_1>"}],
            "usage": {"input_tokens": 5, "output_tokens": 3},
        }
    )  # fmt: skip
    answer = claude.messages.create(model="m", max_tokens=9, messages=[{"role": "user", "content": WORDS}])
    assert answer.content[0].type == "text"
    assert answer.content[0].text == "Dear Maria Gonzalez"
    assert upstream.headers[-1]["authorization"] == "Bearer sk-caller"
    assert upstream.headers[-1]["anthropic-version"]
    upstream.answer = JSONResponse({"input_tokens": 12})
    count = claude.messages.count_tokens(model="m", messages=[{"role": "user", "content": WORDS}])
    assert count.input_tokens == 12
    assert b"aria" not in upstream.told


def test_anthropic_streams(claude: anthropic.Anthropic, upstream: Provider) -> None:
    message: dict[str, Any] = {
        "id": "m", "type": "message", "role": "assistant", "model": "m", "content": [], "stop_reason": None,
        "stop_sequence": None, "usage": {"input_tokens": 5, "output_tokens": 1},
    }  # fmt: skip
    texts = ["Dear <PERS", "ON_", "1>"]
    upstream.answer = lambda _: stream(
        {"type": "message_start", "message": message},
        {"type": "content_block_start", "index": 0, "content_block": {"type": "text", "text": ""}},
        *(
            {"type": "content_block_delta", "index": 0, "delta": {"type": "text_delta", "text": t}}
            for t in texts
        ),
        {"type": "content_block_stop", "index": 0},
        {"type": "message_delta", "delta": {"stop_reason": "end_turn"}, "usage": {"output_tokens": 7}},
        {"type": "message_stop"},
        done=False,
    )
    with claude.messages.stream(
        model="m", max_tokens=9, messages=[{"role": "user", "content": WORDS}]
    ) as told:
        assert "".join(told.text_stream) == "Dear Maria Gonzalez"
        assert told.get_final_message().usage.output_tokens == 7


def test_sdks_know_the_gateways_errors(client: openai.OpenAI, claude: anthropic.Anthropic) -> None:
    with pytest.raises(openai.NotFoundError):
        client.files.list()
    with pytest.raises(anthropic.NotFoundError):
        claude.beta.files.list()
