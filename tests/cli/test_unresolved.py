"""`inventory --unresolved`: what is not known, why, what would help, and that --pedantic says the same."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from prodworthy.cli import main


@pytest.fixture(autouse=True)
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)


def write(name: str, text: str) -> None:
    Path(name).parent.mkdir(parents=True, exist_ok=True)
    Path(name).write_text(text, encoding="utf-8")


def run(*arguments: str) -> Result:
    return CliRunner().invoke(main, arguments)


def places(text: str, name: str = "app.py") -> list[dict[str, Any]]:
    write(name, text)
    found: list[dict[str, Any]] = json.loads(run("inventory", "--unresolved", "--format", "json").stdout)[
        "unresolved"
    ]
    return found


LOOKALIKES = {
    "an unknown package": (
        "import acme_llm\nclient = acme_llm.Client()\nclient.send(prompt='q', max_tokens=5)\n",
        "acme_llm",
        "describe what you use of `acme_llm`",
    ),
    "a parameter": ("def f(llm, q):\n    return llm.generate(q)\n", "llm", "annotate it with its class"),
    "a path of an SDK": (
        "def f(client, **kwargs):\n    return client.beta.chat.completions.parse(**kwargs)\n",
        "client.beta.chat.completions",
        "annotate it",
    ),
    "an attribute": (
        "class S:\n    def f(self, q):\n        return self.llm.complete(system_prompt=q, temperature=0)\n",
        "self.llm",
        "annotate it",
    ),
}


@pytest.mark.parametrize("form", LOOKALIKES)
def test_a_call_that_looks_like_one_is_listed(form: str) -> None:
    text, group, hint = LOOKALIKES[form]
    (found,) = places(text)
    assert (found["kind"], found["group"]) == ("client", group)
    assert found["hint"].startswith(hint)


@pytest.mark.parametrize(
    "text",
    [
        "from openai import OpenAI\nOpenAI().responses.create(model='m', input='q', max_output_tokens=5)\n",
        "def f(twilio):\n    twilio.messages.create(to='1', from_='2', body='hello', messages=1)\n",
        "from dataclasses import dataclass\nimport conf\nconf.ModelConfig(model='m', temperature=1, max_tokens=2)\n",
        "import litellm\nlitellm.token_counter(model='m', messages=[])\n",
        "def ask(prompt, max_tokens, temperature): ...\nask(prompt='q', max_tokens=1, temperature=0)\n",
        "def f(cursor, llm_rows):\n    cursor.execute('select 1')\n    llm_rows.append(1)\n",
        "import requests\nrequests.post('https://x.test', json={'temperature': 20, 'model': 'thermostat'})\n",
        "def f(model, x):\n    return model.predict(x)\n",
        "import transformers\nm = transformers.AutoModel.from_pretrained('m')\nm.generate(x, max_new_tokens=5, top_p=1)\n",
    ],
)
def test_what_is_known_or_is_something_else_is_not(text: str) -> None:
    assert places(text) == []


SETTINGS = {
    "unknown keyword arguments": (
        "def f(**options):\n    return client.responses.create(model='m', input='q', **options)\n",
        "`**options` is passed in, and not every caller is in view",
        "describe the function or class that callers use",
    ),
    "a parameter": (
        "def f(limit):\n    return client.responses.create(model='m', input='q', max_output_tokens=limit or None)\n",
        "`limit or None` is passed in",
        "describe the function",
    ),
    "an unknown name": (
        "from limits import CAP\nclient.responses.create(model='m', input='q', **CAP)\n",
        "`**CAP` comes from `limits.CAP`",
        "write the setting at the call",
    ),
}


@pytest.mark.parametrize("form", SETTINGS)
def test_a_setting_that_nobody_sees_is_listed_with_the_reason(form: str) -> None:
    text, reason, hint = SETTINGS[form]
    (found,) = places("from openai import OpenAI\nclient = OpenAI()\n" + text)
    assert found["kind"] == "settings"
    assert found["settings"] == ["output_cap"]
    assert found["reason"].startswith(reason)
    assert found["hint"].startswith(hint)


def test_a_reason_in_another_file_names_it() -> None:
    write("llm.py", "from openai import OpenAI\ndef make(**kw):\n    return OpenAI(**kw)\n")
    write("base.py", "import os, json\nOPTIONS = json.loads(os.environ['OPTIONS'])\n")
    (found,) = places(
        "from llm import make\nfrom base import OPTIONS\nmake().responses.create(model='m', input='q', **OPTIONS)\n"
    )
    assert found["reason"] == "`**OPTIONS` comes from `json.loads`"


def test_modules_chosen_at_run_time_are_listed() -> None:
    text = "import importlib, openai\ndef f(name):\n    return importlib.import_module(f'llms.{name}')\n"
    (found,) = places(text)
    assert (found["kind"], found["line"]) == ("import", 3)
    assert places("import importlib, openai\nimportlib.import_module('llms.small')\n") == []


def test_describing_the_package_makes_it_known() -> None:
    text = "import acme_llm\nclient = acme_llm.Client()\nclient.send(prompt='q', max_tokens=5)\n"
    assert len(places(text)) == 1
    write(
        "prodworthy.toml",
        "[[models.acme.client]]\nid = 'c'\nconstructors = ['acme_llm.Client']\n"
        "[[models.acme.call]]\napi = 'chat'\non = ['c']\npaths = ['send']\nparams.output_cap = ['max_tokens']\n",
    )
    assert places(text) == []
    assert len(json.loads(run("inventory", "--format", "json").stdout)["calls"]) == 1


def test_tests_are_left_out_unless_they_are_checked() -> None:
    text = "def f(llm, q):\n    return llm.generate(q)\n"
    assert places(text, "tests/test_app.py") == []
    write("prodworthy.toml", "check-tests = true\n")
    assert len(places(text, "tests/test_app.py")) == 1


def test_the_table_groups_and_counts() -> None:
    call = "    client.responses.create(model='m', input='q', **options)\n"
    write("a.py", "from openai import OpenAI\nclient = OpenAI()\ndef f(**options):\n" + call * 7)
    write("b.py", "def f(llm, q):\n    return llm.generate(q)\n")
    assert run("inventory", "--unresolved").stdout == (
        "Calls that look like LLM calls, on something unknown (1)\n\n"
        "  `llm` is passed in, and not every caller is in view\n"
        "    help: annotate it with its class; describe the class if it is your own\n"
        "    b.py:2:12  llm.generate\n\n"
        "LLM calls with a setting that nobody sees (7)\n\n"
        "  `**options` is passed in, and not every caller is in view (7 calls)\n"
        "    help: describe the function or class that callers use, or pass the setting by name\n"
        + "".join(f"    a.py:{n}:5  client.responses.create  [output cap]\n" for n in range(4, 9))
        + "    and 2 more\n\n8 places in 2 groups\n"
    )
    Path("a.py").unlink()
    Path("b.py").unlink()
    assert run("inventory", "--unresolved").stdout == "Everything that looks like an LLM call is resolved.\n"


def test_pedantic_reports_the_same_settings() -> None:
    found = places(
        "import requests\nfrom openai import OpenAI\nclient = OpenAI()\n"
        "def f(url, body, limit, **options):\n"
        "    client.responses.create(model='m', input='q', **options)\n"
        "    client.responses.create(model='m', input='q', max_output_tokens=limit or None)\n"
        "    client.responses.create(model='m', input='q', max_output_tokens=5)\n"
        "    requests.post('https://api.openai.com/v1/chat/completions', json=body, **options)\n"
    )
    listed = {(name, f["line"]) for f in found for name in f["settings"]}
    rules = {"PW301": "output_cap", "PW201": "retry", "PW207": "timeout"}
    reported = json.loads(
        run("check", "--pedantic", "--select", ",".join(rules), "--output-format", "json").stdout
    )
    unsure = {(rules[f["code"]], f["line"]) for f in reported["findings"] if f["confidence"] == "low"}
    assert unsure == listed
    assert len(listed) >= 4
    sure = json.loads(run("check", "--select", ",".join(rules), "--output-format", "json").stdout)["findings"]
    assert all(f["confidence"] != "low" for f in sure)
