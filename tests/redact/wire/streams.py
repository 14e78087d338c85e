"""Streams of every provider's shape: how their events are made of pieces, and what a client reads from them."""

from __future__ import annotations

import base64
import json
from collections.abc import Callable, Iterable
from dataclasses import dataclass

from prodworthy_redact.wire.frames import framed

Events = list[object]


@dataclass(frozen=True)
class Shape:
    """How a text in pieces is streamed, and read."""

    name: str
    make: Callable[[list[str]], Events]
    read: Callable[[Events], str]


def _chat(pieces: list[str]) -> Events:
    def chunk(delta: object, finish: str | None = None) -> object:
        return {
            "id": "c1",
            "object": "chat.completion.chunk",
            "model": "m",
            "choices": [{"index": 0, "delta": delta, "finish_reason": finish}],
        }

    usage = {"id": "c1", "object": "chat.completion.chunk", "choices": [], "usage": {"total_tokens": 9}}
    return [
        chunk({"role": "assistant", "content": ""}),
        *(chunk({"content": p}) for p in pieces),
        chunk({}, "stop"),
        usage,
    ]


def _chat_tools(pieces: list[str]) -> Events:
    def chunk(delta: object, finish: str | None = None) -> object:
        return {"id": "c1", "choices": [{"index": 0, "delta": delta, "finish_reason": finish}]}

    def call(arguments: str, **more: object) -> object:
        return {
            "tool_calls": [
                {"index": 0, **more, "function": {"arguments": arguments, **({"name": "f"} if more else {})}}
            ]
        }

    return [
        chunk(call("", id="call_1", type="function")),
        *(chunk(call(p)) for p in pieces),
        chunk({}, "tool_calls"),
    ]


def _deltas(*path: str | int) -> Callable[[Events], str]:
    def read(events: Events) -> str:
        return "".join(str(found) for event in events if isinstance(found := _at(event, *path), str))

    return read


def _at(value: object, *path: str | int) -> object:
    for step in path:
        if isinstance(value, dict):
            value = value.get(step)
        elif isinstance(value, list) and isinstance(step, int) and step < len(value):
            value = value[step]
        else:
            return None
    return value


def _responses(kind: str, whole: str) -> Callable[[list[str]], Events]:
    def make(pieces: list[str]) -> Events:
        place = {"item_id": "i1", "output_index": 0, "content_index": 0}
        deltas = [
            {"type": f"{kind}.delta", **place, "delta": p, "sequence_number": n} for n, p in enumerate(pieces)
        ]
        text = "".join(pieces)
        done = {"type": f"{kind}.done", **place, whole: text}
        end = {
            "type": "response.completed",
            "response": {
                "id": "r",
                "output": [{"type": "message", "content": [{"type": "output_text", "text": text}]}],
                "usage": {"total_tokens": 9},
            },
        }
        return [{"type": "response.created", "response": {"id": "r"}}, *deltas, done, end]

    return make


def _responses_read(kind: str) -> Callable[[Events], str]:
    return lambda events: "".join(str(_at(e, "delta")) for e in events if _at(e, "type") == f"{kind}.delta")


def _anthropic(kind: str, name: str) -> Callable[[list[str]], Events]:
    def make(pieces: list[str]) -> Events:
        block = (
            {"type": "text", "text": ""}
            if kind == "text_delta"
            else {"type": "tool_use", "id": "t", "name": "f", "input": {}}
        )
        return [
            {"type": "message_start", "message": {"id": "m", "role": "assistant", "content": [], "usage": {"input_tokens": 3}}},
            {"type": "content_block_start", "index": 0, "content_block": block},
            {"type": "ping"},
            *({"type": "content_block_delta", "index": 0, "delta": {"type": kind, name: p}} for p in pieces),
            {"type": "content_block_stop", "index": 0},
            {"type": "message_delta", "delta": {"stop_reason": "end_turn"}, "usage": {"output_tokens": 5}},
            {"type": "message_stop"},
        ]  # fmt: skip

    return make


def _gemini(pieces: list[str]) -> Events:
    *most, last = pieces or [""]

    def chunk(text: str, **more: object) -> object:
        return {
            "candidates": [{"content": {"role": "model", "parts": [{"text": text}]}, "index": 0, **more}],
            "usageMetadata": {"totalTokenCount": 9},
        }

    return [*(chunk(p) for p in most), chunk(last, finishReason="STOP")]


