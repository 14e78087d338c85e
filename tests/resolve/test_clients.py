"""Every way a client reaches a call."""

from __future__ import annotations

from pathlib import Path

import pytest

from resolve.project import calls, only

CREATE = "chat.completions.create(model='m', messages=[])"

FORMS = {
    "module alias": f"import openai as oa\nc = oa.OpenAI()\nc.{CREATE}",
    "from alias": f"from openai import OpenAI as O\nO().{CREATE}",
    "function import": f"def f():\n    from openai import OpenAI\n    return OpenAI().{CREATE}",
    "conditional": f"""
        from openai import AzureOpenAI, OpenAI
        def f(azure):
            if azure:
                client = AzureOpenAI()
            else:
                client = OpenAI()
            return client.{CREATE}
    """,
    "try import": f"""
        try:
            import openai
        except ImportError:
            openai = None
        def f():
            return openai.OpenAI().{CREATE}
    """,
    "self attribute": f"""
        from openai import OpenAI
        class Bot:
            def __init__(self):
                self.client = OpenAI()
            def ask(self):
                return self.client.{CREATE}
    """,
    "attribute set by another method": f"""
        from openai import OpenAI
        class Bot:
            client = None
            def ask(self):
                return self.client.{CREATE}
            def connect(self):
                self.client = OpenAI()
    """,
    "base class": f"""
        from openai import OpenAI
        class Base:
            def __init__(self):
                self._client = OpenAI()
        class Bot(Base):
            def ask(self):
                return self._client.{CREATE}
    """,
    "class attribute": f"""
        from openai import OpenAI
        class Bot:
            client = OpenAI()
            def ask(self):
                return self.client.{CREATE}
    """,
    "property": f"""
        from functools import cached_property
        from openai import OpenAI
        class Bot:
            @cached_property
            def client(self):
                return OpenAI()
            def ask(self):
                return self.client.{CREATE}
    """,
    "helper method": f"""
        from openai import OpenAI
        class Bot:
            def _get(self):
                return OpenAI()
            def ask(self):
                return self._get().{CREATE}
    """,
    "cached factory": f"""
        import functools
        from openai import OpenAI
        @functools.lru_cache
        def client():
            return OpenAI()
        def ask():
            return client().{CREATE}
    """,
    "context manager": f"from openai import OpenAI\nwith OpenAI() as c:\n    c.{CREATE}",
    "own context manager": f"""
        from contextlib import contextmanager
        from openai import OpenAI
        @contextmanager
        def session():
            client = OpenAI()
            try:
                yield client
            finally:
                client.close()
        def ask():
            with session() as c:
                return c.{CREATE}
    """,
    "with_options": f"from openai import OpenAI\nc = OpenAI().with_options(timeout=3)\nc.{CREATE}",
    "annotation": f"from openai import OpenAI\ndef ask(client: OpenAI):\n    return client.{CREATE}",
    "optional annotation": f"import openai\ndef ask(client: 'openai.OpenAI | None' = None):\n    client.{CREATE}",
    "partial": "from functools import partial\nfrom openai import OpenAI\n"
    "ask = partial(OpenAI().chat.completions.create, model='m')\nask(messages=[])",
    "method alias": "from openai import OpenAI\ncreate = OpenAI().chat.completions.create\ncreate(model='m', messages=[])",
    "handed to a thread": "import asyncio\nfrom openai import OpenAI\nclient = OpenAI()\n"
    "async def f():\n    await asyncio.to_thread(client.chat.completions.create, model='m', messages=[])",
    "closure": f"from openai import OpenAI\ndef outer():\n    c = OpenAI()\n    def inner():\n        c.{CREATE}\n    inner()",
    "global statement": f"""
        from openai import OpenAI
        client = None
        def connect():
            global client
            client = OpenAI()
        def ask():
            return client.{CREATE}
    """,
    "walrus": f"from openai import OpenAI\ndef f():\n    if (c := OpenAI()):\n        return c.{CREATE}",
    "dict of clients": f"from openai import OpenAI\nclients = {{'a': OpenAI()}}\nclients['a'].{CREATE}",
    "tuple": f"from openai import OpenAI\nclient, other = OpenAI(), 3\nclient.{CREATE}",
    "dataclass field": f"""
        from dataclasses import dataclass, field
        from openai import OpenAI
        @dataclass
        class Bot:
            client: OpenAI = field(default_factory=OpenAI)
            def ask(self):
                return self.client.{CREATE}
    """,
    "argument of the only caller": f"""
        from openai import OpenAI
        def ask(client):
            return client.{CREATE}
        def main():
            ask(OpenAI())
    """,
    "injected into the constructor": f"""
        from openai import OpenAI
        class Bot:
            def __init__(self, client):
                self.client = client
            def ask(self):
                return self.client.{CREATE}
        Bot(OpenAI())
    """,
    "or default": f"from openai import OpenAI\ndef ask(client=None):\n    client = client or OpenAI()\n    client.{CREATE}",
    "subclass of the client": f"from openai import OpenAI\nclass Mine(OpenAI):\n    pass\nMine().{CREATE}",
}


