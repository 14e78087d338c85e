"""requests and aiohttp: the same exchange, carried by other libraries."""

from __future__ import annotations

import asyncio
import json
import threading
from typing import Any

import aiohttp
import pytest
import requests
from redact.support import SECRET
from redact.support import redactor as fake
from redact.wire.streams import sse
from redact.wire.upstream import Reply, Upstream, by_path, compressed, whole

from prodworthy_redact import BlockedError, Redactor
from prodworthy_redact.aiohttp import RedactingMiddleware
from prodworthy_redact.requests import RedactingAdapter

CHAT: dict[str, Any] = {"model": "m", "messages": [{"role": "user", "content": f"Write to {SECRET}"}]}
PATH = "/v1/chat/completions"


def session(redactor: Redactor) -> requests.Session:
    made = requests.Session()
    made.mount("http://", RedactingAdapter(redactor))
    return made


def text_of(data: bytes) -> str:
    events = [json.loads(line[6:]) for line in data.decode().splitlines() if line.startswith("data: {")]
    return "".join(event["choices"][0]["delta"].get("content", "") for event in events if event["choices"])


@pytest.mark.parametrize("coding", ["", "gzip", "deflate"])
def test_requests(coding: str, redactor: Redactor, upstream: Upstream) -> None:
    if coding:
        upstream.answer = lambda seen: compressed(by_path(seen), coding)
    with session(redactor) as http:
        plain = http.post(upstream.url + PATH, json=CHAT, params={"who": SECRET}, headers={"X-Who": SECRET})
        assert plain.json()["choices"][0]["message"]["content"] == SECRET
        streamed = http.post(upstream.url + PATH, json={**CHAT, "stream": True}, stream=True)
        assert text_of(b"".join(streamed.iter_content(7))) == SECRET
        read = http.post(upstream.url + PATH, json={**CHAT, "stream": True}, stream=True)
        assert text_of(read.raw.read(10) + read.raw.read()) == SECRET
    assert not any(SECRET in seen.visible() for seen in upstream.seen)
    assert len(redactor._books) == 0


def test_requests_uploads_iterators_and_other_hosts(redactor: Redactor, upstream: Upstream) -> None:
    upstream.answer = lambda _: whole({})
    with session(redactor) as http:
        http.post(upstream.url + PATH, files={"file": ("a.txt", f"To {SECRET}")}, data={"prompt": SECRET})
        http.post(upstream.url + PATH, data=iter([b"To ", SECRET.encode()]))
        http.post(f"{upstream.url}/v1/orders", json={"to": SECRET})
    assert [SECRET in seen.visible() for seen in upstream.seen] == [False, False, True]


def test_requests_sends_nothing_that_is_blocked(upstream: Upstream) -> None:
    with session(fake(entities={"EMAIL_ADDRESS": "block"})) as http, pytest.raises(BlockedError):
        http.post(upstream.url + PATH, json=CHAT)
    assert not upstream.seen


@pytest.mark.parametrize("coding", ["", "gzip", "deflate"])
def test_aiohttp(coding: str, redactor: Redactor, upstream: Upstream) -> None:
    if coding:
        upstream.answer = lambda seen: compressed(by_path(seen), coding)

    async def run() -> None:
        async with aiohttp.ClientSession(middlewares=[RedactingMiddleware(redactor)]) as http:
            url = upstream.url + PATH
            async with http.post(url, json=CHAT, params={"who": SECRET}, headers={"X-Who": SECRET}) as answer:
                assert (await answer.json())["choices"][0]["message"]["content"] == SECRET
                assert "Content-Length" not in answer.headers
            async with http.post(url, json={**CHAT, "stream": True}) as answer:
                assert text_of(b"".join([chunk async for chunk in answer.content.iter_any()])) == SECRET
            async with http.post(url, json={**CHAT, "stream": True}) as answer:
                assert text_of(b"".join([line async for line in answer.content])) == SECRET

    asyncio.run(run())
    assert not any(SECRET in seen.visible() for seen in upstream.seen)
    assert len(redactor._books) == 0


def test_aiohttp_uploads_and_other_hosts(redactor: Redactor, upstream: Upstream) -> None:
    upstream.answer = lambda _: whole({})

    async def run() -> None:
        async with aiohttp.ClientSession(middlewares=[RedactingMiddleware(redactor)]) as http:
            form = aiohttp.FormData({"prompt": SECRET})
            form.add_field("file", f"To {SECRET}", filename="a.txt", content_type="text/plain")
            await http.post(upstream.url + PATH, data=form)
            await http.post(f"{upstream.url}/v1/orders", json={"to": SECRET})
            await http.get(f"{upstream.url}{PATH}")

    asyncio.run(run())
    assert [SECRET in seen.visible() for seen in upstream.seen] == [False, True, False]


def test_aiohttp_does_not_wait_for_the_second_token(redactor: Redactor, upstream: Upstream) -> None:
    gate = threading.Event()
    first, second = (
        sse([{"choices": [{"index": 0, "delta": {"content": text}}]}], comment="")
        for text in ("Hello", "<EMAIL_ADDRESS_1>")
    )
    upstream.answer = lambda _: Reply("text/event-stream", [first, second], gate=gate)

    async def run() -> None:
        async with (
            aiohttp.ClientSession(middlewares=[RedactingMiddleware(redactor)]) as http,
            http.post(upstream.url + PATH, json=CHAT) as answer,
        ):
            assert b"Hello" in await answer.content.readany()
            gate.set()
            assert SECRET.encode() in await answer.content.read()

    asyncio.run(run())


def test_aiohttp_sends_nothing_that_is_blocked(upstream: Upstream) -> None:
    async def run() -> None:
        middleware = RedactingMiddleware(fake(entities={"EMAIL_ADDRESS": "block"}))
        async with aiohttp.ClientSession(middlewares=[middleware]) as http:
            await http.post(upstream.url + PATH, json=CHAT)

    with pytest.raises(BlockedError):
        asyncio.run(run())
    assert not upstream.seen
