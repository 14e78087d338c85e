"""The events of one answer: texts that come in pieces are restored across events, the rest as it is."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Generic, TypeVar

from prodworthy_redact.answer import Answer
from prodworthy_redact.stream import StreamRestorer
from prodworthy_redact.wire.dialects import ALL, read
from prodworthy_redact.wire.reading import Channel, Path, Piece, at

Envelope = TypeVar("Envelope")
Observer = Callable[[object], None]
_PLAIN: Channel = ("plain",)


@dataclass(slots=True)
class _Open(Generic[Envelope]):
    """A channel: its restorer, and how to send what it still holds."""

    restorer: StreamRestorer
    alone: Callable[[str], object]
    envelope: Envelope


class Events(Generic[Envelope]):
    """Restores events one after the other.

    What may still become a placeholder is held back and leaves with the next piece, or, where a block or
    choice ends, in an event of its own before that end.

    Args:
        answer: restores.
        observe: is shown the JSON of every event as it came.
    """

    def __init__(self, answer: Answer, observe: Observer | None = None) -> None:
        self._answer = answer
        self._observe = observe
        self._open: dict[Channel, _Open[Envelope]] = {}

    def event(self, value: object, envelope: Envelope) -> tuple[list[tuple[Envelope, object]], object, bool]:
        """What is to be sent before this event, what it becomes, and whether that is something else."""
        if self._observe:
            self._observe(value)
        reading = read(value)
        before: list[tuple[Envelope, object]] = []
        carried = {piece.channel for piece in reading.pieces}
        for channel in list(self._open):
            given_way = channel not in reading.goes_on and _begins(channel, reading.others)
            if given_way or (channel not in carried and _begins(channel, reading.ends)):
                before += self._end(channel)
        told = [str(at(value, *piece.path)) for piece in reading.pieces]
        for piece in reading.pieces:
            _put(value, piece.path, "")
        out = self._answer.value(value)
        changed = out != value
        for number, (piece, text) in enumerate(zip(reading.pieces, told, strict=True)):
            follows = any(other.channel == piece.channel for other in reading.pieces[number + 1 :])
            last = piece.last or (not follows and _begins(piece.channel, reading.ends))
            safe = self._feed(piece, text, envelope, last=last)
            changed = changed or safe != text
            _put(out, piece.path, safe)
        return before, out, changed

    def text(self, text: str, envelope: Envelope) -> str:
        """An event whose data is no JSON."""
        return self._feed(Piece((), _PLAIN, str), text, envelope, last=False)

    def rest(self) -> list[tuple[Envelope, object]]:
        """Everything that is still held back."""
        return [
            event for channel in list(self._open) if _begins(channel, [ALL]) for event in self._end(channel)
        ]

    def _feed(self, piece: Piece, text: str, envelope: Envelope, *, last: bool) -> str:
        known = self._open.get(piece.channel)
        if known is None:
            known = self._open[piece.channel] = _Open(self._answer.pieces(), piece.alone, envelope)
        known.alone, known.envelope = piece.alone, envelope
        out = known.restorer.feed(text)
        if last:
            out += known.restorer.flush()
            del self._open[piece.channel]
        return out

    def _end(self, channel: Channel) -> list[tuple[Envelope, object]]:
        known = self._open.pop(channel)
        text = known.restorer.flush()
        return [(known.envelope, known.alone(text))] if text else []


def _begins(channel: Channel, beginnings: list[Channel]) -> bool:
    return any(channel[: len(beginning)] == beginning for beginning in beginnings)


def _put(value: object, path: Path, text: str) -> None:
    holder = at(value, *path[:-1])
    step = path[-1]
    if isinstance(holder, dict) or (isinstance(holder, list) and isinstance(step, int)):
        holder[step] = text  # type: ignore[index]
