"""Which names hold a credential."""

from __future__ import annotations

from functools import lru_cache

from prodworthy.flow.personal import words

_KEYS = (
    "api_key",
    "apikey",
    "secret_key",
    "access_key",
    "auth_token",
    "access_token",
    "api_token",
    "api_secret",
)
_LAST = frozenset({"apikey", "secret"})
_NOT = frozenset(
    {
        *(
            "name",
            "id",
            "count",
            "len",
            "length",
            "type",
            "file",
            "path",
            "url",
            "env",
            "var",
            "prefix",
            "suffix",
        ),
        *(
            "header",
            "headers",
            "field",
            "label",
            "error",
            "set",
            "provided",
            "missing",
            "exists",
            "valid",
            "configured",
        ),
        *(
            "masked",
            "hash",
            "hashed",
            "placeholder",
            "example",
            "test",
            "fake",
            "dummy",
            "has",
            "is",
            "no",
            "hint",
        ),
        *("required", "needs", "public", "publishable", "last4", "alias", "status", "usage", "tokens"),
    }
)


@lru_cache(4096)
def credential_name(name: str) -> bool:
    """Whether a variable, attribute or environment variable of this name holds a key, token or secret."""
    parts = words(name)
    if not parts or not _NOT.isdisjoint(parts):
        return False
    joined = "_".join(parts)
    return joined.endswith(_KEYS) or parts[-1] in _LAST
