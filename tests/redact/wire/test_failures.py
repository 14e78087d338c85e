"""What fails is not sent; the exception says what to do, and an SDK's own has it as its cause."""

from __future__ import annotations

import json
import logging
import subprocess
from collections.abc import Callable, Iterator, Sequence

import anthropic
import httpx
import openai
import pytest
from redact.support import KEY, SECRET, Fake
from redact.wire.streams import sse
from redact.wire.upstream import Reply, Upstream

from prodworthy_redact import (
    BlockedError,
    Policy,
    RedactError,
    Redactor,
    TransportError,
    VaultError,
    protect,
)
from prodworthy_redact.detect import Entity
from prodworthy_redact.httpx import RedactingTransport
from prodworthy_redact.vault import Tail

CHAT = {"model": "m", "messages": [{"role": "user", "content": f"Write to {SECRET}"}]}


class Failing:
    """A recognizer of somebody's own that quotes what it was given."""

    def find(self, text: str) -> Sequence[Entity]:
        raise ValueError(text)


class Down:
    """A vault that does not answer."""

    def read(self, *_: object) -> Tail:
        raise VaultError("the vault does not answer")

    def append(self, *_: object) -> Tail:
        raise VaultError("the vault does not answer")

    def forget(self, *_: object) -> None:
        raise VaultError("the vault does not answer")

    def close(self) -> None:
        pass


def failing(**policy: object) -> Redactor:
    return Redactor(Policy(**policy), finder=Failing(), key=KEY)


def down(**policy: object) -> Redactor:
    return Redactor(Policy(**policy), finder=Fake(), key=KEY, vault=Down())


def small(**policy: object) -> Redactor:
    return Redactor(Policy(max_body=20, **policy), finder=Fake(), key=KEY)


def short(**policy: object) -> Redactor:
    return Redactor(Policy(max_text=10, **policy), finder=Fake(), key=KEY)


FAULTS: list[tuple[Callable[..., Redactor], type[RedactError], str]] = [
    (failing, BlockedError, r"could not be scanned .*nothing was sent"),
    (down, VaultError, r"does not answer"),
    (small, BlockedError, r"bytes are more than `max_body`|more than `max_body` \(20\); nothing was sent"),
    (short, BlockedError, r"more than `max_text` \(10\); nothing was sent"),
]


def post(redactor: Redactor, url: str) -> httpx.Response:
    with httpx.Client(transport=RedactingTransport(redactor, session="talk")) as client:
        return client.post(f"{url}/v1/chat/completions", json=CHAT)


@pytest.mark.parametrize(("make", "kind", "told"), FAULTS)
def test_a_fault_keeps_a_request_from_being_sent(
    make: Callable[..., Redactor], kind: type[RedactError], told: str, upstream: Upstream
) -> None:
    with pytest.raises(kind, match=told) as caught:
        post(make(), upstream.url)
    assert SECRET not in str(caught.value)
    assert not upstream.seen


@pytest.mark.parametrize(("make", "kind", "told"), FAULTS)
def test_a_policy_can_let_it_through(
    make: Callable[..., Redactor],
    kind: type[RedactError],
    told: str,
    upstream: Upstream,
    caplog: pytest.LogCaptureFixture,
) -> None:
    with caplog.at_level(logging.WARNING, "prodworthy_redact"):
        assert post(make(on_error="allow"), upstream.url).status_code == 200
    assert upstream.seen[0].json == CHAT
    assert make is failing or "without redaction" in caplog.text
    assert SECRET not in caplog.text
    assert kind
    assert told


def test_what_the_policy_forbids_is_never_let_through(upstream: Upstream) -> None:
    policy = Policy(on_error="allow", entities={"EMAIL_ADDRESS": "block"})
    with pytest.raises(BlockedError, match="forbids sending EMAIL_ADDRESS") as caught:
        post(Redactor(policy, finder=Fake()), upstream.url)
    assert caught.value.kinds == ("EMAIL_ADDRESS",)
    assert not upstream.seen


