"""A real Redis server on a free port of this machine."""

from __future__ import annotations

import shutil
import socket
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
import redis


@contextmanager
def redis_server(folder: Path) -> Iterator[tuple[str, subprocess.Popen[str]]]:
    """A server, by its URL, and its process."""
    binary = shutil.which("redis-server")
    if binary is None:
        pytest.skip("redis-server is not installed (Debian: apt-get install redis-server)")
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    options = [
        "--port", str(port), "--bind", "127.0.0.1", "--dir", str(folder), "--dbfilename", "dump.rdb", "--save", "",
    ]  # fmt: skip
    server = subprocess.Popen([binary, *options], stdout=subprocess.PIPE, text=True)
    assert server.stdout is not None
    for line in server.stdout:
        if "Ready to accept connections" in line:
            break
    else:
        pytest.fail("redis-server did not start")
    try:
        yield f"redis://127.0.0.1:{port}/0", server
    finally:
        server.terminate()
        server.communicate()


@pytest.fixture(scope="session")
def redis_url(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    with redis_server(tmp_path_factory.mktemp("redis")) as (url, _):
        yield url


@pytest.fixture
def mortal_redis(tmp_path: Path) -> Iterator[tuple[str, subprocess.Popen[str]]]:
    """A server of the test's own, which it may kill."""
    with redis_server(tmp_path) as server:
        yield server


@pytest.fixture
def redis_dump(redis_url: str) -> Iterator[Path]:
    """Where the server writes its data when it is told to save."""
    client = redis.Redis.from_url(redis_url)
    folder = client.config_get("dir")["dir"]
    yield Path(str(folder)) / "dump.rdb"
    client.flushall()
    client.close()
