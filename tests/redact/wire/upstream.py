"""A provider on this machine: it remembers what it was sent, and answers with every placeholder in it."""

from __future__ import annotations

import base64
import binascii
import gzip
import json
import re
import socket
import threading
import zlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import unquote_plus

from redact.wire.streams import header, lines, sse

from prodworthy_redact.wire.frames import framed

_PLACEHOLDER = re.compile(r"<[A-Z][A-Z0-9_]*_\d+(?:_[A-Z]+)?>|(?<![<\w])[A-Z][A-Z_]*_ADDRESS_\d+(?![\w>])")
_BASE64 = re.compile(r"[A-Za-z0-9+/_-]{24,}={0,2}")


@dataclass(frozen=True)
class Seen:
    """A request as it arrived."""

    method: str
    path: str
    headers: dict[str, str]
    body: bytes

    @property
    def json(self) -> dict[str, object]:
        found = json.loads(self.body)
        assert isinstance(found, dict)
        return found

    def visible(self) -> str:
        """Everything that can be read in it, base64 and escapes undone."""
        told = "\n".join([self.path, *self.headers.values(), self.body.decode("utf-8", "replace")])
        told += "\n" + unquote_plus(told).replace('\\"', '"')
        for match in _BASE64.finditer(told):
            text = match.group().rstrip("=")
            try:
                told += "\n" + base64.b64decode(text + "=" * (-len(text) % 4), altchars=None).decode()
            except (binascii.Error, ValueError):
                continue
        return told

    def placeholders(self) -> list[str]:
        return list(dict.fromkeys(_PLACEHOLDER.findall(self.visible())))


@dataclass
class Reply:
    """An answer: its body, in the pieces in which it is written."""

    content_type: str
    pieces: list[bytes]
    status: int = 200
    headers: dict[str, str] = field(default_factory=dict)
    gate: threading.Event | None = None  # waited for before the last piece


Answering = Callable[[Seen], Reply]


class Upstream:
    """The server. Set ``answer`` to have it answer otherwise than by the path."""

    def __init__(self) -> None:
        self.seen: list[Seen] = []
        self.answer: Answering | None = None
        self.broken = threading.Event()  # a client went away while it was answered
        upstream = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers.get("content-length", 0)))
                seen = Seen(self.command, self.path, {k.lower(): v for k, v in self.headers.items()}, body)
                upstream.seen.append(seen)
                self._write((upstream.answer or by_path)(seen))

            do_GET = do_DELETE = do_POST  # noqa: N815

            def _write(self, reply: Reply) -> None:
                self.send_response(reply.status)
                self.send_header("Content-Type", reply.content_type)
                for name, value in reply.headers.items():
                    self.send_header(name, value)
                whole = len(reply.pieces) == 1
                if whole:
                    self.send_header("Content-Length", str(len(reply.pieces[0])))
                else:
                    self.send_header("Transfer-Encoding", "chunked")
                self.end_headers()
                try:
                    for number, piece in enumerate(reply.pieces):
                        if reply.gate and number + 1 == len(reply.pieces):
                            reply.gate.wait(10)
                        self.wfile.write(piece if whole else b"%x\r\n%s\r\n" % (len(piece), piece))
                    if not whole:
                        self.wfile.write(b"0\r\n\r\n")
                except OSError:
                    upstream.broken.set()
                    self.close_connection = True

            def log_message(self, format: str, *args: object) -> None:  # noqa: A002
                pass

        class Server(ThreadingHTTPServer):
            daemon_threads = True
            request_queue_size = 128

            def get_request(self) -> tuple[socket.socket, object]:
                connection, address = super().get_request()
                connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
                return connection, address

            def handle_error(self, *_: object) -> None:
                upstream.broken.set()

        self._server = Server(("127.0.0.1", 0), Handler)
        self.host = f"127.0.0.1:{self._server.server_port}"
        self.url = f"http://{self.host}"

    @contextmanager
    def running(self) -> Iterator[Upstream]:
        thread = threading.Thread(target=self._server.serve_forever, args=(0.02,), daemon=True)
        thread.start()
        try:
            yield self
        finally:
            self._server.shutdown()
            self._server.server_close()
            thread.join()


