"""Meters requests: admits what fits in every budget, and counts what answers say was used."""

from __future__ import annotations

import json
import logging
import time
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass
from datetime import UTC, datetime, timedelta
from fnmatch import fnmatchcase
from threading import Lock

from prodworthy_redact.errors import BudgetExceeded, CountersError
from prodworthy_redact.usage.config import Budget, Limit
from prodworthy_redact.usage.counters import Claim, Counters, open_counters
from prodworthy_redact.usage.estimate import Asked
from prodworthy_redact.usage.prices import NANO, Prices
from prodworthy_redact.usage.reading import Reader, Usage

_LOG = logging.getLogger("prodworthy_redact.usage")
_KEPT = timedelta(days=62)  # so that last month can be told
_GRACE = timedelta(days=1)  # for answers that end after the period


@dataclass(frozen=True, slots=True)
class Threshold:
    """A share of a budget that has been used now; told once in its day or month.

    Attributes:
        budget: the budget's name.
        of: the model, key digest or tag that it is counted for, where it is counted for each.
        share: which of its thresholds: 0.8.
        used, limit: tokens, or USD.
        unit: ``tokens`` or ``USD``.
        resets: when the next day or month begins.
    """

    budget: str
    of: str
    share: float
    used: float
    limit: float
    unit: str
    resets: datetime


@dataclass(frozen=True, slots=True)
class Record:
    """What was used by answers of one model, for one key and tag.

    Attributes:
        model: the model that was asked for.
        key: digest of the API key.
        tag: what it was for.
        answers: how many.
        input, output, cache_read, cache_write: tokens, as in `Usage`.
        cost: in USD; what has no price costs nothing.
    """

    model: str
    key: str
    tag: str
    answers: int
    input: int
    output: int
    cache_read: int
    cache_write: int
    cost: float


class Meter:
    """Admits and counts; safe to share between threads and tasks.

    Nothing is sent unless what all requests under way may use at most still fits: see `docs/budgets.md`.

    Args:
        budget: what may be used; by default that of the nearest configuration.
        counters: where to count, instead of where the budget says.
        on_threshold: called when a threshold is crossed, once a period, in whichever process crosses it.
        on_usage: called with every answer's usage.
        clock: seconds since 1970.
    """

    def __init__(
        self,
        budget: Budget | None = None,
        *,
        counters: Counters | None = None,
        on_threshold: Callable[[Threshold], None] | None = None,
        on_usage: Callable[[Record], None] | None = None,
        clock: Callable[[], float] = time.time,
    ) -> None:
        self.budget = Budget.load() if budget is None else budget
        self.counters = counters or open_counters(self.budget.store)
        self.prices = Prices(self.budget.prices)
        self._on_threshold = on_threshold
        self._on_usage = on_usage
        self._clock = clock

    def __repr__(self) -> str:
        return f"Meter({len(self.budget.limits)} budgets)"

    @property
    def remote(self) -> bool:
        """Whether counting waits for another machine, so that an event loop should leave it to a thread."""
        return self.budget.store != "memory"

    def admit(self, request: Asked) -> Ticket:
        """Reserve what ``request`` can use at most.

        Raises:
            BudgetExceeded: a hard budget has no room for it, or no price for its model.
            CountersError: the counters do not answer.
        """
        now = datetime.fromtimestamp(self._clock(), UTC)
        held = [Held(limit, *_period(limit, now), _of(limit, request)) for limit in self._limits(request)]
        claims = [self._claim(one, request) for one in held]
        refused = self.counters.reserve(claims)
        if refused is not None:
            raise self._refusal(held[refused], claims[refused])
        return Ticket(self, request, held, claims, now)

    def totals(self, per: str = "day") -> list[Record]:
        """What was used in this day or month, by model, key and tag."""
        name, _ = _table(per, datetime.fromtimestamp(self._clock(), UTC))
        rows: dict[tuple[str, str, str], dict[str, int]] = {}
        for field, amount in self.counters.read(name).items():
            model, key, tag, what = json.loads(field)
            rows.setdefault((model, key, tag), {})[what] = amount
        return [
            Record(
                *who,
                row.get("answers", 0),
                row.get("input", 0),
                row.get("output", 0),
                row.get("cache_read", 0),
                row.get("cache_write", 0),
                row.get("cost", 0) / NANO,
            )
            for who, row in sorted(rows.items())
        ]

    def close(self) -> None:
        """Close the counters."""
        self.counters.close()

    def count(
        self, request: Asked, held: list[Held], claims: list[Claim], usage: Usage, now: datetime
    ) -> None:
        """Count an answer for `Ticket`."""
        price = self.prices.of(request.model)
        cost = price.cost(usage) if price else 0
        used = [usage.total if one.limit.tokens is not None else cost for one in held]
        totals = self.counters.settle(claims, used)
        for one, amount, total in zip(held, used, totals, strict=True):
            for crossed in _crossed(one, total - amount, total):
                self._tell(crossed)
        amounts = {"answers": 1, **asdict(usage), "cost": cost}
        fields = {
            json.dumps([request.model, request.key, request.tag, what]): amount
            for what, amount in amounts.items()
            if amount
        }
        for per in ("day", "month"):
            name, expires = _table(per, now)
            self.counters.add(name, fields, expires)
        if self._on_usage:
            self._on_usage(
                Record(request.model, request.key, request.tag, 1, **asdict(usage), cost=cost / NANO)
            )

    def _limits(self, request: Asked) -> Iterator[Limit]:
        for limit in self.budget.limits:
            if _matches(request.model, limit.models) and _matches(request.tag, limit.tags):
                yield limit

    def _claim(self, held: Held, request: Asked) -> Claim:
        limit = held.limit
        output = self.budget.output_reserve if request.output is None else request.output
        tokens_in = request.input + request.references * self.budget.media_reserve
        tokens_out = output * request.times
        expires = (held.resets + _GRACE).timestamp()
        if limit.tokens is not None:
            amount, most = tokens_in + tokens_out, limit.tokens
        else:
            assert limit.cost is not None
            price = self.prices.of(request.model)
            if price is None and limit.hard and self.budget.unpriced == "block":
                told = (
                    f"budget `{limit.name}` is in USD and there is no price for the model `{request.model}`; "
                    'nothing was sent; add it to `budget.prices`, or set `unpriced = "allow"`'
                )
                raise BudgetExceeded(told, limit.name, held.resets)
            amount, most = (price.most(tokens_in, tokens_out) if price else 0), int(limit.cost * NANO)
        return Claim(held.counter, amount, most if limit.hard else None, expires)

    def _refusal(self, held: Held, claim: Claim) -> BudgetExceeded:
        limit = held.limit
        whose = f" of {limit.by} `{held.of}`" if limit.by != "all" else ""
        if limit.tokens is not None:
            most, need = f"{limit.tokens} tokens", f"{claim.amount} tokens"
        else:
            most, need = f"{limit.cost:g} USD", f"{claim.amount / NANO:.4f} USD"
        told = (
            f"budget `{limit.name}`{whose} ({most} a {limit.per}) has no room for up to {need}; nothing was "
            f"sent; it starts again at {held.resets:%Y-%m-%d %H:%M} UTC"
        )
        return BudgetExceeded(told, limit.name, held.resets)

    def _tell(self, crossed: Threshold) -> None:
        _LOG.warning("budget %s: %.0f %% are used", crossed.budget, crossed.share * 100)
        if self._on_threshold:
            self._on_threshold(crossed)


