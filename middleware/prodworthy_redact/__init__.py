"""Redaction of personal data and secrets on their way to an LLM provider, restored in the answer.

from prodworthy_redact import Policy, Redactor

redactor = Redactor(Policy.load())
with redactor.session("conversation-42") as session:
    safe = session.redact("Write to maria@example.com")  # Write to <EMAIL_ADDRESS_1>
    session.restore(answer)

client = protect(openai.OpenAI(), redactor)  # the same for every request of a client
"""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from prodworthy_redact.clients import protect
    from prodworthy_redact.current import conversation, current_session
    from prodworthy_redact.errors import (
        BlockedError,
        BudgetExceeded,
        ClientError,
        CountersError,
        DetectionError,
        NamesUnavailable,
        PolicyError,
        RedactError,
        TransportError,
        VaultError,
    )
    from prodworthy_redact.policy import Action, Policy
    from prodworthy_redact.redactor import Redactor
    from prodworthy_redact.session import Session
    from prodworthy_redact.stream import StreamRestorer

__all__ = [
    "Action",
    "BlockedError",
    "BudgetExceeded",
    "ClientError",
    "CountersError",
    "DetectionError",
    "NamesUnavailable",
    "Policy",
    "PolicyError",
    "RedactError",
    "Redactor",
    "Session",
    "StreamRestorer",
    "TransportError",
    "VaultError",
    "conversation",
    "current_session",
    "protect",
]

_PLACES = {
    "Action": "policy",
    "Policy": "policy",
    "Redactor": "redactor",
    "Session": "session",
    "StreamRestorer": "stream",
    "conversation": "current",
    "current_session": "current",
    "protect": "clients",
}


def __getattr__(name: str) -> object:
    """Public names load when they are first asked for: the checker reads the credentials beside them."""
    if name not in __all__:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(importlib.import_module(f"{__name__}.{_PLACES.get(name, 'errors')}"), name)