def by_path(seen: Seen) -> Reply:
    """What the provider whose path this is would answer."""
    path = seen.path.partition("?")[0]
    for ending, answer in _ANSWERS:
        if re.search(ending, path):
            return answer(seen)
    return Reply(
        "application/json", [json.dumps({"error": {"message": f"no such path: {path}"}}).encode()], 404
    )


def whole(value: object, status: int = 200) -> Reply:
    return Reply("application/json", [json.dumps(value).encode()], status)


def cut(text: str, size: int = 5) -> list[str]:
    return [text[at : at + size] for at in range(0, len(text), size)] or [""]


def told(seen: Seen) -> str:
    return " ".join(seen.placeholders()) or "nothing"


def arguments(seen: Seen) -> dict[str, object]:
    found = seen.placeholders()
    return {"values": found, "text": f'"{found[0]}"' if found else ""}


def _events(events: list[object], newline: str = "\n", comment: str = ": hello") -> Reply:
    data = sse(events, newline, comment)
    return Reply("text/event-stream", [data[at : at + 61] for at in range(0, len(data), 61)])


def _wants(seen: Seen) -> tuple[bool, bool]:
    """Whether a tool call and a stream are asked for; a tool's description alone does not ask for a call."""
    body = seen.json
    return "call-the-tool" in seen.body.decode(), bool(body.get("stream"))


def _chat(seen: Seen) -> Reply:
    tools, stream = _wants(seen)
    head = {"id": "c1", "created": 1, "model": "m"}
    usage = {"prompt_tokens": 3, "completion_tokens": 4, "total_tokens": 7}
    if not stream:
        call = {
            "id": "call_1",
            "type": "function",
            "function": {"name": "send", "arguments": json.dumps(arguments(seen))},
        }
        message = {
            "role": "assistant",
            "content": None if tools else told(seen),
            **({"tool_calls": [call]} if tools else {}),
        }
        choice = {"index": 0, "message": message, "finish_reason": "tool_calls" if tools else "stop"}
        return whole({**head, "object": "chat.completion", "choices": [choice], "usage": usage})

    def chunk(delta: object, finish: str | None = None) -> object:
        return {
            **head,
            "object": "chat.completion.chunk",
            "choices": [{"index": 0, "delta": delta, "finish_reason": finish}],
        }

    events = [chunk({"role": "assistant", "content": ""})]
    if tools and str(seen.json["model"]).startswith("mistral"):  # one piece a call
        function = {"name": "send", "arguments": json.dumps(arguments(seen))}
        events.append(chunk({"tool_calls": [{"index": 0, "id": "call_1", "function": function}]}))
    elif tools:
        start = {
            "index": 0,
            "id": "call_1",
            "type": "function",
            "function": {"name": "send", "arguments": ""},
        }
        events.append(chunk({"tool_calls": [start]}))
        events += [
            chunk({"tool_calls": [{"index": 0, "function": {"arguments": part}}]})
            for part in cut(json.dumps(arguments(seen)))
        ]
    else:
        events += [chunk({"content": part}) for part in cut(told(seen))]
    events += [
        chunk({}, "tool_calls" if tools else "stop"),
        {**head, "object": "chat.completion.chunk", "choices": [], "usage": usage},
    ]
    return _events(events)


def _embeddings(seen: Seen) -> Reply:
    given = seen.json.get("input")
    count = len(given) if isinstance(given, list) else 1
    data = [{"object": "embedding", "index": n, "embedding": [0.5, 0.25]} for n in range(count)]
    if seen.json.get("encoding_format") == "base64":
        data = [{**item, "embedding": base64.b64encode(b"\0\0\0\x3f\0\0\x80\x3e").decode()} for item in data]
    return whole(
        {
            "id": "e",
            "object": "list",
            "model": "m",
            "data": data,
            "usage": {"prompt_tokens": 1, "total_tokens": 1},
        }
    )


