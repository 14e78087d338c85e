"""What the report says of a call, from real analyses of small projects."""

from __future__ import annotations

import textwrap
from pathlib import Path

import pytest

from prodworthy.model.knowledge import Knowledge
from prodworthy.pack import load_packs
from prodworthy.pipeline import Request, run
from prodworthy.readiness import knowledge
from prodworthy.readiness.calls import Bound, CallFacts, Data, Place, facts

PACKS = load_packs()
CATEGORIES = {e.name: e.category for e in Knowledge(PACKS.models).personal_data.element}


def only(folder: Path, text: str) -> CallFacts:
    (folder / "app.py").write_text(textwrap.dedent(text))
    result = run(Request([Path()], folder, only_calls=True))
    assert not result.problems
    (call,) = result.calls
    return facts(call, knowledge.providers(PACKS), CATEGORIES)


CREATE = "chat.completions.create(model='m', messages=[])"


@pytest.mark.parametrize(
    ("code", "provider"),
    [
        (f"import openai\nopenai.OpenAI().{CREATE}", "openai"),
        (f"import os, openai\nopenai.AsyncAzureOpenAI(azure_endpoint=os.environ['E']).{CREATE}", "azure"),
        (f"import openai\nopenai.OpenAI(base_url='https://api.groq.com/openai/v1').{CREATE}", "groq"),
        (f"import os, openai\nopenai.OpenAI(base_url=os.environ['U']).{CREATE}", Place.RUN_TIME),
        (f"import openai\nopenai.OpenAI(base_url='http://localhost:8000/v1').{CREATE}", Place.PRIVATE),
        (f"import openai\nopenai.OpenAI(base_url='https://llm.example.com/v1').{CREATE}", Place.RUN_TIME),
        ("import anthropic\nanthropic.Anthropic().messages.create(model='m', max_tokens=9, messages=[])", "anthropic"),
        ("import litellm\nlitellm.completion(model='gemini/gemini-3', messages=[])", "google"),
        ("import litellm\nlitellm.completion(model='my-router-name', messages=[])", Place.UNKNOWN),
        ("from langchain_aws import ChatBedrock\nChatBedrock(model_id='m').invoke('hi')", "amazon-bedrock"),
        ("from langchain_openai import AzureChatOpenAI\nAzureChatOpenAI(azure_deployment='m').invoke('hi')", "azure"),
        ("import requests\nrequests.post('https://api.mistral.ai/v1/chat/completions', json={'model': 'm', 'messages': []})", "mistral"),
    ],
)  # fmt: skip
def test_who_answers(tmp_path: Path, code: str, provider: str | Place) -> None:
    fact = only(tmp_path, code)
    if isinstance(provider, Place):
        assert (fact.provider, fact.place) == (None, provider)
    else:
        assert fact.provider is not None
        assert fact.provider.id == provider


@pytest.mark.parametrize(
    ("arguments", "bound", "completions", "worst"),
    [
        ("max_tokens=500", Bound.BOUNDED, 1, 500),
        ("max_tokens=500, n=3", Bound.BOUNDED, 3, 1500),
        ("max_tokens=500, n=count", Bound.BOUNDED, None, None),
        ("n=3", Bound.UNBOUNDED, 3, None),
        ("max_tokens=None", Bound.UNBOUNDED, 1, None),
        ("**options", Bound.UNKNOWN, None, None),
    ],
)
def test_the_worst_case_is_the_cap_times_the_completions(
    tmp_path: Path, arguments: str, bound: Bound, completions: int | None, worst: int | None
) -> None:
    code = f"""
        from openai import OpenAI
        def ask(count, options):
            return OpenAI().chat.completions.create(model="m", messages=[], {arguments})
    """
    fact = only(tmp_path, code)
    assert (fact.bound, fact.completions, fact.worst_case) == (bound, completions, worst)


@pytest.mark.parametrize(("arguments", "worst"), [("best_of=4", 400), ("n=2, best_of=5", 500), ("n=3", 300)])
def test_the_larger_of_n_and_best_of_multiplies(tmp_path: Path, arguments: str, worst: int) -> None:
    code = f"""
        from openai import OpenAI
        OpenAI().completions.create(model="m", prompt="p", max_tokens=100, {arguments})
    """
    assert only(tmp_path, code).worst_case == worst


def test_what_generates_no_text_has_no_worst_case(tmp_path: Path) -> None:
    fact = only(tmp_path, "import openai\nopenai.OpenAI().embeddings.create(model='m', input='text')")
    assert (fact.bound, fact.worst_case) == (Bound.NOT_APPLICABLE, None)


def test_data_by_category_and_whether_it_is_redacted(tmp_path: Path) -> None:
    code = """
        from fastapi import FastAPI
        from openai import OpenAI
        from app_privacy import redact
        app = FastAPI()

        @app.post("/ask")
        def ask(question: str, customer_email: str, date_of_birth: str):
            text = question + customer_email + redact(date_of_birth)
            return OpenAI().chat.completions.create(
                model="m", max_tokens=9, messages=[{"role": "user", "content": text}]
            )
    """
    fact = only(tmp_path, code)
    assert Data("user-text") in fact.data
    assert Data("contact", "email") in fact.data
    assert [one.redacted for one in fact.data if one.element == "date_of_birth"] in ([True], [])
