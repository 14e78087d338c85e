"""What a caller and the provider see of a request through the gateway."""

from __future__ import annotations

import gzip
import json
import socket
from collections.abc import Iterator
from typing import Any

import httpx2
import pytest
from redact.gateway.loopback import Provider, gateway_app, running, stream
from starlette.responses import JSONResponse, Response

Json = dict[str, Any]
CHAT = "/v1/chat/completions"
MARIA = {"model": "gpt-4o", "messages": [{"role": "user", "content": "I am Maria Gonzalez"}]}
USAGE = {"prompt_tokens": 7, "completion_tokens": 3, "total_tokens": 10}


def said(text: str) -> JSONResponse:
    message = {"role": "assistant", "content": text}
    return JSONResponse({"choices": [{"index": 0, "message": message}], "usage": USAGE})


def delta(text: str, finish: str | None = None) -> Json:
    return {"choices": [{"index": 0, "delta": {"content": text}, "finish_reason": finish}]}


@pytest.fixture
def client(upstream: Provider) -> Iterator[httpx2.Client]:
    with running(gateway_app(upstream.url)) as url, httpx2.Client(base_url=url) as one:
        yield one


def text_of(answer: httpx2.Response) -> str:
    events = [json.loads(line[6:]) for line in answer.text.splitlines() if line.startswith("data: {")]
    return "".join(event["choices"][0]["delta"]["content"] for event in events if event.get("choices"))


def test_the_provider_sees_placeholders_and_the_caller_values(
    client: httpx2.Client, upstream: Provider
) -> None:
    upstream.answer = said("Hello <PERSON_1>")
    answer = client.post(CHAT, json=MARIA, headers={"authorization": "Bearer sk-caller", "cookie": "a=b"})
    assert answer.json()["choices"][0]["message"]["content"] == "Hello Maria Gonzalez"
    assert answer.json()["usage"] == USAGE
    assert upstream.seen == [{**MARIA, "messages": [{"role": "user", "content": "I am <PERSON_1>"}]}]
    assert upstream.headers[0]["authorization"] == "Bearer sk-caller"
    assert "cookie" not in upstream.headers[0]
    assert b"Maria" not in upstream.told


@pytest.mark.parametrize("size", [1, 3, 7, 1000])
def test_a_stream_cut_anywhere(client: httpx2.Client, upstream: Provider, size: int) -> None:
    text = "Dear <PERSON_1>, hello."
    pieces = [text[at : at + size] for at in range(0, len(text), size)]
    upstream.answer = lambda _: stream(*map(delta, pieces), delta("", "stop"))
    answer = client.post(CHAT, json={**MARIA, "stream": True})
    assert answer.headers["content-type"].startswith("text/event-stream")
    assert text_of(answer) == "Dear Maria Gonzalez, hello."
    assert answer.text.endswith("data: [DONE]\n\n")


def test_usage_is_asked_for_and_shown_to_those_who_asked(client: httpx2.Client, upstream: Provider) -> None:
    upstream.answer = lambda _: stream(delta("x", "stop"), {"choices": [], "usage": USAGE})
    answer = client.post(CHAT, json={**MARIA, "stream": True})
    assert upstream.seen[-1]["stream_options"] == {"include_usage": True}
    assert "usage" not in answer.text
    answer = client.post(CHAT, json={**MARIA, "stream": True, "stream_options": {"include_usage": True}})
    assert "usage" in answer.text
    told = client.get("/metrics").text
    assert 'prodworthy_gateway_tokens_total{kind="input",model="gpt-4o"} 14.0' in told


def test_arguments_of_tools_stay_json(client: httpx2.Client, upstream: Provider) -> None:
    ann = 'Ann "Nan" Lee'
    call = {"index": 0, "id": "c", "function": {"name": "mail", "arguments": '{"to": "<PERSON_1>"}'}}
    upstream.answer = JSONResponse({"choices": [{"message": {"role": "assistant", "tool_calls": [call]}}]})
    asked = {"model": "m", "messages": [{"role": "user", "content": f"mail {ann}"}]}
    answer = client.post(CHAT, json=asked).json()
    arguments = answer["choices"][0]["message"]["tool_calls"][0]["function"]["arguments"]
    assert json.loads(arguments) == {"to": ann}


def test_a_conversation_by_its_header_belongs_to_its_key(client: httpx2.Client, upstream: Provider) -> None:
    mine = {"authorization": "Bearer mine", "x-prodworthy-session": "talk"}
    upstream.answer = said("<PERSON_1>")
    client.post(CHAT, json=MARIA, headers=mine)
    asked = {"model": "m", "messages": [{"role": "user", "content": "who?"}]}

    def content(headers: dict[str, str]) -> str:
        return str(client.post(CHAT, json=asked, headers=headers).json()["choices"][0]["message"]["content"])

    assert content(mine) == "Maria Gonzalez"
    assert content({**mine, "authorization": "Bearer other"}) == "<PERSON_1>"
    assert content({"authorization": "Bearer mine"}) == "<PERSON_1>"
    assert "x-prodworthy-session" not in upstream.headers[-1]


