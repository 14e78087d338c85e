"""The SDKs of today, each made to send a value in every place that its requests have."""

from __future__ import annotations

import asyncio
import importlib
import json
import os
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from redact.wire.sentinels import Sentinels

from prodworthy_redact import Redactor, protect

FEATURES = ("plain", "stream", "tools", "streamed tools", "embeddings", "async")
Told = str  # what the model said, or the JSON of a tool's arguments
Run = Callable[[str, Redactor, Sentinels], Told]


@dataclass(frozen=True)
class Driver:
    """An SDK: its distribution, and how each feature is used."""

    name: str
    distribution: str
    runs: dict[str, Run]
    unsent: tuple[str, ...] = ()  # what it leaves out of its requests


def chat_request(s: Sentinels, tools: bool, *, strict: bool = False) -> dict[str, Any]:
    """A chat request in OpenAI's shape; ``strict``: without what only OpenAI has."""
    user: list[dict[str, Any]] = [
        {"type": "text", "text": s.said("user part")},
        {"type": "image_url", "image_url": {"url": s.url("image URL")}},
    ]
    if not strict:
        user.append(
            {
                "type": "file",
                "file": {"filename": f"{s('file name')} letter.txt", "file_data": s.data_url("data URL")},
            }
        )
    call = {
        "id": "call_0",
        "type": "function",
        "function": {"name": "look_up", "arguments": s.json("arguments of a call")},
    }
    function = {"name": "send", "description": s.said("tool description"), "parameters": s.schema()}
    request: dict[str, Any] = {
        "model": "gpt-test",
        "messages": [
            {"role": "system", "content": s.said("system prompt")},
            {"role": "user", "content": user, **({} if strict else {"name": s("participant name")})},
            {"role": "assistant", "content": s.said("assistant turn"), "tool_calls": [call]},
            {"role": "tool", "tool_call_id": "call_0", "content": s.json("tool result")},
            {"role": "user", "content": s.said("user turn") + (" call-the-tool" if tools else "")},
        ],
        "tools": [{"type": "function", "function": function}],
        "stop": [s("stop sequence")],
        "response_format": {
            "type": "json_schema",
            "json_schema": {
                "name": "answer",
                "description": s.said("format description"),
                "schema": {
                    "type": "object",
                    "properties": {"a": {"type": "string", "description": s.said("format property")}},
                },
            },
        },
        "extra_headers": {"X-Customer": s("header value")},
    }
    if not strict:
        request |= {
            "metadata": {"customer": s("metadata value")},
            "user": s("user id"),
            "safety_identifier": s("safety identifier"),
            "prediction": {"type": "content", "content": s.said("prediction text")},
            "extra_body": {
                "custom": {"note": s.said("unknown member"), s("member name"): 1, "list": [s("list item")]}
            },
            "extra_query": {"who": s("query value")},
        }
    return request


def _openai_like(
    make: Callable[..., Any], make_async: Callable[..., Any], *, strict: bool, embed: bool
) -> dict[str, Run]:
    def plain(url: str, redactor: Redactor, s: Sentinels) -> Told:
        return str(
            make(url, redactor)
            .chat.completions.create(**chat_request(s, False, strict=strict))
            .choices[0]
            .message.content
        )

    def stream(url: str, redactor: Redactor, s: Sentinels) -> Told:
        events = list(
            make(url, redactor).chat.completions.create(**chat_request(s, False, strict=strict), stream=True)
        )
        return _text_of(events)

    def tools(url: str, redactor: Redactor, s: Sentinels) -> Told:
        answer = make(url, redactor).chat.completions.create(**chat_request(s, True, strict=strict))
        return str(answer.choices[0].message.tool_calls[0].function.arguments)

    def streamed_tools(url: str, redactor: Redactor, s: Sentinels) -> Told:
        events = list(
            make(url, redactor).chat.completions.create(**chat_request(s, True, strict=strict), stream=True)
        )
        return _arguments_of(events)

    def embeddings(url: str, redactor: Redactor, s: Sentinels) -> Told:
        more = {} if strict else {"user": s("user id")}
        answer = make(url, redactor).embeddings.create(
            model="m", input=[s.said("first input"), s.said("second input")], **more
        )
        assert list(answer.data[0].embedding) == [0.5, 0.25]
        return ""

    def async_(url: str, redactor: Redactor, s: Sentinels) -> Told:
        async def run() -> Told:
            client = make_async(url, redactor)
            plain = await client.chat.completions.create(**chat_request(s, False, strict=strict))
            stream = await client.chat.completions.create(**chat_request(s, True, strict=strict), stream=True)
            arguments = _arguments_of([event async for event in stream])
            json.loads(arguments)
            await client.close()
            return f"{plain.choices[0].message.content} {json.loads(arguments)['values']}"

        return asyncio.run(run())

    runs: dict[str, Run] = {
        "plain": plain,
        "stream": stream,
        "tools": tools,
        "streamed tools": streamed_tools,
        "async": async_,
    }
    return runs | ({"embeddings": embeddings} if embed else {})


def _text_of(events: list[Any]) -> str:
    assert any(event.choices and event.choices[0].finish_reason == "stop" for event in events)
    return "".join(event.choices[0].delta.content or "" for event in events if event.choices)


def _arguments_of(events: list[Any]) -> str:
    calls = [call for event in events if event.choices for call in event.choices[0].delta.tool_calls or []]
    assert [call.id for call in calls if call.id] == ["call_1"]
    return "".join(call.function.arguments or "" for call in calls)


def openai() -> Driver:
    import openai

    def make(url: str, redactor: Redactor) -> Any:
        return protect(openai.OpenAI(api_key="test", base_url=f"{url}/v1", max_retries=0), redactor)

    def make_async(url: str, redactor: Redactor) -> Any:
        return protect(openai.AsyncOpenAI(api_key="test", base_url=f"{url}/v1", max_retries=0), redactor)

    return Driver("OpenAI, chat", "openai", _openai_like(make, make_async, strict=False, embed=True))