@dataclass(frozen=True, slots=True)
class Held:
    """A limit that holds for a request.

    Attributes:
        limit: which one.
        counter: its counter in this period.
        resets: when the next one begins.
        of: the model, key or tag that it is counted for.
    """

    limit: Limit
    period: str
    resets: datetime
    of: str

    @property
    def counter(self) -> str:
        """Name of the counter."""
        return f"{self.limit.name}:{self.period}:{self.of}"


class Ticket:
    """A request under way. `read` what is answered, then `settle`, or `release` if nothing was sent.

    One that is neither settled nor released (its process died) stays counted with the most it could use.
    """

    def __init__(
        self, meter: Meter, request: Asked, held: list[Held], claims: list[Claim], now: datetime
    ) -> None:
        self.request = request
        self._meter = meter
        self._held = held
        self._claims = claims
        self._now = now
        self._reader = Reader()
        self._lock = Lock()
        self._open = True

    @property
    def usage(self) -> Usage | None:
        """What the answer has told so far."""
        return self._reader.usage

    def read(self, value: object) -> None:
        """Take in the JSON of the answer, or one event of it."""
        self._reader.read(value)

    def settle(self) -> None:
        """Count what the answer told; if it told nothing, what the request could use at most.

        Never raises for counters that do not answer: the reservation then stays.
        """
        if not self._close():
            return
        usage = self._reader.usage
        request = self.request
        if usage is None:
            budget = self._meter.budget
            output = budget.output_reserve if request.output is None else request.output
            tokens_in = request.input + request.references * budget.media_reserve
            usage = Usage(tokens_in, output * request.times)
        self._quietly(lambda: self._meter.count(request, self._held, self._claims, usage, self._now))

    def release(self) -> None:
        """Give back what was reserved: the provider did not take the request."""
        if self._close():
            zeros = [0] * len(self._claims)
            self._quietly(lambda: self._meter.counters.settle(self._claims, zeros))

    def _close(self) -> bool:
        with self._lock:
            was, self._open = self._open, False
            return was

    def _quietly(self, work: Callable[[], object]) -> None:
        try:
            work()
        except CountersError as error:
            _LOG.error("usage was not counted, its reservation stays: %s", type(error.__cause__).__name__)


def _matches(name: str, globs: tuple[str, ...]) -> bool:
    return any(fnmatchcase(name, glob) for glob in globs)


def _of(limit: Limit, request: Asked) -> str:
    whose = {"all": "", "model": request.model, "key": request.key, "tag": request.tag}
    return whose[limit.by]


def _period(limit: Limit, now: datetime) -> tuple[str, datetime]:
    """The name of the day or month, and when the next one begins."""
    day = now.replace(hour=0, minute=0, second=0, microsecond=0)
    if limit.per == "day":
        return f"{now:%Y-%m-%d}", day + timedelta(days=1)
    return f"{now:%Y-%m}", (day.replace(day=28) + timedelta(days=4)).replace(day=1)


def _table(per: str, now: datetime) -> tuple[str, float]:
    name = f"{now:%Y-%m-%d}" if per == "day" else f"{now:%Y-%m}"
    return f"totals:{name}", (now + _KEPT).timestamp()


def _crossed(held: Held, before: int, after: int) -> Iterator[Threshold]:
    limit = held.limit
    unit, scale = ("tokens", 1) if limit.tokens is not None else ("USD", NANO)
    most = float(limit.tokens if limit.tokens is not None else limit.cost or 0)
    for share in sorted(limit.thresholds):
        if before < share * most * scale <= after:
            yield Threshold(limit.name, held.of, share, after / scale, most, unit, held.resets)
