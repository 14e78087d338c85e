"""What a rule proposes to do about a finding, before anybody looks at how the code is laid out."""

from __future__ import annotations

from dataclasses import dataclass

from prodworthy.call import Opening
from prodworthy.finding import Applicability, Span


@dataclass(frozen=True, slots=True)
class SetArgument:
    """Give the parameter at ``opening`` the value ``value`` (an expression), instead of None or nothing.

    Not where ``unless``, a regular expression, is found in a text among the call's other arguments.
    """

    opening: Opening
    value: str
    unless: str = ""


@dataclass(frozen=True, slots=True)
class DropArgument:
    """Remove the keyword argument whose value is the literal None, 0 or False at ``value``."""

    value: Span


@dataclass(frozen=True, slots=True)
class ReplaceNone:
    """Put the expression ``by`` in place of the literal None at ``value``."""

    value: Span
    by: str


@dataclass(frozen=True, slots=True)
class ReadEnvironment:
    """Read the string literal at ``literal`` from the environment ``variable`` instead."""

    literal: Span
    variable: str


@dataclass(frozen=True, slots=True)
class DropSuppression:
    """Remove the code or name ``word`` from the suppression at ``comment``, and the comment with its last."""

    comment: Span
    word: str


Change = SetArgument | DropArgument | ReplaceNone | ReadEnvironment | DropSuppression


@dataclass(frozen=True, slots=True)
class Remedy:
    """A change that would mend a finding, and what to call it (``Set `max_tokens=1024```)."""

    message: str
    change: Change
    applicability: Applicability = Applicability.UNSAFE
