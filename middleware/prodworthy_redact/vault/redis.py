"""Sessions in Redis, encrypted, for applications of several processes or machines."""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from typing import TYPE_CHECKING

from prodworthy_redact.errors import VaultError
from prodworthy_redact.keys import Key
from prodworthy_redact.vault.box import Box
from prodworthy_redact.vault.entry import Entry, Seen, Tail

if TYPE_CHECKING:
    from redis import Redis

_PREFIX = "prodworthy:session:"
_PATIENCE = 5.0  # seconds; a server that hangs is one that does not answer

# A list: its generation, then the entries. Everything that belongs together happens in one script.
_READ = """
local generation = redis.call('LINDEX', KEYS[1], 0)
if not generation then return {''} end
redis.call('PEXPIRE', KEYS[1], ARGV[3])
local start = 1
if generation == ARGV[1] then start = 1 + tonumber(ARGV[2]) end
local tail = redis.call('LRANGE', KEYS[1], start, -1)
table.insert(tail, 1, generation)
return tail
"""
_APPEND = """
local generation = redis.call('LINDEX', KEYS[1], 0)
local seen = tonumber(ARGV[2])
if not generation then
  if seen > 0 then return {''} end
  generation = ARGV[4]
  redis.call('RPUSH', KEYS[1], generation)
end
if redis.call('LLEN', KEYS[1]) == seen + 1 and generation == ARGV[4] then
  for index = 5, #ARGV do redis.call('RPUSH', KEYS[1], ARGV[index]) end
end
redis.call('PEXPIRE', KEYS[1], ARGV[3])
local start = 1
if generation == ARGV[1] then start = 1 + seen end
local tail = redis.call('LRANGE', KEYS[1], start, -1)
table.insert(tail, 1, generation)
return tail
"""


class RedisVault:
    """Sessions at a Redis ``url``, each for ``ttl`` seconds after its last use.

    Raises:
        VaultError: the extra ``redis`` is not installed, or the server does not answer.
    """

    def __init__(self, url: str, key: Key, ttl: float = 3600) -> None:
        try:
            import redis
        except ImportError as error:
            told = "a vault in Redis needs the extra `redis`: pip install 'prodworthy[redis]'"
            raise VaultError(told) from error
        self._failures: tuple[type[Exception], ...] = (redis.RedisError,)
        try:
            self._client: Redis = redis.Redis.from_url(
                url, socket_timeout=_PATIENCE, socket_connect_timeout=_PATIENCE
            )
        except ValueError as error:
            raise VaultError("the vault's Redis URL is not valid: use redis://host:port/number") from error
        self._box = Box(key)
        self._ttl = max(1, int(ttl * 1000))

    def __repr__(self) -> str:
        return "RedisVault()"  # the URL may hold a password

    def read(self, session: str, seen: Seen) -> Tail:
        """What follows ``seen``."""
        answer = self._call(_READ, session, [seen.generation, seen.count, self._ttl])
        return self._tail(answer, session, seen)

    def append(self, session: str, seen: Seen, entries: Sequence[Entry]) -> Tail:
        """Add ``entries`` if the log ends at ``seen``; either way, what follows ``seen``."""
        generation = seen.generation if seen.count else secrets.token_hex(8)
        sealed = [
            self._box.seal(entry, f"{session} {generation} {seen.count + index}")
            for index, entry in enumerate(entries)
        ]
        answer = self._call(_APPEND, session, [seen.generation, seen.count, self._ttl, generation, *sealed])
        return self._tail(answer, session, seen)

    def forget(self, session: str) -> None:
        """Delete a session."""
        try:
            self._client.delete(self._name(session))
        except self._failures as error:
            raise self._failed(error) from error

    def close(self) -> None:
        """Close the connections."""
        self._client.close()

    def _tail(self, answer: list[bytes], session: str, seen: Seen) -> Tail:
        generation = answer[0].decode()
        start = seen.count if generation == seen.generation else 0
        places = (f"{session} {generation} {start + index}" for index in range(len(answer) - 1))
        entries = (
            self._box.open(d, p, "the session in Redis") for d, p in zip(answer[1:], places, strict=True)
        )
        return Tail(generation, tuple(entries))

    def _call(self, script: str, session: str, arguments: list[str | int | bytes]) -> list[bytes]:
        try:
            answer = self._client.eval(script, 1, self._name(session), *arguments)
        except self._failures as error:
            raise self._failed(error) from error
        assert isinstance(answer, list)
        return answer

    def _name(self, session: str) -> str:
        return _PREFIX + self._box.name(session)

    def _failed(self, error: Exception) -> VaultError:
        return VaultError(f"the vault's Redis does not answer: {type(error).__name__}")
