"""What the caller sees when Redis, the provider or a worker dies in the middle of an answer."""

from __future__ import annotations

import asyncio
import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import httpx2
import pytest
from redact.gateway.loopback import Provider, gateway_app, running
from starlette.responses import JSONResponse, StreamingResponse

CHAT = "/v1/chat/completions"
MAIL = "maria@example.com"
ASKED = {"model": "m", "stream": True, "messages": [{"role": "user", "content": f"I am {MAIL}"}]}
AGAIN = {"model": "m", "messages": [{"role": "user", "content": "who am I?"}]}
TALK = {"authorization": "Bearer k", "x-prodworthy-session": "talk"}
KEY = "an example key that opens nothing at all, really"


def event(text: str) -> bytes:
    chunk = {"choices": [{"index": 0, "delta": {"content": text}, "finish_reason": None}]}
    return f"data: {json.dumps(chunk)}\n\n".encode()


class Held:
    """An answer whose second half waits until it is let go."""

    def __init__(self, upstream: Provider, first: str, second: str) -> None:
        self.go = threading.Event()
        self._first, self._second = first, second
        upstream.answer = self.answer

    def answer(self, _: dict[str, Any]) -> StreamingResponse:
        async def parts() -> Any:
            yield event(self._first)
            await asyncio.to_thread(self.go.wait, 20)
            yield event(self._second)
            yield b"data: [DONE]\n\n"

        return StreamingResponse(parts(), media_type="text/event-stream")


def contents(line: str) -> str:
    chunk = json.loads(line[6:]) if line.startswith("data: {") else {}
    return "".join(str(choice["delta"].get("content", "")) for choice in chunk.get("choices", ()))


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@contextmanager
def redis_at(port: int, folder: Path) -> Iterator[subprocess.Popen[str]]:
    binary = shutil.which("redis-server")
    if binary is None:
        pytest.skip("redis-server is not installed (Debian: apt-get install redis-server)")
    options = f"--port {port} --bind 127.0.0.1 --dir {folder} --save '' --appendonly yes --appendfsync always"
    command = [binary, *options.replace("'", "").split(" ")]
    server = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
    assert server.stdout is not None
    try:
        assert any("Ready to accept connections" in line for line in server.stdout), "redis did not start"
        yield server
    finally:
        server.kill()
        server.communicate()


@contextmanager
def process(
    folder: Path, upstream: str, redis: int, workers: int = 1
) -> Iterator[tuple[subprocess.Popen[str], str]]:
    """``prodworthy gateway`` as users run it, and its URL."""
    config = folder / "prodworthy.toml"
    config.write_text(f'[redact]\nnames = "off"\nvault = "redis://127.0.0.1:{redis}/0"\n')
    port = free_port()
    command = [
        str(Path(sys.executable).with_name("prodworthy")), "gateway", "--config", str(config),
        "--upstream", upstream, "--listen", f"127.0.0.1:{port}", "--workers", str(workers),
    ]  # fmt: skip
    environment = {**os.environ, "PRODWORTHY_REDACT_KEY": KEY}
    server = subprocess.Popen(command, stderr=subprocess.PIPE, text=True, env=environment)
    assert server.stderr is not None
    try:
        told = (line for line in server.stderr if "Application startup complete" in line)
        assert sum(1 for _ in zip(range(workers), told, strict=False)) == workers, "the gateway did not start"
        yield server, f"http://127.0.0.1:{port}"
    finally:
        server.send_signal(signal.SIGTERM)
        server.communicate(timeout=20)


def children(pid: int) -> list[int]:
    found = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
    return [int(child) for child in found if b"spawn_main" in Path(f"/proc/{child}/cmdline").read_bytes()]


@pytest.mark.skipif(sys.platform != "linux", reason="finds the workers in /proc")
def test_redis_and_then_a_worker_are_killed_in_the_middle(upstream: Provider, tmp_path: Path) -> None:
    port = free_port()
    with (
        redis_at(port, tmp_path) as store,
        process(tmp_path, upstream.url, port, workers=2) as (server, url),
        httpx2.Client(base_url=url, headers=TALK, timeout=30) as client,
    ):
        held = Held(upstream, "You are <EMAIL_", "ADDRESS_1>.")
        with client.stream("POST", CHAT, json=ASKED) as answer:
            lines = answer.iter_lines()
            assert contents(next(lines)) == "You are "
            store.kill()
            store.wait()
            held.go.set()
            assert "".join(map(contents, lines)) == f"{MAIL}.", "an answer under way is restored to its end"
        upstream.answer = JSONResponse({"choices": [{"message": {"content": "<EMAIL_ADDRESS_1>"}}]})
        before = len(upstream.seen)
        refused = client.post(CHAT, json=AGAIN)
        assert (refused.status_code, refused.headers["retry-after"]) == (503, "1")
        assert refused.json()["error"]["code"] == "store_unavailable"
        assert client.get("/readyz").status_code == 503
        assert len(upstream.seen) == before, "what cannot be redacted is not sent"
        alone = httpx2.post(url + CHAT, json={**ASKED, "stream": False}, timeout=30)
        assert MAIL in alone.text, "a request without a conversation needs no store"
        with redis_at(port, tmp_path):
            assert MAIL in client.post(CHAT, json=AGAIN).text, "what was known is known again"
            held = Held(upstream, "You are <EMAIL_", "ADDRESS_1>.")
            with client.stream("POST", CHAT, json=ASKED) as answer:
                lines = answer.iter_lines()
                assert contents(next(lines)) == "You are "
                for worker in children(server.pid):
                    os.kill(worker, signal.SIGKILL)
                rest: list[str] = []
                with pytest.raises(httpx2.RemoteProtocolError):
                    rest.extend(lines)
                assert rest in ([], [""]), "nothing more, and no placeholder by halves"
            held.go.set()
            upstream.answer = JSONResponse({"choices": [{"message": {"content": "<EMAIL_ADDRESS_1>"}}]})
            assert MAIL in client.post(CHAT, json=AGAIN).text, "another worker goes on with the conversation"
    assert MAIL.encode() not in upstream.told


