"""What counts as a credential, what as an example of one, and what a credential's name is."""

from __future__ import annotations

import re
import subprocess
import sys

import pytest
from detect_secrets.plugins import (
    aws,
    github_token,
    gitlab_token,
    openai,
    pypi_token,
    sendgrid,
    slack,
    square_oauth,
    stripe,
    telegram_token,
)
from hypothesis import given
from hypothesis import strategies as st

from fake_keys import PROVIDERS, fake_key
from prodworthy_redact import credentials
from prodworthy_redact.randomness import is_random, ordered_share, word_share

SEEDS = range(60)

PLACEHOLDERS = [
    "YOUR_API_KEY",
    "your-openai-api-key-goes-here",
    "sk-...",
    "sk-your-key-here-1234567890",
    "sk-" + "x" * 48,
    "sk-" + "0" * 48,
    "sk-" + "*" * 40,
    "sk-proj-" + "x" * 100,
    "sk-1234567890abcdef",
    "sk-" + "1234567890abcdef" * 3,
    "sk-abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUV",
    "sk-a1b2c3d4e5f6g7h8i9j0k1l2m3n4o5p6",
    "sk-no-key-required",
    "sk-ant-api03-" + "your-anthropic-key-" * 2,
    "AIza" + "SyExampleExampleExampleExampleExampl",
    "AKIA" + "IOSFODNN7EXAMPLE",
    "hf_" + "x" * 34,
    "EMPTY",
    "ollama",
    "lm-studio",
    "not-needed",
    "token-abc123",
    "test-key",
    "dummy",
    "none",
    "null",
    "fake",
    "changeme-changeme-changeme",
    "<your key>",
    "${OPENAI_API_KEY}",
    "{{ openai_api_key }}",
    "{api_key}",
    "OPENAI_API_KEY",
    "AZURE_OPENAI_API_KEY_2",
    "openai.api_key",
    "/run/secrets/openai_api_key_1",
    "C:\\keys\\openai_key_1.txt",
    "https://platform.openai.com/account/api-keys/a1b2",
    "tu-clave-de-api-aqui-123",
    "votre-cle-api-ici-12345",
    "你的密钥123456789abcdef",
    "claude-3-5-sonnet-20241022",
    "meta-llama/Llama-3.1-8B-Instruct",
    "text-embedding-ada-002-v2",
    "00000000-0000-0000-0000-000000000000",
    "supersecretpassword123",
    "MyDefaultApiKeyValue1",
]


@pytest.mark.parametrize("provider", PROVIDERS)
def test_a_provider_s_key_is_found_whole(provider: str) -> None:
    missed = [
        seed for seed in SEEDS if texts(f"key = {fake_key(provider, seed)}\n") != [fake_key(provider, seed)]
    ]
    assert len(missed) <= 3


@pytest.mark.parametrize(
    ("provider", "label"),
    [
        ("openai", "OpenAI project API key"),
        ("openai-classic", "OpenAI API key"),
        ("openai-infix", "OpenAI API key"),
        ("openai-compatible", "OpenAI-style API key"),
        ("anthropic", "Anthropic API key"),
        ("openrouter", "OpenRouter API key"),
        ("google", "Google API key"),
        ("groq", "Groq API key"),
        ("github-fine", "GitHub fine-grained token"),
    ],
)
def test_a_key_is_named_after_its_provider(provider: str, label: str) -> None:
    assert [found.shape.label for found in credentials.find(fake_key(provider, 3))] == [label]


@pytest.mark.parametrize("text", PLACEHOLDERS)
def test_placeholders_are_no_credentials(text: str) -> None:
    assert texts(text) == []
    assert not credentials.looks_secret(text)


@pytest.mark.parametrize("form", ["hex", "base62"])
@pytest.mark.parametrize("around", ["{}", "Bearer {}", " {} ", "Basic {}"])
def test_disorder_alone_tells_a_key_of_no_known_form(form: str, around: str) -> None:
    believed = [credentials.looks_secret(around.format(fake_key(form, seed))) for seed in SEEDS]
    assert sum(believed) >= len(believed) - 2


