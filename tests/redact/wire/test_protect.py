"""`protect`: the same client, wrapped once; what it does not know is an error."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import anthropic
import boto3
import httpx
import httpx2
import ollama
import openai
import pytest
import requests
from redact.support import SECRET
from redact.support import redactor as fake
from redact.wire.upstream import Reply, Upstream, by_path

from prodworthy_redact import ClientError, Redactor, protect
from prodworthy_redact.httpx import RedactingTransport
from prodworthy_redact.wire.hosts import Hosts, catalogue


def client(url: str, **settings: Any) -> openai.OpenAI:
    return openai.OpenAI(api_key="test", base_url=f"{url}/v1", max_retries=0, **settings)


def ask(given: openai.OpenAI) -> str | None:
    answer = given.chat.completions.create(model="m", messages=[{"role": "user", "content": SECRET}])
    return answer.choices[0].message.content


def test_it_returns_the_client_itself_and_wraps_it_once(redactor: Redactor, upstream: Upstream) -> None:
    given = client(upstream.url)
    assert protect(given, redactor) is given
    inner = vars(given._client)["_transport"]
    assert protect(given, redactor) is given
    assert protect(given) is given
    assert vars(given._client)["_transport"] is inner
    assert not isinstance(inner.transport, RedactingTransport)
    assert ask(given) == SECRET
    assert ask(given.with_options(timeout=5)) == SECRET
    assert not any(SECRET in seen.visible() for seen in upstream.seen)


def test_another_redactor_is_an_error(redactor: Redactor, upstream: Upstream) -> None:
    given = protect(client(upstream.url), redactor)
    with pytest.raises(ClientError, match="by another redactor"):
        protect(given, fake())


@pytest.mark.parametrize("given", [object(), "text", 3, print, json, Path(), {}])
def test_what_it_does_not_know_is_an_error(given: object) -> None:
    with pytest.raises(ClientError, match="no client that `protect` knows; nothing was changed"):
        protect(given)


def test_other_services_of_boto3_are_not_protected(redactor: Redactor) -> None:
    keys = {"aws_access_key_id": "test", "aws_secret_access_key": "test"}
    with pytest.raises(ClientError):
        protect(boto3.client("s3", region_name="us-east-1", **keys), redactor)


def test_a_client_that_signs_first_is_an_error(redactor: Redactor) -> None:
    given = anthropic.AnthropicBedrock(aws_access_key="test", aws_secret_key="test", aws_region="us-east-1")
    with pytest.raises(ClientError, match="signs its requests"):
        protect(given, redactor)


def test_native_code_of_litellm_is_refused(redactor: Redactor, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LITELLM_LOCAL_MODEL_COST_MAP", "True")
    monkeypatch.setenv("LITELLM_RUST", "true")
    import litellm

    with pytest.raises(ClientError, match="native code"):
        protect(litellm, redactor)


@pytest.mark.parametrize("kind", [httpx.Client, httpx2.Client])
def test_clients_of_http_libraries(kind: Any, redactor: Redactor, upstream: Upstream) -> None:
    with protect(kind(base_url=upstream.url), redactor) as http:
        http.post("/anything", json={"to": SECRET})
    assert SECRET not in upstream.seen[0].visible()


def test_sessions_of_requests(redactor: Redactor, upstream: Upstream) -> None:
    http = protect(protect(requests.Session(), redactor), redactor)
    http.post(f"{upstream.url}/v1/chat/completions", json={"to": SECRET})
    assert SECRET not in upstream.seen[0].visible()


def test_the_clients_own_host_is_covered_whatever_the_path(redactor: Redactor, upstream: Upstream) -> None:
    given = protect(ollama.Client(host=upstream.url), redactor)
    given._client.post("/private/path", json={"to": SECRET})
    assert SECRET not in upstream.seen[0].visible()


def test_a_session_for_all_requests(redactor: Redactor, upstream: Upstream) -> None:
    given = protect(client(upstream.url), redactor, session="talk")
    assert ask(given) == SECRET
    upstream.answer = lambda seen: _echo(by_path(seen))
    assert ask(given) == SECRET
    assert redactor.session("talk").restore("<EMAIL_ADDRESS_1>") == SECRET


def _echo(reply: Reply) -> Reply:
    return Reply(reply.content_type, [b"".join(reply.pieces)], reply.status)


def test_without_a_redactor_the_nearest_configuration_is_used(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, upstream: Upstream
) -> None:
    from prodworthy_redact.wire.exchange import default_redactor

    (tmp_path / "prodworthy.toml").write_text(
        '[redact]\nnames = "off"\ndeny = ["Project Ulan"]\n', encoding="utf-8"
    )
    monkeypatch.chdir(tmp_path)
    default_redactor.cache_clear()
    try:
        given = protect(client(upstream.url))
        given.chat.completions.create(model="m", messages=[{"role": "user", "content": "On Project Ulan"}])
    finally:
        default_redactor.cache_clear()
    assert "On <CONFIDENTIAL_1>" in upstream.seen[0].visible()


def test_the_known_hosts_are_those_of_the_checker() -> None:
    import tomllib

    root = Path(__file__).parents[3]
    data = tomllib.loads((root / "rules/prodworthy_rules/models/hosts.toml").read_text(encoding="utf-8"))
    known = {host for entry in data["host"] for host in entry["hosts"]}
    assert known <= set(catalogue().hosts)
    assert set(catalogue().endpoints) <= {
        suffix for entry in data["endpoint"] for suffix in entry["suffixes"]
    }


@pytest.mark.parametrize(
    ("url", "covered"),
    [
        ("https://api.openai.com/v1/files", True),
        ("https://team.openai.azure.com/openai/deployments/x/chat/completions", True),
        ("https://europe-west4-aiplatform.googleapis.com/v1/projects/p", True),
        ("http://localhost:11434/api/chat", True),
        ("http://localhost:8000/v1/chat/completions", True),
        ("http://localhost:8000/health", False),
        ("https://api.openai.com.evil.example/v1/files", False),
        ("https://huggingface.co/api/models/gpt2", False),
        ("https://example.com/", False),
    ],
)
def test_hosts(url: str, covered: bool) -> None:
    parts = httpx.URL(url)
    assert Hosts().cover(parts.host, parts.port, parts.path) is covered
