"""What `--fix --unsafe-fixes` makes of small applications: the code that an engineer would have written."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Protocol

import pytest

from prodworthy.config import Overrides
from prodworthy.fix.run import fix_all
from prodworthy.pipeline import Request
from prodworthy_rules.operations import retired_model

HEAD = "from openai import OpenAI\n\nclient = OpenAI()\n\n\n"


@pytest.fixture(autouse=True)
def today(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(retired_model, "today", lambda: date(2026, 11, 24))


class Fix(Protocol):
    """What becomes of an application of one file."""

    def __call__(self, code: str, *select: str, config: str = "") -> str: ...


@pytest.fixture
def fixed(tmp_path: Path) -> Fix:
    def fix(code: str, *select: str, config: str = "") -> str:
        (tmp_path / "app.py").write_text(code, encoding="utf-8", newline="")
        (tmp_path / "prodworthy.toml").write_text(config)
        request = Request([tmp_path], tmp_path, Overrides(select=select or None))
        once = fix_all(request, unsafe=True)
        after = once.changes[0].after if once.changes else code
        (tmp_path / "app.py").write_text(after, encoding="utf-8", newline="")
        assert fix_all(request, unsafe=True).changes == ()
        return after

    return fix


def test_a_retired_model_is_replaced_with_what_the_new_one_needs(fixed: Fix) -> None:
    code = HEAD + (
        "def reply(text):\n"
        "    return client.chat.completions.create(\n"
        '        model="gpt-3.5-turbo",  # cheap\n'
        '        messages=[{"role": "user", "content": text}],\n'
        "        temperature=0,\n"
        "        max_tokens=100,\n"
        "    )\n"
    )
    assert fixed(code, "PW802") == code.replace("gpt-3.5-turbo", "gpt-5.6-terra").replace(
        "max_tokens=100,\n", 'max_completion_tokens=100,\n        reasoning_effort="none",\n'
    )


def test_a_model_of_the_same_kind_is_only_another_name(fixed: Fix) -> None:
    code = HEAD + 'answer = client.responses.create(model="o1", input="Hello", max_output_tokens=2000)\n'
    assert fixed(code, "PW802") == code.replace("o1", "gpt-5.6-sol")


def test_a_constant_that_one_call_uses_is_replaced_where_it_stands(fixed: Fix) -> None:
    code = HEAD.replace("\n\n\n", '\nMODEL = "gpt-4"\n\n\n') + (
        'answer = client.responses.create(model=MODEL, input="", max_output_tokens=9)\n'
    )
    assert fixed(code, "PW802") == code.replace("gpt-4", "gpt-5.6-sol").replace(
        '(model=MODEL, input="", max_output_tokens=9)',
        '(\n    model=MODEL, input="", max_output_tokens=9, reasoning={"effort": "none"}\n)',
    )


@pytest.mark.parametrize(
    "rest",
    [
        "print(MODEL)\n",
        'prices = {"gpt-4": 30}\n',
        'if client.base_url == "gpt-4":\n    pass\n',
        "def other():\n    return client.responses.create(model=MODEL, input='x', max_output_tokens=9)\n",
    ],
)
def test_a_name_that_decides_more_than_one_call_is_left_to_a_person(fixed: Fix, rest: str) -> None:
    call = 'answer = client.responses.create(model=MODEL, input="Hello", max_output_tokens=2000)\n'
    code = HEAD.replace("\n\n\n", '\nMODEL = "gpt-4"\n\n\n') + call + rest
    assert fixed(code, "PW802") == code


@pytest.mark.parametrize(
    "argument", ["functions=[]", "stop=['x']", "presence_penalty=1", "reasoning_effort='low'"]
)
def test_a_call_with_what_the_new_model_does_not_take_is_left_to_a_person(fixed: Fix, argument: str) -> None:
    call = (
        f'client.chat.completions.create(model="gpt-4", messages=[], max_completion_tokens=9, {argument})\n'
    )
    assert fixed(HEAD + call, "PW802") == HEAD + call


def test_a_retired_model_and_a_missing_cap_in_one_call(fixed: Fix) -> None:
    code = (
        "from langchain_openai import ChatOpenAI\n\n"
        'llm = ChatOpenAI(model="gpt-4", temperature=0)\nllm.invoke("Hello")\n'
    )
    assert fixed(code) == code.replace(
        '(model="gpt-4", temperature=0)',
        '(\n    model="gpt-5.6-sol",\n    temperature=0,\n    timeout=60,\n    max_tokens=1024,\n'
        '    reasoning_effort="none",\n    use_responses_api=False,\n)',
    )


def test_an_alias_is_pinned(fixed: Fix) -> None:
    code = (
        "from anthropic import Anthropic\n\n"
        'Anthropic().messages.create(model="claude-haiku-4-5", max_tokens=9, messages=[])\n'
    )
    assert fixed(code, "PW801") == code.replace("haiku-4-5", "haiku-4-5-20251001")


def test_settings_stand_inside_dictionaries_and_configurations(fixed: Fix) -> None:
    code = (
        "import os\n\nimport requests\nfrom google import genai\nfrom google.genai import types\n\n"
        "client = genai.Client()\n"
        "config = types.GenerateContentConfig(temperature=0)\n"
        'client.models.generate_content(model="gemini-3.8-pro", contents="a", config=config)\n'
        'client.models.generate_content(model="gemini-1.0", contents="a")\n'
        "payload = {\n"
        '    "model": "llama-4",\n'
        '    "messages": [{"role": "user", "content": "é"}],\n'
        "}\n"
        'url = "https://api.groq.com/openai/v1/chat/completions"\n'
        'requests.post(url, json=payload, timeout=9, headers={"Authorization": os.environ["KEY"]})\n'
    )
    expected = (
        code.replace(
            "genai.Client()",
            'genai.Client(http_options={"retry_options": {"attempts": 4}, "timeout": 60000})',
        )
        .replace('"é"}],\n', '"é"}],\n    "max_tokens": 1024,\n')
        .replace(
            '(model="gemini-1.0", contents="a")',
            '(\n    model="gemini-1.0", contents="a", config={"max_output_tokens": 1024}\n)',
        )
    )
    assert fixed(code, "PW301", "PW207", "PW201") == expected


def test_a_body_that_is_not_all_in_view_is_left_alone(fixed: Fix) -> None:
    code = (
        "import requests\n\n\n"
        "def ask(extra):\n"
        '    payload = {"model": "llama-4", "messages": [], **{"a": 1}}\n'
        '    return requests.post("https://api.groq.com/openai/v1/chat/completions", json=payload, timeout=9)\n'
    )
    assert fixed(code, "PW301") == code


def test_values_come_from_the_policy(fixed: Fix) -> None:
    code = (
        "from google import genai\n\nclient = genai.Client()\n"
        'client.models.generate_content(model="gemini-1.0", contents="a")\n'
    )
    policy = "[policy]\noutput-cap = 300\nretries = 5\ntimeout = 7\n"
    done = fixed(code, "PW301", "PW201", "PW207", config=policy)
    assert 'genai.Client(http_options={"retry_options": {"attempts": 6}, "timeout": 7000})' in done
    assert 'config={"max_output_tokens": 300}' in done


GATHERED = """\
import asyncio

