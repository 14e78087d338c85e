"""PW101 beyond its page: every place a literal can stand in, and what a report gives away."""

from __future__ import annotations

import pytest
from run_rule import run_rule

from fake_keys import PROVIDERS, fake_key
from prodworthy.finding import Confidence
from prodworthy_redact.credentials import prefilter_words
from prodworthy_rules.secrets.hardcoded_api_key import RULE

KEY = fake_key("openai")
ODD = fake_key("base62")

PLACES = [
    ('KEY = "{key}"', "assigned to KEY"),
    ('openai.api_key = "{key}"', "assigned to openai.api_key"),
    ('self.x: str = "{key}"', "assigned to self.x"),
    ('client = make(api_key="{key}")', "passed to make(api_key=...)"),
    ('client = make("{key}")', "passed to make()"),
    ('os.environ["A_KEY"] = "{key}"', "assigned to A_KEY"),
    ('import os\nos.environ["A_KEY"] = "{key}"', "set as the environment variable A_KEY"),
    ('os.environ.setdefault("A_KEY", "{key}")', "set as A_KEY"),
    ('key = os.getenv("A_KEY", "{key}")', "as the default of A_KEY"),
    ('key = os.environ.get("A_KEY") or "{key}"', "assigned to key"),
    ('key = given if given else "{key}"', "assigned to key"),
    ('def ask(question, key="{key}"):\n    pass', "as the default of the parameter key"),
    ('def ask(question, *, key="{key}"):\n    pass', "as the default of the parameter key"),
    ('headers = {{"x-api-key": "{key}"}}', 'under the key "x-api-key"'),
    ('headers = {{"Authorization": f"Bearer {key}"}}', 'under the key "Authorization"'),
    ('def key():\n    return "{key}"', "returned by key()"),
    ('KEYS = ["{key}"]', "assigned to KEYS"),
    ('class S:\n    key: SecretStr = Field(default="{key}")', "assigned to key"),
    ('key = SecretStr("{key}")', "assigned to key"),
    ('if key == "{key}":\n    pass', "in a string"),
]


@pytest.mark.parametrize(("code", "place"), PLACES, ids=[place for _, place in PLACES])
def test_places(code: str, place: str) -> None:
    [found] = run_rule(RULE, code.format(key=KEY))
    assert found.message == f"hardcoded OpenAI project API key `sk-p...{KEY[-2:]}` {place}"
    assert found.confidence is Confidence.HIGH


@pytest.mark.parametrize("code", [code for code, _ in PLACES])
def test_a_key_is_never_given_away(code: str) -> None:
    [found] = run_rule(RULE, code.format(key=KEY))
    for text in (found.message, found.hint, found.context):
        assert KEY[8:20] not in text


def test_the_span_is_the_key_alone() -> None:
    [found] = run_rule(RULE, f'headers = {{\n    "Authorization": "Bearer {KEY}",\n}}\n')
    assert (found.span.line, found.span.column) == (2, 30)
    assert found.span.end_column - found.span.column == len(KEY)


def test_the_hint_names_the_variable() -> None:
    assert "OPENAI_API_KEY" in run_rule(RULE, f'x = "{KEY}"')[0].hint
    assert "MY_KEY" in run_rule(RULE, f'MY_KEY = "{KEY}"')[0].hint


def test_the_context_survives_moving_and_tells_keys_apart() -> None:
    first, moved = run_rule(RULE, f'A_KEY = "{KEY}"'), run_rule(RULE, f'\n\nA_KEY = "{KEY}"')
    other = run_rule(RULE, f'A_KEY = "{fake_key("openai", 2)}"')
    assert first[0].context == moved[0].context != other[0].context


@pytest.mark.parametrize(
    "code",
    [
        'api_key = "{odd}"',
        'client_secret = "{odd}"',
        'headers = {{"Authorization": "Bearer {odd}"}}',
        'key = os.getenv("MISTRAL_API_KEY", "{odd}")',
        'from openai import OpenAI\nodd = "{odd}"\nclient = OpenAI(api_key=odd)',
    ],
)
def test_a_key_of_no_known_form_counts_where_a_credential_belongs(code: str) -> None:
    [found] = run_rule(RULE, code.format(odd=ODD))
    assert found.message.startswith("hardcoded credential `")
    assert found.confidence is Confidence.MEDIUM