@pytest.mark.parametrize("form", FORMS)
def test_client_reaches_the_call(form: str, tmp_path: Path) -> None:
    call = only(tmp_path, app=FORMS[form])
    assert (call.sdk, call.api) == ("openai", "chat")


SILENT = {
    "twilio": "from twilio.rest import Client\nclient = Client()\nclient.messages.create(to='+1', body='hi')",
    "mock": "from unittest.mock import MagicMock\nc = MagicMock()\nc.chat.completions.create(model='m', messages=[])",
    "own class of the same shape": """
        class Completions:
            def create(self, **kw):
                return 1
        class Chat:
            completions = Completions()
        class Fake:
            chat = Chat()
        Fake().chat.completions.create(model='m', messages=[])
    """,
    "assertion on a method": "from openai import OpenAI\nOpenAI().chat.completions.create.assert_called_once_with(x=1)",
    "other endpoint of the SDK": "from openai import OpenAI\nOpenAI().files.create(file=open('x'), purpose='batch')",
    "another service": "import boto3\nboto3.client('s3').invoke_model(body='x')",
    "request elsewhere": "import requests\nrequests.post('https://example.com/v1/items', json={'name': 'x'})",
}


@pytest.mark.parametrize("form", SILENT)
def test_silent(form: str, tmp_path: Path) -> None:
    assert calls(tmp_path, app=SILENT[form]) == []


def test_across_modules(tmp_path: Path) -> None:
    call = only(
        tmp_path,
        app____init__="",
        app__clients="from openai import OpenAI\n\ndef make(timeout=5):\n    return OpenAI(timeout=timeout, max_retries=4)\n",
        app__base="from .clients import make\n\nclass Base:\n    def __init__(self):\n        self.llm = make()\n",
        app__bot="""
            from app.base import Base

            class Bot(Base):
                def ask(self, text):
                    return self.llm.responses.create(model="m", input=text, max_output_tokens=50)
        """,
    )
    assert call.span.path == "app/bot.py"
    assert (call.api, call.output_cap.value, call.retry.value, call.timeout.value) == ("responses", 50, 4, 5)
    assert call.timeout.origin is not None
    assert call.timeout.origin.path == "app/clients.py"


PROVIDERS = {
    "anthropic": "from anthropic import Anthropic\nAnthropic().messages.create(model='m', max_tokens=5, messages=[])",
    "litellm": "from litellm import completion\ncompletion(model='m', messages=[])",
    "langchain": "from langchain_openai import ChatOpenAI\nChatOpenAI(model='m').invoke('hi')",
    "llama-index": "from llama_index.llms.openai import OpenAI\nOpenAI(model='m').complete('hi')",
    "google-genai": "from google import genai\ngenai.Client().models.generate_content(model='m', contents='hi')",
    "google-generativeai": "import google.generativeai as g\ng.GenerativeModel('m').generate_content('hi')",
    "mistral": "from mistralai import Mistral\nMistral().chat.complete(model='m', messages=[])",
    "cohere": "import cohere\ncohere.ClientV2().chat(model='m', messages=[])",
    "groq": "from groq import Groq\nGroq().chat.completions.create(model='m', messages=[])",
    "ollama": "import ollama\nollama.chat(model='m', messages=[])",
    "bedrock": "import boto3\nboto3.client('bedrock-runtime').converse(modelId='m', messages=[])",
    "huggingface": "from huggingface_hub import InferenceClient\nInferenceClient().text_generation('hi')",
    "raw-http": "import requests\nrequests.post('https://api.openai.com/v1/chat/completions', json={'model': 'm'})",
    "openai": "import openai\nopenai.ChatCompletion.create(model='m', messages=[])",
}