def openai_responses() -> Driver:
    import openai

    def request(s: Sentinels, tools: bool) -> dict[str, Any]:
        return {
            "model": "gpt-test",
            "instructions": s.said("system prompt"),
            "input": [
                {
                    "role": "user",
                    "content": [
                        {"type": "input_text", "text": s.said("user part")},
                        {"type": "input_image", "image_url": s.url("image URL"), "detail": "auto"},
                        {"type": "input_file", "filename": f"{s('file name')} letter.txt", "file_data": s.data_url("data URL")},
                    ],
                },
                {"role": "assistant", "content": s.said("assistant turn")},
                {"type": "function_call", "call_id": "c0", "name": "look_up", "arguments": s.json("arguments of a call")},
                {"type": "function_call_output", "call_id": "c0", "output": s.json("tool result")},
                {"role": "user", "content": s.said("user turn") + (" call-the-tool" if tools else "")},
            ],
            "tools": [{"type": "function", "name": "send", "description": s.said("tool description"), "parameters": s.schema(), "strict": False}],
            "metadata": {"customer": s("metadata value")},
            "user": s("user id"),
            "safety_identifier": s("safety identifier"),
            "text": {"format": {"type": "json_schema", "name": "answer", "description": s.said("format description"), "schema": {"type": "object", "properties": {"a": {"type": "string", "description": s.said("format property")}}}}},
            "prompt": {"id": "p", "variables": {"name": s("prompt variable")}},
            "extra_body": {"custom": {"note": s.said("unknown member"), s("member name"): 1, "list": [s("list item")]}},
            "extra_query": {"who": s("query value")},
            "extra_headers": {"X-Customer": s("header value")},
        }  # fmt: skip

    def make(url: str, redactor: Redactor) -> Any:
        return protect(openai.OpenAI(api_key="test", base_url=f"{url}/v1", max_retries=0), redactor)

    def plain(url: str, redactor: Redactor, s: Sentinels) -> Told:
        return str(make(url, redactor).responses.create(**request(s, False)).output_text)

    def stream(url: str, redactor: Redactor, s: Sentinels) -> Told:
        events = list(make(url, redactor).responses.create(**request(s, False), stream=True))
        deltas = "".join(event.delta for event in events if event.type == "response.output_text.delta")
        assert deltas == events[-1].response.output_text
        return deltas

    def tools(url: str, redactor: Redactor, s: Sentinels) -> Told:
        return str(make(url, redactor).responses.create(**request(s, True)).output[0].arguments)

    def streamed_tools(url: str, redactor: Redactor, s: Sentinels) -> Told:
        events = list(make(url, redactor).responses.create(**request(s, True), stream=True))
        deltas = "".join(
            event.delta for event in events if event.type == "response.function_call_arguments.delta"
        )
        done = next(event for event in events if event.type == "response.function_call_arguments.done")
        assert deltas == done.arguments == events[-1].response.output[0].arguments
        return deltas

    def async_(url: str, redactor: Redactor, s: Sentinels) -> Told:
        async def run() -> Told:
            client: Any = protect(
                openai.AsyncOpenAI(api_key="test", base_url=f"{url}/v1", max_retries=0), redactor
            )
            stream = await client.responses.create(**request(s, False), stream=True)
            return "".join(
                [event.delta async for event in stream if event.type == "response.output_text.delta"]
            )

        return asyncio.run(run())

    return Driver(
        "OpenAI, responses",
        "openai",
        {"plain": plain, "stream": stream, "tools": tools, "streamed tools": streamed_tools, "async": async_},
    )


def groq() -> Driver:
    import groq

    def make(url: str, redactor: Redactor) -> Any:
        return protect(groq.Groq(api_key="test", base_url=url, max_retries=0), redactor)

    def make_async(url: str, redactor: Redactor) -> Any:
        return protect(groq.AsyncGroq(api_key="test", base_url=url, max_retries=0), redactor)

    return Driver("Groq", "groq", _openai_like(make, make_async, strict=True, embed=True))


def together() -> Driver:
    together: Any = importlib.import_module("together")

    def make(url: str, redactor: Redactor) -> Any:
        return protect(together.Together(api_key="test", base_url=f"{url}/v1", max_retries=0), redactor)

    def make_async(url: str, redactor: Redactor) -> Any:
        return protect(together.AsyncTogether(api_key="test", base_url=f"{url}/v1", max_retries=0), redactor)

    return Driver("Together", "together", _openai_like(make, make_async, strict=True, embed=True))


def anthropic() -> Driver:
    import anthropic

    def request(s: Sentinels, tools: bool) -> dict[str, Any]:
        document = {
            "type": "document",
            "title": s("document title"),
            "context": s.said("document context"),
            "source": {"type": "text", "media_type": "text/plain", "data": s.said("document text")},
        }
        return {
            "model": "claude-test",
            "max_tokens": 100,
            "system": [{"type": "text", "text": s.said("system prompt")}],
            "messages": [
                {"role": "user", "content": [{"type": "text", "text": s.said("user part")}, {"type": "image", "source": {"type": "url", "url": s.url("image URL")}}, document]},
                {"role": "assistant", "content": [{"type": "text", "text": s.said("assistant turn")}, {"type": "tool_use", "id": "t0", "name": "look_up", "input": {"to": s("arguments of a call"), "deep": [{"x": s("deep argument")}], s("member name"): 1}}]},
                {"role": "user", "content": [{"type": "tool_result", "tool_use_id": "t0", "content": [{"type": "text", "text": s.json("tool result")}]}, {"type": "text", "text": s.said("user turn") + (" call-the-tool" if tools else "")}]},
            ],
            "tools": [{"name": "send", "description": s.said("tool description"), "input_schema": s.schema()}],
            "metadata": {"user_id": s("user id")},
            "stop_sequences": [s("stop sequence")],
            "extra_body": {"custom": {"note": s.said("unknown member"), "list": [s("list item")]}},
            "extra_query": {"who": s("query value")},
            "extra_headers": {"X-Customer": s("header value")},
        }  # fmt: skip

    def make(url: str, redactor: Redactor) -> Any:
        return protect(anthropic.Anthropic(api_key="test", base_url=url, max_retries=0), redactor)

    def plain(url: str, redactor: Redactor, s: Sentinels) -> Told:
        return str(make(url, redactor).messages.create(**request(s, False)).content[0].text)

    def stream(url: str, redactor: Redactor, s: Sentinels) -> Told:
        with make(url, redactor).messages.stream(**request(s, False)) as stream:
            text = "".join(stream.text_stream)
            assert text == stream.get_final_message().content[0].text
            return text

    def tools(url: str, redactor: Redactor, s: Sentinels) -> Told:
        return json.dumps(make(url, redactor).messages.create(**request(s, True)).content[0].input)

    def streamed_tools(url: str, redactor: Redactor, s: Sentinels) -> Told:
        with make(url, redactor).messages.stream(**request(s, True)) as stream:
            parts = "".join(
                event.delta.partial_json for event in stream if event.type == "content_block_delta"
            )
            assert json.loads(parts) == stream.get_final_message().content[0].input
            return parts

    def async_(url: str, redactor: Redactor, s: Sentinels) -> Told:
        async def run() -> Told:
            client: Any = protect(
                anthropic.AsyncAnthropic(api_key="test", base_url=url, max_retries=0), redactor
            )
            plain = await client.messages.create(**request(s, False))
            async with client.messages.stream(**request(s, False)) as stream:
                text = "".join([piece async for piece in stream.text_stream])
            assert text == plain.content[0].text
            return text

        return asyncio.run(run())

    return Driver(
        "Anthropic",
        "anthropic",
        {"plain": plain, "stream": stream, "tools": tools, "streamed tools": streamed_tools, "async": async_},
    )


