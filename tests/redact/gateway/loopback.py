"""Servers on this machine: a provider that answers from a script, and the gateway in front of it."""

from __future__ import annotations

import json
import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any, TypeAlias

import uvicorn
from redact.support import KEY, Fake
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response, StreamingResponse
from starlette.routing import Route

Answer: TypeAlias = Response | Callable[[dict[str, Any]], Response]


@dataclass
class Provider:
    """A provider: what it was sent, and what it answers."""

    url: str = ""
    seen: list[dict[str, Any]] = field(default_factory=list)
    headers: list[dict[str, str]] = field(default_factory=list)
    raw: list[bytes] = field(default_factory=list)
    urls: list[str] = field(default_factory=list)
    answer: Answer = field(default_factory=lambda: JSONResponse({}))

    async def serve(self, request: Request) -> Response:
        raw = await request.body()
        self.raw.append(raw)
        self.urls.append(str(request.url))
        self.headers.append(dict(request.headers))
        self.seen.append(json.loads(raw) if raw else {})
        return self.answer if isinstance(self.answer, Response) else self.answer(self.seen[-1])

    @property
    def told(self) -> bytes:
        """All that it was ever sent."""
        return b"\n".join((*self.raw, *(url.encode() for url in self.urls), repr(self.headers).encode()))


@contextmanager
def running(app: Any, drain: int = 1) -> Iterator[str]:
    """``app`` on a free port, in a thread; its URL."""
    listener = socket.socket()
    listener.bind(("127.0.0.1", 0))
    listener.listen(128)  # connections wait until the server takes them
    config = uvicorn.Config(app, log_level="critical", timeout_graceful_shutdown=drain)
    server = uvicorn.Server(config)
    thread = threading.Thread(target=server.run, args=([listener],), daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{listener.getsockname()[1]}"
    finally:
        server.should_exit = True
        thread.join(10)
        listener.close()


@contextmanager
def provider() -> Iterator[Provider]:
    """A provider on a free port."""
    one = Provider()
    methods = ["GET", "POST", "DELETE"]
    with running(Starlette(routes=[Route("/{path:path}", one.serve, methods=methods)])) as url:
        one.url = url
        yield one


def stream(*events: object, done: bool = True) -> StreamingResponse:
    """Server-sent events, as OpenAI's; of those with a type, as Anthropic's."""

    async def parts() -> Any:
        for event in events:
            if isinstance(event, bytes):
                yield event
                continue
            assert isinstance(event, dict)
            name = f"event: {event['type']}\n" if "type" in event else ""
            yield f"{name}data: {json.dumps(event)}\n\n".encode()
        if done:
            yield b"data: [DONE]\n\n"

    return StreamingResponse(parts(), media_type="text/event-stream")


def gateway_app(
    url: str,
    *,
    gateway: dict[str, Any] | None = None,
    policy: dict[str, Any] | None = None,
    budget: dict[str, Any] | None = None,
) -> Starlette:
    """The gateway before ``url``, with a finder of a few obvious things."""
    from prodworthy_redact import Policy
    from prodworthy_redact.gateway.app import application
    from prodworthy_redact.gateway.config import Gateway
    from prodworthy_redact.usage import Budget

    return application(
        Gateway(**{"upstreams": [{"url": url}], **(gateway or {})}),
        Policy(**(policy or {})),
        Budget(**(budget or {})),
        key=KEY,
        finder=Fake(),
    )
