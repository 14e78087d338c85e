"""What stands around an LLM call: retries, error handlers, loops, tasks, and where its client is built."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

from prodworthy.finding import Span


@dataclass(frozen=True, slots=True)
class RetryLayer:
    """One thing around a call that runs it again after an error of the API.

    Attributes:
        kind: ``decorator``, ``loop``, ``recursion`` or ``caller``.
        span: the decorator, the head of the loop, or the call that repeats it.
        attempts: how often the call is sent at most, where the code shows the number.
        bounded: whether something ends it; None where the code does not show it.
        wait: ``none``, ``fixed``, ``growing`` or ``unknown``.
        seconds: the fixed wait.
        catches: qualified names of the exceptions after which it tries again; empty where nobody knows.
        swallowed_at: the handler further in that drops the errors it waits for.
        foreign: an exception of another library, if it waits only for such ones.
        unawaited: it is a synchronous decorator on an ``async def``: it has ended before the call is sent.
        inside: the layers that it repeats; those around other callers of the same function are not.
    """

    kind: str
    span: Span
    attempts: int | None = None
    bounded: bool | None = None
    wait: str = "unknown"
    seconds: float | None = None
    catches: tuple[str, ...] = ()
    swallowed_at: Span | None = None
    foreign: str = ""
    unawaited: bool = False
    inside: tuple[RetryLayer, ...] = ()

    @property
    def dead(self) -> bool:
        """Whether it can never run the call again."""
        return self.swallowed_at is not None or bool(self.foreign) or self.unawaited


@dataclass(frozen=True, slots=True)
class Swallow:
    """An error handler that drops the errors of the call: no log, no raise, nothing in its place.

    Attributes:
        span: the ``except`` clause.
        result: what the caller gets instead (``None``, ``""``), empty where nothing is given back.
    """

    span: Span
    result: str = ""


@dataclass(frozen=True, slots=True)
class FanOut:
    """Calls that are started all at once.

    Attributes:
        span: where the tasks are started.
        over: what they are started for, as the code writes it.
    """

    span: Span
    over: str


@dataclass(frozen=True, slots=True)
class ClientBuild:
    """The construction of a client that happens again and again.

    Attributes:
        span: the construction.
        name: the client's class.
        where: ``handler``, with the handler's name in ``what``, or ``loop``.
        what: the handler's name.
        via: the handler or loop, where the construction stands in a function that it calls.
    """

    span: Span
    name: str
    where: str
    what: str = ""
    via: Span | None = None


@dataclass(frozen=True, slots=True)
class LostCap:
    """An output cap that somebody wrote and that never reaches the model.

    Attributes:
        kind: ``parameter`` (accepted and never used), ``attribute`` (set on an object that does not read
            it) or ``name`` (a parameter this SDK does not have).
        name: as it is written.
        span: where it is written.
    """

    kind: str
    name: str
    span: Span


@dataclass(frozen=True, slots=True)
class Shared:
    """A conversation that a web application keeps in a global of its process.

    Attributes:
        name: the global.
        span: where it is created.
    """

    name: str
    span: Span


@dataclass(frozen=True, slots=True)
class Handler:
    """A function that a framework calls for somebody who waits: a request, a message of a chat.

    Attributes:
        name: the function's name.
        span: the function.
        kind: ``request`` or ``message``.
    """

    name: str
    span: Span
    kind: str


class Circumstances(Protocol):
    """Everything known of a call's surroundings. Each answer is found when it is first asked for."""

    @property
    def function(self) -> Span | None:
        """The function that the call stands in, its decorators not included; None at module level."""

    @property
    def retries(self) -> tuple[RetryLayer, ...]:
        """The retries around the call, those of its SDK not included, the innermost first."""

    @property
    def swallows(self) -> tuple[Swallow, ...]:
        """The handlers that drop the call's errors."""

    @property
    def handled(self) -> bool | None:
        """Whether its errors are caught on the way to a request handler; None where it serves none."""

    @property
    def fan_out(self) -> FanOut | None:
        """The tasks that the call is one of, where nothing limits how many run at once."""

    @property
    def endless_loop(self) -> Span | None:
        """The loop that calls the model until its answer ends it."""

    @property
    def blocked(self) -> Span | None:
        """The ``async def`` that waits for this synchronous call and can do nothing else."""

    @property
    def one_at_a_time(self) -> Span | None:
        """The loop that sends one input of a list at a time."""

    @property
    def rebuilt_client(self) -> ClientBuild | None:
        """The construction of its client, where that happens for each request or turn of a loop."""

    @property
    def lost_cap(self) -> LostCap | None:
        """The output cap that does not reach it."""

    @property
    def shared(self) -> Shared | None:
        """The global that holds its conversation."""

    @property
    def handler(self) -> Handler | None:
        """The handler that waits for it."""

    @property
    def cached(self) -> bool:
        """Whether its function, or one on the way to it, looks an answer up before it asks for one."""

    @property
    def growing(self) -> Shared | None:
        """The conversation that it sends, where code adds to that and nothing ever shortens it."""


class _Unknown:
    """Nothing is known."""

    function: Span | None = None
    retries: tuple[RetryLayer, ...] = ()
    swallows: tuple[Swallow, ...] = ()
    handled: bool | None = None
    fan_out: FanOut | None = None
    endless_loop: Span | None = None
    blocked: Span | None = None
    one_at_a_time: Span | None = None
    rebuilt_client: ClientBuild | None = None
    lost_cap: LostCap | None = None
    shared: Shared | None = None
    handler: Handler | None = None
    cached: bool = False
    growing: Shared | None = None


UNKNOWN: Circumstances = _Unknown()
