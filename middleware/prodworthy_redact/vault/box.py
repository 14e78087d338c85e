"""Entries as they are stored outside this process: encrypted, and bound to session and place."""

from __future__ import annotations

import hashlib
import hmac
import secrets
from typing import TYPE_CHECKING

from prodworthy_redact.errors import VaultError
from prodworthy_redact.keys import VARIABLE, Key
from prodworthy_redact.vault.entry import Entry

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.ciphers.aead import AESGCM

_NONCE = 12


class Box:
    """Seals entries with AES-256-GCM; a stored entry cannot be moved to another session or place."""

    def __init__(self, key: Key) -> None:
        from cryptography.hazmat.primitives.ciphers.aead import AESGCM

        self._cipher: AESGCM = AESGCM(key.derive("vault"))
        self._names = key.derive("session names")

    def name(self, session: str) -> str:
        """A name for a session that does not tell its own, which may hold personal data."""
        return hmac.new(self._names, session.encode("utf-8", "surrogatepass"), hashlib.sha256).hexdigest()[
            :40
        ]

    def seal(self, entry: Entry, place: str) -> bytes:
        """``entry`` encrypted, to be opened at ``place`` only."""
        nonce = secrets.token_bytes(_NONCE)
        return nonce + self._cipher.encrypt(nonce, entry.dumps(), place.encode())

    def open(self, data: bytes, place: str, where: str) -> Entry:
        """The entry that was sealed for ``place``.

        Raises:
            VaultError: it was sealed with another key or for another place, or was changed; names ``where``.
        """
        from cryptography.exceptions import InvalidTag

        try:
            return Entry.loads(self._cipher.decrypt(data[:_NONCE], data[_NONCE:], place.encode()))
        except (InvalidTag, ValueError) as error:
            told = f"{where}: cannot be opened: it was written with another {VARIABLE}, or changed since"
            raise VaultError(told) from error