def genai() -> Driver:
    from google import genai

    def make(url: str, redactor: Redactor) -> Any:
        return protect(genai.Client(api_key="test", http_options={"base_url": url}), redactor)

    def request(s: Sentinels, tools: bool) -> dict[str, Any]:
        call = {
            "function_call": {
                "name": "look_up",
                "args": {"to": s("arguments of a call"), "deep": [{"x": s("deep argument")}]},
            }
        }
        answer = {
            "function_response": {
                "name": "look_up",
                "response": {"result": s.json("tool result"), s("member name"): 1},
            }
        }
        return {
            "model": "gemini-test",
            "contents": [
                {"role": "user", "parts": [{"text": s.said("user part")}, {"inline_data": {"mime_type": "text/plain", "data": s.base64("file text")}}, {"file_data": {"file_uri": s.url("file URL"), "mime_type": "image/png"}}]},
                {"role": "model", "parts": [{"text": s.said("assistant turn")}, call]},
                {"role": "user", "parts": [answer]},
                {"role": "user", "parts": [{"text": s.said("user turn") + (" call-the-tool" if tools else "")}]},
            ],
            "config": {
                "system_instruction": s.said("system prompt"),
                "stop_sequences": [s("stop sequence")],
                "tools": [{"function_declarations": [{"name": "send", "description": s.said("tool description"), "parameters_json_schema": s.schema()}]}],
                "automatic_function_calling": {"disable": True},
                "response_mime_type": "application/json",
                "response_json_schema": {"type": "object", "properties": {"a": {"type": "string", "description": s.said("format property")}}},
                "http_options": {"headers": {"X-Customer": s("header value")}, "extra_body": {"custom": {"note": s.said("unknown member"), "list": [s("list item")]}}},
            },
        }  # fmt: skip

    def plain(url: str, redactor: Redactor, s: Sentinels) -> Told:
        client = make(url, redactor)
        return str(client.models.generate_content(**request(s, False)).text)

    def stream(url: str, redactor: Redactor, s: Sentinels) -> Told:
        client = make(url, redactor)
        return "".join(
            chunk.text or "" for chunk in client.models.generate_content_stream(**request(s, False))
        )

    def tools(url: str, redactor: Redactor, s: Sentinels) -> Told:
        client = make(url, redactor)
        return json.dumps(client.models.generate_content(**request(s, True)).function_calls[0].args)

    def streamed_tools(url: str, redactor: Redactor, s: Sentinels) -> Told:
        client = make(url, redactor)
        chunks = list(client.models.generate_content_stream(**request(s, True)))
        return json.dumps(next(chunk.function_calls[0].args for chunk in chunks if chunk.function_calls))

    def embeddings(url: str, redactor: Redactor, s: Sentinels) -> Told:
        client = make(url, redactor)
        answer = client.models.embed_content(
            model="gemini-embed", contents=[s.said("first input"), s.said("second input")]
        )
        assert answer.embeddings[0].values == [0.5]
        return ""

    def async_(url: str, redactor: Redactor, s: Sentinels) -> Told:
        async def run() -> Told:
            client = make(url, redactor)
            plain = await client.aio.models.generate_content(**request(s, False))
            chunks = await client.aio.models.generate_content_stream(**request(s, False))
            text = "".join([chunk.text or "" async for chunk in chunks])
            assert text == plain.text + "."
            return text

        return asyncio.run(run())

    return Driver(
        "Google GenAI",
        "google-genai",
        {
            "plain": plain,
            "stream": stream,
            "tools": tools,
            "streamed tools": streamed_tools,
            "embeddings": embeddings,
            "async": async_,
        },
    )