def test_a_gateway_that_stops_ends_its_answers_first(upstream: Provider, tmp_path: Path) -> None:
    port = free_port()
    with redis_at(port, tmp_path), process(tmp_path, upstream.url, port) as (server, url):
        held = Held(upstream, "You are <EMAIL_", "ADDRESS_1>.")
        with httpx2.Client(base_url=url, headers=TALK, timeout=30) as client:
            with client.stream("POST", CHAT, json=ASKED) as answer:
                lines = answer.iter_lines()
                assert contents(next(lines)) == "You are "
                server.send_signal(signal.SIGTERM)
                held.go.set()
                assert "".join(map(contents, lines)) == f"{MAIL}."
            assert server.wait(20) == 0
            with pytest.raises(httpx2.ConnectError):
                client.get("/healthz")


@contextmanager
def breaking(first: bytes) -> Iterator[str]:
    """A provider that dies after the first part of its answer."""
    listener = socket.create_server(("127.0.0.1", 0))

    def serve() -> None:
        while True:
            try:
                connection, _ = listener.accept()
            except OSError:
                return
            with connection:
                connection.recv(65_536)
                head = b"HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\ntransfer-encoding: chunked\r\n\r\n"
                connection.sendall(head + b"%x\r\n%b\r\n" % (len(first), first))

    thread = threading.Thread(target=serve, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{listener.getsockname()[1]}"
    finally:
        listener.shutdown(socket.SHUT_RDWR)
        listener.close()
        thread.join(5)


def test_the_provider_dies_in_the_middle_of_a_stream() -> None:
    half = event("for <PERSON_1> and <PERS") + b'data: {"choices": [{"delta": {"content": "lost'
    asked = {"model": "m", "stream": True, "messages": [{"role": "user", "content": "Maria Gonzalez"}]}
    with breaking(half) as provider, running(gateway_app(provider)) as url:
        answer = httpx2.post(url + CHAT, json=asked)
        events = answer.text.split("\n\n")
        assert "".join(map(contents, events)) == "for Maria Gonzalez and <PERS"
        assert json.loads(events[-2].removeprefix("data: ")) == {
            "error": {
                "message": "the upstream broke its answer off",
                "type": "server_error",
                "param": None,
                "code": "upstream_broke_off",
            }
        }
        assert "lost" not in answer.text
        anthropic = httpx2.post(url + "/v1/messages", json=asked).text
        assert anthropic.endswith(
            "event: error\n"
            'data: {"type":"error","error":{"type":"api_error","message":"the upstream broke its answer off"}}\n\n'
        )


def test_what_is_screened_is_not_given_out_by_halves() -> None:
    asked = {"model": "m", "stream": True, "messages": [{"role": "user", "content": "who?"}]}
    app = {"policy": {"answers": "restore-and-redact"}}
    with breaking(event("It was Maria Gonz")) as provider, running(gateway_app(provider, **app)) as url:
        assert "Maria" not in httpx2.post(url + CHAT, json=asked).text


def test_a_provider_that_is_not_there() -> None:
    with running(gateway_app(f"http://127.0.0.1:{free_port()}")) as url:
        answer = httpx2.post(url + CHAT, json=AGAIN)
    assert (answer.status_code, answer.json()["error"]["code"]) == (502, "upstream_unreachable")


def test_a_caller_that_hangs_up_stops_the_provider(upstream: Provider) -> None:
    stopped = threading.Event()

    async def parts() -> Any:
        try:
            yield event("one")
            await asyncio.sleep(30)
        finally:
            stopped.set()

    upstream.answer = lambda _: StreamingResponse(parts(), media_type="text/event-stream")
    with running(gateway_app(upstream.url)) as url, httpx2.Client(base_url=url) as client:
        with client.stream("POST", CHAT, json={**AGAIN, "stream": True}) as answer:
            next(answer.iter_lines())
        assert stopped.wait(10)
        assert 'status="200"' in client.get("/metrics").text
