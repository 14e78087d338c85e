"""What may be used: ``[tool.prodworthy.budget]``."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Annotated, Literal, Self

from pydantic import Field, ValidationError, model_validator

from prodworthy_redact.errors import PolicyError
from prodworthy_redact.tables import Table, complaints, read_tables
from prodworthy_redact.usage.prices import Price

Share = Annotated[float, Field(gt=0, le=1)]
_NAME = re.compile(r"[\w.-]{1,64}")


class Limit(Table):
    """A budget: so much in a day or a month of UTC.

    Attributes:
        name: what messages, hooks and metrics call it.
        per: ``day`` or ``month``.
        tokens: of input and output together; what is read from the provider's cache counts.
        cost: in USD, by the price table.
        by: whether everything is counted together, or each ``model``, ``key`` or ``tag`` by itself.
        models: globs of models that it holds for; by default all.
        tags: globs of tags that it holds for; by default all.
        thresholds: shares of the limit at which the hook is called, once a period.
        hard: whether requests beyond it are refused; otherwise only the thresholds count.
    """

    name: str
    per: Literal["day", "month"] = "day"
    tokens: Annotated[int, Field(gt=0)] | None = None
    cost: Annotated[float, Field(gt=0)] | None = None
    by: Literal["all", "model", "key", "tag"] = "all"
    models: tuple[str, ...] = ("*",)
    tags: tuple[str, ...] = ("*",)
    thresholds: tuple[Share, ...] = (0.8,)
    hard: bool = True

    @model_validator(mode="after")
    def _complete(self) -> Self:
        if not _NAME.fullmatch(self.name):
            raise ValueError("`name` must be letters, digits, dots and hyphens")
        if (self.tokens is None) == (self.cost is None):
            raise ValueError(f"`{self.name}`: give either `tokens` or `cost`")
        return self


class Budget(Table):
    """What is metered and what may be used. Frozen; a mistake is a `PolicyError` when it is built.

    Attributes:
        limits: the budgets; a request must fit in all that hold for it.
        store: where the counters are: ``memory`` (of this process), or ``redis://...``, for all of them.
        prices: model -> USD for a million tokens; they win over the table that comes along. A model may end
            in ``*``.
        unpriced: whether a model without a price is refused (``block``) or counts nothing (``allow``) where
            a budget in USD holds for it.
        output_reserve: output tokens that are reserved for a request that names no limit of its own.
        media_reserve: input tokens that are reserved for each picture or file that a request only refers to.
        ask_usage: whether streams of chat completions are asked for their usage where the caller does not;
            the event with it is then kept from the caller.
    """

    limits: tuple[Limit, ...] = ()
    store: str = "memory"
    prices: dict[str, Price] = Field(default_factory=dict)
    unpriced: Literal["block", "allow"] = "block"
    output_reserve: Annotated[int, Field(gt=0)] = 8_192
    media_reserve: Annotated[int, Field(ge=0)] = 4_096
    ask_usage: bool = True

    def __init__(self, **values: object) -> None:
        try:
            super().__init__(**values)
        except ValidationError as error:
            told = complaints(error, Budget, {"limits": Limit, "prices": Price})
            raise PolicyError("\n".join(told)) from error

    @classmethod
    def load(cls, path: str | Path | None = None) -> Budget:
        """The budget of a file, or of the nearest configuration at or above a folder (default: here).

        Raises:
            PolicyError: names the file, the key and, for an unknown one, the nearest known.
        """
        file, tables = read_tables(path, ("budget",))
        try:
            return cls(**tables.get("budget", {}))
        except PolicyError as error:
            told = (f"{file}: {line.replace('`', '`budget.', 1)}" for line in str(error).splitlines())
            raise PolicyError("\n".join(told)) from error

    @model_validator(mode="after")
    def _names(self) -> Self:
        names = [limit.name for limit in self.limits]
        twice = sorted({name for name in names if names.count(name) > 1})
        if twice:
            raise ValueError(f"`limits`: two have the name `{twice[0]}`")
        return self
