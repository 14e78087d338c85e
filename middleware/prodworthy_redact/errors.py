"""The exceptions of the redactor: one short tree; no message ever holds a value that was to be hidden."""

from __future__ import annotations

from datetime import datetime


class RedactError(Exception):
    """Anything the redactor raises on purpose."""


class PolicyError(RedactError):
    """The policy is wrong; raised when it is built, naming the key and what to write instead."""


class NamesUnavailable(RedactError):  # noqa: N818 - says the state, as `FileNotFound` would
    """The policy requires names of people and places to be covered, and no model is installed."""


class DetectionError(RedactError):
    """A recognizer failed; the message names it and never quotes the text."""


class BlockedError(RedactError):
    """The policy forbids sending this; nothing was sent.

    Attributes:
        kinds: the kinds of entity that were met, such as ``CREDIT_CARD``, or empty where a failure
            or a limit is the reason.
    """

    def __init__(self, message: str, kinds: tuple[str, ...] = ()) -> None:
        super().__init__(message)
        self.kinds = kinds


class VaultError(RedactError):
    """A vault could not be opened, read or written."""


class BudgetExceeded(RedactError):  # noqa: N818 - says the state
    """A hard budget does not allow this request; nothing was sent.

    Attributes:
        budget: its name.
        resets: when its next day or month begins, in UTC.
    """

    def __init__(self, message: str, budget: str, resets: datetime) -> None:
        super().__init__(message)
        self.budget = budget
        self.resets = resets


class CountersError(RedactError):
    """What was used could not be counted, so that no budget could be kept; nothing was sent."""


class TransportError(RedactError):
    """A request could not be redacted, in which case nothing was sent, or its answer not be restored."""


class ClientError(RedactError):
    """`protect` does not know this client; nothing was changed."""