def _responses(seen: Seen) -> Reply:
    tools, stream = _wants(seen)
    text, given = told(seen), json.dumps(arguments(seen))
    item: dict[str, object] = {
        "id": "i1",
        "type": "message",
        "role": "assistant",
        "status": "completed",
        "content": [{"type": "output_text", "text": text, "annotations": []}],
    }
    if tools:
        item = {
            "id": "i1",
            "type": "function_call",
            "call_id": "call_1",
            "name": "send",
            "arguments": given,
            "status": "completed",
        }
    response = {
        "id": "resp_1", "object": "response", "created_at": 1, "model": "m", "status": "completed", "output": [item],
        "parallel_tool_calls": True, "tool_choice": "auto", "tools": [],
        "usage": {"input_tokens": 3, "output_tokens": 4, "total_tokens": 7, "input_tokens_details": {"cached_tokens": 0}, "output_tokens_details": {"reasoning_tokens": 0}},
    }  # fmt: skip
    if not stream:
        return whole(response)
    place = {"item_id": "i1", "output_index": 0}
    unfinished: dict[str, object] = {"arguments": ""} if tools else {"content": []}
    started = {**item, "status": "in_progress", **unfinished}
    empty = {**response, "status": "in_progress", "output": [], "usage": None}
    events: list[object] = [
        {"type": "response.created", "response": empty, "sequence_number": 0},
        {"type": "response.output_item.added", "output_index": 0, "item": started, "sequence_number": 1},
    ]
    if tools:
        kind = "response.function_call_arguments"
        events += [
            {"type": f"{kind}.delta", **place, "delta": part, "sequence_number": 2} for part in cut(given)
        ]
        events.append(
            {"type": f"{kind}.done", **place, "name": "send", "arguments": given, "sequence_number": 3}
        )
    else:
        place["content_index"] = 0
        part: dict[str, object] = {"type": "output_text", "text": "", "annotations": []}
        events.append({"type": "response.content_part.added", **place, "part": part, "sequence_number": 2})
        events += [
            {
                "type": "response.output_text.delta",
                **place,
                "delta": piece,
                "logprobs": [],
                "sequence_number": 3,
            }
            for piece in cut(text)
        ]
        events.append(
            {"type": "response.output_text.done", **place, "text": text, "logprobs": [], "sequence_number": 4}
        )
        events.append(
            {
                "type": "response.content_part.done",
                **place,
                "part": {**part, "text": text},
                "sequence_number": 5,
            }
        )
    events.append(
        {"type": "response.output_item.done", "output_index": 0, "item": item, "sequence_number": 6}
    )
    events.append({"type": "response.completed", "response": response, "sequence_number": 7})
    return _events(events)


def _messages(seen: Seen) -> Reply:
    tools, stream = _wants(seen)
    block: dict[str, object] = (
        {"type": "tool_use", "id": "t1", "name": "send", "input": arguments(seen)}
        if tools
        else {"type": "text", "text": told(seen)}
    )
    reason = "tool_use" if tools else "end_turn"
    message = {"id": "m1", "type": "message", "role": "assistant", "model": "m", "stop_sequence": None}
    usage = {"input_tokens": 3, "output_tokens": 4}
    if not stream:
        return whole({**message, "content": [block], "stop_reason": reason, "usage": usage})
    name, kind = ("partial_json", "input_json_delta") if tools else ("text", "text_delta")
    start = {**block, "input": {}} if tools else {"type": "text", "text": ""}
    events: list[object] = [
        {"type": "message_start", "message": {**message, "content": [], "stop_reason": None, "usage": usage}},
        {"type": "content_block_start", "index": 0, "content_block": start},
        {"type": "ping"},
        *({"type": "content_block_delta", "index": 0, "delta": {"type": kind, name: part}} for part in cut(json.dumps(arguments(seen)) if tools else told(seen))),
        {"type": "content_block_stop", "index": 0},
        {"type": "message_delta", "delta": {"stop_reason": reason, "stop_sequence": None}, "usage": usage},
        {"type": "message_stop"},
    ]  # fmt: skip
    return _events(events, "\r\n")


