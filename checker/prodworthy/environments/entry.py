"""One setting in one environment."""

from __future__ import annotations

from dataclasses import dataclass

from prodworthy.finding import Span


@dataclass(frozen=True, slots=True)
class Entry:
    """What an environment's settings say of one name.

    Attributes:
        environment: ``production``, ``staging``, ``test`` or ``development``.
        name: the setting as written (``OPENAI_API_KEY``); ``env_file`` for a file that is read.
        value: the value where it is written out, empty for a mere declaration. It never leaves the run.
        reference: the variable, secret, name or file that it is taken from.
        span: where that stands.
        holder: what the settings are, as a message calls them: a class, job, service or file.
    """

    environment: str
    name: str
    value: str
    reference: str
    span: Span
    holder: str
