"""HTTP/2, as both libraries speak it."""

from __future__ import annotations

import importlib
import json
import socket
import threading
from collections.abc import Iterator
from typing import Any

import h2.config
import h2.connection
import h2.events
import pytest
from redact.support import SECRET
from redact.wire.upstream import Seen, told

from prodworthy_redact import Redactor


def _serve(listener: socket.socket, seen: list[Seen]) -> None:
    connection, _ = listener.accept()
    with connection:
        state = h2.connection.H2Connection(
            h2.config.H2Configuration(client_side=False, header_encoding="utf-8")
        )
        state.initiate_connection()
        connection.sendall(state.data_to_send())
        headers: dict[int, dict[str, str]] = {}
        bodies: dict[int, bytes] = {}
        while data := connection.recv(65_536):
            for event in state.receive_data(data):
                stream = getattr(event, "stream_id", None) or 0
                if isinstance(event, h2.events.RequestReceived):
                    headers[stream] = {str(name): str(value) for name, value in event.headers or []}
                elif isinstance(event, h2.events.DataReceived):
                    bodies[stream] = bodies.get(stream, b"") + (event.data or b"")
                    state.acknowledge_received_data(event.flow_controlled_length or 0, stream)
                elif isinstance(event, h2.events.StreamEnded):
                    request = Seen("POST", headers[stream][":path"], headers[stream], bodies.get(stream, b""))
                    seen.append(request)
                    answer = {"choices": [{"message": {"content": told(request)}}]}
                    state.send_headers(stream, [(":status", "200"), ("content-type", "application/json")])
                    state.send_data(stream, json.dumps(answer).encode(), end_stream=True)
            connection.sendall(state.data_to_send())


@pytest.fixture
def server() -> Iterator[tuple[str, list[Seen]]]:
    seen: list[Seen] = []
    with socket.create_server(("127.0.0.1", 0)) as listener:
        thread = threading.Thread(target=_serve, args=(listener, seen), daemon=True)
        thread.start()
        yield f"http://127.0.0.1:{listener.getsockname()[1]}", seen
        thread.join(10)


@pytest.mark.parametrize("library", ["httpx", "httpx2"])
def test_http2(library: str, redactor: Redactor, server: tuple[str, list[Seen]]) -> None:
    url, seen = server
    http: Any = importlib.import_module(library)
    adapter: Any = importlib.import_module(f"prodworthy_redact.{library}")
    transport = adapter.RedactingTransport(redactor, http.HTTPTransport(http1=False, http2=True))
    with http.Client(transport=transport) as client:
        answers = [
            client.post(f"{url}/v1/chat/completions", json={"messages": [{"content": SECRET}]})
            for _ in range(2)
        ]
    assert {answer.http_version for answer in answers} == {"HTTP/2"}
    assert [answer.json()["choices"][0]["message"]["content"] for answer in answers] == [SECRET, SECRET]
    assert [SECRET in request.visible() for request in seen] == [False, False]
    assert seen[0].headers["content-length"] == str(len(seen[0].body))
