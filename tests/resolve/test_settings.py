"""Effective settings: what reaches the provider, on which paths, and where it was set."""

from __future__ import annotations

from pathlib import Path

import pytest

from resolve.project import calls, only

HEAD = "from openai import OpenAI\nclient = OpenAI()\n"
CALL = "client.chat.completions.create(model='m', messages=[], {})"

CAPS = {
    "nothing": (CALL.format(""), "unset", None),
    "literal": (CALL.format("max_tokens=7"), "set", 7),
    "newer name": (CALL.format("max_completion_tokens=7"), "set", 7),
    "explicit None": (CALL.format("max_tokens=None"), "unset", None),
    "constant": ("CAP = 9\n" + CALL.format("max_tokens=CAP"), "set", 9),
    "arithmetic": ("CAP = 1024 * 4\n" + CALL.format("max_tokens=CAP"), "set", 4096),
    "dict literal": ("kw = {'max_tokens': 3}\n" + CALL.format("**kw"), "set", 3),
    "dict without": ("kw = {'top_p': 1}\n" + CALL.format("**kw"), "unset", None),
    "item set later": ("kw = {}\nkw['max_tokens'] = 3\n" + CALL.format("**kw"), "set", 3),
    "update": ("kw = dict(top_p=1)\nkw.update(max_tokens=3)\n" + CALL.format("**kw"), "set", 3),
    "merged": ("kw = {'top_p': 1} | {'max_tokens': 3}\n" + CALL.format("**kw"), "set", 3),
    "nested unpacking": (
        "base = {'max_tokens': 3}\nkw = {**base, 'top_p': 1}\n" + CALL.format("**kw"),
        "set",
        3,
    ),
    "popped": ("kw = {'max_tokens': 3}\nkw.pop('max_tokens')\n" + CALL.format("**kw"), "unset", None),
    "deleted": ("kw = {'max_tokens': 3}\ndel kw['max_tokens']\n" + CALL.format("**kw"), "unset", None),
    "without None": (
        "kw = {'max_tokens': None, 'top_p': 1}\nkw = {k: v for k, v in kw.items() if v is not None}\n"
        + CALL.format("**kw"),
        "unset",
        None,
    ),
    "both branches": (
        "kw = {}\nif __debug__:\n    kw['max_tokens'] = 3\nelse:\n    kw['max_tokens'] = 4\n"
        + CALL.format("**kw"),
        "set",
        3,
    ),
    "one branch": ("kw = {}\nif input():\n    kw['max_tokens'] = 3\n" + CALL.format("**kw"), "unknown", None),
    "guard that holds": (
        "CAP = 5\nkw = {}\nif CAP is not None:\n    kw['max_tokens'] = CAP\n" + CALL.format("**kw"),
        "set",
        5,
    ),
    "guard that fails": (
        "CAP = None\nkw = {}\nif CAP:\n    kw['max_tokens'] = CAP\n" + CALL.format("**kw"),
        "unset",
        None,
    ),
    "helper": ("def kw():\n    return {'max_tokens': 3}\n" + CALL.format("**kw()"), "set", 3),
    "unknown mapping": ("import settings\n" + CALL.format("**settings.load()"), "unknown", None),
    "extra body": (CALL.format("extra_body={'max_tokens': 3}"), "set", 3),
    "environment with default": (
        "import os\n" + CALL.format("max_tokens=int(os.getenv('CAP', '300'))"),
        "set",
        300,
    ),
    "environment without": ("import os\n" + CALL.format("max_tokens=os.getenv('CAP')"), "unknown", None),
    "required parameter": ("def f(cap: int):\n    " + CALL.format("max_tokens=cap"), "set", None),
    "default of a parameter": ("def f(cap=80):\n    " + CALL.format("max_tokens=cap"), "set", 80),
    "a caller that nobody sees through": (
        "def f(cap=80):\n    " + CALL.format("max_tokens=cap") + "\ndef g(conf):\n    f(cap=conf.cap)",
        "set",
        80,
    ),
    "None from one caller": (
        "def f(cap=80):\n    " + CALL.format("max_tokens=cap") + "\nf(cap=None)",
        "unknown",
        None,
    ),
    "a dict that a comprehension fills": (
        "def kept(pairs):\n    return {k: v for k, v in pairs if v is not None}\ndef f(pairs):\n    kw = dict(kept(pairs))\n    "
        + CALL.format("**kw"),
        "unknown",
        None,
    ),
    "an unknown mapping asked with a default": (
        "def f(conf):\n    " + CALL.format("max_tokens=conf.get('cap', 70)"),
        "set",
        70,
    ),
    "an unknown mapping asked without": (
        "def f(conf):\n    " + CALL.format("max_tokens=conf.get('cap')"),
        "unknown",
        None,
    ),
    "None by default": ("def f(cap=None):\n    " + CALL.format("max_tokens=cap"), "unknown", None),
    "keyword arguments of a public function": ("def f(**kw):\n    " + CALL.format("**kw"), "unknown", None),
    "wrapper's only caller": (
        "def _f(**kw):\n    " + CALL.format("**kw") + "\n_f(max_tokens=6)",
        "set",
        6,
    ),
    "dataclass": (
        "from dataclasses import dataclass\n@dataclass\nclass S:\n    cap: int = 44\ns = S()\n"
        + CALL.format("max_tokens=s.cap"),
        "set",
        44,
    ),
    "pydantic field": (
        "from pydantic import BaseModel, Field\nclass S(BaseModel):\n    cap: int = Field(default=44)\n"
        + CALL.format("max_tokens=S().cap"),
        "set",
        44,
    ),
    "a field that unseen arguments may set": (
        "from pydantic import BaseModel, Field\nclass S(BaseModel):\n    cap: int = Field(default=44)\n"
        "    @classmethod\n    def load(cls, found):\n        return cls(**{k: v for k, v in found.items()})\n"
        "def f(found):\n    s = S.load(found)\n    " + CALL.format("max_tokens=s.cap"),
        "set",
        44,
    ),
    "dump of a data object": (
        "from pydantic import BaseModel, Field\nclass A(BaseModel):\n    max_tokens: int = Field(default=44)\n"
        "class B(BaseModel):\n    args: A = Field(default_factory=A)\n    def f(self):\n        "
        + CALL.format("**self.args.model_dump()"),
        "set",
        44,
    ),
    "dump without what is None": (
        "from pydantic import BaseModel\nclass A(BaseModel):\n    max_tokens: int | None = None\n"
        "def f(a: A):\n    " + CALL.format("**a.model_dump(exclude_none=True)"),
        "unknown",
        None,
    ),
    "unknown arguments over a capped body": (
        "def f(**kw):\n    " + CALL.format("**kw, extra_body={'max_tokens': 5}"),
        "set",
        5,
    ),
    "construction wins over the default": (
        "from pydantic import BaseModel\nclass S(BaseModel):\n    cap: int = 1\n"
        + CALL.format("max_tokens=S(cap=2).cap"),
        "set",
        2,
    ),
}