def _gemini(seen: Seen) -> Reply:
    tools = _wants(seen)[0]
    usage = {"promptTokenCount": 3, "candidatesTokenCount": 4, "totalTokenCount": 7}

    def chunk(part: object, **more: object) -> object:
        return {
            "candidates": [{"content": {"role": "model", "parts": [part]}, "index": 0, **more}],
            "usageMetadata": usage,
            "modelVersion": "m",
        }

    last = {"functionCall": {"name": "send", "args": arguments(seen)}} if tools else {"text": "."}
    if "stream" not in seen.path:
        return whole(chunk(last if tools else {"text": told(seen)}, finishReason="STOP"))
    events = [chunk({"text": part}) for part in ([] if tools else cut(told(seen)))]
    return _events([*events, chunk(last, finishReason="STOP")], "\r\n", "")


def _cohere(seen: Seen) -> Reply:
    tools, stream = _wants(seen)
    usage = {
        "billed_units": {"input_tokens": 3, "output_tokens": 4},
        "tokens": {"input_tokens": 3, "output_tokens": 4},
    }
    reason = "TOOL_CALL" if tools else "COMPLETE"
    call = {
        "id": "c1",
        "type": "function",
        "function": {"name": "send", "arguments": json.dumps(arguments(seen))},
    }
    if not stream:
        message: dict[str, object] = (
            {"role": "assistant", "tool_plan": told(seen), "tool_calls": [call]}
            if tools
            else {"role": "assistant", "content": [{"type": "text", "text": told(seen)}]}
        )
        return whole({"id": "m1", "finish_reason": reason, "message": message, "usage": usage})

    def delta(kind: str, message: object) -> object:
        return {"type": kind, "index": 0, "delta": {"message": message}}

    events: list[object] = [
        {
            "type": "message-start",
            "id": "m1",
            "delta": {
                "message": {
                    "role": "assistant",
                    "content": [],
                    "tool_plan": "",
                    "tool_calls": [],
                    "citations": [],
                }
            },
        }
    ]
    if tools:
        events += [
            {"type": "tool-plan-delta", "delta": {"message": {"tool_plan": part}}} for part in cut(told(seen))
        ]
        events.append(
            delta("tool-call-start", {"tool_calls": {**call, "function": {"name": "send", "arguments": ""}}})
        )
        events += [
            delta("tool-call-delta", {"tool_calls": {"function": {"arguments": part}}})
            for part in cut(json.dumps(arguments(seen)))
        ]
        events.append({"type": "tool-call-end", "index": 0})
    else:
        events.append(delta("content-start", {"content": {"type": "text", "text": ""}}))
        events += [delta("content-delta", {"content": {"text": part}}) for part in cut(told(seen))]
        events.append({"type": "content-end", "index": 0})
    events.append({"type": "message-end", "id": "m1", "delta": {"finish_reason": reason, "usage": usage}})
    return _events(events)


def _ollama(seen: Seen) -> Reply:
    tools, stream = _wants(seen)[0], seen.json.get("stream", True)
    head = {"model": "m", "created_at": "2026-01-01T00:00:00Z"}

    def chunk(text: str, done: bool = False, **more: Any) -> object:
        return {
            **head,
            "message": {"role": "assistant", "content": text, **more},
            "done": done,
            **({"done_reason": "stop", "eval_count": 4} if done else {}),
        }

    calls: dict[str, Any] = (
        {"tool_calls": [{"function": {"name": "send", "arguments": arguments(seen)}}]} if tools else {}
    )
    if not stream:
        return whole(chunk("" if tools else told(seen), True, **calls))
    events = [chunk("", **calls)] if tools else [chunk(part) for part in cut(told(seen))]
    data = lines([*events, chunk("", True)])
    return Reply("application/x-ndjson", [data[at : at + 61] for at in range(0, len(data), 61)])


