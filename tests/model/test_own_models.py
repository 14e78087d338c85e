"""Wrappers that users describe: found however the project reaches them, and judged by their settings."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from prodworthy.cli import main
from prodworthy.config import read_config
from prodworthy.errors import ConfigError

MODEL = """
[tool.prodworthy]
select = ["PW0", "PW202", "PW208", "PW301"]

[[tool.prodworthy.models.acme.client]]
id = "client"
constructors = ["app.llm.LLM"]
params.model = ["model"]
params.retries = ["attempts"]
params.timeout = ["seconds"]

[[tool.prodworthy.models.acme.call]]
api = "chat"
on = ["client"]
paths = ["ask"]
params.user_prompt = ["prompt"]
params.output_cap = ["limit"]

[[tool.prodworthy.models.acme.call]]
api = "chat"
paths = ["app.llm.complete"]
params.user_prompt = ["prompt"]
params.output_cap = ["limit"]
"""
WRAPPER = """
import functools
from transport import send


class LLM:
    def __init__(self, model, attempts=3, seconds=30):
        self.model = model

    def ask(self, prompt, limit=None):
        return send(self.model, prompt, limit)

    def twice(self, prompt):
        return self.ask(prompt) + self.ask(prompt, 70)


def complete(prompt, limit=None):
    return send("small", prompt, limit)


@functools.cache
def make():
    return LLM("made", attempts=0)


