"""Small projects of several files: how a client, or what it was given, reaches a call from elsewhere."""

from __future__ import annotations

from pathlib import Path

import pytest

from resolve.project import calls, only

ASK = "responses.create(model='m', input='hi')"

PROJECTS: dict[str, dict[str, str]] = {
    "an import helper that hands a module back": {
        "app__loading": """
            def optional(name, package=None):
                try:
                    return __import__(name, fromlist=[""])
                except ImportError as error:
                    raise RuntimeError(package or name) from error
        """,
        "app__use": f"""
            from .loading import optional

            class Bot:
                def __init__(self):
                    self.sdk = optional("openai", "openai>=1")
                def ask(self):
                    return self.sdk.OpenAI(timeout=5).{ASK}
        """,
        "app____init__": "",
    },
    "a dependency that an annotation's alias names": {
        "deps": """
            from typing import Annotated
            from fastapi import Depends
            from openai import OpenAI

            def get_client():
                return OpenAI(timeout=5)

            Client = Annotated[OpenAI, Depends(get_client)]
        """,
        "routes": f"""
            from fastapi import APIRouter
            from deps import Client

            router = APIRouter()

            @router.get("/")
            def ask(client: Client):
                return client.{ASK}
        """,
    },
    "a dict of services that a framework injects": {
        "deps": """
            from typing import Annotated
            from fastapi import Depends
            from openai import OpenAI

            def services() -> dict:
                return {"llm": OpenAI(timeout=5), "db": object()}

            Services = Annotated[dict, Depends(services)]
        """,
        "brain": f"""
            from pydantic import BaseModel
            from deps import Services

            class Brain(BaseModel):
                services: Services
                def ask(self):
                    return self.services["llm"].{ASK}
        """,
    },
    "a method under another name": {
        "use": """
            from typing import Any, cast
            from openai import OpenAI

            client = OpenAI(timeout=5)

            def ask():
                create = cast(Any, client.responses.create)
                return create(model="m", input="hi")
        """,
    },
    "a method made asynchronous": {
        "use": """
            from asgiref.sync import sync_to_async
            from openai import OpenAI

            client = OpenAI(timeout=5)

            async def ask():
                create = sync_to_async(client.responses.create, thread_sensitive=True)
                return await create(model="m", input="hi")
        """,
    },
    "a module that the surroundings put there": {
        "plugin": """
            @register(imports=["openai"])
            def ask():
                return openai.OpenAI(timeout=5).responses.create(model="m", input="hi")
        """,
    },
    "a dict of clients, asked with a default": {
        "clients": """
            from openai import OpenAI

            DEFAULT = OpenAI(timeout=5)
            CLIENTS: dict = load_clients()
        """,
        "use": f"""
            from clients import CLIENTS, DEFAULT

            def ask(name):
                return CLIENTS.get(name, DEFAULT).{ASK}
        """,
    },
}


@pytest.mark.parametrize("name", PROJECTS)
def test_client_from_elsewhere(name: str, tmp_path: Path) -> None:
    call = only(tmp_path, **PROJECTS[name])
    assert (call.sdk, call.timeout.status, call.timeout.value) == ("openai", "explicit", 5)


def test_projects_of_one_repository_import_each_other(tmp_path: Path) -> None:
    for project in ("packages/llm", "packages/web"):
        (tmp_path / project).mkdir(parents=True)
        (tmp_path / project / "pyproject.toml").write_text("[project]\n")
    call = only(
        tmp_path,
        packages__llm__src__acme__llm="from openai import OpenAI\nclient = OpenAI(timeout=5)",
        packages__web__src__acme__web__main=f"from acme.llm import client\nclient.{ASK}",
    )
    assert call.timeout.value == 5


def test_a_package_that_two_projects_have_is_neither(tmp_path: Path) -> None:
    for project in ("one", "two"):
        (tmp_path / project).mkdir()
        (tmp_path / project / "setup.py").write_text("")
    sources = {
        "one__shared": "from openai import OpenAI\nclient = OpenAI()",
        "two__shared": "from openai import OpenAI\nclient = OpenAI()",
        "three__main": f"from shared import client\nclient.{ASK}",
    }
    assert [c.client_seen for c in calls(tmp_path, **sources)] == [False]  # told by its shape alone


NARROWED = {
    "assert": ("assert isinstance(client, OpenAI)", True),
    "the branch": ("if isinstance(client, OpenAI):\n    {}", True),
    "the other branch": ("if isinstance(client, OpenAI):\n    pass\nelse:\n    {}", False),
    "left otherwise": ("if not isinstance(client, OpenAI):\n    raise TypeError", True),
    "not left otherwise": ("if not isinstance(client, OpenAI):\n    print(client)", False),
    "another name": ("assert isinstance(other, OpenAI)", False),
}


@pytest.mark.parametrize("case", NARROWED)
def test_isinstance(case: str, tmp_path: Path) -> None:
    body, found = NARROWED[case]
    call = "client.moderations.create(input=text)"
    body = body.format(call) if "{}" in body else f"{body}\n{call}"
    lines = "\n".join(f"    {line}" for line in body.splitlines())
    source = f"from openai import OpenAI\ndef check(client, other, text):\n{lines}\n"
    assert bool(calls(tmp_path, use=source)) is found


def test_a_model_checked_where_it_is_kept(tmp_path: Path) -> None:
    call = only(
        tmp_path,
        use="""
            from langchain_core.language_models import BaseChatModel

            class Bot:
                def __init__(self, config):
                    if not isinstance(config.model, BaseChatModel):
                        raise TypeError(config.model)
                    self.model = config.model
                def ask(self, messages, tools=None):
                    model = self.model
                    if tools:
                        model = model.bind_tools(tools)
                    return model.invoke(messages)
        """,
    )
    assert (call.sdk, call.output_cap.status) == ("langchain", "unknown")


def test_a_wrapper_hands_on_what_it_does_not_know(tmp_path: Path) -> None:
    call = only(
        tmp_path,
        use="""
            import instructor
            from openai import OpenAI

            client = instructor.from_openai(OpenAI(max_retries=7))
            client.moderations.create(input="hi")
        """,
    )
    assert (call.sdk, call.api, call.retry.value) == ("openai", "moderation", 7)


def test_arguments_of_a_call_on_something_unknown_may_stand_in_a_dict(tmp_path: Path) -> None:
    call = only(
        tmp_path,
        use="""
            class Bot:
                def __init__(self, client):
                    self.client = client
                def ask(self, messages):
                    request = {"modelId": "m", "messages": messages, "inferenceConfig": {"maxTokens": 500}}
                    return self.client.converse(**request)
        """,
    )
    assert (call.sdk, call.api, call.output_cap.value) == ("bedrock", "converse", 500)


def test_copies_of_a_project_call_their_own(tmp_path: Path) -> None:
    sources = {}
    for number in range(36):  # more than are searched for callers
        copy = f"s{number:02}"
        sources[f"services__{copy}__app__llm"] = """
            from openai import OpenAI

            def ask(text, limit):
                return OpenAI().chat.completions.create(model="m", max_tokens=limit, messages=text)
        """
        sources[f"services__{copy}__app__main"] = f"""
            from app.llm import ask

            ask("hi", {number + 1}00)
        """
    caps = [call.output_cap.value for call in calls(tmp_path, **sources)]
    assert caps == [(number + 1) * 100 for number in range(36)]