@pytest.mark.parametrize("sdk", PROVIDERS)
def test_providers(sdk: str, tmp_path: Path) -> None:
    assert only(tmp_path, app=PROVIDERS[sdk]).sdk == sdk


def test_instructor_has_the_provider_of_what_it_wraps(tmp_path: Path) -> None:
    call = only(
        tmp_path,
        app="""
            import anthropic, instructor
            client = instructor.from_anthropic(anthropic.Anthropic(max_retries=7))
            client.chat.completions.create(model="m", messages=[], max_tokens=9, response_model=int)
        """,
    )
    assert (call.sdk, call.output_cap.value, call.retry.value) == ("anthropic", 9, 7)


def test_a_client_that_a_framework_keeps_for_its_subclasses(tmp_path: Path) -> None:
    call = only(
        tmp_path,
        app="""
            from llama_index.core.response_synthesizers.base import BaseSynthesizer

            class Mine(BaseSynthesizer):
                def get_response(self, query):
                    return self._llm.complete(query)
        """,
    )
    assert (call.sdk, call.client_seen) == ("llama-index", False)


TEMPLATES = {
    "abstract method of the base": """
        from openai import OpenAI
        class Base:
            def prepare(self):
                raise NotImplementedError
            def ask(self):
                return self.prepare().chat.completions.create(model="m", messages=[])
        class Mine(Base):
            def prepare(self):
                return OpenAI()
    """,
    "attribute set by subclasses": """
        from openai import OpenAI
        class Base:
            def ask(self):
                return self.client.chat.completions.create(model="m", messages=[])
        class Mine(Base):
            def __init__(self):
                self.client = OpenAI()
    """,
    "lazy module": """
        import importlib
        class Lazy:
            module = None
            def load(self):
                self.module = importlib.import_module("openai")
            def __getattr__(self, name):
                self.load()
                return getattr(self.module, name)
        openai = Lazy()
        openai.OpenAI().chat.completions.create(model="m", messages=[])
    """,
    "session state": """
        import streamlit as st
        from openai import OpenAI
        def start():
            st.session_state.client = OpenAI()
        def ask():
            return st.session_state.client.chat.completions.create(model="m", messages=[])
    """,
    "session of a chat": """
        import chainlit as cl
        from openai import OpenAI
        def start():
            cl.user_session.set("client", OpenAI())
        def ask():
            client = cl.user_session.get("client")
            return client.chat.completions.create(model="m", messages=[])
    """,
}


@pytest.mark.parametrize("form", TEMPLATES)
def test_indirect_clients(form: str, tmp_path: Path) -> None:
    assert only(tmp_path, app=TEMPLATES[form]).sdk == "openai"


def test_a_module_of_the_project_that_is_named_like_an_sdk(tmp_path: Path) -> None:
    call = only(
        tmp_path,
        agents="from openai import OpenAI\n\ndef make():\n    return OpenAI()\n",
        main="from agents import make\n\nmake().chat.completions.create(model='m', messages=[])\n",
    )
    assert (call.sdk, call.span.path) == ("openai", "main.py")


@pytest.mark.parametrize(
    ("client", "provider"),
    [
        ("OpenAI(base_url='https://api.groq.com/openai/v1')", "groq"),
        ("OpenAI(base_url='https://eu.api.openai.com/v1')", "openai"),
        ("OpenAI(base_url='https://llm.example.com/v1')", ""),
        ("OpenAI(base_url=os.environ['GATEWAY'])", ""),
        ("OpenAI(base_url='https://api.groq.com/openai/v1' if fast else 'https://api.openai.com/v1')", ""),
        ("OpenAI(base_url='https://api.groq.com/openai/v1' if fast else os.environ['GATEWAY'])", ""),
        ("OpenAI()", ""),
    ],
)
def test_the_address_tells_the_provider(tmp_path: Path, client: str, provider: str) -> None:
    app = f"import os\nfrom openai import OpenAI\nfast = len(os.environ) > 9\nc = {client}\nc.{CREATE}"
    assert only(tmp_path, app=app).provider == provider
