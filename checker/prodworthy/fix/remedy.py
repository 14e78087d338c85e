"""What a rule proposes to do about a finding, before anybody looks at how the code is laid out."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from prodworthy.call import Opening
from prodworthy.finding import Applicability, Span


@dataclass(frozen=True, slots=True)
class SetArgument:
    """Give the parameter at ``opening`` the value ``value`` (an expression), instead of None or nothing.

    Not where ``unless``, a regular expression, is found in the call's code, or ``unless_near`` in the file's.
    """

    opening: Opening
    value: str
    unless: str = ""
    unless_near: str = ""


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
class ReplaceModel:
    """Put the model ``by`` in place of ``name`` in the string literal at ``literal``.

    Attributes:
        call: the request that the model is for.
        adding: arguments (name and expression) that the new model needs besides.
        renaming: parameters that the new model knows by another name.
        unless: a regular expression; where it is found in the code of the call that names the model, the
            new one is more than another name.
    """

    literal: Span
    name: str
    by: str
    call: Span
    adding: tuple[tuple[str, str], ...] = ()
    renaming: tuple[tuple[str, str], ...] = ()
    unless: str = ""


@dataclass(frozen=True, slots=True)
class LimitConcurrency:
    """Let at most ``most`` of the coroutines that are gathered at ``gather`` run at a time."""

    gather: Span
    most: int


@dataclass(frozen=True, slots=True)
class WrapCall:
    """Hand what the call of ``named`` at ``call`` gives to ``function``, imported from ``module``."""

    call: Span
    named: str
    function: str
    module: str


@dataclass(frozen=True, slots=True)
class MigrateCalls:
    """Move the file with the call at ``call`` from the removed API of an SDK to the current one.

    Attributes:
        call: the call.
        module: the SDK's module.
        calls: functions below the module -> what takes their place (``chat.completions.create``).
        names: errors and settings below the module -> what takes their place.
        addresses: those of the names that are addresses, which now end in a slash.
        kept: attributes of the module that are the same.
        parameters: of the calls, old -> new.
        positional: functions that were called with arguments without names -> the names they need now.
        removed: parameters and names with nothing in their place.
        leaves: fields of answers whose values are texts or numbers.
        unless: words that a person has to look at, wherever they stand in the file.
    """

    call: Span
    module: str
    calls: Mapping[str, str]
    names: Mapping[str, str]
    addresses: frozenset[str]
    kept: frozenset[str]
    parameters: Mapping[str, str]
    positional: Mapping[str, tuple[str, ...]]
    removed: frozenset[str]
    leaves: frozenset[str]
    unless: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class DropSuppression:
    """Remove the code or name ``word`` from the suppression at ``comment``, and the comment with its last."""

    comment: Span
    word: str


Change = (
    SetArgument
    | DropArgument
    | ReplaceNone
    | ReadEnvironment
    | ReplaceModel
    | LimitConcurrency
    | WrapCall
    | MigrateCalls
    | DropSuppression
)


@dataclass(frozen=True, slots=True)
class IgnoreFile:
    """Keep the file at ``path`` out of git by an ignore rule."""

    path: str


@dataclass(frozen=True, slots=True)
class Remedy:
    """A change that would mend a finding, and what to call it (``Set `max_tokens=1024```)."""

    message: str
    change: Change | IgnoreFile
    applicability: Applicability = Applicability.UNSAFE