def mistral() -> Driver:
    from mistralai.client import Mistral

    def make(url: str, redactor: Redactor) -> Any:
        return protect(Mistral(api_key="test", server_url=url), redactor)

    def request(s: Sentinels, tools: bool) -> dict[str, Any]:
        call = {"id": "c0", "function": {"name": "look_up", "arguments": s.json("arguments of a call")}}
        return {
            "model": "mistral-test",
            "messages": [
                {"role": "system", "content": s.said("system prompt")},
                {"role": "user", "content": [{"type": "text", "text": s.said("user part")}, {"type": "image_url", "image_url": s.url("image URL")}]},
                {"role": "assistant", "content": s.said("assistant turn"), "tool_calls": [call]},
                {"role": "tool", "name": "look_up", "tool_call_id": "c0", "content": s.json("tool result")},
                {"role": "user", "content": s.said("user turn") + (" call-the-tool" if tools else "")},
            ],
            "tools": [{"type": "function", "function": {"name": "send", "description": s.said("tool description"), "parameters": s.schema()}}],
            "stop": [s("stop sequence")],
            "metadata": {"customer": s("metadata value")},
            "prediction": {"type": "content", "content": s.said("prediction text")},
            "response_format": {"type": "json_schema", "json_schema": {"name": "answer", "description": s.said("format description"), "schema": {"type": "object", "properties": {"a": {"type": "string", "description": s.said("format property")}}}}},
            "http_headers": {"X-Customer": s("header value")},
        }  # fmt: skip

    def plain(url: str, redactor: Redactor, s: Sentinels) -> Told:
        return str(make(url, redactor).chat.complete(**request(s, False)).choices[0].message.content)

    def stream(url: str, redactor: Redactor, s: Sentinels) -> Told:
        return _text_of([event.data for event in make(url, redactor).chat.stream(**request(s, False))])

    def tools(url: str, redactor: Redactor, s: Sentinels) -> Told:
        return str(
            make(url, redactor)
            .chat.complete(**request(s, True))
            .choices[0]
            .message.tool_calls[0]
            .function.arguments
        )

    def streamed_tools(url: str, redactor: Redactor, s: Sentinels) -> Told:
        events = [event.data for event in make(url, redactor).chat.stream(**request(s, True))]
        calls = [
            call for event in events if event.choices for call in event.choices[0].delta.tool_calls or []
        ]
        return "".join(call.function.arguments for call in calls)

    def embeddings(url: str, redactor: Redactor, s: Sentinels) -> Told:
        answer = make(url, redactor).embeddings.create(
            model="m", inputs=[s.said("first input"), s.said("second input")]
        )
        assert answer.data[0].embedding == [0.5, 0.25]
        return ""

    def async_(url: str, redactor: Redactor, s: Sentinels) -> Told:
        async def run() -> Told:
            client = make(url, redactor)
            plain = await client.chat.complete_async(**request(s, False))
            events = [event.data async for event in await client.chat.stream_async(**request(s, False))]
            assert _text_of(events) == plain.choices[0].message.content
            return _text_of(events)

        return asyncio.run(run())

    return Driver(
        "Mistral",
        "mistralai",
        {
            "plain": plain,
            "stream": stream,
            "tools": tools,
            "streamed tools": streamed_tools,
            "embeddings": embeddings,
            "async": async_,
        },
    )


def cohere() -> Driver:
    import cohere

    def request(s: Sentinels, tools: bool) -> dict[str, Any]:
        call = {
            "id": "c0",
            "type": "function",
            "function": {"name": "look_up", "arguments": s.json("arguments of a call")},
        }
        return {
            "model": "command-test",
            "messages": [
                {"role": "system", "content": s.said("system prompt")},
                {"role": "user", "content": [{"type": "text", "text": s.said("user part")}, {"type": "image_url", "image_url": {"url": s.url("image URL")}}]},
                {"role": "assistant", "tool_plan": s.said("tool plan"), "tool_calls": [call]},
                {"role": "tool", "tool_call_id": "c0", "content": s.json("tool result")},
                {"role": "assistant", "content": s.said("assistant turn")},
                {"role": "user", "content": s.said("user turn") + (" call-the-tool" if tools else "")},
            ],
            "documents": [{"id": "d1", "data": {"text": s.said("document text"), "title": s("document title")}}, s.said("plain document")],
            "tools": [{"type": "function", "function": {"name": "send", "description": s.said("tool description"), "parameters": s.schema()}}],
            "stop_sequences": [s("stop sequence")],
            "response_format": {"type": "json_object", "schema": {"type": "object", "properties": {"a": {"type": "string", "description": s.said("format property")}}}},
            "request_options": {"additional_headers": {"X-Customer": s("header value")}, "additional_query_parameters": {"who": s("query value")}, "additional_body_parameters": {"custom": {"note": s.said("unknown member"), "list": [s("list item")]}}},
        }  # fmt: skip

    def make(url: str, redactor: Redactor) -> Any:
        return protect(cohere.ClientV2(api_key="test", base_url=url), redactor)

    def plain(url: str, redactor: Redactor, s: Sentinels) -> Told:
        return str(make(url, redactor).chat(**request(s, False)).message.content[0].text)

    def stream(url: str, redactor: Redactor, s: Sentinels) -> Told:
        events = list(make(url, redactor).chat_stream(**request(s, False)))
        assert [event.type for event in events][-2:] == ["content-end", "message-end"]
        return "".join(event.delta.message.content.text for event in events if event.type == "content-delta")

    def tools(url: str, redactor: Redactor, s: Sentinels) -> Told:
        return str(make(url, redactor).chat(**request(s, True)).message.tool_calls[0].function.arguments)

    def streamed_tools(url: str, redactor: Redactor, s: Sentinels) -> Told:
        events = list(make(url, redactor).chat_stream(**request(s, True)))
        plan = "".join(event.delta.message.tool_plan for event in events if event.type == "tool-plan-delta")
        assert not s.missing(plan)
        return "".join(
            event.delta.message.tool_calls.function.arguments
            for event in events
            if event.type == "tool-call-delta"
        )

    def embeddings(url: str, redactor: Redactor, s: Sentinels) -> Told:
        answer = make(url, redactor).embed(
            model="m",
            input_type="search_document",
            embedding_types=["float"],
            texts=[s.said("first input"), s.said("second input")],
        )
        assert answer.embeddings.float == [[0.5]]
        assert not s.missing(" ".join(answer.texts))
        return ""

    def async_(url: str, redactor: Redactor, s: Sentinels) -> Told:
        async def run() -> Told:
            client: Any = protect(cohere.AsyncClientV2(api_key="test", base_url=url), redactor)
            plain = await client.chat(**request(s, False))
            events = [event async for event in client.chat_stream(**request(s, False))]
            text = "".join(
                event.delta.message.content.text for event in events if event.type == "content-delta"
            )
            assert text == plain.message.content[0].text
            return text

        return asyncio.run(run())

    return Driver(
        "Cohere",
        "cohere",
        {
            "plain": plain,
            "stream": stream,
            "tools": tools,
            "streamed tools": streamed_tools,
            "embeddings": embeddings,
            "async": async_,
        },
    )


