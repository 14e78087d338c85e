"""Transports of httpx and httpx2: what is touched, in which session, and what HTTP has besides JSON."""

from __future__ import annotations

import asyncio
import gzip
import importlib
import json
import threading
from typing import Any

import pytest
from redact.support import MAILS, SECRET
from redact.support import redactor as fake
from redact.wire.streams import sse
from redact.wire.upstream import Reply, Seen, Upstream, by_path, compressed, whole

from prodworthy_redact import RedactError, Redactor, Session, TransportError, conversation

LIBRARIES = ["httpx", "httpx2"]
CHAT = {"model": "m", "messages": [{"role": "user", "content": f"Write to {SECRET}"}]}


def client(library: str, redactor: Redactor, **settings: Any) -> Any:
    adapter = importlib.import_module(f"prodworthy_redact.{library}")
    transport = adapter.RedactingTransport(redactor, **settings)
    return importlib.import_module(library).Client(transport=transport)


def async_client(library: str, redactor: Redactor, **settings: Any) -> Any:
    adapter = importlib.import_module(f"prodworthy_redact.{library}")
    transport = adapter.AsyncRedactingTransport(redactor, **settings)
    return importlib.import_module(library).AsyncClient(transport=transport)


def content(answer: Any) -> str:
    return str(answer.json()["choices"][0]["message"]["content"])


@pytest.fixture(params=LIBRARIES)
def library(request: pytest.FixtureRequest) -> str:
    return str(request.param)


def test_a_request_is_redacted_and_its_answer_restored(
    library: str, redactor: Redactor, upstream: Upstream
) -> None:
    with client(library, redactor) as http:
        answer = http.post(f"{upstream.url}/v1/chat/completions", json=CHAT)
    seen = upstream.seen[0]
    assert content(answer) == SECRET
    assert SECRET not in seen.visible()
    assert seen.headers["content-length"] == str(len(seen.body))
    assert "content-length" not in answer.headers


def test_asynchronous_ones_do_the_same(library: str, redactor: Redactor, upstream: Upstream) -> None:
    async def run() -> Any:
        async with async_client(library, redactor) as http:
            return await http.post(f"{upstream.url}/v1/chat/completions", json=CHAT)

    assert content(asyncio.run(run())) == SECRET
    assert SECRET not in upstream.seen[0].visible()


def test_other_hosts_pass_untouched(library: str, redactor: Redactor, upstream: Upstream) -> None:
    upstream.answer = lambda seen: Reply("text/plain", [seen.body])
    given = json.dumps({"to": SECRET, "is": "<EMAIL_ADDRESS_1>"}, indent=3).encode()
    with client(library, redactor) as http:
        answer = http.post(f"{upstream.url}/v1/orders?who={SECRET}", content=given, headers={"X-Who": SECRET})
    seen = upstream.seen[0]
    assert (seen.body, answer.content) == (given, given)
    assert seen.headers["x-who"] == SECRET
    assert SECRET in seen.path


def test_hosts_can_be_given(library: str, redactor: Redactor, upstream: Upstream) -> None:
    with client(library, redactor, hosts=[upstream.host]) as http:
        http.post(f"{upstream.url}/v1/orders", json={"to": SECRET})
    with client(library, redactor, hosts=["api.example.com"]) as http:
        http.post(f"{upstream.url}/v1/chat/completions", json=CHAT)
    assert [SECRET in seen.visible() for seen in upstream.seen] == [False, True]


def test_the_policy_can_name_further_hosts(library: str, upstream: Upstream) -> None:
    with client(library, fake(hosts=(upstream.host,))) as http:
        http.post(f"{upstream.url}/v1/orders", json={"to": SECRET})
    assert SECRET not in upstream.seen[0].visible()


def test_each_request_is_a_session_of_its_own_by_default(
    library: str, redactor: Redactor, upstream: Upstream
) -> None:
    upstream.answer = lambda _: whole({"told": "<EMAIL_ADDRESS_1> <EMAIL_ADDRESS_2>"})
    with client(library, redactor) as http:
        url = f"{upstream.url}/v1/chat/completions"
        first = http.post(url, json={"messages": [{"role": "user", "content": MAILS[0]}]}).json()
        second = http.post(url, json={"messages": [{"role": "user", "content": MAILS[2]}]}).json()
    assert first == {"told": f"{MAILS[0]} <EMAIL_ADDRESS_2>"}
    assert second == {"told": f"{MAILS[2]} <EMAIL_ADDRESS_2>"}


