from __future__ import annotations

import tomllib
from pathlib import Path

import pytest

import prodworthy_redact.usage
from prodworthy_redact.usage import Price, Prices, Usage
from prodworthy_redact.usage.prices import table

FILE = Path(prodworthy_redact.usage.__file__).with_name("prices.toml")


@pytest.mark.parametrize(
    ("model", "name"),
    [
        ("gpt-4o", "gpt-4o"),
        ("gpt-4o-2024-08-06", "gpt-4o"),
        ("gpt-4o-mini-2024-07-18", "gpt-4o-mini"),
        ("openai/gpt-4o-mini", "gpt-4o-mini"),
        ("claude-sonnet-4-5-20250929", "claude-sonnet-4-5"),
        ("us.anthropic.claude-sonnet-4-5-20250929-v1:0", "claude-sonnet-4-5"),
        ("claude-sonnet-4-5@20250929", "claude-sonnet-4-5"),
        ("models/gemini-2.5-flash", "gemini-2.5-flash"),
        ("gpt-3.5-turbo-0125", "gpt-3.5-turbo"),
    ],
)
def test_a_model_is_found_under_any_of_its_names(model: str, name: str) -> None:
    assert Prices().of(model) == table()[name]


@pytest.mark.parametrize("model", ["", "gpt-4o-audio-preview", "my-llama", "gpt-4o-mini-tts", "ft:gpt-4o"])
def test_another_model_has_no_price(model: str) -> None:
    assert Prices().of(model) is None


def test_the_users_price_wins() -> None:
    own = {"gpt-4o": Price(input=1), "llama-*": Price(input=2), "llama-4-*": Price(input=3)}
    prices = Prices(own)
    assert prices.of("gpt-4o") == own["gpt-4o"]
    assert prices.of("llama-3") == own["llama-*"]
    assert prices.of("together/llama-4-scout") == own["llama-4-*"]


def test_costs_are_exact_and_rounded_up() -> None:
    price = table()["gpt-4o"]
    assert price.cost(Usage(1_000_000, 0)) == 2_500_000_000
    assert price.cost(Usage(1, 0)) == 2_500
    assert price.cost(Usage(0, 1, 1)) == 10_000 + 1_250
    assert table()["text-embedding-3-small"].cost(Usage(1)) == 20


def test_long_requests_have_rates_of_their_own() -> None:
    price = table()["gemini-2.5-pro"]
    assert price.cost(Usage(200_000, 0)) == 250_000_000
    assert price.cost(Usage(200_001, 0)) == 500_002_500


def test_every_price_is_dated_and_says_where_it_is_from() -> None:
    for provider in tomllib.loads(FILE.read_text()).values():
        assert provider["source"].startswith("https://")
        assert provider["checked"].year >= 2026


def test_prices_agree_with_the_list_that_litellm_brings() -> None:
    import litellm

    apart = []
    for name, price in table().items():
        known = next(
            (
                litellm.model_cost[route + name]
                for route in ("", "gemini/", "mistral/", "groq/", "cohere/")
                if route + name in litellm.model_cost
            ),
            None,
        )
        assert known is not None, name
        listed = [known.get("input_cost_per_token") or 0, known.get("output_cost_per_token") or 0]
        ours = [price.input, price.output]
        if [round(value * 1e6, 6) for value in listed] != [round(value, 6) for value in ours]:
            apart.append((name, listed, ours))
    assert apart == []