def _cohere(pieces: list[str]) -> Events:
    def content(text: str) -> object:
        return {"type": "content-delta", "index": 0, "delta": {"message": {"content": {"text": text}}}}

    return [
        {"type": "message-start", "id": "m"},
        {
            "type": "content-start",
            "index": 0,
            "delta": {"message": {"content": {"type": "text", "text": ""}}},
        },
        *(content(p) for p in pieces),
        {"type": "content-end", "index": 0},
        {
            "type": "message-end",
            "delta": {"finish_reason": "COMPLETE", "usage": {"tokens": {"output_tokens": 3}}},
        },
    ]


def _cohere_tools(pieces: list[str]) -> Events:
    def call(arguments: str) -> object:
        return {
            "type": "tool-call-delta",
            "index": 0,
            "delta": {"message": {"tool_calls": {"function": {"arguments": arguments}}}},
        }

    return [*(call(p) for p in pieces), {"type": "tool-call-end", "index": 0}, {"type": "message-end"}]


def _ollama(pieces: list[str]) -> Events:
    def chunk(text: str) -> object:
        return {
            "model": "m",
            "created_at": "t",
            "message": {"role": "assistant", "content": text},
            "done": False,
        }

    end = {"model": "m", "message": {"role": "assistant", "content": ""}, "done": True, "eval_count": 3}
    return [*(chunk(p) for p in pieces), end]


def _converse(path: tuple[str, ...]) -> Callable[[list[str]], Events]:
    def delta(text: object) -> object:
        for step in reversed(path):
            text = {step: text}
        return {"contentBlockIndex": 0, "delta": text, "p": "abc"}

    def make(pieces: list[str]) -> Events:
        return [
            {"role": "assistant"},
            *(delta(p) for p in pieces),
            {"contentBlockIndex": 0},
            {"stopReason": "end_turn"},
            {"usage": {"totalTokens": 9}},
        ]

    return make


def _thread(pieces: list[str]) -> Events:
    def delta(text: str) -> object:
        return {
            "id": "m",
            "object": "thread.message.delta",
            "delta": {"content": [{"index": 0, "type": "text", "text": {"value": text}}]},
        }

    return [*(delta(p) for p in pieces), {"id": "m", "object": "thread.message", "content": []}]