@pytest.mark.parametrize("way", ["argument", "callable", "session", "header", "conversation"])
def test_a_session_can_be_chosen(library: str, way: str, redactor: Redactor, upstream: Upstream) -> None:
    upstream.answer = lambda _: whole({"told": "<EMAIL_ADDRESS_1>"})
    session = redactor.session("talk")
    session.redact(SECRET)
    chosen: dict[str, Any] = {"argument": "talk", "callable": lambda: "talk", "session": session}
    headers = {"X-Prodworthy-Session": "talk"} if way == "header" else {}
    with client(library, redactor, session=chosen.get(way)) as http:
        if way == "conversation":
            with conversation(session):
                answer = http.post(f"{upstream.url}/v1/chat/completions", json={"model": "m"})
        else:
            answer = http.post(f"{upstream.url}/v1/chat/completions", json={"model": "m"}, headers=headers)
    assert answer.json() == {"told": SECRET}
    assert "x-prodworthy-session" not in upstream.seen[0].headers


def test_the_header_goes_before_the_conversation_before_the_argument(
    library: str, redactor: Redactor, upstream: Upstream
) -> None:
    upstream.answer = lambda _: whole({"told": "<EMAIL_ADDRESS_1>"})
    sessions = [redactor.session(name) for name in ("a", "b", "c")]
    for session, mail in zip(sessions, (*MAILS[:1], MAILS[2], SECRET), strict=True):
        session.redact(mail)
    url = f"{upstream.url}/v1/chat/completions"
    with client(library, redactor, session="a") as http:
        told = [http.post(url, json={}).json()["told"]]
        with conversation(sessions[1]):
            told.append(http.post(url, json={}).json()["told"])
            told.append(http.post(url, json={}, headers={"x-prodworthy-session": "c"}).json()["told"])
    assert told == [MAILS[0], MAILS[2], SECRET]


@pytest.mark.parametrize("coding", ["gzip", "deflate", "br", "zstd"])
@pytest.mark.parametrize("stream", [False, True])
def test_compressed_answers(
    library: str, coding: str, stream: bool, redactor: Redactor, upstream: Upstream
) -> None:
    offered = importlib.import_module(library)._decoders.SUPPORTED_DECODERS
    if coding not in offered:
        pytest.skip(f"{library} does not offer {coding} here")
    upstream.answer = lambda seen: compressed(by_path(seen), coding)
    with (
        client(library, redactor) as http,
        http.stream("POST", f"{upstream.url}/v1/chat/completions", json={**CHAT, "stream": stream}) as answer,
    ):
        told = answer.read().decode()
    assert "content-encoding" not in answer.headers
    assert not stream or "[DONE]" in told
    assert SECRET not in upstream.seen[0].visible()
    assert "<EMAIL" not in told


def test_a_compressed_request_is_read(library: str, redactor: Redactor, upstream: Upstream) -> None:
    body = gzip.compress(json.dumps(CHAT).encode())
    headers = {"Content-Encoding": "gzip", "Content-Type": "application/json"}
    with client(library, redactor) as http:
        answer = http.post(f"{upstream.url}/v1/chat/completions", content=body, headers=headers)
        assert content(answer) == SECRET
        with pytest.raises(RedactError, match="encoding `zstd`"):
            http.post(
                f"{upstream.url}/v1/chat/completions",
                content=b"x",
                headers={**headers, "Content-Encoding": "zstd"},
            )
    assert len(upstream.seen) == 1
    assert "content-encoding" not in upstream.seen[0].headers


def test_uploads(library: str, redactor: Redactor, upstream: Upstream) -> None:
    upstream.answer = lambda seen: whole({"told": seen.placeholders(), "id": "file-1"})
    lines = "\n".join(
        json.dumps({"messages": [{"role": "user", "content": f"I am {SECRET}"}]}) for _ in range(2)
    )
    image = bytes(range(256))
    files = [
        ("file", (f"{MAILS[0]} talks.jsonl", lines.encode(), "application/jsonl")),
        ("letter", ("letter.txt", f"Dear {SECRET}\r\n".encode(), "text/plain")),
        ("image", ("a.png", image, "image/png")),
    ]
    with client(library, redactor) as http:
        answer = http.post(
            f"{upstream.url}/v1/audio/transcriptions",
            files=files,
            data={"purpose": "batch", "prompt": f"It is {SECRET}"},
        )
    seen = upstream.seen[0]
    assert SECRET.encode() not in seen.body
    assert image in seen.body
    assert b'name="purpose"\r\n\r\nbatch\r\n' in seen.body
    assert seen.headers["content-length"] == str(len(seen.body))
    assert sorted(answer.json()["told"]) == [SECRET, MAILS[0]]


