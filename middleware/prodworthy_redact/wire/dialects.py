"""The events of OpenAI and those who speak like it, Anthropic, Gemini, Cohere, Ollama, Bedrock and others."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import partial

from prodworthy_redact.wire.reading import (
    Channel,
    Json,
    Path,
    Piece,
    Reading,
    at,
    items,
    key,
    nested,
    without,
)

ALL: Channel = ()
_CUMULATIVE = ("usage", "usageMetadata", "x_groq", "logprobs", "sequence_number")
_DELTAS = ("content", "refusal", "reasoning_content", "reasoning", "thinking")
_WHOLE = frozenset({"role", "type", "id", "object", "name", "status", "model", "phase"})
_READ = frozenset({*_DELTAS, "audio", "function_call"})
_BLOCKS = {
    "text_delta": "text",
    "thinking_delta": "thinking",
    "input_json_delta": "partial_json",
    "compaction_delta": "content",
}
_PLACE = ("item_id", "output_index", "content_index", "summary_index")
_RESPONSE_ENDS = (
    "response.output_item.done", "response.content_part.done", "response.completed", "response.incomplete",
    "response.failed", "conversation.response.done", "conversation.response.error", "transcript.text.done",
)  # fmt: skip
_SIMPLE: tuple[tuple[Path, Path], ...] = (  # where the text stands, and what is not empty at its end
    (("outputText",), ("completionReason",)),
    (("generation",), ("stop_reason",)),
    (("outputs", 0, "text"), ("outputs", 0, "stop_reason")),
    (("token", "text"), ("generated_text",)),
)


def read(value: object) -> Reading:
    """What ``value``, an event's JSON, holds; nothing for what is not known to come in pieces."""
    if not isinstance(value, dict):
        return Reading()
    for dialect in _DIALECTS:
        reading = dialect(value)
        if reading is not None:
            return reading
    return Reading()


def _chat(value: Json) -> Reading | None:
    """OpenAI's chat and completions, and Mistral, Groq, Together, Hugging Face, vLLM."""
    if not isinstance(value.get("choices"), list):
        return None
    reading = Reading()
    for n, choice in items(value, "choices"):
        index = key(choice, "index", n)
        base = without(value, *_CUMULATIVE)
        for path, channel, inside in _chat_pieces(choice, index):
            alone = partial(_alone_in_choice, base, index, inside)
            reading.pieces.append(Piece(("choices", n, *path), channel, alone))
            reading.goes_on.add(channel)
            reading.others.append((index, "text"))
        if choice.get("finish_reason") is not None:
            reading.ends.append((index,))
    return reading


def _alone_in_choice(base: Json, index: object, inside: Callable[[str], Json], text: str) -> object:
    return {**base, "choices": [{"index": index, **inside(text), "finish_reason": None}]}


def _chat_pieces(choice: Json, index: object) -> Iterator[tuple[Path, Channel, Callable[[str], Json]]]:
    if isinstance(choice.get("text"), str):
        yield ("text",), (index, "text", "text"), lambda text: {"text": text}
    delta = choice.get("delta")
    if not isinstance(delta, dict):
        return
    for name in _DELTAS:
        if isinstance(delta.get(name), str):
            yield ("delta", name), (index, "text", name), partial(_delta, (name,))
    for n, part in items(delta, "content"):  # Mistral: texts, and texts of what it thinks
        if isinstance(part.get("text"), str):
            inside = partial(_part, {"type": "text"}, "text", str)
            yield ("delta", "content", n, "text"), (index, "text", "part"), inside
        for m, thought in items(part, "thinking"):
            if isinstance(thought.get("text"), str):
                inside = partial(_part, {"type": "thinking"}, "thinking", _thought)
                yield ("delta", "content", n, "thinking", m, "text"), (index, "text", "thought"), inside
    for path in _fields(delta, ()):
        yield ("delta", *path), (index, "field", *path), partial(_delta, path)
    if isinstance(at(delta, "audio", "transcript"), str):
        yield ("delta", "audio", "transcript"), (index, "audio"), partial(_delta, ("audio", "transcript"))
    if isinstance(at(delta, "function_call", "arguments"), str):
        path = ("function_call", "arguments")
        yield ("delta", *path), (index, "tool", "function_call"), partial(_delta, path)
    for n, call in items(delta, "tool_calls"):
        number = key(call, "index", n)
        for path in (("function", "arguments"), ("custom", "input")):
            if isinstance(at(call, *path), str):
                named = {"name": ""} if isinstance(at(call, path[0], "name"), str) else {}
                inside = partial(_call, number, path, named)
                yield ("delta", "tool_calls", n, *path), (index, "tool", number), inside


