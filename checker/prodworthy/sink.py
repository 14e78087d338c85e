"""A place where a program does something that makes it matter where a text comes from."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from prodworthy.call import Origin
from prodworthy.finding import Span


@dataclass(frozen=True, slots=True)
class Sink:
    """One sink.

    Attributes:
        kind: ``code``, ``shell``, ``deserialize``, ``template``, ``sql``, ``html``, ``path``, ``url``,
            ``log``, ``debug``, ``trouble`` (a log of errors), ``print``, ``exception``, ``parse`` or
            ``response`` (what a request's handler returns).
        span: the call.
        callee: the call as the code writes it.
        function: the enclosing function's name, empty at module level.
        arguments: what it is given, as the code writes it.
        handling: it stands in an `except`.
        fixed: the text begins with a constant address or folder of its own: ``https://api.example.com/``.
        find_origins: answers, on demand, where that comes from.
    """

    kind: str
    span: Span
    callee: str
    function: str = ""
    arguments: tuple[str, ...] = ()
    handling: bool = False
    fixed: bool = False
    find_origins: Callable[[], tuple[Origin, ...]] = tuple

    def origins(self, *kinds: str) -> tuple[Origin, ...]:
        """Where the value comes from, all of them or those of some kinds."""
        return tuple(origin for origin in self.find_origins() if not kinds or origin.kind in kinds)
