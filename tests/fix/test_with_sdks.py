"""Mended code runs: the real SDKs take what a fix wrote, and a provider on this machine receives it."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from redact.wire.upstream import Reply, Seen, Upstream, by_path

from prodworthy.config import Overrides
from prodworthy.fix.run import fix_all
from prodworthy.pipeline import Request
from prodworthy_rules.operations import retired_model


@pytest.fixture
def upstream(monkeypatch: pytest.MonkeyPatch) -> Iterator[Upstream]:
    with Upstream().running() as server:
        for name in ("OPENAI_BASE_URL", "OPENAI_API_BASE"):
            monkeypatch.setenv(name, f"{server.url}/v1")
        monkeypatch.setenv("GOOGLE_GEMINI_BASE_URL", server.url)
        monkeypatch.setenv("OLLAMA_HOST", server.url)
        for name in ("OPENAI_API_KEY", "GOOGLE_API_KEY"):
            monkeypatch.setenv(name, "none")
        yield server


@pytest.fixture(autouse=True)
def today(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(retired_model, "today", lambda: date(2026, 11, 24))


def mended(folder: Path, code: str, *select: str) -> dict[str, Any]:
    """The names of a module after its fixes."""
    (folder / "app.py").write_text(code, encoding="utf-8")
    (change,) = fix_all(Request([folder], folder, Overrides(select=select)), unsafe=True).changes
    names: dict[str, Any] = {}
    exec(compile(change.after, "app.py", "exec"), names)
    return names


def test_code_of_an_old_release_runs_on_the_current_one(tmp_path: Path, upstream: Upstream) -> None:
    code = (
        "import openai\n\n"
        f"openai.api_key = 'none'\nopenai.api_base = '{upstream.url}/v1'\n\n\n"
        "def ask():\n"
        "    try:\n"
        "        answer = openai.ChatCompletion.create(model='m', messages=[], request_timeout=5)\n"
        "    except openai.error.RateLimitError:\n"
        "        return None\n"
        "    message = answer['choices'][0]['message']\n"
        "    return message.get('content', 'x'), answer['usage']['total_tokens']\n\n\n"
        "def embed():\n"
        "    found = openai.Embedding.create(input=['a', 'b'], engine='e')\n"
        "    return [one['embedding'] for one in found['data']]\n"
    )
    app = mended(tmp_path, code, "PW807")
    assert app["ask"]() == ("nothing", 7)
    assert app["embed"]() == [[0.5, 0.25], [0.5, 0.25]]
    assert [(seen.path, seen.json["model"]) for seen in upstream.seen] == [
        ("/v1/chat/completions", "m"),
        ("/v1/embeddings", "e"),
    ]


def test_a_new_model_is_asked_as_the_old_one_was(tmp_path: Path, upstream: Upstream) -> None:
    code = (
        "from langchain_openai import ChatOpenAI\nfrom openai import OpenAI\n\n"
        "client = OpenAI()\n"
        "llm = ChatOpenAI(model='gpt-4', temperature=0)\n\n\n"
        "def ask():\n"
        "    client.chat.completions.create(model='gpt-4', messages=[], temperature=0, max_tokens=9)\n"
        "    client.responses.create(model='gpt-3.5-turbo', input='x')\n"
        "    return llm.invoke('x').content\n"
    )
    answer = mended(tmp_path, code, "PW802", "PW301", "PW207")["ask"]()
    chat, responses, chain = (seen.json for seen in upstream.seen)
    assert (chat["model"], chat["reasoning_effort"], chat["temperature"]) == ("gpt-5.6-sol", "none", 0)
    assert (chat["max_completion_tokens"], "max_tokens" in chat) == (9, False)
    assert (responses["reasoning"], responses["max_output_tokens"]) == ({"effort": "none"}, 1024)
    assert (chain["reasoning_effort"], chain["temperature"], chain["max_completion_tokens"]) == (
        "none",
        0,
        1024,
    )
    assert answer == "nothing"


def test_settings_inside_arguments_reach_the_provider(tmp_path: Path, upstream: Upstream) -> None:
    code = (
        "import ollama\nfrom google import genai\n\n"
        "client = genai.Client()\nlocal = ollama.Client()\n\n\n"
        "def ask():\n"
        "    client.models.generate_content(model='gemini-1.0', contents='x')\n"
        "    local.chat(model='m', messages=[])\n"
    )
    app = mended(tmp_path, code, "PW301", "PW207", "PW201")
    options = app["client"]._api_client._http_options
    assert (options.timeout, options.retry_options.attempts) == (60_000, 4)
    assert app["local"]._client.timeout.read == 600
    app["ask"]()
    gemini, chat = (seen.json for seen in upstream.seen)
    assert gemini["generationConfig"] == {"maxOutputTokens": 1024}
    assert chat["options"] == {"num_predict": 1024}


def test_a_protected_client_sends_no_address(tmp_path: Path, upstream: Upstream) -> None:
    code = (
        "from openai import OpenAI\n\nclient = OpenAI()\n\n\n"
        "def ask(customer):\n"
        "    text = f\"Write to {customer['email']}\"\n"
        "    answer = client.chat.completions.create(model='m', messages=[{'role': 'user', 'content': text}])\n"
        "    return answer.choices[0].message.content\n"
    )
    app = mended(tmp_path, code, "PW502")
    assert app["ask"]({"email": "ada@lovelace.org"}) == "ada@lovelace.org"
    assert "lovelace" not in upstream.seen[0].visible()


def test_no_more_than_eight_run_at_a_time(tmp_path: Path, upstream: Upstream) -> None:
    lock, running, most = threading.Lock(), 0, 0

    def answer(seen: Seen) -> Reply:
        nonlocal running, most
        with lock:
            running += 1
            most = max(most, running)
        reply = by_path(seen)
        with lock:
            running -= 1
        return reply

    upstream.answer = answer
    code = (
        "import asyncio\n\nfrom openai import AsyncOpenAI\n\nclient = AsyncOpenAI()\n\n\n"
        "async def ask(text):\n"
        "    answer = await client.chat.completions.create(model='m', messages=[{'role': 'user', 'content': text}])\n"
        "    return answer.choices[0].message.content\n\n\n"
        "async def ask_all(texts):\n"
        "    return await asyncio.gather(*[ask(text) for text in texts])\n"
    )
    app = mended(tmp_path, code, "PW211")
    assert asyncio.run(app["ask_all"](["x"] * 40)) == ["nothing"] * 40
    assert 1 <= most <= 8