def _fields(value: Json, path: Path) -> Iterator[Path]:
    """Where texts of a delta stand that nobody has told of: they may come in pieces as well."""
    for name, item in value.items():
        if name in _WHOLE or (not path and name in _READ):
            continue
        if isinstance(item, str):
            yield (*path, name)
        elif isinstance(item, dict) and len(path) < 4:
            yield from _fields(item, (*path, name))


def _delta(path: Path, text: str) -> Json:
    return {"delta": nested(path, text)}


def _part(outer: Json, name: str, inner: Callable[[str], object], text: str) -> Json:
    return {"delta": {"content": [{**outer, name: inner(text)}]}}


def _thought(text: str) -> object:
    return [{"type": "text", "text": text}]


def _call(number: object, path: tuple[str, str], named: Json, text: str) -> Json:
    inner = {**named, path[1]: text}  # some clients insist on a name, others add names up
    return {"delta": {"tool_calls": [{"index": number, path[0]: inner}]}}


def _responses(value: Json) -> Reading | None:
    """OpenAI's responses, transcriptions, and Mistral's conversations."""
    kind = value.get("type")
    if not isinstance(kind, str):
        return None
    place = tuple(key(value, name) for name in _PLACE)
    if kind.endswith(".delta"):
        name = "delta" if isinstance(value.get("delta"), str) else "content"
        name = name if kind != "function.call.delta" else "arguments"
        if not isinstance(value.get(name), str) or kind.endswith("audio.delta"):
            return None
        base = without(value, "logprobs", "obfuscation")
        alone = lambda text: {**base, name: text}  # noqa: E731
        channel = (kind.removesuffix(".delta"), *place)
        if name == "delta":
            return Reading([Piece((name,), channel, alone)])
        channel = (kind, key(value, "id"), *place)
        return Reading([Piece((name,), channel, alone)], [], [ALL], {channel})
    if kind in _RESPONSE_ENDS:
        return Reading(ends=[ALL])
    if kind.endswith(".done") and "." in kind:
        return Reading(ends=[(kind.removesuffix(".done"), *place)])
    return None


def _assistants(value: Json) -> Reading | None:
    kind = value.get("object")
    if not isinstance(kind, str) or not kind.startswith("thread."):
        return None
    if not kind.endswith(".delta"):
        return Reading(ends=[ALL])
    reading = Reading()
    for n, part in items(value, "delta", "content"):
        if isinstance(at(part, "text", "value"), str):
            index = key(part, "index", n)
            alone = partial(_thread, value, ("content",), {"index": index, "type": "text"}, ("text", "value"))
            path = ("delta", "content", n, "text", "value")
            reading.pieces.append(Piece(path, (value.get("id"), "text", index), alone))
    calls = ("step_details", "tool_calls")
    for n, call in items(value, "delta", *calls):
        for way in (("function", "arguments"), ("code_interpreter", "input")):
            if isinstance(at(call, *way), str):
                index, kind = key(call, "index", n), call.get("type")
                alone = partial(_thread, value, calls, {"index": index, "type": kind}, way)
                where: Path = ("delta", *calls, n, *way)
                reading.pieces.append(Piece(where, (value.get("id"), "tool", index), alone))
    return reading


def _thread(value: Json, path: Path, item: Json, way: Path, text: str) -> object:
    delta = nested((*path, 0), {**item, **nested(way, text)})
    if path[0] == "step_details":
        delta = {"step_details": {"type": "tool_calls", "tool_calls": [{**item, **nested(way, text)}]}}
    return {**value, "delta": delta}


def _anthropic(value: Json) -> Reading | None:
    kind, index = value.get("type"), key(value, "index")
    if kind == "content_block_delta":
        named = at(value, "delta", "type")
        name = _BLOCKS.get(named, "") if isinstance(named, str) else ""
        if not isinstance(at(value, "delta", name), str):
            return Reading()
        alone = lambda text: {**value, "delta": {"type": named, name: text}}  # noqa: E731
        return Reading([Piece(("delta", name), ("block", index), alone)])
    if kind == "content_block_stop":
        return Reading(ends=[("block", index)])
    if kind in ("message_delta", "message_stop"):
        return Reading(ends=[ALL])
    if kind == "completion" and isinstance(value.get("completion"), str):
        alone = lambda text: {**value, "completion": text, "stop_reason": None}  # noqa: E731
        ends = [ALL] if value.get("stop_reason") else []
        return Reading([Piece(("completion",), ("completion",), alone)], ends)
    return None