shared = LLM("shared", seconds=None)
"""


@pytest.fixture(autouse=True)
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    write("pyproject.toml", MODEL)
    write("app/__init__.py", "")
    write("app/llm.py", WRAPPER)
    return tmp_path


def write(name: str, text: str) -> None:
    Path(name).parent.mkdir(parents=True, exist_ok=True)
    Path(name).write_text(text, encoding="utf-8")


def run(*arguments: str) -> Result:
    return CliRunner().invoke(main, arguments)


def calls(path: str = "app/main.py") -> list[dict[str, Any]]:
    listed = json.loads(run("inventory", "--format", "json").stdout)["calls"]
    return [call for call in listed if call["path"] == path]


def findings(path: str = "app/main.py") -> list[str]:
    found = json.loads(run("check", "--output-format", "json").stdout)["findings"]
    return [f["code"] for f in found if f["path"] == path]


USES = {
    "absolute import": "from app.llm import LLM\nllm = LLM('m')\nllm.ask('q')",
    "relative import": "from .llm import LLM\nLLM('m').ask('q')",
    "module": "from app import llm\nllm.LLM('m').ask('q')",
    "module, dotted": "import app.llm\napp.llm.LLM('m').ask('q')",
    "annotation": "from app.llm import LLM\ndef f(llm: LLM): return llm.ask('q')",
    "injected": (
        "from app.llm import LLM\nclass S:\n"
        "    def __init__(self, llm: LLM): self.llm = llm\n    def f(self): return self.llm.ask('q')"
    ),
    "passed on": "import asyncio\nfrom app.llm import shared\nasyncio.to_thread(shared.ask, 'q')",
    "subclass": "from app.llm import LLM\nclass Mine(LLM):\n    pass\nMine('m').ask('q')",
    "function": "from app.llm import complete\ncomplete('q')",
    "function of a module": "from app import llm\nllm.complete('q')",
    "partial": "import functools\nfrom app.llm import complete\nask = functools.partial(complete)\nask('q')",
}


@pytest.mark.parametrize("use", USES)
def test_a_wrapper_is_found_however_it_is_reached(use: str) -> None:
    write("app/main.py", USES[use])
    (call,) = calls()
    assert (call["sdk"], call["api"], call["output_cap"]) == ("acme", "chat", {"status": "unset"})
    assert "PW301" in findings()


def test_settings_are_read_from_the_call_and_the_construction() -> None:
    write("app/main.py", "from app.llm import LLM\nLLM('big', 2, seconds=5).ask('q', 100)")
    (call,) = calls()
    assert call["model"] == "big"
    assert (call["retry"]["status"], call["retry"]["attempts"]) == ("explicit", 2)
    assert (call["timeout"]["seconds"], call["output_cap"]["value"]) == (5, 100)
    assert findings() == []


def test_defaults_of_the_wrapper_itself_count() -> None:
    write("app/llm.py", WRAPPER.replace("limit=None", "limit=256"))
    write(
        "app/main.py", "from app.llm import LLM, complete\nLLM('m').ask('q')\ncomplete('q')\ncomplete('q', 9)"
    )
    assert [call["output_cap"]["value"] for call in calls()] == [256, 256, 9]
    assert [call["retry"].get("attempts") for call in calls()] == [3, None, None]


def test_an_override_has_its_own_defaults() -> None:
    write(
        "app/main.py",
        "from app.llm import LLM\nclass Mine(LLM):\n    def ask(self, prompt, limit=7): ...\nMine('m').ask('q')",
    )
    assert [call["output_cap"]["value"] for call in calls()] == [7]


def test_factories_and_shared_objects_keep_their_settings() -> None:
    write("app/main.py", "from app.llm import make, shared\nmake().ask('q', 5)\nshared.ask('q', 5)")
    assert findings() == ["PW202", "PW208"]


def test_a_factory_and_a_static_method_can_be_described() -> None:
    factory = "class Factory:\n    @staticmethod\n    def create(kind, seconds=9):\n        return load(kind)(seconds)\n"
    write("app/factory.py", factory + "    @classmethod\n    def quick(cls, prompt, limit=None): ...\n")
    write(
        "pyproject.toml",
        MODEL.replace('"app.llm.LLM"', '"app.factory.Factory.create"').replace(
            '"app.llm.complete"', '"app.factory.Factory.quick"'
        ),
    )
    write(
        "app/main.py",
        "from app.factory import Factory\nclass S:\n    def __init__(self):\n        self.llm = Factory.create('x')\n"
        "    def f(self):\n        return self.llm.ask('q', limit=3)\n\nFactory.quick('q')\n",
    )
    first, second = calls()
    assert (first["method"], first["timeout"]["seconds"]) == ("ask", 9)
    assert (second["method"], second["output_cap"]) == ("app.factory.Factory.quick", {"status": "unset"})


def test_calls_inside_the_wrapper_are_calls_too() -> None:
    caps = [call["output_cap"] for call in calls("app/llm.py")]
    assert [cap["status"] for cap in caps] == ["unset", "set"]


def test_a_decorated_wrapper_is_found() -> None:
    retrying = "import tenacity\n" + WRAPPER.replace("def complete", "@tenacity.retry\ndef complete")
    write("app/llm.py", retrying)
    write("app/main.py", "from app.llm import complete\ncomplete('q')")
    assert [call["method"] for call in calls()] == ["app.llm.complete"]


def test_other_classes_of_the_name_and_other_methods_are_not() -> None:
    write("app/other.py", "class LLM:\n    def ask(self, prompt): ...\n")
    write(
        "app/main.py",
        "from app.other import LLM\nfrom app import llm\nLLM().ask('q')\nllm.LLM('m').twice('q')",
    )
    assert calls() == []


def test_the_request_inside_a_wrapper_stays_listed() -> None:
    inner = "from openai import OpenAI\ndef send(model, prompt, limit):\n    client = OpenAI()\n"
    inner += "    return client.responses.create(model=model, input=prompt, max_output_tokens=limit)\n"
    write("transport.py", inner)
    write("app/main.py", "from app.llm import complete\ncomplete('q', limit=5)")
    assert [call["sdk"] for call in calls("transport.py")] == ["openai"]
    assert [call["output_cap"]["value"] for call in calls()] == [5]


@pytest.mark.parametrize("name", ["app.LLM", "llm.LLM", "app.*.LLM"])
def test_a_name_may_be_what_a_package_takes_over_or_begin_below_the_root(name: str) -> None:
    write("pyproject.toml", MODEL.replace("app.llm.LLM", name))
    write("app/__init__.py", "from .llm import LLM\n")
    write("app/main.py", "from app import LLM\nLLM('m').ask('q')")
    assert [call["sdk"] for call in calls()] == ["acme"]


def test_a_source_folder_needs_no_mention() -> None:
    for name in ("__init__", "llm"):
        write(f"src/app/{name}.py", Path(f"app/{name}.py").read_text())
        Path(f"app/{name}.py").unlink()
    write("src/app/main.py", "from app.llm import LLM\nLLM('m').ask('q')")
    assert [call["sdk"] for call in calls("src/app/main.py")] == ["acme"]


def test_a_package_that_is_installed_is_described_the_same_way() -> None:
    write("pyproject.toml", MODEL.replace("app.llm", "acme_llm"))
    write(
        "app/main.py",
        "import acme_llm\nclient = acme_llm.LLM('m')\nclient.ask('q')\nacme_llm.complete('q', limit=3)",
    )
    assert [(call["sdk"], call["output_cap"]["status"]) for call in calls()] == [
        ("acme", "unset"),
        ("acme", "set"),
    ]


def test_a_path_below_the_client_and_a_call_of_the_client() -> None:
    write("pyproject.toml", MODEL.replace("app.llm", "acme_llm").replace('"ask"', '"chat.send", "__call__"'))
    write("app/main.py", "from acme_llm import LLM\nllm = LLM('m')\nllm.chat.send('q')\nllm('q')")
    assert [call["method"] for call in calls()] == ["chat.send", "__call__"]


def test_defaults_that_the_code_does_not_show_can_be_told() -> None:
    write("pyproject.toml", MODEL.replace("app.llm", "acme_llm") + "defaults = { output_cap = 300 }\n")
    write("app/main.py", "import acme_llm\nacme_llm.complete('q')")
    assert findings() == []


def test_a_fix_uses_the_name_of_the_parameter() -> None:
    write("app/main.py", "from app.llm import complete\ncomplete('q')\n")
    run("check", "--fix", "--unsafe-fixes", "app/main.py")
    assert Path("app/main.py").read_text() == "from app.llm import complete\ncomplete('q', limit=1024)\n"


def test_an_extended_configuration_describes_wrappers_too() -> None:
    write("base.toml", MODEL.replace("tool.prodworthy.", "").replace("[tool.prodworthy]", ""))
    write("pyproject.toml", "[tool.prodworthy]\nextend = 'base.toml'\n")
    write("app/main.py", "from app.llm import LLM\nLLM('m').ask('q')")
    assert [call["sdk"] for call in calls()] == ["acme"]


WRONG = {
    "client.param.retries = ['a']": "models.x.client: input should be a valid array",
    "[[client]]\nid = 'c'\nconstructors = ['a.B']\nparam.retries = ['a']": (
        "models.x.client[0]: unknown key `param`; did you mean `params`?"
    ),
    "[[client]]\nid = 'c'\nconstructor = ['a.B']": "unknown key `constructor`; did you mean `constructors`?",
    "[[client]]\nconstructors = ['a.B']": "models.x.client[0]: `id` is missing",
    "[[client]]\nid = 'c'": "nothing makes this client",
    "[[client]]\nid = 'c'\nconstructors = 'a.B'": "models.x.client[0].constructors: input should be a valid array",
    "[[client]]\nid = 'c'\nconstructors = ['a.B']\nparams.retrys = ['n']": (
        "models.x.client[0].params: unknown role `retrys`; did you mean `retries`?"
    ),
    "[[client]]\nid = 'c'\nconstructors = ['a.B']\ndefaults.timeout = '30'": "defaults.timeout: input should be a valid number",
    "[[client]]\nid = 'c'\nconstructors = ['a.B']\ndefaults.modle = 3": "`modle` has no default that matters",
    "[[call]]\npaths = ['a.b']": "models.x.call[0]: `api` is missing",
    "[[call]]\napi = 'chatt'\npaths = ['a.b']": "models.x.call[0]: unknown api `chatt`; did you mean `chat`?",
    "[[call]]\napi = 'chat'\npaths = []": "`paths` names no method or function",
    "[[call]]\napi = 'chat'\npaths = ['ask']": "write the module of `ask` too",
    "[[call]]\napi = 'chat'\npaths = ['ask']\non = ['clent']": "`on` names `clent`, which is no client's id",
    "docs = 'x'": "describes no client and no call",
    "[[clients]]\nid = 'c'": "models.x: unknown key `clients`; did you mean `client`?",
}


@pytest.mark.parametrize("table", WRONG)
def test_what_is_wrong_is_named_with_the_nearest_key(table: str, tmp_path: Path) -> None:
    text = table.replace("[[", "[[models.x.") if "[[" in table else f"[models.x]\n{table}"
    write("prodworthy.toml", text)
    with pytest.raises(ConfigError) as caught:
        read_config(tmp_path / "prodworthy.toml")
    assert str(caught.value).startswith(str(tmp_path / "prodworthy.toml"))
    assert WRONG[table] in str(caught.value)


def test_the_name_of_a_shipped_model_is_taken() -> None:
    write("pyproject.toml", MODEL.replace("models.acme", "models.openai"))
    write("app/main.py", "from app.llm import LLM\n")
    done = run("check")
    assert done.exit_code == 2
    assert "models.openai: a model of that name is shipped" in done.stderr
