"""The conversation that this thread or task is in, for whatever sends requests inside of it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from prodworthy_redact.redactor import Redactor
    from prodworthy_redact.session import Session

_current: ContextVar[Session | None] = ContextVar("prodworthy_session", default=None)


def current_session() -> Session | None:
    """The session that `conversation` has opened around this; None outside."""
    return _current.get()


@contextmanager
def conversation(session: Session) -> Iterator[Session]:
    """Requests made inside, by this thread or task, belong to ``session``."""
    token = _current.set(session)
    try:
        yield session
    finally:
        _current.reset(token)


@contextmanager
def session_for(redactor: Redactor, name: str | None = None) -> Iterator[Session]:
    """The session of that name, else the current one, else a new one that is forgotten at the end."""
    current = current_session()
    if name is None and current is not None:
        yield current
        return
    with redactor.session(name) as session:
        yield session