def test_what_cannot_be_read_is_refused_where_the_policy_says_so(library: str, upstream: Upstream) -> None:
    files = {"file": ("a.png", b"\x89PNG\0", "image/png")}
    with client(library, fake(binary="block")) as http:
        for given in ({"files": files}, {"content": b"\0\1", "headers": {"Content-Type": "audio/mpeg"}}):
            with pytest.raises(RedactError, match=r"cannot be read .*nothing was sent.*binary"):
                http.post(f"{upstream.url}/v1/audio/transcriptions", **given)
    assert not upstream.seen


def test_forms_and_texts(library: str, redactor: Redactor, upstream: Upstream) -> None:
    upstream.answer = lambda _: Reply("text/plain; charset=utf-8", [b"To <EMAIL_", b"ADDRESS_1>!"])
    with client(library, redactor) as http:
        url = f"{upstream.url}/v1/chat/completions"
        answers = [
            http.post(url, data={"to": SECRET, "a": "b c"}),
            http.post(url, content=f"Dear {SECRET}", headers={"Content-Type": "text/plain"}),
            http.post(url, content=json.dumps({"to": SECRET})),
        ]
    assert [answer.text for answer in answers] == [f"To {SECRET}!"] * 3
    assert upstream.seen[0].body == b"to=%3CEMAIL_ADDRESS_1%3E&a=b+c"
    assert not any(SECRET in seen.visible() for seen in upstream.seen)


def test_errors_are_restored(library: str, redactor: Redactor, upstream: Upstream) -> None:
    upstream.answer = lambda seen: whole({"error": {"message": f"bad value: {seen.placeholders()[0]}"}}, 400)
    with client(library, redactor) as http:
        answer = http.post(f"{upstream.url}/v1/chat/completions", json=CHAT)
    assert (answer.status_code, answer.json()) == (400, {"error": {"message": f"bad value: {SECRET}"}})


def test_keys_of_the_provider_stay(library: str, redactor: Redactor, upstream: Upstream) -> None:
    with client(library, redactor) as http:
        http.post(
            f"{upstream.url}/v1/chat/completions?key={SECRET}&who={SECRET}",
            json={},
            headers={"Authorization": f"Bearer {SECRET}", "X-Who": SECRET},
        )
    seen = upstream.seen[0]
    assert seen.headers["authorization"] == f"Bearer {SECRET}"
    assert f"key={SECRET}" in seen.path
    assert f"who={SECRET}" not in seen.path
    assert seen.headers["x-who"] == "<EMAIL_ADDRESS_1>"


def test_a_member_that_stands_twice_is_not_sent_unread(
    library: str, redactor: Redactor, upstream: Upstream
) -> None:
    body = f'{{"model": "m", "user": "{SECRET}", "user": "nobody"}}'
    with client(library, redactor) as http:
        http.post(
            f"{upstream.url}/v1/chat/completions", content=body, headers={"Content-Type": "application/json"}
        )
    assert upstream.seen[0].json == {"model": "m", "user": "nobody"}
    assert SECRET not in upstream.seen[0].visible()


def test_the_first_token_does_not_wait_for_the_second(
    library: str, redactor: Redactor, upstream: Upstream
) -> None:
    gate = threading.Event()
    first, second = (
        sse([{"choices": [{"index": 0, "delta": {"content": text}}]}], comment="")
        for text in ("Hello", "<EMAIL_ADDRESS_1>")
    )
    upstream.answer = lambda _: Reply("text/event-stream", [first, second], gate=gate)
    with (
        client(library, redactor) as http,
        http.stream("POST", f"{upstream.url}/v1/chat/completions", json=CHAT) as answer,
    ):
        chunks = answer.iter_bytes()
        told = next(chunks)
        assert b"Hello" in told
        gate.set()
        assert SECRET.encode() in b"".join(chunks)


def test_closing_an_answer_closes_the_upstream_and_forgets_the_session(
    library: str, redactor: Redactor, upstream: Upstream
) -> None:
    upstream.answer = _endless
    with client(library, redactor) as http:
        with http.stream("POST", f"{upstream.url}/v1/chat/completions", json=CHAT) as answer:
            chunks = answer.iter_bytes()
            next(chunks)
            assert len(redactor._books) == 1
        assert len(redactor._books) == 0
    assert upstream.broken.wait(10)


