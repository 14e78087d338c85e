"""What a detector finds."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Entity:
    """A personal value or secret at ``start`` to ``end`` of a text.

    Attributes:
        kind: in presidio's names: ``EMAIL_ADDRESS``, ``PHONE_NUMBER``, ``PERSON``, ``API_KEY``, ...
        score: how sure, from 0 to 1.
        recognizer: who found it, as ``EmailRecognizer``.
        why: the pattern, the context word or the model's label; never the value.
    """

    start: int
    end: int
    kind: str
    score: float
    recognizer: str
    why: str = ""
