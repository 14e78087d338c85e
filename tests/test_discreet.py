"""Words of findings: keys that code brought into them are masked, and nothing else is."""

from __future__ import annotations

import pytest

from fake_keys import fake_key
from prodworthy.discreet import discreet
from prodworthy.outcome import Problem
from prodworthy.reporter import guarded


@pytest.mark.parametrize("kind", ["openai", "anthropic", "github", "google", "groq", "huggingface", "aws"])
@pytest.mark.parametrize(
    "frame", ["the address is `{}`", "`{}` reaches a log", "{}", "sent with user={}, twice: {}"]
)
def test_a_providers_key_is_masked(kind: str, frame: str) -> None:
    key = fake_key(kind)
    told = discreet(frame.replace("{}", key))
    assert key[8:] not in told
    assert told.startswith(frame.partition("{}")[0] + key[:4])


def test_what_an_address_holds_is_masked() -> None:
    told = discreet(
        "the address is `http://anna:correct-horse@llm.example.com/v1?api_key=0a1b2c3d4e5f&version=2`"
    )
    assert told == "the address is `http://...@llm.example.com/v1?api_key=0...&version=2`"


@pytest.mark.parametrize(
    "text",
    [
        "`hf_client.chat.completions.create` has no output cap",
        "`sk_learning_client_2.chat.completions.create` is not retried",
        "the model `claude-3-5-sonnet-20241022` was retired on 2025-10-28 (set in app/v2/llm_settings.py:12)",
        "the address is `http://llm.example.com:8080/v1?version=2`",
        "set `max_completion_tokens` to the longest answer you can use",
    ],
)
def test_other_words_stay(text: str) -> None:
    assert discreet(text) == text


def test_what_a_failing_rule_says_is_masked_too() -> None:
    key = fake_key("openai")
    problems: list[Problem] = []

    def fail() -> None:
        raise ValueError(f"no such key: {key}")

    guarded("a.py", "PW301", fail, problems)
    (problem,) = problems
    assert "PW301 failed: ValueError: no such key: sk-" in problem.message
    assert key[8:] not in problem.message