from openai import AsyncOpenAI

client = AsyncOpenAI()


async def ask(text: str) -> str:
    answer = await client.responses.create(model="gpt-6-luna", input=text, max_output_tokens=300)
    return answer.output_text


async def ask_all(texts: list[str]) -> list[str]:
"""
LIMITED = """\
    slots = asyncio.Semaphore(8)

    async def limited(call):
        async with slots:
            return await call

"""


@pytest.mark.parametrize(
    ("before", "after"),
    [
        (
            "    # all\n    return await asyncio.gather(*[ask(text) for text in texts])\n",
            LIMITED + "    # all\n    return await asyncio.gather(*[limited(ask(text)) for text in texts])\n",
        ),
        (
            "    tasks = []\n    for text in texts:\n        tasks.append(asyncio.create_task(ask(text)))\n"
            "    return await asyncio.gather(*tasks)\n",
            "    tasks = []\n" + LIMITED + "    for text in texts:\n"
            "        tasks.append(asyncio.create_task(limited(ask(text))))\n"
            "    return await asyncio.gather(*tasks)\n",
        ),
        (
            "    tasks = [ask(text) for text in texts]\n    return await asyncio.gather(*tasks)\n",
            LIMITED
            + "    tasks = [limited(ask(text)) for text in texts]\n    return await asyncio.gather(*tasks)\n",
        ),
    ],
)
def test_what_is_gathered_waits_for_a_semaphore(fixed: Fix, before: str, after: str) -> None:
    assert fixed(GATHERED + before, "PW211") == GATHERED + after


def test_a_name_that_is_taken_keeps_the_semaphore_out(fixed: Fix) -> None:
    code = GATHERED + "    slots = 3\n    return await asyncio.gather(*[ask(text) for text in texts])\n"
    assert fixed(code, "PW211") == code


def test_a_client_that_is_sent_personal_data_is_protected(fixed: Fix) -> None:
    code = (
        "import os\n\nfrom openai import OpenAI\nfrom rich import print\n\nfrom app import things\n\n\n"
        "class Desk:\n"
        "    def __init__(self):\n"
        "        self.client = OpenAI(timeout=20)\n\n"
        "    def reply(self, customer):\n"
        "        text = f\"Write to {customer['email']}\"\n"
        '        return self.client.responses.create(model="gpt-6-luna", input=text, max_output_tokens=9)\n'
    )
    expected = code.replace("OpenAI(timeout=20)", "protect(OpenAI(timeout=20))").replace(
        "from rich", "from prodworthy_redact import protect\nfrom rich"
    )
    assert fixed(code, "PW502") == expected


def test_a_timeout_that_is_set_later_is_not_set_twice(fixed: Fix) -> None:
    code = (
        "from langchain_openai import OpenAIEmbeddings\n\n"
        "embeddings = OpenAIEmbeddings()\nembeddings.request_timeout = 5\nembeddings.embed_query('x')\n"
    )
    assert fixed(code, "PW207") == code


def test_every_client_that_a_call_may_go_through_is_mended(fixed: Fix) -> None:
    code = (
        "from google import genai\n\n\n"
        "class Writer:\n"
        "    def __init__(self, project, key):\n"
        "        if project:\n"
        "            self.client = genai.Client(project=project)\n"
        "        else:\n"
        "            self.client = genai.Client(api_key=key)\n\n"
        "    def write(self, text):\n"
        '        return self.client.models.generate_content(model="gemini-1.0", contents=text)\n'
    )
    added = ', http_options={"timeout": 60000}'
    assert fixed(code, "PW207") == code.replace("project=project", f"project=project{added}").replace(
        "api_key=key", f"api_key=key{added}"
    )


@pytest.mark.parametrize(
    ("model", "cap"),
    [('"gpt-4o"', "1024"), ("options.model", "4096"), ('os.environ["MODEL"]', "4096"), ('"o3"', "")],
)
def test_a_model_that_may_think_gets_more_and_one_that_does_nothing(fixed: Fix, model: str, cap: str) -> None:
    code = HEAD.replace("from", "import os\n\nfrom") + (
        f'def ask(options):\n    return client.responses.create(model={model}, input="Hello")\n'
    )
    added = f", max_output_tokens={cap}" if cap else ""
    assert fixed(code, "PW301").replace("\n        ", "").replace("\n    )", ")") == code.replace(
        'input="Hello"', f'input="Hello"{added}'
    )


def test_a_file_that_names_a_thinking_model_gets_no_cap_for_an_unknown_one(fixed: Fix) -> None:
    code = HEAD + (
        "def ask(model):\n    return client.responses.create(model=model, input='Hello')\n\n\n"
        "def main(name=''):\n    return ask(name or 'gpt-5.4')\n"
    )
    assert fixed(code, "PW301") == code


def test_a_picture_may_take_longer_than_a_text(fixed: Fix) -> None:
    code = (
        "import requests\n\n"
        'requests.post("https://api.openai.com/v1/images/generations", json={"prompt": "a cat"})\n'
    )
    assert "timeout=180" in fixed(code, "PW207")


def test_a_dictionary_that_makes_its_line_too_long_spreads_the_call(fixed: Fix) -> None:
    code = (
        "from google import genai\n\n"
        'client = genai.Client(api_key="", http_options={"retry_options": {"attempts": 4}})\n'
        'client.models.generate_content(model="gemini-1.0", contents="")\n'
    )
    assert fixed(code, "PW207") == code.replace(
        '(api_key="", http_options={"retry_options": {"attempts": 4}})',
        '(\n    api_key="", http_options={"retry_options": {"attempts": 4}, "timeout": 60000}\n)',
    )


def test_a_server_at_an_address_that_nobody_sees_gets_the_name_that_most_know(fixed: Fix) -> None:
    code = (
        "import os\n\nimport openai\n\n"
        'client = openai.OpenAI(base_url=os.environ["X"])\n'
        'client.chat.completions.create(model="m", messages=[])\n'
    )
    module = (
        'import os\n\nimport openai\n\nopenai.base_url = os.environ["X"]\n'
        'openai.chat.completions.create(model="m", messages=[])\n'
    )
    assert fixed(code, "PW301") == code.replace("[])", "[], max_tokens=1024)")
    assert fixed(module, "PW301") == module.replace("[])", "[], max_tokens=1024)")