def ollama() -> Driver:
    import ollama

    def request(s: Sentinels, tools: bool) -> dict[str, Any]:
        return {
            "model": "llama-test",
            "messages": [
                {"role": "system", "content": s.said("system prompt")},
                {"role": "user", "content": s.said("first turn")},
                {"role": "assistant", "content": s.said("assistant turn"), "thinking": s.said("thinking text"), "tool_calls": [{"function": {"name": "look_up", "arguments": {"to": s("arguments of a call"), "deep": [{"x": s("deep argument")}]}}}]},
                {"role": "tool", "tool_name": "look_up", "content": s.json("tool result")},
                {"role": "user", "content": s.said("user turn") + (" call-the-tool" if tools else "")},
            ],
            "tools": [{"type": "function", "function": {"name": "send", "description": s.said("tool description"), "parameters": {"type": "object", "properties": {"to": {"type": "string", "description": s.said("property description"), "enum": [s("enum value"), "nobody"]}}}}}],
            "format": {"type": "object", "properties": {"a": {"type": "string", "description": s.said("format property")}}},
            "options": {"stop": [s("stop sequence")]},
        }  # fmt: skip

    def make(url: str, redactor: Redactor) -> Any:
        return protect(ollama.Client(host=url), redactor)

    def plain(url: str, redactor: Redactor, s: Sentinels) -> Told:
        return str(make(url, redactor).chat(**request(s, False)).message.content)

    def stream(url: str, redactor: Redactor, s: Sentinels) -> Told:
        chunks = list(make(url, redactor).chat(**request(s, False), stream=True))
        assert chunks[-1].done
        assert chunks[-1].eval_count == 4
        return "".join(chunk.message.content or "" for chunk in chunks)

    def tools(url: str, redactor: Redactor, s: Sentinels) -> Told:
        return json.dumps(
            make(url, redactor).chat(**request(s, True)).message.tool_calls[0].function.arguments
        )

    def streamed_tools(url: str, redactor: Redactor, s: Sentinels) -> Told:
        chunks = list(make(url, redactor).chat(**request(s, True), stream=True))
        return json.dumps(
            next(
                chunk.message.tool_calls[0].function.arguments for chunk in chunks if chunk.message.tool_calls
            )
        )

    def embeddings(url: str, redactor: Redactor, s: Sentinels) -> Told:
        assert make(url, redactor).embed(
            model="m", input=[s.said("first input"), s.said("second input")]
        ).embeddings == [[0.5]]
        return ""

    def async_(url: str, redactor: Redactor, s: Sentinels) -> Told:
        async def run() -> Told:
            client: Any = protect(ollama.AsyncClient(host=url), redactor)
            plain = await client.chat(**request(s, False))
            text = "".join(
                [
                    chunk.message.content or ""
                    async for chunk in await client.chat(**request(s, False), stream=True)
                ]
            )
            assert text == plain.message.content
            return text

        return asyncio.run(run())

    return Driver(
        "Ollama",
        "ollama",
        {
            "plain": plain,
            "stream": stream,
            "tools": tools,
            "streamed tools": streamed_tools,
            "embeddings": embeddings,
            "async": async_,
        },
    )


def huggingface() -> Driver:
    import huggingface_hub

    alive: list[Any] = []  # a client that is collected closes its streams

    def make(kind: Callable[..., Any], url: str, redactor: Redactor) -> Any:
        _fresh_hub()
        alive[:] = [protect(kind(base_url=f"{url}/v1", api_key="test"), redactor)]
        return alive[0]

    def request(s: Sentinels, tools: bool) -> dict[str, Any]:
        request = chat_request(s, tools, strict=True)
        request.pop("extra_headers")
        del request["response_format"]["json_schema"]["description"]  # it is not sent
        del s.made["header value"], s.made["format description"]
        del request["model"]
        return request

    def plain(url: str, redactor: Redactor, s: Sentinels) -> Told:
        return str(
            make(huggingface_hub.InferenceClient, url, redactor)
            .chat_completion(**request(s, False))
            .choices[0]
            .message.content
        )

    def stream(url: str, redactor: Redactor, s: Sentinels) -> Told:
        return _text_of(
            list(
                make(huggingface_hub.InferenceClient, url, redactor).chat_completion(
                    **request(s, False), stream=True
                )
            )
        )

    def tools(url: str, redactor: Redactor, s: Sentinels) -> Told:
        answer = make(huggingface_hub.InferenceClient, url, redactor).chat_completion(**request(s, True))
        return str(answer.choices[0].message.tool_calls[0].function.arguments)

    def streamed_tools(url: str, redactor: Redactor, s: Sentinels) -> Told:
        events = list(
            make(huggingface_hub.InferenceClient, url, redactor).chat_completion(
                **request(s, True), stream=True
            )
        )
        return _arguments_of(events)

    def embeddings(url: str, redactor: Redactor, s: Sentinels) -> Told:
        client = protect(
            huggingface_hub.InferenceClient(model=f"{url}/feature-extraction", token="test"), redactor
        )
        assert client.feature_extraction(s.said("first input")).tolist() == [[0.5, 0.25]]
        return ""

    def async_(url: str, redactor: Redactor, s: Sentinels) -> Told:
        async def run() -> Told:
            client = make(huggingface_hub.AsyncInferenceClient, url, redactor)
            plain = await client.chat_completion(**request(s, False))
            events = [event async for event in await client.chat_completion(**request(s, False), stream=True)]
            await client.close()
            assert _text_of(events) == plain.choices[0].message.content
            return _text_of(events)

        return asyncio.run(run())

    return Driver(
        "Hugging Face",
        "huggingface-hub",
        {
            "plain": plain,
            "stream": stream,
            "tools": tools,
            "streamed tools": streamed_tools,
            "embeddings": embeddings,
            "async": async_,
        },
    )


def _fresh_hub() -> None:
    """Every test has its own redactor, and the hub only one client."""
    import huggingface_hub
    from huggingface_hub.utils import _http as hub

    huggingface_hub.close_session()
    for name, default in (
        ("_GLOBAL_CLIENT_FACTORY", "default_client_factory"),
        ("_GLOBAL_ASYNC_CLIENT_FACTORY", "default_async_client_factory"),
    ):
        setattr(hub, name, getattr(hub, default))


