"""Ways in which a client, or what it was given, comes to a call: small projects, each with one call."""

from __future__ import annotations

from pathlib import Path

import pytest

from resolve.project import only

PROJECTS: dict[str, dict[str, str]] = {
    "a src layout, a star import and __all__": {
        "src__acme____init__": "from .llm import *",
        "src__acme__llm": """
            __all__ = ['client']
            from openai import OpenAI
            client = OpenAI(timeout=5)
        """,
        "src__acme__use": """
            from acme import client
            client.responses.create(model='m', input='hi')
        """,
    },
    "a relative import from two packages up": {
        "acme____init__": "",
        "acme__a____init__": "",
        "acme__a__use": """
            from ...acme.b.llm import client as c
            c.responses.create(model='m', input='hi')
        """,
        "acme__b____init__": "",
        "acme__b__llm": """
            from openai import OpenAI
            client = OpenAI(timeout=5)
        """,
    },
    "an annotation that only type checkers import": {
        "svc": """
            from openai import OpenAI
            class Svc:
                def __init__(self):
                    self.client = OpenAI(timeout=5)
        """,
        "use": """
            from __future__ import annotations
            from typing import TYPE_CHECKING
            if TYPE_CHECKING:
                from svc import Svc
            def ask(svc: Svc):
                return svc.client.responses.create(model='m', input='hi')
        """,
    },
    "a mixin": {
        "mix": """
            from openai import OpenAI
            class LlmMixin:
                @property
                def llm(self):
                    if not hasattr(self, '_llm'):
                        self._llm = OpenAI(timeout=5)
                    return self._llm
        """,
        "use": """
            from mix import LlmMixin
            class Base: ...
            class Bot(LlmMixin, Base):
                def ask(self):
                    return self.llm.responses.create(model='m', input='hi')
        """,
    },
    "injection into a constructor": {
        "bot": """
            class Bot:
                def __init__(self, llm):
                    self.llm = llm
                def ask(self):
                    return self.llm.responses.create(model='m', input='hi')
        """,
        "main": """
            from openai import OpenAI
            from bot import Bot
            Bot(OpenAI(timeout=5)).ask()
        """,
    },
    "a settings object": {
        "conf": """
            from pydantic_settings import BaseSettings
            class S(BaseSettings):
                llm_timeout: int = 5
            settings = S()
        """,
        "use": """
            from openai import OpenAI
            from conf import settings
            OpenAI(timeout=settings.llm_timeout).responses.create(model='m', input='hi')
        """,
    },
    "a dict of constants": {
        "conf": "DEFAULTS = {'llm': {'timeout': 5}}",
        "use": """
            from openai import OpenAI
            from conf import DEFAULTS
            OpenAI(**DEFAULTS['llm']).responses.create(model='m', input='hi')
        """,
    },
    "a cached getter of nested data objects": {
        "conf": """
            from functools import lru_cache
            from dataclasses import dataclass, field
            @dataclass
            class Llm:
                timeout: float = 5
            @dataclass
            class S:
                llm: Llm = field(default_factory=Llm)
            @lru_cache
            def get_settings():
                return S()
        """,
        "use": """
            from openai import OpenAI
            from conf import get_settings
            OpenAI(timeout=get_settings().llm.timeout).responses.create(model='m', input='hi')
        """,
    },
    "a class that a decorator registers": {
        "reg": """
            REGISTRY = {}
            def register(name):
                def deco(cls):
                    REGISTRY[name] = cls
                    return cls
                return deco
        """,
        "impl": """
            from openai import OpenAI
            from reg import register
            @register('openai')
            class O:
                def __init__(self):
                    self.client = OpenAI(timeout=5)
                def ask(self):
                    return self.client.responses.create(model='m', input='hi')
        """,
    },
    "a dict of classes": {
        "impl": """
            from openai import OpenAI
            class O:
                def __init__(self, timeout):
                    self.client = OpenAI(timeout=timeout)
        """,
        "use": """
            from impl import O
            PROVIDERS = {'openai': O}
            def ask(name):
                return PROVIDERS[name](5).client.responses.create(model='m', input='hi')
        """,
    },
    "a dict that a comprehension fills": {
        "use": """
            from openai import OpenAI
            KEYS = ['a','b']
            clients = {k: OpenAI(api_key=k, timeout=5) for k in KEYS}
            def ask(k):
                return clients[k].responses.create(model='m', input='hi')
        """,
    },
    "a module's own __getattr__": {
        "lazy": """
            _c = None
            def __getattr__(name):
                if name == 'client':
                    from openai import OpenAI
                    return OpenAI(timeout=5)
                raise AttributeError(name)
        """,
        "use": """
            from lazy import client
            client.responses.create(model='m', input='hi')
        """,
    },
    "a proxy that forwards every attribute": {
        "lazy": """
            class Lazy:
                def __init__(self, make):
                    self._make = make
                def __getattr__(self, name):
                    return getattr(self._make(), name)
            def make():
                from openai import OpenAI
                return OpenAI(timeout=5)
            client = Lazy(make)
        """,
        "use": """
            from lazy import client
            client.responses.create(model='m', input='hi')
        """,
    },
    "a cached property of another module's object": {
        "svc": """
            from functools import cached_property
            from openai import OpenAI
            class Svc:
                @cached_property
                def client(self):
                    return OpenAI(timeout=5)
        """,
        "use": """
            from svc import Svc
            svc = Svc()
            svc.client.responses.create(model='m', input='hi')
        """,
    },
    "a global that a getter fills": {
        "svc": """
            from openai import OpenAI
            _client = None
            def get_client():
                global _client
                if _client is None:
                    _client = OpenAI(timeout=5)
                return _client
        """,
        "use": """
            from svc import get_client
            get_client().responses.create(model='m', input='hi')
        """,
    },
    "an SDK's module as a value": {
        "use": """
            import openai
            class B:
                def __init__(self, sdk=openai):
                    self.sdk = sdk
                def ask(self):
                    return self.sdk.OpenAI(timeout=5).responses.create(model='m', input='hi')
        """,
    },
    "functools.partial": {
        "use": """
            from functools import partial
            from openai import OpenAI
            client = OpenAI(timeout=5)
            ask = partial(client.responses.create, model='m')
            ask(input='hi')
        """,
    },
    "a method handed to an executor": {
        "use": """
            from concurrent.futures import ThreadPoolExecutor
            from openai import OpenAI
            client = OpenAI(timeout=5)
            def f():
                with ThreadPoolExecutor() as ex:
                    ex.submit(client.responses.create, model='m', input='hi')
        """,
    },
    "a lambda handed to an event loop": {
        "use": """
            import asyncio
            from openai import OpenAI
            client = OpenAI(timeout=5)
            async def f():
                loop = asyncio.get_running_loop()
                return await loop.run_in_executor(None, lambda: client.responses.create(model='m', input='hi'))
        """,
    },
    "a partial handed to an event loop": {
        "use": """
            import asyncio, functools
            from openai import OpenAI
            client = OpenAI(timeout=5)
            async def f():
                loop = asyncio.get_running_loop()
                return await loop.run_in_executor(None, functools.partial(client.responses.create, model='m', input='hi'))
        """,
    },
    "a context manager": {
        "svc": """
            from contextlib import contextmanager
            from openai import OpenAI
            @contextmanager
            def session():
                yield OpenAI(timeout=5)
        """,
        "use": """
            from svc import session
            with session() as c:
                c.responses.create(model='m', input='hi')
        """,
    },
    "an asynchronous context manager": {
        "svc": """
            from openai import AsyncOpenAI
            class S:
                async def __aenter__(self):
                    self.c = AsyncOpenAI(timeout=5)
                    return self
                async def __aexit__(self, *a): ...
        """,
        "use": """
            from svc import S
            async def f():
                async with S() as s:
                    await s.c.responses.create(model='m', input='hi')
        """,
    },
    "the HTTP client's own timeout": {
        "use": """
            import httpx
            from openai import OpenAI
            c = OpenAI(http_client=httpx.Client(timeout=5))
            c.responses.create(model='m', input='hi')
        """,
    },
    "with_options in another module": {
        "svc": """
            from openai import OpenAI
            base = OpenAI(timeout=60)
            fast = base.with_options(timeout=5)
        """,
        "use": """
            from svc import fast
            fast.responses.create(model='m', input='hi')
        """,
    },
    "an application's state": {
        "main": """
            from fastapi import FastAPI, Request
            from openai import OpenAI
            app = FastAPI()
            app.state.client = OpenAI(timeout=5)
            @app.get('/')
            def f(request: Request):
                return request.app.state.client.responses.create(model='m', input='hi')
        """,
    },
    "an application's state, filled at its start": {
        "main": """
            from contextlib import asynccontextmanager
            from fastapi import FastAPI, Request
            from openai import OpenAI
            @asynccontextmanager
            async def lifespan(app):
                app.state.client = OpenAI(timeout=5)
                yield
            app = FastAPI(lifespan=lifespan)
            @app.get('/')
            def f(request: Request):
                return request.app.state.client.responses.create(model='m', input='hi')
        """,
    },
    "a class method that builds": {
        "svc": """
            from openai import OpenAI
            class S:
                def __init__(self, client):
                    self.client = client
                @classmethod
                def build(cls):
                    return cls(OpenAI(timeout=5))
        """,
        "use": """
            from svc import S
            S.build().client.responses.create(model='m', input='hi')
        """,
    },
    "a wrapper's caller's caller": {
        "a": """
            from openai import OpenAI
            client = OpenAI()
            def low(q, **kw):
                return client.responses.create(model='m', input=q, **kw)
        """,
        "b": """
            from a import low
            def mid(q, timeout):
                return low(q, timeout=timeout)
        """,
        "c": """
            from b import mid
            def top(q):
                return mid(q, 5)
        """,
    },
    "a tuple that a function returns": {
        "svc": """
            from openai import OpenAI
            def make():
                return OpenAI(timeout=5), 'model'
        """,
        "use": """
            from svc import make
            client, model = make()
            client.responses.create(model='m', input='hi')
        """,
    },
    "a template method": {
        "base": """
            from abc import ABC, abstractmethod
            class Llm(ABC):
                @abstractmethod
                def client(self): ...
                def ask(self):
                    return self.client().responses.create(model='m', input='hi')
        """,
        "impl": """
            from openai import OpenAI
            from base import Llm
            class O(Llm):
                def client(self):
                    return OpenAI(timeout=5)
        """,
    },
    "a field's factory": {
        "svc": """
            import attrs
            from openai import OpenAI
            @attrs.define
            class S:
                client: OpenAI = attrs.field(factory=lambda: OpenAI(timeout=5))
                def ask(self):
                    return self.client.responses.create(model='m', input='hi')
        """,
    },
    "a container of providers": {
        "c": """
            from dependency_injector import containers, providers
            from openai import OpenAI
            class C(containers.DeclarativeContainer):
                llm = providers.Singleton(OpenAI, timeout=5)
        """,
        "use": """
            from c import C
            C.llm().responses.create(model='m', input='hi')
        """,
    },
    "a list of clients": {
        "use": """
            from openai import OpenAI
            clients = [OpenAI(timeout=5), OpenAI(timeout=5)]
            for c in clients:
                c.responses.create(model='m', input='hi')
        """,
    },
    "a match statement": {
        "use": """
            from openai import OpenAI, AzureOpenAI
            def make(kind):
                match kind:
                    case 'a':
                        return AzureOpenAI(timeout=5)
                    case _:
                        return OpenAI(timeout=5)
            make('x').responses.create(model='m', input='hi')
        """,
    },
    "a named expression": {
        "use": """
            from openai import OpenAI
            if (c := OpenAI(timeout=5)):
                c.responses.create(model='m', input='hi')
        """,
    },
    "a protocol": {
        "use": """
            from typing import Protocol
            from openai import OpenAI
            class Gen(Protocol):
                def gen(self): ...
            class O:
                def __init__(self): self.c = OpenAI(timeout=5)
                def gen(self): return self.c.responses.create(model='m', input='hi')
            def run(g: Gen): return g.gen()
            run(O())
        """,
    },
}


@pytest.mark.parametrize("mechanism", PROJECTS)
def test_one_call_with_its_client_s_timeout(mechanism: str, tmp_path: Path) -> None:
    call = only(tmp_path, **PROJECTS[mechanism])
    assert (call.sdk, call.timeout.status, call.timeout.value) == ("openai", "explicit", 5)


def test_an_application_s_state_is_filled_in_another_module(tmp_path: Path) -> None:
    call = only(
        tmp_path,
        main="""
            from fastapi import FastAPI
            from openai import OpenAI
            app = FastAPI()
            app.state.llm = OpenAI(timeout=5)
        """,
        routes="""
            from fastapi import APIRouter, Request
            router = APIRouter()
            @router.get("/")
            def ask(request: Request):
                return request.app.state.llm.responses.create(model="m", input="hi")
        """,
    )
    assert call.timeout.value == 5