TEXT = [
    Shape("chat field", lambda ps: [{"choices": [{"index": 0, "delta": {"content": "", "extra": {"note": p}}}]} for p in ps], _deltas("choices", 0, "delta", "extra", "note")),
    Shape("chat", _chat, _deltas("choices", 0, "delta", "content")),
    Shape("completions", lambda ps: [*({"choices": [{"index": 0, "text": p, "finish_reason": None}]} for p in ps), {"choices": [{"index": 0, "text": "", "finish_reason": "stop"}]}], _deltas("choices", 0, "text")),
    Shape("reasoning", lambda ps: [{"choices": [{"index": 0, "delta": {"reasoning_content": p, "content": None}}]} for p in ps], _deltas("choices", 0, "delta", "reasoning_content")),
    Shape("mistral parts", lambda ps: [{"choices": [{"index": 0, "delta": {"content": [{"type": "thinking", "thinking": [{"type": "text", "text": p}]}]}}]} for p in ps], _deltas("choices", 0, "delta", "content", 0, "thinking", 0, "text")),
    Shape("responses", _responses("response.output_text", "text"), _responses_read("response.output_text")),
    Shape("anthropic", _anthropic("text_delta", "text"), _deltas("delta", "text")),
    Shape("anthropic thinking", _anthropic("thinking_delta", "thinking"), _deltas("delta", "thinking")),
    Shape("gemini", _gemini, _deltas("candidates", 0, "content", "parts", 0, "text")),
    Shape("cohere", _cohere, _deltas("delta", "message", "content", "text")),
    Shape("cohere plan", lambda ps: [*({"type": "tool-plan-delta", "delta": {"message": {"tool_plan": p}}} for p in ps), {"type": "tool-call-start", "index": 0}], _deltas("delta", "message", "tool_plan")),
    Shape("cohere 1", lambda ps: [*({"event_type": "text-generation", "text": p} for p in ps), {"event_type": "stream-end", "response": {"text": "".join(ps)}}], _deltas("text")),
    Shape("ollama", _ollama, _deltas("message", "content")),
    Shape("ollama generate", lambda ps: [*({"response": p, "done": False} for p in ps), {"response": "", "done": True}], _deltas("response")),
    Shape("converse", _converse(("text",)), _deltas("delta", "text")),
    Shape("converse reasoning", _converse(("reasoningContent", "text")), _deltas("delta", "reasoningContent", "text")),
    Shape("nova", lambda ps: [*({"contentBlockDelta": {"contentBlockIndex": 0, "delta": {"text": p}}} for p in ps), {"contentBlockStop": {"contentBlockIndex": 0}}], _deltas("contentBlockDelta", "delta", "text")),
    Shape("assistants", _thread, _deltas("delta", "content", 0, "text", "value")),
    Shape("titan", lambda ps: [*({"outputText": p, "completionReason": None} for p in ps), {"outputText": "", "completionReason": "FINISH"}], _deltas("outputText")),
    Shape("llama", lambda ps: [{"generation": p, "stop_reason": None} for p in ps], _deltas("generation")),
    Shape("tgi", lambda ps: [{"token": {"id": 1, "text": p}, "generated_text": None} for p in ps], _deltas("token", "text")),
]  # fmt: skip
ARGUMENTS = [
    Shape("chat tools", _chat_tools, _deltas("choices", 0, "delta", "tool_calls", 0, "function", "arguments")),
    Shape("responses tools", _responses("response.function_call_arguments", "arguments"), _responses_read("response.function_call_arguments")),
    Shape("anthropic tools", _anthropic("input_json_delta", "partial_json"), _deltas("delta", "partial_json")),
    Shape("cohere tools", _cohere_tools, _deltas("delta", "message", "tool_calls", "function", "arguments")),
    Shape("converse tools", _converse(("toolUse", "input")), _deltas("delta", "toolUse", "input")),
    Shape("mistral conversations", lambda ps: [{"type": "function.call.delta", "id": "f", "output_index": 0, "arguments": p} for p in ps], _deltas("arguments")),
]  # fmt: skip
SHAPES = TEXT + ARGUMENTS


def sse(events: Iterable[object], newline: str = "\n", comment: str = ": hello") -> bytes:
    out = [f"{comment}{newline}{newline}"] if comment else []
    for event in events:
        name = f"event: {event['type']}{newline}" if isinstance(event, dict) and "type" in event else ""
        out.append(f"{name}data: {json.dumps(event)}{newline}{newline}")
    end = f"data: [DONE]{newline}{newline}" if comment else ""
    return "".join([*out, end]).encode()


def from_sse(data: bytes) -> Events:
    """What a client that follows the standard reads."""
    text = data.decode().removeprefix("\ufeff").replace("\r\n", "\n").replace("\r", "\n")
    events: Events = []
    for block in text.split("\n\n"):
        lines = [line[5:].removeprefix(" ") for line in block.split("\n") if line.startswith("data:")]
        if lines and lines != ["[DONE]"]:
            events.append(json.loads("\n".join(lines)))
    return events


def lines(events: Iterable[object]) -> bytes:
    return b"".join(json.dumps(event).encode() + b"\n" for event in events)


def from_lines(data: bytes) -> Events:
    return [json.loads(line) for line in data.split(b"\n") if line]


def header(name: str, value: str) -> bytes:
    return bytes([len(name)]) + name.encode() + b"\x07" + len(value).to_bytes(2, "big") + value.encode()


def frames(events: Iterable[object], *, wrapped: bool = False) -> bytes:
    out = b""
    for event in events:
        payload = json.dumps(event).encode()
        if wrapped:
            payload = json.dumps({"bytes": base64.b64encode(payload).decode(), "p": "xyz"}).encode()
        out += framed(header(":event-type", "chunk") + header(":message-type", "event"), payload)
    return out


def from_frames(data: bytes, *, wrapped: bool = False) -> Events:
    """What botocore reads."""
    from botocore.eventstream import EventStreamBuffer

    buffer = EventStreamBuffer()
    buffer.add_data(data)
    events: Events = []
    for message in buffer:
        value = json.loads(message.payload)
        events.append(json.loads(base64.b64decode(value["bytes"])) if wrapped else value)
    return events
