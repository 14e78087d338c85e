"""The key that hashes, encrypts and opens vaults: from the environment, one derived key for each purpose."""

from __future__ import annotations

import os
from dataclasses import dataclass, field

from prodworthy_redact.errors import PolicyError

VARIABLE = "PRODWORTHY_REDACT_KEY"
_SHORTEST = 32
_HOW = "python -c 'import secrets; print(secrets.token_urlsafe(32))'"


@dataclass(frozen=True, slots=True)
class Key:
    """Secret material of at least 32 characters; never shown."""

    material: bytes = field(repr=False)

    @classmethod
    def from_environment(cls) -> Key | None:
        """The key in ``PRODWORTHY_REDACT_KEY``; None if it is not set.

        Raises:
            PolicyError: it is too short to be a key.
        """
        text = os.environ.get(VARIABLE, "").strip()
        if not text:
            return None
        if len(text) < _SHORTEST:
            raise PolicyError(f"{VARIABLE} has {len(text)} characters; use {_SHORTEST} or more: {_HOW}")
        return cls(text.encode())

    def derive(self, purpose: str, length: int = 32) -> bytes:
        """``length`` bytes for one ``purpose``; they tell nothing of those for another."""
        from cryptography.hazmat.primitives.hashes import SHA256
        from cryptography.hazmat.primitives.kdf.hkdf import HKDF

        return HKDF(SHA256(), length, None, f"prodworthy {purpose}".encode()).derive(self.material)


def required(what: str) -> PolicyError:
    """The error where ``what`` needs a key and there is none."""
    return PolicyError(f"{what} needs a key: set {VARIABLE} to 32 or more characters of it: {_HOW}")
