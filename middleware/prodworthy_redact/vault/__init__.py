"""Vaults: where the values behind the placeholders of a session are kept.

A session is a log that only grows. A redactor reads what it does not know yet, decides which placeholders
it needs, and appends them on condition that nobody else appended meanwhile; if somebody did, it reads
again. So two processes never give one placeholder to two values, whichever vault is used.
"""

from __future__ import annotations

from pathlib import Path

from prodworthy_redact.errors import PolicyError
from prodworthy_redact.keys import Key, required
from prodworthy_redact.vault.entry import Entry, Seen, Tail, Vault
from prodworthy_redact.vault.file import FileVault
from prodworthy_redact.vault.memory import MemoryVault
from prodworthy_redact.vault.redis import RedisVault

__all__ = ["Entry", "FileVault", "MemoryVault", "RedisVault", "Seen", "Tail", "Vault", "open_vault"]


def open_vault(where: str, key: Key | None, sessions: int, ttl: float) -> Vault:
    """The vault that a policy names: ``memory``, ``file:FOLDER`` or ``redis://...``.

    Raises:
        PolicyError: there is no such vault, or it needs a key and there is none.
        VaultError: it cannot be opened.
    """
    if where == "memory":
        return MemoryVault(sessions, ttl)
    scheme, _, rest = where.partition(":")
    if scheme not in ("file", "redis", "rediss", "unix") or not rest:
        raise PolicyError("`vault` must be memory, file:FOLDER or redis://host:port/number")
    if key is None:
        raise required(f"a vault in {'files' if scheme == 'file' else 'Redis'}")
    if scheme == "file":
        return FileVault(Path(rest.removeprefix("//")).expanduser(), key, ttl)
    return RedisVault(where, key, ttl)
