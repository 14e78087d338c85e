"""Requests of real SDKs are metered by the transport, and refused before they are sent."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import anthropic
import httpx
import httpx2
import openai
import pytest
from redact.gateway.loopback import Provider, provider, stream
from redact.support import KEY, Fake
from starlette.responses import JSONResponse

from prodworthy_redact import BudgetExceeded, Policy, Redactor
from prodworthy_redact.httpx import RedactingTransport
from prodworthy_redact.httpx2 import AsyncRedactingTransport
from prodworthy_redact.usage import Budget, Meter, digest_of_key, tagged

USAGE = {"prompt_tokens": 7, "completion_tokens": 3, "total_tokens": 10}
ASKED: Any = [{"role": "user", "content": "I am Maria Gonzalez"}]


@pytest.fixture
def upstream() -> Iterator[Provider]:
    with provider() as one:
        yield one


def metered(**budget: Any) -> tuple[Redactor, Meter]:
    meter = Meter(Budget(**budget))
    return Redactor(Policy(), finder=Fake(), key=KEY, meter=meter), meter


def client_of(redactor: Redactor, url: str, **options: Any) -> openai.OpenAI:
    http = httpx.Client(transport=RedactingTransport(redactor))
    return openai.OpenAI(api_key="sk-x", base_url=f"{url}/v1", http_client=http, max_retries=0, **options)


def chunk(text: str) -> dict[str, Any]:
    choice = {"index": 0, "delta": {"content": text}, "finish_reason": None}
    return {"id": "c", "object": "chat.completion.chunk", "created": 1, "model": "m", "choices": [choice]}


def answer(text: str) -> JSONResponse:
    choice = {"index": 0, "finish_reason": "stop", "message": {"role": "assistant", "content": text}}
    whole = {"id": "c", "object": "chat.completion", "created": 1, "model": "m", "choices": [choice]}
    return JSONResponse({**whole, "usage": USAGE})


def test_plain_and_streamed_answers_are_counted(upstream: Provider) -> None:
    redactor, meter = metered()
    client = client_of(redactor, upstream.url)
    upstream.answer = answer("<PERSON_1>")
    with tagged("support"):
        got = client.chat.completions.create(model="m", messages=ASKED)
    assert got.choices[0].message.content == "Maria Gonzalez"
    tail = {**chunk(""), "choices": [], "usage": USAGE}
    upstream.answer = lambda _: stream(chunk("<PERS"), chunk("ON_1>"), tail)
    events = list(client.chat.completions.create(model="m", messages=ASKED, stream=True))
    assert "".join(event.choices[0].delta.content or "" for event in events) == "Maria Gonzalez"
    assert upstream.seen[-1]["stream_options"] == {"include_usage": True}
    asked = {"model": "m", "messages": ASKED, "stream_options": {"include_usage": True}}
    events = list(client.chat.completions.create(**asked, stream=True))
    assert events[-1].usage is not None
    assert [(r.tag, r.key, r.answers, r.input, r.output) for r in meter.totals()] == [
        ("", digest_of_key("sk-x"), 2, 14, 6),
        ("support", digest_of_key("sk-x"), 1, 7, 3),
    ]


def test_what_is_beyond_a_budget_is_not_sent(upstream: Provider) -> None:
    redactor, meter = metered(limits=[{"name": "day", "tokens": 400}])
    client = client_of(redactor, upstream.url, default_headers={"x-prodworthy-tag": "t"})
    upstream.answer = answer("hello")
    client.chat.completions.create(model="m", messages=ASKED, max_tokens=200)
    assert "x-prodworthy-tag" not in upstream.headers[-1]
    with pytest.raises(openai.APIConnectionError) as raised:
        client.chat.completions.create(model="m", messages=ASKED, max_tokens=5000)
    assert isinstance(raised.value.__cause__, BudgetExceeded)
    assert len(upstream.seen) == 1
    assert meter.totals()[0].tag == "t"


def test_errors_and_unreachable_providers_cost_nothing(upstream: Provider) -> None:
    redactor, meter = metered(limits=[{"name": "day", "tokens": 5000}])
    upstream.answer = JSONResponse({"error": {"message": "no"}}, 400)
    with pytest.raises(openai.BadRequestError):
        client_of(redactor, upstream.url).chat.completions.create(model="m", messages=ASKED, max_tokens=9)
    with pytest.raises(openai.APIConnectionError):
        client_of(redactor, "http://127.0.0.1:1").chat.completions.create(
            model="m", messages=ASKED, max_tokens=9
        )
    assert meter.totals() == []
    upstream.answer = answer("hello")
    client_of(redactor, upstream.url).chat.completions.create(model="m", messages=ASKED, max_tokens=4000)


async def _ask(redactor: Redactor, url: str) -> str:
    http = httpx2.AsyncClient(transport=AsyncRedactingTransport(redactor))
    async with anthropic.AsyncAnthropic(
        api_key="sk-x", base_url=url, http_client=http, max_retries=0
    ) as client:
        got = await client.messages.create(model="claude-opus-5", max_tokens=9, messages=ASKED)
    assert got.content[0].type == "text"
    return got.content[0].text


def test_asynchronous_clients_with_counters_in_redis(upstream: Provider, redis_url: str) -> None:
    import asyncio

    redactor, meter = metered(store=redis_url, limits=[{"name": "usd", "cost": 1.0}])
    upstream.answer = JSONResponse(
        {
            "id": "m", "type": "message", "role": "assistant", "model": "claude-opus-5", "stop_reason": "end_turn",
            "content": [{"type": "text", "text": "<PERSON_1>"}],
            "usage": {"input_tokens": 1000, "output_tokens": 100},
        }
    )  # fmt: skip
    assert asyncio.run(_ask(redactor, upstream.url)) == "Maria Gonzalez"
    assert [(r.model, r.cost) for r in meter.totals()] == [("claude-opus-5", 0.0075)]