def _gemini(value: Json) -> Reading | None:
    if not isinstance(value.get("candidates"), list):
        return None
    reading = Reading()
    for n, candidate in items(value, "candidates"):
        index = key(candidate, "index", 0)
        base = without(value, "candidates", *_CUMULATIVE)
        role = at(candidate, "content", "role")
        parts = [part for _, part in items(candidate, "content", "parts")]
        channels = [_gemini_channel(part, index) for part in parts]
        for k, (part, channel) in enumerate(zip(parts, channels, strict=True)):
            if channel:
                last = k + 1 < len(parts) and channels[k + 1] != channel
                kept = {"thought": True} if part.get("thought") else {}
                alone = partial(_alone_in_candidate, base, index, role, kept)
                path = ("candidates", n, "content", "parts", k, "text")
                reading.pieces.append(Piece(path, channel, alone, last))
        if channels:
            reading.others.append((index, "text"))
            if channels[0]:
                reading.goes_on.add(channels[0])
        if candidate.get("finishReason"):
            reading.ends.append((index,))
    return reading


def _gemini_channel(part: Json, index: object) -> Channel:
    return (index, "text", bool(part.get("thought"))) if isinstance(part.get("text"), str) else ()


def _alone_in_candidate(base: Json, index: object, role: object, kept: Json, text: str) -> object:
    content = {"role": role or "model", "parts": [{"text": text, **kept}]}
    return {**base, "candidates": [{"index": index, "content": content}]}


def _cohere(value: Json) -> Reading | None:
    kind, index = value.get("type") or value.get("event_type"), key(value, "index")
    message: Path = ("delta", "message")
    if kind == "content-delta":
        name = "text" if isinstance(at(value, *message, "content", "text"), str) else "thinking"
        return _one(value, (*message, "content", name), ("content", index))
    if kind == "tool-plan-delta":
        return _one(value, (*message, "tool_plan"), ("plan",))
    if kind == "tool-call-delta":
        return _one(value, (*message, "tool_calls", "function", "arguments"), ("tool", index))
    if kind == "text-generation":
        return _one(value, ("text",), ("text",))
    if kind == "content-end":
        return Reading(ends=[("content", index)])
    if kind == "tool-call-end":
        return Reading(ends=[("tool", index)])
    if kind in ("message-end", "stream-end", "tool-call-start", "content-start", "tool-calls-generation"):
        return Reading(ends=[ALL])
    return None


def _one(value: Json, path: Path, channel: Channel) -> Reading:
    if not isinstance(at(value, *path), str):
        return Reading()
    base = without(value, str(path[0]), *_CUMULATIVE)
    alone = lambda text: {**base, **nested(path, text)}  # noqa: E731
    return Reading([Piece(path, channel, alone)])


def _ollama(value: Json) -> Reading | None:
    if not isinstance(value.get("done"), bool):
        return None
    base = {name: value[name] for name in ("model", "created_at") if name in value} | {"done": False}
    reading = Reading(ends=[ALL] if value["done"] else [], others=[("text",)])
    for path in (("message", "thinking"), ("message", "content"), ("thinking",), ("response",)):
        if isinstance(at(value, *path), str):
            reading.pieces.append(Piece(path, ("text", path), partial(_ollama_alone, base, path)))
            if at(value, *path):
                reading.goes_on.add(("text", path))
    if not reading.goes_on and not at(value, "message", "tool_calls"):
        reading.others = []
    return reading


def _ollama_alone(base: Json, path: Path, text: str) -> object:
    if len(path) == 1:
        return {**base, "response": "", **nested(path, text)}
    return {**base, "message": {"role": "assistant", "content": "", **nested(path[1:], text)}}


def _converse(value: Json) -> Reading | None:
    """Bedrock's converse, and Nova's events, which have their name around them."""
    if len(value) == 1:
        name, inner = next(iter(value.items()))
        if name in ("contentBlockDelta", "contentBlockStop") and isinstance(inner, dict):
            inside = _converse(inner) or Reading()
            pieces = [
                Piece((name, *piece.path), piece.channel, partial(_wrapped, name, piece.alone))
                for piece in inside.pieces
            ]
            return Reading(pieces, inside.ends)
        if name == "messageStop":
            return Reading(ends=[ALL])
    if "contentBlockIndex" not in value:
        return Reading(ends=[ALL]) if "stopReason" in value else None
    channel = ("block", key(value, "contentBlockIndex"))
    if "delta" not in value and "start" not in value:
        return Reading(ends=[channel])
    for path in (("text",), ("toolUse", "input"), ("reasoningContent", "text")):
        if isinstance(at(value, "delta", *path), str):
            return _one(value, ("delta", *path), channel)
    return Reading()


def _wrapped(name: str, alone: Callable[[str], object], text: str) -> object:
    return {name: alone(text)}


def _simple(value: Json) -> Reading | None:
    for path, end in _SIMPLE:
        if isinstance(at(value, *path), str):
            reading = _one(value, path, ("text",))
            if at(value, *end):
                reading.ends.append(ALL)
            return reading
    return None


_DIALECTS: tuple[Callable[[Json], Reading | None], ...] = (
    _chat, _anthropic, _responses, _gemini, _cohere, _ollama, _converse, _assistants, _simple
)  # fmt: skip