@pytest.mark.parametrize("case", CAPS)
def test_output_cap(case: str, tmp_path: Path) -> None:
    body, status, value = CAPS[case]
    cap = only(tmp_path, app=HEAD + body).output_cap
    assert cap.status == status
    if value is not None:
        assert cap.value == value


def test_where_it_was_set(tmp_path: Path) -> None:
    call = only(tmp_path, app=HEAD + "kw = {\n    'max_tokens': 3,\n}\n" + CALL.format("**kw"))
    assert call.output_cap.origin is not None
    assert call.output_cap.origin.line == 4


RETRIES = {
    "sdk default": (CALL.format(""), "sdk-default"),
    "client": ("client = OpenAI(max_retries=5)\n" + CALL.format(""), "explicit"),
    "off": ("client = OpenAI(max_retries=0)\n" + CALL.format(""), "disabled"),
    "off through with_options": (
        "client = client.with_options(max_retries=0)\n" + CALL.format(""),
        "disabled",
    ),
    "on again through with_options": (
        "client = OpenAI(max_retries=0).with_options(max_retries=3)\n" + CALL.format(""),
        "explicit",
    ),
    "tenacity": ("from tenacity import retry\n@retry\ndef f():\n    " + CALL.format(""), "decorator"),
    "backoff": (
        "import backoff, openai\n@backoff.on_exception(backoff.expo, openai.RateLimitError, max_tries=3)\ndef f():\n    "
        + CALL.format(""),
        "decorator",
    ),
    "decorated caller": (
        "from tenacity import retry\ndef f():\n    " + CALL.format("") + "\n@retry\ndef g():\n    f()",
        "decorator",
    ),
    "loop": (
        "def f():\n    for _ in range(3):\n        try:\n            return "
        + CALL.format("")
        + "\n        except Exception:\n            continue",
        "loop",
    ),
    "loop over items is no retry": (
        "def f(items):\n    for item in items:\n        try:\n            print("
        + CALL.format("")
        + ")\n        except Exception:\n            continue",
        "sdk-default",
    ),
    "handler that gives up": (
        "def f():\n    while True:\n        try:\n            return "
        + CALL.format("")
        + "\n        except Exception:\n            raise",
        "sdk-default",
    ),
    "recursion": (
        "def f(n=0):\n    try:\n        return "
        + CALL.format("")
        + "\n    except Exception:\n        return f(n + 1)",
        "loop",
    ),
    "another object's method of that name is no recursion": (
        "class A:\n    def f(self):\n        try:\n            return "
        + CALL.format("")
        + "\n        except Exception:\n            return self.other.f()",
        "sdk-default",
    ),
    "a loop that decides by the answer": (
        "import time\ndef f():\n    for _ in range(3):\n        r = "
        + CALL.format("")
        + "\n        if r.ok:\n            return r\n        time.sleep(1)",
        "loop",
    ),
    "a loop that only shortens the request": (
        "import openai\ndef f(h):\n    while h:\n        try:\n            return "
        + CALL.format("")
        + "\n        except openai.BadRequestError:\n            h = h[1:]",
        "sdk-default",
    ),
    "an error that an inner loop handles": (
        "def f(parts):\n    more = True\n    while more:\n        for part in parts:\n            try:\n                r = "
        + CALL.format("")
        + "\n            except Exception:\n                continue\n        more = bool(r)",
        "sdk-default",
    ),
    "a caller's loop that returns under a condition": (
        "def f():\n    return " + CALL.format("") + "\ndef g(a):\n    for _ in range(3):\n        try:\n"
        "            if a:\n                return f()\n            return None\n"
        "        except Exception:\n            pass",
        "loop",
    ),
    "a handler that goes on until the last attempt": (
        "def f():\n    for i in range(3):\n        try:\n            r = "
        + CALL.format("")
        + "\n        except Exception:\n            if i < 2:\n                continue\n            break\n"
        "        return r",
        "loop",
    ),
    "task queue": (
        "from celery import shared_task\n@shared_task(autoretry_for=(Exception,))\ndef f():\n    "
        + CALL.format(""),
        "decorator",
    ),
    "own decorator": (
        "def again(fn):\n    def inner(*a):\n        for _ in range(3):\n            try:\n                return fn(*a)\n"
        "            except Exception:\n                pass\n    return inner\n@again\ndef f():\n    "
        + CALL.format(""),
        "decorator",
    ),
}


