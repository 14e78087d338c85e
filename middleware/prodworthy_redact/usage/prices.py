"""What tokens cost: the dated table beside this module, and the user's own before it."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Annotated

from pydantic import Field, TypeAdapter

from prodworthy_redact.tables import Table
from prodworthy_redact.usage.reading import Usage

NANO = 1_000_000_000  # costs are whole billionths of a dollar, so that sums are exact
Dollars = Annotated[float, Field(ge=0)]

_ROUTE = re.compile(r"(?:(?:us|us-gov|eu|apac|au|jp|in|global)\.)?(?:anthropic|openai|cohere|mistral)\.")
_REVISION = re.compile(r"(?:-v\d+(?::\d+)?)?(?:-preview)?$")
_DATE = re.compile(r"(?:[-@](?:20\d{6}|20\d\d-\d\d-\d\d)|-\d{3,4})$")


class Rates(Table):
    """USD for a million tokens.

    Attributes:
        input: that the provider has not cached.
        output: with what the model thinks.
        cache_read: input from the provider's cache; by default as other input.
        cache_write: input that the provider caches; by default as other input.
    """

    input: Dollars
    output: Dollars = 0.0
    cache_read: Dollars | None = None
    cache_write: Dollars | None = None


class LongRates(Rates):
    """The rates of long requests.

    Attributes:
        above: for requests with more input tokens than this.
    """

    above: Annotated[int, Field(gt=0)]


class Price(Rates):
    """The rates of a model.

    Attributes:
        long: the rates of long requests, where they differ.
    """

    long: LongRates | None = None

    def cost(self, usage: Usage) -> int:
        """What ``usage`` costs, in billionths of a dollar, rounded up."""
        long = self.long
        rates = long if long is not None and usage.total_input > long.above else self
        read = rates.input if rates.cache_read is None else rates.cache_read
        write = rates.input if rates.cache_write is None else rates.cache_write
        dollars = (
            usage.input * rates.input
            + usage.output * rates.output
            + usage.cache_read * read
            + usage.cache_write * write
        )
        return -int(-dollars * (NANO // 1_000_000) // 1)

    def most(self, tokens_in: int, tokens_out: int) -> int:
        """The most that a request of this size can cost, whatever is cached."""
        return max(
            self.cost(usage)
            for usage in (Usage(tokens_in, tokens_out), Usage(0, tokens_out, cache_write=tokens_in))
        )


class Prices:
    """Finds the price of a model, whatever date, region or route its name has.

    Args:
        own: the user's prices, which win; a name may end in ``*``.
    """

    def __init__(self, own: Mapping[str, Price] | None = None) -> None:
        self._own = dict(own or {})
        self._found: dict[str, Price | None] = {}

    def of(self, model: str) -> Price | None:
        """The price of ``model``; None if nobody told."""
        if model not in self._found:
            if len(self._found) > 1_000:  # callers make names up
                self._found.clear()
            self._found[model] = self._search(model)
        return self._found[model]

    def _search(self, model: str) -> Price | None:
        names = _spellings(model)
        for name in names:
            if name in self._own:
                return self._own[name]
        stars = sorted((key for key in self._own if key.endswith("*")), key=len, reverse=True)
        for star in stars:
            if any(name.startswith(star[:-1]) for name in names):
                return self._own[star]
        return next((table()[name] for name in names if name in table()), None)


@cache
def table() -> dict[str, Price]:
    """The prices that come along, read once."""
    data = tomllib.loads(Path(__file__).with_name("prices.toml").read_text(encoding="utf-8"))
    read = TypeAdapter(dict[str, Price])
    return {
        name: price for part in data.values() for name, price in read.validate_python(part["models"]).items()
    }


def _spellings(model: str) -> list[str]:
    """``model``, and the same without its route, region, revision and date, most exact first."""
    names = [model]
    for part in (model.rpartition("/")[2], _ROUTE.sub("", model.rpartition("/")[2], count=1)):
        bare = _REVISION.sub("", part)
        names += [part, bare, _DATE.sub("", part), _DATE.sub("", bare)]
    return list(dict.fromkeys(names))
