"""The detector: everything a policy asks for, found in one text."""

from __future__ import annotations

from prodworthy_redact.detect.entity import Entity
from prodworthy_redact.policy import Policy


class Detector:
    """Finds what a policy asks for; safe to share between threads.

    Args:
        policy: which kinds, from which score on, what is never or always an entity.

    Raises:
        NamesUnavailable: the policy requires names and no model is installed.
        PolicyError: a recognizer of the policy's own cannot be built.
    """

    def __init__(self, policy: Policy) -> None:
        self._policy = policy

    def find(self, text: str) -> list[Entity]:
        """The entities in ``text``: not overlapping, from left to right."""
        raise NotImplementedError