def _converse(seen: Seen) -> Reply:
    tools = _wants(seen)[0]
    reason = "tool_use" if tools else "end_turn"
    usage = {"inputTokens": 3, "outputTokens": 4, "totalTokens": 7}
    if not seen.path.endswith("-stream"):
        block: dict[str, object] = (
            {"toolUse": {"toolUseId": "t1", "name": "send", "input": arguments(seen)}}
            if tools
            else {"text": told(seen)}
        )
        return whole(
            {
                "output": {"message": {"role": "assistant", "content": [block]}},
                "stopReason": reason,
                "usage": usage,
                "metrics": {"latencyMs": 1},
            }
        )
    text = json.dumps(arguments(seen)) if tools else told(seen)
    events: list[tuple[str, object]] = [("messageStart", {"role": "assistant", "p": "ab"})]
    if tools:
        events.append(
            (
                "contentBlockStart",
                {"contentBlockIndex": 0, "start": {"toolUse": {"toolUseId": "t1", "name": "send"}}},
            )
        )
    for part in cut(text):
        delta = {"toolUse": {"input": part}} if tools else {"text": part}
        events.append(("contentBlockDelta", {"contentBlockIndex": 0, "delta": delta, "p": "abc"}))
    events += [
        ("contentBlockStop", {"contentBlockIndex": 0}),
        ("messageStop", {"stopReason": reason}),
        ("metadata", {"usage": usage, "metrics": {"latencyMs": 1}}),
    ]
    return _frames([(name, json.dumps(value).encode()) for name, value in events])


def _invoke(seen: Seen) -> Reply:
    reply = _messages(
        Seen(
            seen.method,
            seen.path,
            seen.headers,
            json.dumps({**seen.json, "stream": "stream" in seen.path}).encode(),
        )
    )
    if "stream" not in seen.path:
        return reply
    text = b"".join(reply.pieces).decode().replace("\r\n", "\n")
    events = [line[6:] for line in text.split("\n") if line.startswith("data: {")]
    return _frames(
        [
            ("chunk", json.dumps({"bytes": base64.b64encode(event.encode()).decode(), "p": "abc"}).encode())
            for event in events
        ]
    )


def _frames(events: list[tuple[str, bytes]]) -> Reply:
    data = b"".join(
        framed(
            header(":event-type", name)
            + header(":content-type", "application/json")
            + header(":message-type", "event"),
            payload,
        )
        for name, payload in events
    )
    return Reply("application/vnd.amazon.eventstream", [data[at : at + 61] for at in range(0, len(data), 61)])


_ANSWERS: list[tuple[str, Answering]] = [
    (r"/chat/completions$", _chat),
    (r"/responses$", _responses),
    (r"/embeddings$", _embeddings),
    (r"/messages$", _messages),
    (r":(stream)?[gG]enerateContent$", _gemini),
    (r":embedContent$", lambda seen: whole({"embedding": {"values": [0.5]}})),
    (r":batchEmbedContents$", lambda seen: whole({"embeddings": [{"values": [0.5]}] * len(list(_list(seen.json["requests"])))})),
    (r"/v2/chat$", _cohere),
    (r"/v2/embed$", lambda seen: whole({"id": "e", "response_type": "embeddings_by_type", "embeddings": {"float": [[0.5]]}, "texts": seen.json.get("texts"), "meta": {}})),
    (r"/api/chat$", _ollama),
    (r"/api/embed$", lambda seen: whole({"model": "m", "embeddings": [[0.5]]})),
    (r"/converse(-stream)?$", _converse),
    (r"/invoke(-with-response-stream)?$", _invoke),
    (r"/feature-extraction", lambda seen: whole([[0.5, 0.25]])),
]  # fmt: skip


def _list(value: object) -> list[object]:
    assert isinstance(value, list)
    return value


def compressed(reply: Reply, coding: str) -> Reply:
    """The same, compressed."""
    data = b"".join(reply.pieces)
    if coding == "gzip":
        data = gzip.compress(data)
    elif coding == "deflate":
        data = zlib.compress(data)
    elif coding == "br":
        import brotli

        data = brotli.compress(data)
    elif coding == "zstd":
        import zstandard

        data = zstandard.ZstdCompressor().compress(data)
    pieces = [data[at : at + 37] for at in range(0, len(data), 37)]
    return Reply(reply.content_type, pieces, reply.status, {**reply.headers, "Content-Encoding": coding})
