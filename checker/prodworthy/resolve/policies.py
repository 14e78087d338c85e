"""Retry libraries: what a decorator or a retrying object is told, read by the retry models."""

from __future__ import annotations

import ast
from dataclasses import dataclass
from typing import TYPE_CHECKING

from prodworthy.model.schema import RetryModel, RetryPolicyModel, RetryStrategyModel
from prodworthy.resolve import passing
from prodworthy.resolve.catalogue import matches
from prodworthy.resolve.errors import names
from prodworthy.resolve.values import (
    Arguments,
    Const,
    External,
    Frame,
    Made,
    Sequence,
    Site,
    Unknown,
    Value,
    Values,
)

if TYPE_CHECKING:
    from prodworthy.resolve.resolver import Resolver

Known = tuple[RetryPolicyModel, Arguments]
"""A policy with the arguments it is built with."""

_GROWING = ("expo", "increment", "func", "backoff")


@dataclass(frozen=True, slots=True)
class Policy:
    """A policy with its arguments read; the fields are those of `circumstances.RetryLayer`."""

    attempts: int | None = None
    bounded: bool | None = None
    wait: str = "unknown"
    seconds: float | None = None
    catches: tuple[str, ...] = ()


def find(r: Resolver, models: RetryModel, expression: ast.expr, frame: Frame, kind: str) -> Known | None:
    """The policy of ``kind`` that ``expression`` (a call of it, or its bare name) is, with its arguments."""
    for value in (*r.values(expression, frame), *_callee(r, expression, frame)):
        name = value.name if isinstance(value, (External, Made)) else ""
        for model in models.policy if name else ():
            if model.kind == kind and any(matches(glob, name) for glob in model.calls):
                if isinstance(value, Made):
                    return model, value.call
                if isinstance(expression, ast.Call):
                    return model, passing.arguments(expression, frame)
                return model, passing.no_arguments(frame)
    return None


def _callee(r: Resolver, expression: ast.expr, frame: Frame) -> Values:
    return r.values(expression.func, frame) if isinstance(expression, ast.Call) else ()


def read(r: Resolver, models: RetryModel, model: RetryPolicyModel, given: Arguments) -> Policy:
    """What ``given`` makes of the policy ``model``."""
    if given.unpacked or given.starred:
        return Policy()
    return _Reader(r, models, model, given).policy()


class _Reader:
    def __init__(self, r: Resolver, models: RetryModel, model: RetryPolicyModel, given: Arguments) -> None:
        self._r = r
        self._models = models
        self._model = model
        self._given = given

    def policy(self) -> Policy:
        attempts, bounded = self._limit()
        wait, seconds = self._wait()
        return Policy(attempts, bounded, wait, seconds, self._catches())

    def _values(self, name: str) -> Values | None:
        """What is given for a parameter; None where it is not given."""
        site = self._site(name)
        return (self._r.site(site) or (Unknown(),)) if site is not None else None

    def _site(self, name: str) -> Site | None:
        return passing.argument(self._given, name, self._model.positional)

    def _limit(self) -> tuple[int | None, bool | None]:
        open_, default = True, self._model.default_attempts
        for name in dict.fromkeys((*self._model.attempts, *self._model.deadline)):
            values = self._values(name)
            if len(_numbers(values)) > 1:
                return None, True
            for value in values or ():
                if isinstance(value, Const) and value.value is None:
                    default = -1 if name in self._model.attempts else default
                    continue
                if isinstance(value, Const) and isinstance(value.value, int):
                    if value.value < 0:
                        default = -1
                        continue
                    more = self._model.counts == "retries"
                    return (value.value + more if name in self._model.attempts else None), True
                strategy = self._strategy(value, "stop")
                if strategy is None:
                    open_ = False
                elif not strategy.endless:
                    return self._number(value, strategy.attempts, strategy), True
        if not open_:
            return None, None
        return (default, True) if default >= 0 else (None, False)

    def _wait(self) -> tuple[str, float | None]:
        found, seconds = self._model.default_wait, None
        if found == "growing":
            return found, None
        for name in self._model.wait:
            values = self._values(name)
            if len(_numbers(values)) > 1:
                return "unknown", None  # which of them holds is decided elsewhere
            for value in values or ():
                if isinstance(value, Const):
                    number = value.value
                    if not isinstance(number, (int, float)) or number == 0:
                        continue
                    if any(word in name for word in _GROWING):
                        if name != "backoff" or number > 1:
                            return "growing", None
                        continue
                    if name == "jitter":
                        continue
                    found, seconds = "fixed", number / (1000 if self._model.milliseconds else 1)
                    continue
                strategy = self._strategy(value, "wait")
                if strategy is None:
                    return "unknown", None
                if strategy.grows:
                    return "growing", None
                if strategy.seconds:
                    return "fixed", self._seconds(value, strategy)
                found = "none"
        return found, seconds

    def _catches(self) -> tuple[str, ...]:
        if "predicate" in self._model.exceptions:
            return ()
        for name in self._model.exceptions:
            site = self._site(name)
            if site is None:
                continue
            for value in self._r.site(site):
                strategy = self._strategy(value, "exceptions")
                if strategy is not None and isinstance(value, Made):
                    inner = [
                        passing.argument(value.call, p, strategy.positional) for p in strategy.exceptions
                    ]
                    given = next((s for s in inner if s is not None), None)
                    return (
                        names(self._r, given.node, given.frame)
                        if given is not None
                        else ("builtins.Exception",)
                    )
                if not isinstance(value, (External, Sequence)):
                    return ()
            caught = names(self._r, site.node, site.frame)
            return () if any(name.startswith("tenacity.") for name in caught) else caught
        return ("builtins.Exception",)

    def _strategy(self, value: Value, kind: str) -> RetryStrategyModel | None:
        name = value.name if isinstance(value, (External, Made)) else ""
        for model in self._models.strategy if name else ():
            if model.kind == kind and any(matches(glob, name) for glob in model.calls):
                return model
        return None

    def _number(self, value: Value, parameters: list[str], strategy: RetryStrategyModel) -> int | None:
        for name in parameters if isinstance(value, Made) else ():
            assert isinstance(value, Made)
            site = passing.argument(value.call, name, strategy.positional)
            for found in self._r.site(site) if site is not None else ():
                if isinstance(found, Const) and isinstance(found.value, int):
                    return found.value
        return None

    def _seconds(self, value: Value, strategy: RetryStrategyModel) -> float | None:
        number = self._number(value, strategy.seconds, strategy)
        return float(number) if number is not None else None


def _numbers(values: Values | None) -> set[int | float]:
    return {v.value for v in values or () if isinstance(v, Const) and isinstance(v.value, (int, float))}