@pytest.mark.parametrize("case", RETRIES)
def test_retry(case: str, tmp_path: Path) -> None:
    body, status = RETRIES[case]
    assert only(tmp_path, app=HEAD + body).retry.status == status


def test_a_key_that_unseen_arguments_may_hold_is_not_called_unset(tmp_path: Path) -> None:
    call = only(
        tmp_path,
        app=HEAD + "def usual():\n    return {'max_retries': 3}\nclass S:\n    def __init__(self, config):\n"
        "        self.config = prepare(config, usual())\n    def f(self):\n"
        "        c = OpenAI(**self.config.get('kwargs', {}))\n"
        "        c.responses.create(model='m', input='x')",
    )
    assert (call.retry.status, call.timeout.status) == ("unknown", "sdk-default")


def test_defaults_that_unseen_arguments_may_replace_have_no_value(tmp_path: Path) -> None:
    call = only(
        tmp_path,
        app=HEAD + "def f(**kw):\n    c = OpenAI(**kw)\n    c.responses.create(model='m', input='x')",
    )
    assert (call.retry.status, call.retry.value, bool(call.retry.reason)) == ("sdk-default", None, True)
    assert (call.timeout.status, call.timeout.value, bool(call.timeout.reason)) == ("sdk-default", None, True)


TIMEOUTS = {
    "sdk default": (CALL.format(""), "sdk-default", 600),
    "client": ("client = OpenAI(timeout=4)\n" + CALL.format(""), "explicit", 4),
    "call wins": ("client = OpenAI(timeout=4)\n" + CALL.format("timeout=2"), "explicit", 2),
    "a body that nobody knows": (
        "client = OpenAI(timeout=4)\ndef f(body=None):\n    " + CALL.format("extra_body=body"),
        "explicit",
        4,
    ),
    "arguments that nobody knows": (
        "client = OpenAI(timeout=4)\ndef f(**kw):\n    " + CALL.format("**kw"),
        "explicit",
        4,
    ),
    "one client of two": (
        "import os\nif os.getenv('A'):\n    client = OpenAI(timeout=4)\nelse:\n    client = OpenAI()\n"
        + CALL.format(""),
        "unknown",
        None,
    ),
    "two clients that differ": (
        "import os\nif os.getenv('A'):\n    client = OpenAI(timeout=4)\nelse:\n    client = OpenAI(timeout=5)\n"
        + CALL.format(""),
        "explicit",
        None,
    ),
    "off": ("client = OpenAI(timeout=None)\n" + CALL.format(""), "disabled", None),
    "wait_for": (
        "import asyncio\nfrom openai import AsyncOpenAI\nclient = AsyncOpenAI()\nasync def f():\n    await asyncio.wait_for("
        + CALL.format("")
        + ", timeout=3)",
        "explicit",
        3,
    ),
    "asyncio.timeout": (
        "import asyncio\nfrom openai import AsyncOpenAI\nclient = AsyncOpenAI()\nasync def f():\n"
        "    async with asyncio.timeout(8):\n        await " + CALL.format(""),
        "explicit",
        8,
    ),
}


