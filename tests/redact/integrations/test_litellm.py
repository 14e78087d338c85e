from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Iterator
from typing import Any

import litellm
import pytest
from redact.gateway.loopback import Provider, provider, stream
from redact.support import redactor
from starlette.responses import JSONResponse

from prodworthy_redact import RedactError
from prodworthy_redact.integrations.litellm import RedactionGuardrail

TOOL = {"type": "function", "function": {"name": "mail", "description": "of Bob O'Neil"}}
ASKED: list[dict[str, Any]] = [{"role": "user", "content": "I am Maria Gonzalez, maria@example.com"}]


class Key:
    """What the proxy knows of a caller."""

    def __init__(self, api_key: str = "hashed") -> None:
        self.api_key = api_key


@pytest.fixture
def upstream() -> Iterator[Provider]:
    with provider() as one:
        yield one


@pytest.fixture
def guardrail() -> RedactionGuardrail:
    return RedactionGuardrail(redactor(), default_on=True)


def message(**fields: Any) -> JSONResponse:
    choice = {"index": 0, "finish_reason": "stop", "message": {"role": "assistant", **fields}}
    usage = {"prompt_tokens": 1, "completion_tokens": 1, "total_tokens": 2}
    whole = {"id": "c", "object": "chat.completion", "created": 1, "model": "m", "choices": [choice]}
    return JSONResponse({**whole, "usage": usage})


def chunk(finish: str | None = None, **delta: Any) -> dict[str, Any]:
    choice = {"index": 0, "delta": delta, "finish_reason": finish}
    return {"id": "c", "object": "chat.completion.chunk", "created": 1, "model": "m", "choices": [choice]}


def to(upstream: Provider) -> dict[str, Any]:
    return {"model": "openai/m", "api_base": f"{upstream.url}/v1", "api_key": "sk-x", "max_retries": 0}


def test_the_library(upstream: Provider, monkeypatch: pytest.MonkeyPatch) -> None:
    guardrail = RedactionGuardrail(redactor())
    monkeypatch.setattr(litellm, "callbacks", [guardrail])
    call = {
        "id": "t",
        "type": "function",
        "function": {"name": "mail", "arguments": '{"to": "<EMAIL_ADDRESS_1>"}'},
    }
    upstream.answer = message(content="Dear <PERSON_1>", tool_calls=[call])
    got = asyncio.run(litellm.acompletion(messages=ASKED, guardrails=["prodworthy"], **to(upstream)))
    assert got.choices[0].message.content == "Dear Maria Gonzalez"
    assert json.loads(got.choices[0].message.tool_calls[0].function.arguments) == {"to": "maria@example.com"}
    assert b"aria" not in upstream.told
    with pytest.raises((RedactError, litellm.exceptions.APIConnectionError), match="protect"):
        asyncio.run(
            litellm.acompletion(messages=ASKED, stream=True, guardrails=["prodworthy"], **to(upstream))
        )


async def through(
    guardrail: RedactionGuardrail, upstream: Provider, data: dict[str, Any], key: Key | None = None
) -> list[Any]:
    """A request the way that LiteLLM's proxy takes it."""
    who = key or Key()
    sent = await guardrail.async_pre_call_hook(who, None, data, "completion")
    asked = {name: sent[name] for name in ("messages", "tools", "stream") if name in sent}
    response = await litellm.acompletion(**asked, **to(upstream))
    if not data.get("stream"):
        return [await guardrail.async_post_call_success_hook(sent, who, response)]

    async def chunks() -> AsyncIterator[Any]:
        async for piece in response:
            yield piece

    return [piece async for piece in guardrail.async_post_call_streaming_iterator_hook(who, chunks(), sent)]


@pytest.mark.parametrize("size", [1, 4, 100])
def test_streams_of_the_proxy(guardrail: RedactionGuardrail, upstream: Provider, size: int) -> None:
    text = "Dear <PERSON_1>, bye"
    upstream.answer = lambda _: stream(
        chunk(role="assistant", content=""),
        *(chunk(content=text[at : at + size]) for at in range(0, len(text), size)),
        chunk("stop"),
    )
    pieces = asyncio.run(through(guardrail, upstream, {"messages": ASKED, "stream": True}))
    told = "".join(piece.choices[0].delta.content or "" for piece in pieces if piece.choices)
    assert told == "Dear Maria Gonzalez, bye"
    assert guardrail._open == {}, "a request without a session is forgotten"
    assert b"aria" not in upstream.told


def test_streams_that_the_proxy_passes_on_as_bytes(guardrail: RedactionGuardrail) -> None:
    async def run() -> bytes:
        sent = await guardrail.async_pre_call_hook(
            Key(), None, {"messages": ASKED, "stream": True}, "anthropic_messages"
        )

        async def chunks() -> AsyncIterator[bytes]:
            for text in ("Dear <PER", "SON_1>"):
                event = {
                    "type": "content_block_delta",
                    "index": 0,
                    "delta": {"type": "text_delta", "text": text},
                }
                yield f"event: content_block_delta\ndata: {json.dumps(event)}\n\n".encode()
            yield b'event: content_block_stop\ndata: {"type": "content_block_stop", "index": 0}\n\n'

        pieces = guardrail.async_post_call_streaming_iterator_hook(Key(), chunks(), sent)
        return b"".join([piece async for piece in pieces])

    told = asyncio.run(run())
    events = [json.loads(line[6:]) for line in told.decode().splitlines() if line.startswith("data: ")]
    assert "".join(event.get("delta", {}).get("text", "") for event in events) == "Dear Maria Gonzalez"


def test_sessions_of_the_proxy_belong_to_a_key(guardrail: RedactionGuardrail, upstream: Provider) -> None:
    upstream.answer = message(content="<PERSON_1>")
    talk = {"litellm_session_id": "talk"}

    def ask(messages: list[dict[str, Any]], key: Key) -> str:
        (got,) = asyncio.run(through(guardrail, upstream, {"messages": messages, **talk}, key))
        return str(got.choices[0].message.content)

    assert ask(ASKED, Key("one")) == "Maria Gonzalez"
    who = [{"role": "user", "content": "who?"}]
    assert ask(who, Key("one")) == "Maria Gonzalez"
    assert ask(who, Key("two")) == "<PERSON_1>"


def test_what_is_the_proxys_own_stays(guardrail: RedactionGuardrail) -> None:
    own = {"metadata": {"user_api_key_alias": "Maria"}, "proxy_server_request": {"headers": {"x": "Maria"}}}
    data = {"model": "Maria", "messages": ASKED, "tools": [TOOL], "user": "maria@example.com", **own}
    sent = asyncio.run(guardrail.async_pre_call_hook(Key(), None, data, "completion"))
    assert sent["metadata"]["user_api_key_alias"] == "Maria"
    assert sent["proxy_server_request"] == own["proxy_server_request"]
    assert sent["model"] == "Maria"
    assert sent["tools"][0]["function"] == {"name": "mail", "description": "of <PERSON_2>"}
    assert sent["user"] == "<EMAIL_ADDRESS_1>"
    assert sent["messages"][0]["content"] == "I am <PERSON_1>, <EMAIL_ADDRESS_1>"