def bedrock() -> Driver:
    import boto3

    def make(url: str, redactor: Redactor) -> Any:
        from botocore.config import Config

        keys = {"aws_access_key_id": "test", "aws_secret_access_key": "test"}
        config = Config(retries={"total_max_attempts": 1})
        return protect(
            boto3.client("bedrock-runtime", region_name="us-east-1", endpoint_url=url, config=config, **keys),
            redactor,
        )

    def request(s: Sentinels, tools: bool) -> dict[str, Any]:
        document = {
            "document": {
                "format": "txt",
                "name": "letter",
                "source": {"bytes": f"A letter to {s('file text')}, to be kept.".encode()},
            }
        }
        call = {
            "toolUse": {
                "toolUseId": "t0",
                "name": "look_up",
                "input": {
                    "to": s("arguments of a call"),
                    "deep": [{"x": s("deep argument")}],
                    s("member name"): 1,
                },
            }
        }
        result = {
            "toolResult": {
                "toolUseId": "t0",
                "content": [{"json": {"result": s("tool result")}}, {"text": s.said("tool text")}],
            }
        }
        return {
            "modelId": "anthropic.claude-test",
            "system": [{"text": s.said("system prompt")}],
            "messages": [
                {"role": "user", "content": [{"text": s.said("user part")}, document]},
                {"role": "assistant", "content": [{"text": s.said("assistant turn")}, call]},
                {"role": "user", "content": [result, {"text": s.said("user turn") + (" call-the-tool" if tools else "")}]},
            ],
            "inferenceConfig": {"stopSequences": [s("stop sequence")]},
            "toolConfig": {"tools": [{"toolSpec": {"name": "send", "description": s.said("tool description"), "inputSchema": {"json": s.schema()}}}]},
            "additionalModelRequestFields": {"note": s.said("unknown member"), "list": [s("list item")]},
            "requestMetadata": {"customer": s("metadata value")},
            "promptVariables": {"name": {"text": s("prompt variable")}},
        }  # fmt: skip

    def plain(url: str, redactor: Redactor, s: Sentinels) -> Told:
        return str(
            make(url, redactor).converse(**request(s, False))["output"]["message"]["content"][0]["text"]
        )

    def stream(url: str, redactor: Redactor, s: Sentinels) -> Told:
        events = list(make(url, redactor).converse_stream(**request(s, False))["stream"])
        assert [next(iter(event)) for event in events][-3:] == ["contentBlockStop", "messageStop", "metadata"]
        return "".join(
            event["contentBlockDelta"]["delta"]["text"] for event in events if "contentBlockDelta" in event
        )

    def tools(url: str, redactor: Redactor, s: Sentinels) -> Told:
        return json.dumps(
            make(url, redactor).converse(**request(s, True))["output"]["message"]["content"][0]["toolUse"][
                "input"
            ]
        )

    def streamed_tools(url: str, redactor: Redactor, s: Sentinels) -> Told:
        events = list(make(url, redactor).converse_stream(**request(s, True))["stream"])
        return "".join(
            event["contentBlockDelta"]["delta"]["toolUse"]["input"]
            for event in events
            if "contentBlockDelta" in event
        )

    return Driver(
        "Bedrock, converse",
        "boto3",
        {"plain": plain, "stream": stream, "tools": tools, "streamed tools": streamed_tools},
    )


def bedrock_invoke() -> Driver:
    import boto3

    def client(url: str, redactor: Redactor) -> Any:
        keys = {"aws_access_key_id": "test", "aws_secret_access_key": "test"}
        return protect(
            boto3.client("bedrock-runtime", region_name="us-east-1", endpoint_url=url, **keys), redactor
        )

    def request(s: Sentinels, tools: bool) -> dict[str, Any]:
        body = {
            "anthropic_version": "bedrock-2023-05-31",
            "max_tokens": 100,
            "system": s.said("system prompt"),
            "messages": [
                {
                    "role": "user",
                    "content": [
                        {"type": "text", "text": s.said("user turn") + (" call-the-tool" if tools else "")}
                    ],
                }
            ],
            "tools": [
                {"name": "send", "description": s.said("tool description"), "input_schema": s.schema()}
            ],
            "stop_sequences": [s("stop sequence")],
        }
        return {
            "modelId": "anthropic.claude-test",
            "body": json.dumps(body),
            "contentType": "application/json",
        }

    def plain(url: str, redactor: Redactor, s: Sentinels) -> Told:
        return str(
            json.loads(client(url, redactor).invoke_model(**request(s, False))["body"].read())["content"][0][
                "text"
            ]
        )

    def tools(url: str, redactor: Redactor, s: Sentinels) -> Told:
        return json.dumps(
            json.loads(client(url, redactor).invoke_model(**request(s, True))["body"].read())["content"][0][
                "input"
            ]
        )

    def deltas(url: str, redactor: Redactor, s: Sentinels, tools: bool) -> str:
        stream = client(url, redactor).invoke_model_with_response_stream(**request(s, tools))["body"]
        events = [json.loads(event["chunk"]["bytes"]) for event in stream]
        assert events[-1]["type"] == "message_stop"
        name = "partial_json" if tools else "text"
        return "".join(event["delta"][name] for event in events if event["type"] == "content_block_delta")

    return Driver(
        "Bedrock, invoke_model",
        "boto3",
        {
            "plain": plain,
            "stream": lambda url, redactor, s: deltas(url, redactor, s, False),
            "tools": tools,
            "streamed tools": lambda url, redactor, s: deltas(url, redactor, s, True),
        },
    )