def test_a_cancelled_task_closes_the_upstream(library: str, redactor: Redactor, upstream: Upstream) -> None:
    upstream.answer = _endless

    async def run() -> None:
        begun = asyncio.Event()

        async def read() -> None:
            async with (
                async_client(library, redactor) as http,
                http.stream("POST", f"{upstream.url}/v1/chat/completions", json=CHAT) as answer,
            ):
                async for _ in answer.aiter_bytes():
                    begun.set()

        task = asyncio.create_task(read())
        await begun.wait()
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task

    asyncio.run(run())
    assert upstream.broken.wait(10)
    assert len(redactor._books) == 0


def _endless(_: Seen) -> Reply:
    event = sse([{"choices": [{"index": 0, "delta": {"content": "more " * 2_000}}]}], comment="")
    return Reply("text/event-stream", [event] * 20_000)


def test_timeouts_are_the_callers(library: str, redactor: Redactor, upstream: Upstream) -> None:
    gate = threading.Event()
    upstream.answer = lambda _: Reply("application/json", [b"{", b"}"], gate=gate)
    http = client(library, redactor)
    with pytest.raises(importlib.import_module(library).ReadTimeout):
        http.post(f"{upstream.url}/v1/chat/completions", json=CHAT, timeout=0.1)
    gate.set()
    assert len(redactor._books) == 0


def test_an_upstream_that_breaks_off_is_an_error_and_no_end(
    library: str, redactor: Redactor, upstream: Upstream
) -> None:
    class GoneError(OSError):
        pass

    class Pieces(list[bytes]):
        def __iter__(self) -> Any:
            yield sse([{"choices": [{"index": 0, "delta": {"content": "Dear <EMAIL_"}}]}], comment="")
            raise GoneError

    upstream.answer = lambda _: Reply("text/event-stream", Pieces([b"", b""]))
    told: list[bytes] = []
    http = client(library, redactor)
    with (
        pytest.raises(importlib.import_module(library).RemoteProtocolError),
        http.stream("POST", f"{upstream.url}/v1/chat/completions", json=CHAT) as answer,
    ):
        told.extend(answer.iter_bytes())
    assert b"Dear" in b"".join(told)
    assert SECRET.encode() not in b"".join(told)


def test_websockets_are_refused(library: str, redactor: Redactor, upstream: Upstream) -> None:
    with client(library, redactor, hosts=["*"]) as http, pytest.raises(TransportError, match="websockets"):
        http.get(f"{upstream.url}/v1/realtime", headers={"Upgrade": "websocket"})
    assert not upstream.seen


def test_signed_requests_are_sent_only_if_nothing_changes(
    library: str, redactor: Redactor, upstream: Upstream
) -> None:
    headers = {"Authorization": "AWS4-HMAC-SHA256 Credential=x"}
    with client(library, redactor) as http:
        http.post(f"{upstream.url}/v1/chat/completions", json={"model": "m"}, headers=headers)
        with pytest.raises(TransportError, match="signed"):
            http.post(f"{upstream.url}/v1/chat/completions", json=CHAT, headers=headers)
    assert len(upstream.seen) == 1


def test_many_tasks_at_once_do_not_mix(library: str, upstream: Upstream) -> None:
    redactor = fake()

    async def run() -> list[str]:
        async with async_client(library, redactor) as http:

            async def ask(number: int) -> str:
                mail = MAILS[(number % 2) * 2]
                answer = await http.post(
                    f"{upstream.url}/v1/chat/completions",
                    json={"messages": [{"role": "user", "content": mail}]},
                )
                return content(answer)

            return await asyncio.gather(*(ask(number) for number in range(24)))

    assert asyncio.run(run()) == [MAILS[(number % 2) * 2] for number in range(24)]
    assert len(redactor._books) == 0


def test_what_holds_no_personal_data_is_sent_byte_by_byte(
    library: str, redactor: Redactor, upstream: Upstream
) -> None:
    body = b'{ "model" : "m",  "n": 1.50, "messages": [] }'
    with client(library, redactor) as http:
        http.post(
            f"{upstream.url}/v1/chat/completions", content=body, headers={"Content-Type": "application/json"}
        )
    assert upstream.seen[0].body == body


def test_a_session_object_is_not_closed_by_a_request(
    library: str, redactor: Redactor, upstream: Upstream
) -> None:
    with redactor.session() as session:
        assert isinstance(session, Session)
        with client(library, redactor, session=session) as http:
            http.post(f"{upstream.url}/v1/chat/completions", json=CHAT)
        assert session.restore("<EMAIL_ADDRESS_1>") == SECRET