def test_public_keys_are_meant_to_be_read() -> None:
    for prefix in ("phc_", "pk_live_", "pk-lf-"):
        assert not credentials.looks_secret(prefix + fake_key("base62"))


def test_a_key_inside_a_word_is_none() -> None:
    key = fake_key("openai-compatible")
    assert texts(f"ta{key}") == []
    assert texts(f"https://example.com/?key={key}&n=1") == [key]


def test_overlapping_forms_give_one_credential_each_and_in_order() -> None:
    keys = [fake_key("groq"), fake_key("anthropic"), fake_key("openai")]
    assert texts(" ".join(keys)) == keys


@pytest.mark.parametrize(
    "name",
    [
        "OPENAI_API_KEY",
        "openai_api_key",
        "apiKey",
        "API_KEYS",
        "x-api-key",
        "api-key",
        "Authorization",
        "client_secret",
        "aws_secret_access_key",
        "HF_TOKEN",
        "accessToken",
        "AZURE_OPENAI_KEY",
    ],
)
def test_names_of_credentials(name: str) -> None:
    assert credentials.names_credential(name)


@pytest.mark.parametrize(
    "name",
    [
        "bos_token",
        "next_page_token",
        "max_tokens",
        "pad_token",
        "API_KEY_NAME",
        "api_key_help",
        "key",
        "cache_key",
        "primary_key",
        "token",
        "",
    ],
)
def test_names_that_only_sound_like_it(name: str) -> None:
    assert not credentials.names_credential(name)


@pytest.mark.parametrize(
    ("detector", "provider"),
    [
        (openai.OpenAIDetector, "openai-infix"),
        (aws.AWSKeyDetector, "aws"),
        (github_token.GitHubTokenDetector, "github"),
        (gitlab_token.GitLabTokenDetector, "gitlab"),
        (slack.SlackDetector, "slack"),
        (stripe.StripeDetector, "stripe"),
        (sendgrid.SendGridDetector, "sendgrid"),
        (telegram_token.TelegramBotTokenDetector, "telegram"),
        (pypi_token.PypiTokenDetector, "pypi"),
        (square_oauth.SquareOAuthDetector, "square"),
    ],
)
def test_what_detect_secrets_knows_is_known_here(detector: type, provider: str) -> None:
    patterns = [re.compile(pattern) for pattern in detector.denylist]  # type: ignore[attr-defined]
    keys = [fake_key(provider, seed) for seed in SEEDS]
    assert all(any(pattern.search(key) for pattern in patterns) for key in keys)
    assert sum(texts(key) == [key] for key in keys) >= len(keys) - 3


def test_the_prefilter_lets_every_key_through() -> None:
    words = credentials.prefilter_words()
    for provider in PROVIDERS:
        assert any(word in fake_key(provider).lower() for word in words) or provider in {"azure", "discord"}


def test_every_form_is_a_valid_pattern_with_its_prefix() -> None:
    for shape in credentials.knowledge().shapes:
        assert "body" in re.compile(shape.pattern).groupindex, shape.label
        assert shape.starts, shape.label
        assert all(shape.starts), shape.label


@given(st.text())
def test_any_text_can_be_judged(text: str) -> None:
    for found in credentials.find(text):
        assert text[found.start : found.end] == found.text
    assert credentials.looks_secret(text) in (True, False)


@given(st.text(min_size=1))
def test_shares_are_shares(text: str) -> None:
    assert 0 <= ordered_share(text) <= 1
    assert 0 <= word_share(text) <= 1


@given(st.sampled_from("abc019"), st.integers(16, 200))
def test_one_character_is_never_random(character: str, length: int) -> None:
    assert not is_random(character * length)


def test_a_long_text_takes_one_pass() -> None:
    key = fake_key("openai-classic")
    text = "sk-" * 20_000 + " " + "a" * 50_000 + f" {key} " + "." * 50_000
    assert texts(text) == [key]


def test_the_module_stands_alone() -> None:
    code = "import sys; import prodworthy_redact.credentials; print('\\n'.join(sys.modules))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert not {"presidio_analyzer", "detect_secrets", "pydantic", "prodworthy"} & set(done.stdout.split())


def texts(text: str) -> list[str]:
    return [found.text for found in credentials.find(text)]
