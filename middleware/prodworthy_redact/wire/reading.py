"""What an event of a stream holds: pieces of longer texts, and which of those end with it.

A piece belongs to a channel: the content of a choice, the arguments of a tool call, a content block.
Everything else in an event is whole.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterator, Mapping
from dataclasses import dataclass, field

Step = str | int
Path = tuple[Step, ...]
Channel = tuple[Hashable, ...]
Json = Mapping[str, object]


@dataclass(frozen=True, slots=True)
class Piece:
    """A string of an event that goes on in later events.

    Attributes:
        path: where it stands.
        channel: what it is a piece of.
        alone: the same event with nothing but this text, for a rest that nothing follows.
        last: whether nothing of the channel follows.
    """

    path: Path
    channel: Channel
    alone: Callable[[str], object]
    last: bool = False


@dataclass(slots=True)
class Reading:
    """What an event holds.

    Attributes:
        pieces: in their order.
        ends: beginnings of the channels that nothing follows in after this event.
        others: channels that begin so, and are not among ``goes_on``, end before this event.
        goes_on: channels that this event goes on with.
    """

    pieces: list[Piece] = field(default_factory=list)
    ends: list[Channel] = field(default_factory=list)
    others: list[Channel] = field(default_factory=list)
    goes_on: set[Channel] = field(default_factory=set)


def at(value: object, *path: Step) -> object:
    """What stands at ``path``; None if nothing does."""
    for step in path:
        if isinstance(value, Mapping) and isinstance(step, str):
            value = value.get(step)
        elif isinstance(value, list) and isinstance(step, int) and step < len(value):
            value = value[step]
        else:
            return None
    return value


def items(value: object, *path: Step) -> Iterator[tuple[int, Json]]:
    """The objects of the array at ``path``, with their indices."""
    found = at(value, *path)
    for index, item in enumerate(found if isinstance(found, list) else ()):
        if isinstance(item, Mapping):
            yield index, item


def key(value: Json, name: str, default: Hashable = None) -> Hashable:
    """A member that is a scalar."""
    found = value.get(name, default)
    return found if isinstance(found, str | int) else default


def nested(path: Path, text: object) -> dict[str, object]:
    """Objects and arrays of one member each, with ``text`` inside; the first step names a member."""
    for step in reversed(path):
        text = {step: text} if isinstance(step, str) else [text]
    assert isinstance(text, dict)
    return text


def without(value: Json, *names: str) -> dict[str, object]:
    """A copy that lacks some members."""
    return {name: item for name, item in value.items() if name not in names}