@pytest.mark.parametrize(
    "code",
    [
        'digest = "{odd}"',
        'commit("{odd}")',
        'cache_key = "{odd}"',
        'next_page_token = "{odd}"',
        '{{"etag": "{odd}"}}["etag"]',
        '"""{odd}"""',
        '"""The key {key} is an example."""',
        'code = """\nimport openai\nopenai.api_key = "{key}"\n"""',
    ],
)
def test_disorder_elsewhere_is_no_credential(code: str) -> None:
    assert run_rule(RULE, code.format(odd=ODD, key=KEY)) == []


@pytest.mark.parametrize("path", ["tests/test_app.py", "app/tests/helpers.py", "conftest.py", "app_test.py"])
def test_in_tests_only_a_provider_s_form_counts(path: str) -> None:
    assert run_rule(RULE, f'api_key = "{ODD}"', path) == []
    assert len(run_rule(RULE, f'api_key = "{KEY}"', path)) == 1


@pytest.mark.parametrize("provider", PROVIDERS)
def test_a_file_with_a_key_under_its_usual_name_is_read(provider: str) -> None:
    text = f'API_KEY = "{fake_key(provider)}"'.lower()
    assert any(word in text for word in RULE.needs)


def test_distinct_prefixes_are_enough_for_a_file_to_be_read() -> None:
    common = ("openai", "anthropic", "openrouter", "google", "aws", "huggingface", "groq", "github", "tavily")
    for provider in common:
        assert any(word in f'x = "{fake_key(provider)}"'.lower() for word in RULE.needs), provider
    assert set(RULE.needs) & set(prefilter_words())


@pytest.mark.parametrize(
    "code",
    [
        'connection_args_example = dict(client_secret="{odd}")',
        'def demo():\n    return make(api_key="{odd}")',
    ],
)
def test_what_is_called_an_example_is_one(code: str) -> None:
    assert run_rule(RULE, code.format(odd=ODD)) == []
    assert len(run_rule(RULE, code.format(odd=KEY))) == 1


def test_what_a_client_takes_for_its_key_is_one_however_orderly() -> None:
    [found] = run_rule(RULE, 'from openai import OpenAI\nclient = OpenAI(api_key="acme-gateway-2024")')
    assert found.message == "hardcoded credential `acme...24` given to the openai client"
    assert run_rule(RULE, 'client = Gateway(api_key="acme-gateway-2024")') == []
    assert run_rule(RULE, 'from openai import OpenAI\nOpenAI().responses.create(model="acme-7b-2024")') == []


@pytest.mark.parametrize(
    "arguments",
    [
        *(
            f'api_key="{word}"'
            for word in ("EMPTY", "ollama", "sk-1234", "test-123", "your-key-1", "abc123456")
        ),
        *(
            f'api_key="{word}"'
            for word in ("no-key-required1", "lm-studio1", "12345678a", "gateway", "a b c 1 2")
        ),
        'api_key="acme-gateway-2024", base_url="http://localhost:8000/v1"',
        f'base_url="http://127.0.0.1:8000/v1", api_key="{ODD}"',
    ],
)
def test_what_stands_in_for_a_key_is_none(arguments: str) -> None:
    assert run_rule(RULE, f"from openai import OpenAI\nclient = OpenAI({arguments})") == []


def test_what_may_be_many_things_is_not_known_to_be_a_key() -> None:
    code = f"""
from openai import OpenAI
OPTIONS = {{"a": {{"name": "acme-large-16k"}}, "b": {{"name": "{ODD}"}}}}
def make(which):
    return OpenAI(api_key=OPTIONS[which]["name"])
"""
    assert run_rule(RULE, code) == []


def test_a_web_token_is_judged_by_what_it_says() -> None:
    header, payload = "eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9", "eyJyb2xlIjoiYW5vbiIsImlzcyI6ImEifQ"
    assert run_rule(RULE, f'API_KEY = "{header}.{payload}.{ODD}"') == []


def test_the_key_of_a_server_on_this_machine_opens_nothing_elsewhere() -> None:
    setting = 'ACME_API_KEY = os.getenv("ACME_API_KEY", "{}")'
    local = f'ACME_URL = os.getenv("ACME_URL", "http://localhost:90")\n{setting}'
    assert run_rule(RULE, local.format(ODD)) == []
    assert len(run_rule(RULE, local.format(KEY))) == 1
    assert len(run_rule(RULE, local.replace("ACME_URL", "WEB_URL").format(ODD))) == 1
