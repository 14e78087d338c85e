"""Answers as SDKs hand them out, in objects of pydantic: restored where they stand, whole or in pieces."""

from __future__ import annotations

from typing import Any

from pydantic import BaseModel

from prodworthy_redact.session import Session
from prodworthy_redact.wire.events import Events
from prodworthy_redact.wire.sse import Block, EventSource


def restored(session: Session, answer: Any) -> Any:
    """``answer`` with its values back; an object is changed itself, since it holds more than it dumps."""
    if isinstance(answer, BaseModel):
        _put(answer, session.restore(answer.model_dump()))
        return answer
    return session.restore(answer) if isinstance(answer, dict) else answer


class Pieces:
    """Restores the pieces of an answer: objects, each an event of a stream, or bytes of such events."""

    def __init__(self, session: Session) -> None:
        self._answer = session.answer()
        self._events: Events[type[BaseModel]] = Events(self._answer)
        self._source = EventSource(Events[Block](self._answer))
        self._bytes = False

    def feed(self, piece: Any) -> list[Any]:
        """What is certain after ``piece``."""
        if isinstance(piece, bytes):
            self._bytes = True
            return [out] if (out := self._source.feed(piece)) else []
        if not isinstance(piece, BaseModel):
            return [piece]
        before, value, changed = self._events.event(piece.model_dump(), type(piece))
        if changed:
            _put(piece, value)
        return [*_made(before), piece]

    def finish(self) -> list[Any]:
        """The rest, at the end."""
        rest = [self._source.finish()] if self._bytes else []
        out = [part for part in rest if part] + _made(self._events.rest())
        self._answer.close()
        return out


def _made(events: list[tuple[type[BaseModel], object]]) -> list[BaseModel]:
    return [kind(**value) for kind, value in events if isinstance(value, dict)]


def _put(holder: Any, plain: Any) -> None:
    """Set the strings of ``holder`` that differ from those of its dump."""
    if isinstance(holder, BaseModel):
        for name, value in list({**holder.__dict__, **(holder.model_extra or {})}.items()):
            if name not in plain or value == plain[name]:
                continue
            if isinstance(value, str):
                setattr(holder, name, plain[name])
            else:
                _put(value, plain[name])
    elif isinstance(holder, dict | list):
        for key, value in list(holder.items() if isinstance(holder, dict) else enumerate(holder)):
            if isinstance(value, str):
                holder[key] = plain[key]
            else:
                _put(value, plain[key])