def test_errors_of_the_provider_pass(client: httpx2.Client, upstream: Provider) -> None:
    upstream.answer = JSONResponse(
        {"error": {"message": "<PERSON_1> is unknown"}}, 422, headers={"x-request-id": "r1"}
    )
    answer = client.post(CHAT, json=MARIA)
    assert answer.status_code == 422
    assert answer.headers["x-request-id"] == "r1"
    assert answer.json() == {"error": {"message": "Maria Gonzalez is unknown"}}


def test_answers_that_are_no_json(client: httpx2.Client, upstream: Provider) -> None:
    upstream.answer = Response("<PERSON_1> broke it", 500, media_type="text/plain")
    assert client.post(CHAT, json=MARIA).text == "Maria Gonzalez broke it"
    upstream.answer = Response(b"\xff\xfe\x00", media_type="audio/mpeg")
    assert client.post(CHAT, json=MARIA).content == b"\xff\xfe\x00"


def test_queries_are_redacted(client: httpx2.Client, upstream: Provider) -> None:
    client.get("/v1/models", params={"owner": "Maria"})
    assert b"Maria" not in upstream.told
    assert "PERSON_1" in upstream.urls[0]


def test_a_packed_body_is_read(client: httpx2.Client, upstream: Provider) -> None:
    packed = gzip.compress(json.dumps(MARIA).encode())
    headers = {"content-encoding": "gzip", "content-type": "application/json"}
    upstream.answer = said("<PERSON_1>")
    assert client.post(CHAT, content=packed, headers=headers).status_code == 200
    assert upstream.seen[0]["messages"][0]["content"] == "I am <PERSON_1>"
    assert client.post(CHAT, content=packed[:-4], headers=headers).status_code == 400
    assert client.post(CHAT, content=b"x", headers={"content-encoding": "br"}).status_code == 415


@pytest.mark.parametrize(
    ("path", "body", "status", "message"),
    [
        (CHAT, b"{", 400, "the body is no valid JSON; nothing was sent"),
        (CHAT, b"[" * 100_000, 400, "the request is nested too deeply to be read; nothing was sent"),
        (CHAT, b"", 400, "the request has no body; nothing was sent"),
        (CHAT, b"\xff", 400, "the body is no valid JSON; nothing was sent"),
        ("/v1/unheard/of", b"{}", 404, "the gateway does not know POST on this path; nothing was sent"),
        ("/v1/models", b"{}", 404, "the gateway does not know POST on this path; nothing was sent"),
    ],
)
def test_what_cannot_be_read_is_not_sent(
    client: httpx2.Client, upstream: Provider, path: str, body: bytes, status: int, message: str
) -> None:
    answer = client.post(path, content=body)
    assert answer.status_code == status
    error = answer.json()["error"]
    assert (error["message"], error["type"]) == (message, "invalid_request_error")
    assert upstream.seen == []


def test_errors_have_the_providers_own_shape(upstream: Provider) -> None:
    app = gateway_app(upstream.url, policy={"entities": {"PERSON": "block"}})
    with running(app) as url, httpx2.Client(base_url=url) as client:
        told = "the policy forbids sending PERSON; nothing was sent"
        answer = client.post(CHAT, json=MARIA)
        assert answer.json() == {
            "error": {
                "message": told,
                "type": "invalid_request_error",
                "param": None,
                "code": "blocked_by_policy",
            }
        }
        assert answer.headers["x-should-retry"] == "false"
        answer = client.post("/v1/messages", json=MARIA)
        assert answer.json() == {"type": "error", "error": {"type": "invalid_request_error", "message": told}}
    assert upstream.seen == []


def test_limits(upstream: Provider) -> None:
    app = gateway_app(upstream.url, gateway={"max_body": 100})
    with running(app) as url, httpx2.Client(base_url=url) as client:
        big = b'{"model": "' + b"x" * 200 + b'"}'

        def pieces() -> Iterator[bytes]:
            yield from (big[:50], big[50:150], big[150:])

        for content in (big, pieces()):
            answer = client.post("/v1/messages", content=content)
            assert (answer.status_code, answer.json()["error"]["type"]) == (413, "request_too_large")
        bomb = gzip.compress(b" " * 10_000)
        assert client.post(CHAT, content=bomb, headers={"content-encoding": "gzip"}).status_code == 413
    assert upstream.seen == []


def test_a_body_that_does_not_arrive(upstream: Provider) -> None:
    app = gateway_app(upstream.url, gateway={"body_timeout": 0.2})
    with (
        running(app) as url,
        socket.create_connection(("127.0.0.1", int(url.rpartition(":")[2])), 10) as slow,
    ):
        slow.sendall(b"POST /v1/messages HTTP/1.1\r\nhost: x\r\ncontent-length: 9\r\n\r\n{")
        assert slow.recv(4096).startswith(b"HTTP/1.1 408")
    assert upstream.seen == []