@pytest.mark.parametrize("body", [b"--x\r\nno end", b"", b"--x\r\n\r\n--x--"])
def test_a_broken_upload_is_not_sent(body: bytes, upstream: Upstream) -> None:
    headers = {"Content-Type": "multipart/form-data; boundary=x"}
    redactor = Redactor(Policy(), finder=Fake())
    with httpx.Client(transport=RedactingTransport(redactor)) as client:
        if body:
            with pytest.raises(TransportError, match="nothing was sent"):
                client.post(f"{upstream.url}/v1/audio/transcriptions", content=body, headers=headers)
            assert not upstream.seen
        else:
            client.post(f"{upstream.url}/v1/audio/transcriptions", content=body, headers=headers)


def test_json_too_deep_to_be_read_is_not_sent(upstream: Upstream) -> None:
    redactor = Redactor(Policy(), finder=Fake())
    headers = {"Content-Type": "application/json"}
    with httpx.Client(transport=RedactingTransport(redactor)) as client:
        for depth in (200, 100_000):
            with pytest.raises(BlockedError, match="nothing was sent"):
                client.post(
                    f"{upstream.url}/v1/chat/completions", content="[" * depth + "]" * depth, headers=headers
                )
    assert not upstream.seen


def _openai(url: str, redactor: Redactor) -> None:
    client = protect(openai.OpenAI(api_key="test", base_url=f"{url}/v1", max_retries=0), redactor)
    client.chat.completions.create(model="m", messages=[{"role": "user", "content": SECRET}])


def _anthropic(url: str, redactor: Redactor) -> None:
    client = protect(anthropic.Anthropic(api_key="test", base_url=url, max_retries=0), redactor)
    client.messages.create(model="m", max_tokens=9, messages=[{"role": "user", "content": SECRET}])


@pytest.mark.parametrize("use", [_openai, _anthropic])
def test_an_sdk_says_why_nothing_was_sent(use: Callable[[str, Redactor], None], upstream: Upstream) -> None:
    with pytest.raises((openai.APIConnectionError, anthropic.APIConnectionError)) as caught:
        use(upstream.url, failing())
    assert any(isinstance(error, BlockedError) for error in _causes(caught.value))
    assert not upstream.seen


def _causes(error: BaseException | None) -> Iterator[BaseException]:
    while error is not None:
        yield error
        error = error.__cause__


def test_a_retried_request_is_redacted_the_same(upstream: Upstream) -> None:
    def busy_first(_: object) -> Reply:
        error = json.dumps({"error": {"message": "busy"}}).encode()
        if len(upstream.seen) < 3:
            return Reply("application/json", [error], 429, {"retry-after-ms": "1"})
        upstream.answer = None
        return Reply("application/json", [error], 500, {"retry-after-ms": "1"})

    upstream.answer = busy_first
    redactor = Redactor(Policy(), finder=Fake())
    client = protect(openai.OpenAI(api_key="test", base_url=f"{upstream.url}/v1", max_retries=3), redactor)
    answer = client.chat.completions.create(model="m", messages=[{"role": "user", "content": SECRET}])
    assert answer.choices[0].message.content == SECRET
    assert len(upstream.seen) == 4
    assert len({seen.body for seen in upstream.seen}) == 1
    assert SECRET not in upstream.seen[-1].visible()


def test_redis_that_dies_in_the_middle_of_a_stream_loses_no_value(
    upstream: Upstream, mortal_redis: tuple[str, subprocess.Popen[str]]
) -> None:
    url, server = mortal_redis
    redactor = Redactor(Policy(vault=url), finder=Fake(), key=KEY)
    first, second = (
        sse([{"choices": [{"index": 0, "delta": {"content": text}}]}], comment="")
        for text in ("Dear ", "<EMAIL_ADDRESS_1>")
    )
    upstream.answer = lambda _: Reply("text/event-stream", [first, second])
    with httpx.Client(transport=RedactingTransport(redactor, session="talk")) as client:
        where = f"{upstream.url}/v1/chat/completions"
        with client.stream("POST", where, json=CHAT) as answer:
            chunks = answer.iter_bytes()
            told = next(chunks)
            server.kill()
            server.wait()
            told += b"".join(chunks)
        assert SECRET.encode() in told
        with pytest.raises(VaultError):
            client.post(where, json=CHAT)
    assert len(upstream.seen) == 1
