"""Log records without personal data, for ``logging`` and for structlog.

    handler.addFilter(RedactingFilter(redactor))
    structlog.configure(processors=[..., redacting_processor(redactor), structlog.processors.JSONRenderer()])

Put the filter on handlers: one on a logger does not see the records of loggers below it.
"""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable, Mapping, MutableMapping

from prodworthy_redact.errors import RedactError
from prodworthy_redact.redactor import Redactor
from prodworthy_redact.session import Session

WITHHELD = "message withheld: it could not be redacted"
_OWN = frozenset(logging.LogRecord("", 0, "", 0, "", (), None).__dict__) | {"message", "asctime"}
_FORMATTER = logging.Formatter()

Processor = Callable[[object, str, MutableMapping[str, object]], MutableMapping[str, object]]


class RedactingFilter(logging.Filter):
    """Redacts message, arguments, exception, stack and extra fields of every record.

    What cannot be redacted, or must not be sent by the policy, is withheld; logging never fails for it.

    Args:
        redactor: finds and replaces.
        session: name of the session whose placeholders are used, so that a value has the same one in
            every record; by default each record is a session of its own, and nothing is kept.
    """

    def __init__(self, redactor: Redactor, session: str | None = None) -> None:
        super().__init__()
        self._redact = _Safely(redactor, session)

    def filter(self, record: logging.LogRecord) -> bool:
        """Redact ``record`` in its place; it always passes."""
        fields: dict[str, object] = {"message": _message(record)}
        if record.exc_info and not record.exc_text:
            record.exc_text = _FORMATTER.formatException(record.exc_info)
        for name in ("exc_text", "stack_info"):
            if getattr(record, name):
                fields[name] = getattr(record, name)
        extra = {name: value for name, value in record.__dict__.items() if name not in _OWN}
        safe = self._redact({"fields": fields, "extra": extra})
        told = safe.get("fields")
        if not isinstance(told, dict):  # withheld
            told = dict.fromkeys(fields, WITHHELD)
            safe = {"extra": dict.fromkeys(extra, WITHHELD)}
        record.msg, record.args = str(told.pop("message")), ()
        record.exc_info = None  # a formatter would write the exception anew
        record.__dict__.update(told)
        kept = safe.get("extra")
        record.__dict__.update(kept if isinstance(kept, dict) else {})
        return True


def redacting_processor(redactor: Redactor, session: str | None = None) -> Processor:
    """A structlog processor that redacts every value of an event; to stand before the renderer.

    Exceptions are redacted as text, so put it behind ``format_exc_info``; an exception that is not
    formatted yet is withheld.
    """
    redact = _Safely(redactor, session)

    def process(
        _logger: object, _method: str, event: MutableMapping[str, object]
    ) -> MutableMapping[str, object]:
        safe = redact({"event": dict(event)}).get("event")
        event.update(safe if isinstance(safe, dict) else dict.fromkeys(event, WITHHELD))
        return event

    return process


class _Safely:
    """Redacts a mapping; answers with an empty one where that fails."""

    def __init__(self, redactor: Redactor, session: str | None) -> None:
        self._redactor = redactor
        self._name = session
        self._local = threading.local()

    def __call__(self, value: dict[str, object]) -> dict[str, object]:
        if getattr(self._local, "busy", False):  # logged by what is redacting
            return {}
        self._local.busy = True
        try:
            with self._redactor.session(self._name) as session:
                return _redacted(session, value)
        except RedactError:
            return {}
        finally:
            self._local.busy = False


def _redacted(session: Session, value: dict[str, object]) -> dict[str, object]:
    return session.redact({str(name): _plain(item) for name, item in value.items()})


def _plain(value: object) -> object:
    """JSON of anything: what is none is told by its text, as a formatter would."""
    if value is None or isinstance(value, str | int | float | bool):
        return value
    if isinstance(value, Mapping):
        return {str(name): _plain(item) for name, item in value.items()}
    if isinstance(value, list | tuple | set | frozenset):
        return [_plain(item) for item in value]
    if isinstance(value, bytes):
        return value.decode(errors="backslashreplace")
    try:
        return str(value)
    except Exception:  # a value whose text cannot be had is no reason to fail
        return WITHHELD


def _message(record: logging.LogRecord) -> str:
    try:
        return record.getMessage()
    except Exception:  # arguments that do not fit the message: logging would print them raw
        return WITHHELD