@pytest.mark.parametrize("case", TIMEOUTS)
def test_timeout(case: str, tmp_path: Path) -> None:
    body, status, seconds = TIMEOUTS[case]
    timeout = only(tmp_path, app=HEAD + body).timeout
    assert (timeout.status, timeout.value) == (status, seconds)


RAW = {
    "plain": ("requests.post(URL, json={'model': 'm', 'messages': []})", "unset", "none", "none"),
    "capped": (
        "requests.post(URL, json={'model': 'm', 'messages': [], 'max_tokens': 5}, timeout=3)",
        "set",
        "none",
        "explicit",
    ),
    "dumped body": (
        "import json\nbody = {'model': 'm', 'messages': []}\nbody['max_tokens'] = 5\nrequests.post(URL, data=json.dumps(body))",
        "set",
        "none",
        "none",
    ),
    "session": ("s = requests.Session()\ns.post(URL, json={'messages': []})", "unset", "none", "none"),
    "unknown host": (
        "import os\nrequests.post(os.environ['BASE'] + '/chat/completions', json={'messages': []})",
        "unset",
        "none",
        "none",
    ),
    "body alone": (
        "def f(url):\n    requests.post(url, json={'model': 'm', 'messages': [], 'max_tokens': 1})",
        "set",
        "none",
        "none",
    ),
    "gemini": (
        "requests.post('https://generativelanguage.googleapis.com/v1beta/models/gemini-pro:generateContent?key=x',"
        " json={'contents': [], 'generationConfig': {'maxOutputTokens': 4}})",
        "set",
        "none",
        "none",
    ),
}


HIDDEN = {
    "no model in the body": ("f(url): requests.post(url, json={'messages': [], 'temperature': 0})", "chat"),
    "the end of the URL": (
        "f(url, way): requests.post(url + f'/api/{way}', json={'model': 'm', 'prompt': 'p', 'options': {}})",
        "completion",
    ),
    "another server's path": (
        "f(): requests.post('http://gpu:8000/v1/embeddings', json={'model': 'm', 'input': 'x'})",
        "embeddings",
    ),
    "the project's own server": (
        "f(host): requests.post(f'{host}/ask', json={'messages': [], 'temperature': 0})",
        "",
    ),
    "another server's path for other things": (
        "f(): requests.post('http://gpu:8000/v1/embeddings', json={'documents': []})",
        "",
    ),
}


