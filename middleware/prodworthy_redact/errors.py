"""The exceptions of the redactor: one short tree; no message ever holds a value that was to be hidden."""

from __future__ import annotations


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
