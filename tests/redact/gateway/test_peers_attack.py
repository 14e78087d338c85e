"""Two public benchmarks attack the gateway, as their documents say, with the policy that takes out of answers what nobody sent."""

from __future__ import annotations

import json
import socket
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from redact.gateway.loopback import running

from prodworthy_redact import Policy
from prodworthy_redact.gateway.app import application
from prodworthy_redact.gateway.config import Gateway
from prodworthy_redact.usage import Budget

BIN = Path(sys.executable).parent
# One of the benchmarks sends the example keys of AWS's and Slack's documents, which open nothing and stay by default.
EXAMPLES = {
    "entity": "API_KEY",
    "regex": [r"\bAKIA[0-9A-Z]{16}\b", r"\bxoxb-(?:[0-9]+-)+[A-Za-z0-9]+\b"],
    "score": 0.9,
}


@pytest.fixture(scope="module")
def port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@pytest.fixture(scope="module")
def gateway(port: int) -> Iterator[str]:
    policy = Policy(answers="restore-and-redact", names="off", recognizers=[EXAMPLES])
    config = Gateway(upstreams=[{"url": f"http://127.0.0.1:{port}"}])
    with running(application(config, policy, Budget())) as url:
        yield url


def run(tmp_path: Path, *command: str) -> str:
    done = subprocess.run(
        [BIN / command[0], *command[1:]], cwd=tmp_path, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def test_canarywire_finds_nothing(gateway: str, port: int, tmp_path: Path) -> None:
    (tmp_path / "canarywire.yaml").write_text(
        f"target:\n  base_url: {gateway}\n  routes:\n"
        "    - {protocol: openai-chat, path: /v1/chat/completions}\n"
        "    - {protocol: anthropic-messages, path: /v1/messages}\n"
    )
    run(tmp_path, "canarywire", "serve", "--detach", "--listen", f"127.0.0.1:{port}")
    try:
        capture = f"http://127.0.0.1:{port}"
        run(tmp_path, "canarywire", "run", "--config", "canarywire.yaml", "--capture", capture, "--seed", "7")
    finally:
        run(tmp_path, "canarywire", "stop")
    report = json.loads((tmp_path / "out" / "report.json").read_text())
    assert report["findings"] == []


def test_pii_leak_benchmark_checks_itself(gateway: str, port: int, tmp_path: Path) -> None:
    told = run(
        tmp_path,
        "pii-leak-benchmark",
        "selfcheck",
        "--target-base-url",
        f"{gateway}/v1",
        "--capture-port",
        str(port),
    )
    assert "CLEAN" in told


def test_pii_leak_benchmark_finds_no_leak_however_streams_are_cut(
    gateway: str, port: int, tmp_path: Path
) -> None:
    run(
        tmp_path, "pii-leak-benchmark-v2", "--validate", "--out", "v2", "--only", "prodworthy", "--gateway-url",
        f"{gateway}/v1/chat/completions", "--upstream-port", str(port), "--seed", "a1b2c3d4e5f60001",
        "--exhaustive-splits", "--partial-emission", "--json-out", "v2/summary.json",
    )  # fmt: skip
    (row,) = json.loads((tmp_path / "v2" / "summary.json").read_text())["rows"]
    assert (row["fidelity_rate"], row["leak_single_chunk"], row["leak_adversarial"]) == (1.0, 0.0, 0.0)
    assert (row["inconclusive"], row["echo_observable"], row["schema_valid"]) == (0, 32, True)
    partial = json.loads((tmp_path / "v2" / "prodworthy.partial-emission.json").read_text())
    assert partial["metrics"]["cases_partial_emission"] == 0