def litellm() -> Driver:
    os.environ["LITELLM_LOCAL_MODEL_COST_MAP"] = "True"  # it looks for prices in the network otherwise
    import mcp  # without it, it refuses tools

    del mcp
    import litellm

    def request(url: str, s: Sentinels, tools: bool) -> dict[str, Any]:
        request = chat_request(s, tools)
        for name in ("extra_query", "prediction", "safety_identifier", "extra_body", "user", "metadata"):
            request.pop(name)  # it keeps these for itself
        given = json.dumps(request)
        s.made = {place: value for place, value in s.made.items() if value in given or "URL" in place}
        return {**request, "model": "openai/gpt-test", "api_base": f"{url}/v1", "api_key": "test"}

    def ready(redactor: Redactor) -> Any:
        """Every test has its own redactor, and litellm only one set of clients."""
        litellm.client_session = litellm.aclient_session = None
        cache: Any = litellm.in_memory_llm_clients_cache
        cache.flush_cache()
        return protect(litellm, redactor)

    def plain(url: str, redactor: Redactor, s: Sentinels) -> Told:
        return str(ready(redactor).completion(**request(url, s, False)).choices[0].message.content)

    def stream(url: str, redactor: Redactor, s: Sentinels) -> Told:
        return _text_of(list(ready(redactor).completion(**request(url, s, False), stream=True)))

    def tools(url: str, redactor: Redactor, s: Sentinels) -> Told:
        return str(
            ready(redactor)
            .completion(**request(url, s, True))
            .choices[0]
            .message.tool_calls[0]
            .function.arguments
        )

    def streamed_tools(url: str, redactor: Redactor, s: Sentinels) -> Told:
        events = list(ready(redactor).completion(**request(url, s, True), stream=True))
        calls = [
            call for event in events if event.choices for call in event.choices[0].delta.tool_calls or []
        ]
        return "".join(call.function.arguments for call in calls)

    def embeddings(url: str, redactor: Redactor, s: Sentinels) -> Told:
        ready(redactor).embedding(
            model="openai/m",
            input=[s.said("first input"), s.said("second input")],
            api_base=f"{url}/v1",
            api_key="test",
        )
        return ""

    def async_(url: str, redactor: Redactor, s: Sentinels) -> Told:
        async def run() -> Told:
            plain = await ready(redactor).acompletion(**request(url, s, False))
            stream = await litellm.acompletion(**request(url, s, False), stream=True)
            assert _text_of([event async for event in stream]) == plain.choices[0].message.content
            return str(plain.choices[0].message.content)

        return asyncio.run(run())

    return Driver(
        "LiteLLM",
        "litellm",
        {
            "plain": plain,
            "stream": stream,
            "tools": tools,
            "streamed tools": streamed_tools,
            "embeddings": embeddings,
            "async": async_,
        },
    )


def _langchain(
    name: str,
    distribution: str,
    make: Callable[[str], Any],
    embed: Callable[[str], Any] | None = None,
    unsent: tuple[str, ...] = (),
) -> Driver:
    """A chat model of LangChain; its messages are the same whichever provider it is for."""
    from langchain_core.messages import AIMessage, HumanMessage, SystemMessage, ToolMessage

    def messages(s: Sentinels, tools: bool) -> list[Any]:
        call = {
            "id": "call_0",
            "name": "look_up",
            "args": {"to": s("arguments of a call"), "deep": [{"x": s("deep argument")}]},
        }
        return [
            SystemMessage(s.said("system prompt")),
            HumanMessage([{"type": "text", "text": s.said("user part")}]),
            AIMessage(s.said("assistant turn"), tool_calls=[call]),
            ToolMessage(s.json("tool result"), tool_call_id="call_0", name="look_up"),
            HumanMessage(s.said("user turn") + (" call-the-tool" if tools else "")),
        ]

    def bound(url: str, redactor: Redactor, s: Sentinels) -> Any:
        _fresh_langchain()
        parameters = {
            "type": "object",
            "description": s.said("schema description"),
            "properties": {
                "to": {
                    "type": "string",
                    "description": s.said("property description"),
                    "enum": [s("enum value"), "nobody"],
                }
            },
        }
        tool = {
            "type": "function",
            "function": {"name": "send", "description": s.said("tool description"), "parameters": parameters},
        }
        alive[:] = [protect(make(url), redactor)]
        return alive[0].bind_tools([tool])

    alive: list[Any] = []

    def plain(url: str, redactor: Redactor, s: Sentinels) -> Told:
        return str(bound(url, redactor, s).invoke(messages(s, False)).text)

    def stream(url: str, redactor: Redactor, s: Sentinels) -> Told:
        return "".join(str(chunk.text) for chunk in bound(url, redactor, s).stream(messages(s, False)))

    def tools(url: str, redactor: Redactor, s: Sentinels) -> Told:
        return json.dumps(bound(url, redactor, s).invoke(messages(s, True)).tool_calls[0]["args"])

    def streamed_tools(url: str, redactor: Redactor, s: Sentinels) -> Told:
        answer: Any = None
        for chunk in bound(url, redactor, s).stream(messages(s, True)):
            answer = chunk if answer is None else answer + chunk
        return json.dumps(answer.tool_calls[0]["args"])

    def embeddings(url: str, redactor: Redactor, s: Sentinels) -> Told:
        assert embed is not None
        protect(embed(url), redactor).embed_documents([s.said("first input"), s.said("second input")])
        return ""

    def async_(url: str, redactor: Redactor, s: Sentinels) -> Told:
        async def run() -> Told:
            model = bound(url, redactor, s)
            plain = await model.ainvoke(messages(s, False))
            chunks = [str(chunk.text) async for chunk in model.astream(messages(s, False))]
            assert "".join(chunks).startswith(plain.text)
            return "".join(chunks)

        return asyncio.run(run())

    runs: dict[str, Run] = {
        "plain": plain,
        "stream": stream,
        "tools": tools,
        "streamed tools": streamed_tools,
        "async": async_,
    }
    return Driver(name, distribution, runs | ({"embeddings": embeddings} if embed else {}), unsent)


def _fresh_langchain() -> None:
    """Its models share HTTP clients, and every test has its own redactor."""
    for name in ("langchain_openai.chat_models._client_utils", "langchain_anthropic._client_utils"):
        try:
            module = importlib.import_module(name)
        except ImportError:
            continue
        for value in vars(module).values():
            if callable(getattr(value, "cache_clear", None)):
                value.cache_clear()


def langchain_openai() -> Driver:
    ChatOpenAI: Any = importlib.import_module("langchain_openai").ChatOpenAI
    OpenAIEmbeddings: Any = importlib.import_module("langchain_openai").OpenAIEmbeddings

    return _langchain(
        "LangChain, ChatOpenAI",
        "langchain-openai",
        lambda url: ChatOpenAI(model="gpt-test", api_key="test", base_url=f"{url}/v1", max_retries=0),
        lambda url: OpenAIEmbeddings(
            model="m", api_key="test", base_url=f"{url}/v1", check_embedding_ctx_length=False
        ),
    )


def langchain_anthropic() -> Driver:
    ChatAnthropic: Any = importlib.import_module("langchain_anthropic").ChatAnthropic

    return _langchain(
        "LangChain, ChatAnthropic",
        "langchain-anthropic",
        lambda url: ChatAnthropic(model="claude-test", api_key="test", base_url=url, max_retries=0),
    )