@pytest.mark.parametrize("case", HIDDEN)
def test_raw_http_to_unknown_hosts(case: str, tmp_path: Path) -> None:
    body, api = HIDDEN[case]
    assert [c.api for c in calls(tmp_path, app=f"import requests\ndef {body}")] == ([api] if api else [])


@pytest.mark.parametrize("case", RAW)
def test_raw_http(case: str, tmp_path: Path) -> None:
    body, cap, retry, timeout = RAW[case]
    text = "import requests\nURL = 'https://api.openai.com/v1/chat/completions'\n" + body
    call = only(tmp_path, app=text)
    assert (call.sdk, call.api) == ("raw-http", "chat")
    assert (call.output_cap.status, call.retry.status, call.timeout.status) == (cap, retry, timeout)


def test_cap_of_the_model_holds_for_its_chains(tmp_path: Path) -> None:
    call = only(
        tmp_path,
        app="""
            from langchain_core.prompts import ChatPromptTemplate
            from langchain_openai import ChatOpenAI
            chain = ChatPromptTemplate.from_template("{q}") | ChatOpenAI(model="m", max_tokens=33)
            chain.invoke({"q": "hi"})
        """,
    )
    assert (call.api, call.output_cap.value) == ("chain", 33)


LATER = {
    "set": ("config.max_output_tokens = 4", "set"),
    "set under a condition": ("if q:\n        config.max_output_tokens = 4", "unknown"),
    "something else": ("config.top_k = 4", "unset"),
}


@pytest.mark.parametrize("case", LATER)
def test_fields_assigned_to_a_config_object(case: str, tmp_path: Path) -> None:
    body, status = LATER[case]
    call = only(
        tmp_path,
        app="from google import genai\nfrom google.genai import types\ndef ask(q):\n"
        f"    config = types.GenerateContentConfig(temperature=0)\n    {body}\n"
        "    return genai.Client().models.generate_content(model='m', contents=q, config=config)\n",
    )
    assert call.output_cap.status == status


CONFIGURED = {
    "settings": ("{'model': 'm', 'max_tokens': 9}", "set"),
    "configurable": ("{'configurable': {'max_tokens': 9}}", "set"),
    "neither": ("{'tags': ['x']}", "unset"),
}


@pytest.mark.parametrize("case", CONFIGURED)
def test_model_configured_later(case: str, tmp_path: Path) -> None:
    config, status = CONFIGURED[case]
    call = only(
        tmp_path,
        app=f"""
            from langchain.chat_models import init_chat_model
            model = init_chat_model(configurable_fields=("model", "max_tokens"))
            def ask(q):
                return model.with_retry(stop_after_attempt=2).with_config({config}).invoke(q)
        """,
    )
    assert (call.output_cap.status, call.retry.status) == (status, "explicit")


def test_one_model_of_two_is_capped(tmp_path: Path) -> None:
    call = only(
        tmp_path,
        app="""
            from langchain.chat_models import init_chat_model
            def ask(q, thinks):
                if thinks:
                    model = init_chat_model("a", max_tokens=9)
                else:
                    model = init_chat_model("b")
                return model.invoke(q)
        """,
    )
    assert call.output_cap.status == "unknown"


def test_embeddings_have_no_cap(tmp_path: Path) -> None:
    call = only(tmp_path, app=HEAD + "client.embeddings.create(model='m', input='x')")
    assert (call.api, call.output_cap.status) == ("embeddings", "not-applicable")


def test_what_a_function_of_an_sdk_loads_may_hold_anything(tmp_path: Path) -> None:
    call = only(
        tmp_path,
        app="""
        import autogen

        config_list = autogen.config_list_from_json("models.json")
        helper = autogen.AssistantAgent(name="helper", llm_config={"config_list": config_list})
        autogen.UserProxyAgent(name="user").initiate_chat(helper, message="hello")
        """,
    )
    assert call.output_cap.status == "unknown"