def test_more_requests_than_the_gateway_takes(upstream: Provider) -> None:
    app = gateway_app(upstream.url, gateway={"concurrency": 1})
    with (
        running(app) as url,
        socket.create_connection(("127.0.0.1", int(url.rpartition(":")[2])), 10) as first,
    ):
        first.sendall(b"POST /v1/messages HTTP/1.1\r\nhost: x\r\ncontent-length: 9\r\n\r\n")
        with httpx2.Client(base_url=url) as client:
            while (answer := client.post(CHAT, json=MARIA)).status_code == 200:
                continue  # the first has not been read yet
            assert (answer.status_code, answer.json()["error"]["code"]) == (503, "busy")
            assert answer.headers["retry-after"] == "1"
            assert "x-should-retry" not in answer.headers
            assert client.get("/readyz").status_code == 503


def test_a_budget_refuses_before_anything_is_sent(upstream: Provider) -> None:
    upstream.answer = said("hello")
    budget = {"limits": [{"name": "day", "tokens": 700}]}
    asked = {**MARIA, "max_tokens": 300}
    with running(gateway_app(upstream.url, budget=budget)) as url, httpx2.Client(base_url=url) as client:
        assert client.post(CHAT, json=asked).status_code == 200
        assert client.post(CHAT, json={**asked, "max_tokens": 3000}).status_code == 429
        assert client.post(CHAT, json=asked).status_code == 200
        answer = client.post("/v1/messages", json={**asked, "max_tokens": 3000})
        assert answer.json()["error"]["type"] == "rate_limit_error"
        assert answer.headers["x-should-retry"] == "false"
    assert len(upstream.seen) == 2


def test_upstreams_by_api_and_model(upstream: Provider, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OTHER_KEY", "sk-of-the-gateway")
    upstreams = [
        {"url": f"{upstream.url}/a/v1", "apis": ["openai"], "models": ["gpt-*"]},
        {"url": f"{upstream.url}/b", "apis": ["anthropic"], "key_env": "OTHER_KEY"},
    ]
    app = gateway_app("", gateway={"upstreams": upstreams})
    caller = {"authorization": "Bearer sk-caller"}
    with running(app) as url, httpx2.Client(base_url=url, headers=caller) as client:
        assert client.post(CHAT, json={"model": "gpt-4o"}).status_code == 200
        assert client.post("/v1/messages", json={"model": "claude"}).status_code == 200
        answer = client.post(CHAT, json={"model": "llama"})
        assert (answer.status_code, answer.json()["error"]["code"]) == (404, "model_not_found")
        assert client.get("/v1/models", headers={"anthropic-version": "2023-06-01"}).status_code == 200
    paths = [url.removeprefix(upstream.url) for url in upstream.urls]
    assert paths == ["/a/v1/chat/completions", "/b/v1/messages", "/b/v1/models"]
    assert upstream.headers[0]["authorization"] == "Bearer sk-caller"
    assert upstream.headers[1]["x-api-key"] == "sk-of-the-gateway"
    assert "authorization" not in upstream.headers[1]


def test_a_gateway_with_keys_of_its_own(upstream: Provider, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("UP", "sk-up")
    monkeypatch.setenv("DOOR", "door-one, door-two")
    gateway = {"upstreams": [{"url": upstream.url, "key_env": "UP"}], "access_env": "DOOR"}
    with running(gateway_app("", gateway=gateway)) as url, httpx2.Client(base_url=url) as client:
        assert client.post(CHAT, json=MARIA).status_code == 401
        assert client.post(CHAT, json=MARIA, headers={"x-api-key": "door"}).status_code == 401
        assert upstream.seen == []
        assert client.post(CHAT, json=MARIA, headers={"authorization": "Bearer door-two"}).status_code == 200
    assert b"door" not in upstream.told


def test_health_readiness_and_metrics(client: httpx2.Client, upstream: Provider) -> None:
    upstream.answer = said("<PERSON_1>")
    client.post(CHAT, json=MARIA)
    assert client.get("/healthz").text == "ok\n"
    assert client.get("/readyz").text == "ready\n"
    told = client.get("/metrics").text
    line = (
        'prodworthy_gateway_requests_total{endpoint="/v1/chat/completions",status="200",upstream="127.0.0.1"}'
    )
    assert f"{line} 1.0" in told
    assert 'prodworthy_gateway_entities_total{action="replace",event="redact",kind="PERSON"} 1.0' in told
    assert "Maria" not in told


def test_nothing_of_a_request_is_logged(
    client: httpx2.Client, upstream: Provider, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level("DEBUG")
    upstream.answer = said("<PERSON_1>")
    client.post(CHAT, json=MARIA, headers={"authorization": "Bearer sk-caller"})
    client.post(CHAT, content=b"Maria")
    ours = [r.getMessage() for r in caplog.records if not r.name.startswith(("httpx2", "httpcore2"))]
    assert "Maria" not in "".join(ours)
    assert "sk-caller" not in "".join(ours)
