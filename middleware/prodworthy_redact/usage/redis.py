"""Counters in Redis, for applications of several processes or machines."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from prodworthy_redact.errors import CountersError
from prodworthy_redact.usage.counters import Claim

if TYPE_CHECKING:
    from redis import Redis

_PREFIX = "prodworthy:{usage}:"  # the braces keep all of it on one node of a cluster
_PATIENCE = 5.0

# Everything that belongs together happens in one script. Three arguments for each key.
_RESERVE = """
for index = 1, #KEYS do
  local limit = ARGV[3 * index - 1]
  if limit ~= '' then
    local taken = tonumber(redis.call('HGET', KEYS[index], 'taken') or '0')
    if taken + tonumber(ARGV[3 * index - 2]) > tonumber(limit) then return index - 1 end
  end
end
for index = 1, #KEYS do
  redis.call('HINCRBY', KEYS[index], 'taken', ARGV[3 * index - 2])
  redis.call('PEXPIREAT', KEYS[index], ARGV[3 * index])
end
return -1
"""
_SETTLE = """
local out = {}
for index = 1, #KEYS do
  redis.call('HINCRBY', KEYS[index], 'taken', ARGV[3 * index - 2])
  out[index] = redis.call('HINCRBY', KEYS[index], 'used', ARGV[3 * index - 1])
  redis.call('PEXPIREAT', KEYS[index], ARGV[3 * index])
end
return out
"""
_ADD = """
for index = 2, #ARGV, 2 do redis.call('HINCRBY', KEYS[1], ARGV[index], ARGV[index + 1]) end
redis.call('PEXPIREAT', KEYS[1], ARGV[1])
return 0
"""


class RedisCounters:
    """Counters at a Redis ``url``.

    Raises:
        CountersError: the extra ``redis`` is not installed, or the server does not answer.
    """

    def __init__(self, url: str) -> None:
        try:
            import redis
        except ImportError as error:
            told = "counters in Redis need the extra `redis`: pip install 'prodworthy[redis]'"
            raise CountersError(told) from error
        self._failures: tuple[type[Exception], ...] = (redis.RedisError,)
        try:
            self._client: Redis = redis.Redis.from_url(
                url, socket_timeout=_PATIENCE, socket_connect_timeout=_PATIENCE
            )
        except ValueError as error:
            raise CountersError(
                "the Redis URL of `store` is not valid: use redis://host:port/number"
            ) from error

    def __repr__(self) -> str:
        return "RedisCounters()"  # the URL may hold a password

    def reserve(self, claims: Sequence[Claim]) -> int | None:
        """Take every claim, or none; the index of the first that its limit has no room for."""
        arguments: list[str | int] = []
        for claim in claims:
            arguments += [claim.amount, "" if claim.limit is None else claim.limit, _ms(claim.expires)]
        refused = self._call(_RESERVE, [claim.counter for claim in claims], arguments)
        assert isinstance(refused, int)
        return None if refused < 0 else refused

    def settle(self, claims: Sequence[Claim], used: Sequence[int]) -> list[int]:
        """Put what was ``used`` in the place of what was claimed; what each counter has used in all."""
        arguments: list[str | int] = []
        for claim, amount in zip(claims, used, strict=True):
            arguments += [amount - claim.amount, amount, _ms(claim.expires)]
        totals = self._call(_SETTLE, [claim.counter for claim in claims], arguments)
        assert isinstance(totals, list)
        return [int(total) for total in totals]

    def add(self, name: str, amounts: Mapping[str, int], expires: float) -> None:
        """Add to the fields of a table."""
        pairs: list[str | int] = [part for pair in amounts.items() for part in pair]
        self._call(_ADD, [name], [_ms(expires), *pairs])

    def read(self, name: str) -> dict[str, int]:
        """The fields of a table."""
        try:
            found = self._client.hgetall(_PREFIX + name)
        except self._failures as error:
            raise self._failed(error) from error
        return {_text(field): int(amount) for field, amount in found.items()}

    def taken(self, counter: str) -> tuple[int, int]:
        """What is taken of a counter, and what of it was used."""
        fields = self.read(counter)
        return fields.get("taken", 0), fields.get("used", 0)

    def close(self) -> None:
        """Close the connections."""
        self._client.close()

    def _call(self, script: str, names: list[str], arguments: list[str | int]) -> object:
        if not names:
            return [] if script is _SETTLE else -1
        try:
            return self._client.eval(script, len(names), *(_PREFIX + name for name in names), *arguments)
        except self._failures as error:
            raise self._failed(error) from error

    def _failed(self, error: Exception) -> CountersError:
        told = f"the Redis that budgets are counted in does not answer ({type(error).__name__})"
        return CountersError(f"{told}; nothing was sent")


def _text(field: bytes | str) -> str:
    return field.decode() if isinstance(field, bytes) else field


def _ms(seconds: float) -> int:
    return int(seconds * 1000)