def langchain_groq() -> Driver:
    ChatGroq: Any = importlib.import_module("langchain_groq").ChatGroq

    return _langchain(
        "LangChain, ChatGroq",
        "langchain-groq",
        lambda url: ChatGroq(model="m", api_key="test", base_url=url, max_retries=0),
    )


def langchain_mistral() -> Driver:
    ChatMistralAI: Any = importlib.import_module("langchain_mistralai").ChatMistralAI

    return _langchain(
        "LangChain, ChatMistralAI",
        "langchain-mistralai",
        lambda url: ChatMistralAI(model="mistral-test", api_key="test", endpoint=f"{url}/v1", max_retries=0),
        unsent=("assistant turn",),
    )


def langchain_ollama() -> Driver:
    ChatOllama: Any = importlib.import_module("langchain_ollama").ChatOllama
    OllamaEmbeddings: Any = importlib.import_module("langchain_ollama").OllamaEmbeddings

    return _langchain(
        "LangChain, ChatOllama",
        "langchain-ollama",
        lambda url: ChatOllama(model="m", base_url=url),
        lambda url: OllamaEmbeddings(model="m", base_url=url),
        unsent=("schema description",),
    )


def langchain_google() -> Driver:
    ChatGoogleGenerativeAI: Any = importlib.import_module("langchain_google_genai").ChatGoogleGenerativeAI

    return _langchain(
        "LangChain, ChatGoogleGenerativeAI",
        "langchain-google-genai",
        lambda url: ChatGoogleGenerativeAI(model="gemini-test", api_key="test", base_url=url, max_retries=1),
    )


def langchain_bedrock() -> Driver:
    ChatBedrockConverse: Any = importlib.import_module("langchain_aws").ChatBedrockConverse

    return _langchain(
        "LangChain, ChatBedrockConverse",
        "langchain-aws",
        lambda url: ChatBedrockConverse(
            model="anthropic.claude-test",
            provider="anthropic",
            disable_streaming=False,
            region_name="us-east-1",
            base_url=url,
            aws_access_key_id="test",
            aws_secret_access_key="test",
        ),
    )


def _llama_index(
    name: str,
    distribution: str,
    make: Callable[[str], Any],
    embed: Callable[[str], Any] | None = None,
    unsent: tuple[str, ...] = (),
) -> Driver:
    """A model of LlamaIndex."""
    ChatMessage: Any = importlib.import_module("llama_index.core.llms").ChatMessage
    FunctionTool: Any = importlib.import_module("llama_index.core.tools").FunctionTool

    def messages(s: Sentinels, tools: bool) -> list[Any]:
        return [
            ChatMessage(role="system", content=s.said("system prompt")),
            ChatMessage(role="user", content=s.said("first turn")),
            ChatMessage(role="assistant", content=s.said("assistant turn")),
            ChatMessage(role="user", content=s.said("user turn") + (" call-the-tool" if tools else "")),
        ]

    def tool(s: Sentinels) -> Any:
        def send(values: list[str], text: str) -> str:
            return text + str(values)

        return FunctionTool.from_defaults(send, description=s.said("tool description"))

    def plain(url: str, redactor: Redactor, s: Sentinels) -> Told:
        return str(protect(make(url), redactor).chat(messages(s, False)).message.content)

    def stream(url: str, redactor: Redactor, s: Sentinels) -> Told:
        model = protect(make(url), redactor)
        return "".join(str(chunk.delta or "") for chunk in model.stream_chat(messages(s, False)))

    def tools(url: str, redactor: Redactor, s: Sentinels) -> Told:
        model = protect(make(url), redactor)
        answer = model.chat_with_tools([tool(s)], chat_history=messages(s, True))
        return json.dumps(model.get_tool_calls_from_response(answer)[0].tool_kwargs)

    def streamed_tools(url: str, redactor: Redactor, s: Sentinels) -> Told:
        model = protect(make(url), redactor)
        *_, last = model.stream_chat_with_tools([tool(s)], chat_history=messages(s, True))
        return json.dumps(model.get_tool_calls_from_response(last)[0].tool_kwargs)

    def embeddings(url: str, redactor: Redactor, s: Sentinels) -> Told:
        assert embed is not None
        protect(embed(url), redactor).get_text_embedding_batch(
            [s.said("first input"), s.said("second input")]
        )
        return ""

    def async_(url: str, redactor: Redactor, s: Sentinels) -> Told:
        async def run() -> Told:
            model = protect(make(url), redactor)
            plain = await model.achat(messages(s, False))
            text = "".join(
                [str(chunk.delta or "") async for chunk in await model.astream_chat(messages(s, False))]
            )
            assert text == plain.message.content
            return text

        return asyncio.run(run())

    runs: dict[str, Run] = {
        "plain": plain,
        "stream": stream,
        "tools": tools,
        "streamed tools": streamed_tools,
        "async": async_,
    }
    return Driver(name, distribution, runs | ({"embeddings": embeddings} if embed else {}), unsent)


def llama_index_openai() -> Driver:
    OpenAIEmbedding: Any = importlib.import_module("llama_index.embeddings.openai").OpenAIEmbedding
    OpenAI: Any = importlib.import_module("llama_index.llms.openai").OpenAI

    return _llama_index(
        "LlamaIndex, OpenAI",
        "llama-index-llms-openai",
        lambda url: OpenAI(model="gpt-4.1", api_key="test", api_base=f"{url}/v1", max_retries=0),
        lambda url: OpenAIEmbedding(api_key="test", api_base=f"{url}/v1", max_retries=0),
    )


def llama_index_ollama() -> Driver:
    Ollama: Any = importlib.import_module("llama_index.llms.ollama").Ollama

    return _llama_index(
        "LlamaIndex, Ollama",
        "llama-index-llms-ollama",
        lambda url: Ollama(model="m", base_url=url, context_window=1000),
    )


DRIVERS: tuple[Callable[[], Driver], ...] = (
    openai, openai_responses, anthropic, genai, mistral, cohere, groq, together, ollama, huggingface, bedrock,
    bedrock_invoke, litellm, langchain_openai, langchain_anthropic, langchain_groq, langchain_mistral, langchain_ollama,
    langchain_google, langchain_bedrock, llama_index_openai, llama_index_ollama,
)  # fmt: skip
