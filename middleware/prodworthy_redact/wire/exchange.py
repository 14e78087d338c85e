"""A request and its answer, whatever library carries them: redacted on their way out, restored back."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from typing import TYPE_CHECKING, TypeVar
from urllib.parse import quote, quote_plus, unquote, unquote_plus, urlsplit, urlunsplit

from prodworthy_redact.answer import Answer
from prodworthy_redact.current import current_session
from prodworthy_redact.errors import BlockedError, RedactError, TransportError
from prodworthy_redact.redactor import Redactor
from prodworthy_redact.session import Session
from prodworthy_redact.wire.body import inflated, media_type, redacted
from prodworthy_redact.wire.events import Observer
from prodworthy_redact.wire.hosts import Hosts, catalogue, skipped
from prodworthy_redact.wire.restoring import Restoring, restoring

if TYPE_CHECKING:
    from prodworthy_redact.usage.metering import Metering

T = TypeVar("T")
HEADER = "x-prodworthy-session"
_OWN_HEADERS = (HEADER, "x-prodworthy-tag")
Headers = Sequence[tuple[str, str]]
Chosen = str | Session | Callable[[], str | Session | None] | None
_FRAMING = ("content-length", "transfer-encoding", "content-encoding")
_ENCODINGS = frozenset({"", "identity", "gzip", "x-gzip", "deflate", "br", "zstd"})
_LOG = logging.getLogger("prodworthy_redact")


@dataclass(frozen=True, slots=True, repr=False)
class Sent:
    """A request as it leaves.

    Attributes:
        url: with redacted parameters.
        headers: with the length of the body.
        body: not compressed.
        value: the JSON of the body before it was redacted; None if it was none.
    """

    url: str
    headers: list[tuple[str, str]]
    body: bytes
    value: object = None


class Wire:
    """What the exchanges of one client share.

    Args:
        redactor: finds, replaces and restores; by default one for the process, by the nearest configuration.
        session: the conversation that requests belong to: its name, a session, or what returns one of these
            for each request. A header ``x-prodworthy-session`` goes before it, and so does the `conversation`
            that the request is made in. By default each request is a session of its own.
        hosts: whose requests are redacted, instead of those of all known providers.
    """

    def __init__(
        self, redactor: Redactor | None = None, session: Chosen = None, hosts: Iterable[str] | None = None
    ) -> None:
        self._redactor = redactor
        self._session = session
        self.hosts = Hosts(hosts, redactor.policy.hosts if redactor else ())

    def __repr__(self) -> str:
        return f"Wire({self._redactor!r})"

    @property
    def redactor(self) -> Redactor:
        """The redactor."""
        return self._redactor or default_redactor()

    def exchange(self, url: str | None, headers: Headers, observe: Observer | None = None) -> Exchange | None:
        """A new exchange; None if requests to this URL are not redacted. Without a URL they always are."""
        parts = urlsplit(url) if url is not None else None
        if parts and not self.hosts.cover(parts.hostname or "", parts.port, parts.path):
            return None
        session, own = self._chosen(headers)
        return Exchange(self.redactor, session, own=own, observe=observe)

    def _chosen(self, headers: Headers) -> tuple[Session, bool]:
        """The session of a request, and whether it ends with it."""
        named: str | Session | None = next((value for name, value in headers if name.lower() == HEADER), None)
        named = named or current_session()
        if not named:
            named = self._session() if callable(self._session) else self._session
        if isinstance(named, Session):
            return named, False
        return self.redactor.session(named or None), not named


class Exchange:
    """One request and its answer. `close` it when the answer has been read, or failed.

    Attributes:
        session: that it belongs to.
    """

    def __init__(
        self, redactor: Redactor, session: Session, *, own: bool, observe: Observer | None = None
    ) -> None:
        self.session = session
        self._policy = redactor.policy
        self._own = own
        self._observe = observe
        self._metering = _metering(redactor)
        self._answer: Answer | None = None
        self._open = True

    def send(self, url: str, headers: Headers, body: bytes) -> Sent:
        """The request without personal data.

        Raises:
            BlockedError: the policy forbids sending it, or it is too large.
            TransportError: it cannot be redacted.
            BudgetExceeded: a budget of the redactor's meter has no room for it.
            RedactError: something else, such as a vault that does not answer.
        """
        sent = self._safe(url, [(n, v) for n, v in headers if n.lower() not in _OWN_HEADERS], body)
        if self._metering is None:
            return sent
        given = {name.lower(): value for name, value in headers}
        asking = self._metering.admit(url, given, sent.value, sent.body)
        if asking is sent.body:
            return sent
        around = [(n, v) for n, v in sent.headers if n.lower() not in _FRAMING]
        return Sent(sent.url, [*around, ("Content-Length", str(len(asking)))], asking, sent.value)

    def _safe(self, url: str, kept: list[tuple[str, str]], body: bytes) -> Sent:
        try:
            return self._redacted(url, kept, body)
        except BlockedError as error:
            if error.kinds or self._policy.on_error == "block":
                raise
            told = str(error)
        except RedactError as error:
            if self._policy.on_error == "block":
                raise
            told = str(error)
        except Exception as error:  # whatever it says may hold a value
            told = f"{type(error).__name__} while redacting"
            if self._policy.on_error == "block":
                raise TransportError(
                    f"the request could not be redacted ({type(error).__name__}); nothing was sent"
                ) from None
        _LOG.warning("a request is sent without redaction (on_error = allow): %s", told)
        return Sent(url, kept, body)

    def answer(self, headers: Headers, status: int = 200) -> Restoring | None:
        """What restores the body of the answer; None if it is to be left as it is.

        The body must come without content encoding, and `answered` be sent on in the place of its headers.
        """
        answer = self._answer = self.session.answer()
        observe = self._observe
        if self._metering:
            self._metering.answered(status)
            observe = observe or self._metering.observe
        if observe is None and not answer.needed:
            return None
        given = {name.lower(): value for name, value in headers}
        codings = {coding.strip() for coding in given.get("content-encoding", "").lower().split(",")}
        if not codings <= _ENCODINGS:
            return None
        kind = given.get("content-type", "")
        if self._metering and self._metering.observe and media_type(kind) == "text/event-stream":
            needed = answer.needed or self._observe
            return self._metering.events(restoring(kind, answer, self._observe) if needed else None)
        return restoring(kind, answer, observe)

    def value(self, value: T, status: int = 200) -> T:
        """An answer that has been read already, as JSON, restored."""
        answer = self._answer = self.session.answer()
        if self._metering:
            self._metering.answered(status)
            if observe := self._metering.observe:
                observe(value)
        return answer.value(value) if answer.needed else value

    def close(self, error: BaseException | None = None) -> None:
        """End it; further calls do nothing. ``error`` is why there is no answer."""
        if not self._open:
            return
        self._open = False
        try:
            if self._answer:
                self._answer.close()
            if self._metering:
                self._metering.close(error)
        finally:
            if self._own:
                self.session.__exit__(None, None, None)

    def _redacted(self, url: str, headers: list[tuple[str, str]], body: bytes) -> Sent:
        most = self._policy.max_body
        if len(body) > most:
            told = f"a body of {len(body)} bytes is more than `max_body` ({most}); nothing was sent"
            raise BlockedError(told)
        given = {name.lower(): value for name, value in headers}
        if given.get("upgrade", "").lower() == "websocket":
            raise TransportError(
                "websockets are not redacted; nothing was sent; use the HTTP API of the provider"
            )
        if "content-encoding" in given:
            body = inflated(body, given["content-encoding"])
        safe = redacted(
            body,
            given.get("content-type", ""),
            self.session.redact,
            binary=self._policy.binary == "allow",
        )
        before = url, list(headers)
        url, headers = self._around(url, headers)
        if (safe.data, url, headers) != (body, *before) and _is_signed(given):
            told = "personal data in a request that is signed already, so that it cannot be replaced"
            raise TransportError(f"{told}; nothing was sent; protect a boto3 client instead")
        framed = [(name, value) for name, value in headers if name.lower() not in _FRAMING]
        if safe.data or "content-length" in given:
            framed.append(("Content-Length", str(len(safe.data))))
        return Sent(url, framed, safe.data, safe.value)

    def _around(self, url: str, headers: list[tuple[str, str]]) -> tuple[str, list[tuple[str, str]]]:
        """URL and headers, redacted."""
        known = catalogue()
        target = _Url(url)
        told = [n for n, (name, _) in enumerate(headers) if not skipped(name, known.headers)]
        wanted = [{headers[n][0]: headers[n][1]} for n in told]
        if not wanted and not target.texts:
            return url, headers
        out = self.session.redact({"around": [wanted, target.texts]})
        safe, texts = out["around"]
        for n, item in zip(told, safe, strict=True):
            (value,) = item.values()
            headers[n] = (headers[n][0], str(value))
        return target.written(texts), headers


@dataclass(slots=True)
class _Url:
    """A URL: its parameters, and those parts of its path that are no plain names."""

    url: str
    texts: list[dict[str, str]] = field(default_factory=list)
    places: list[tuple[bool, int]] = field(default_factory=list)

    def __post_init__(self) -> None:
        parts = urlsplit(self.url)
        for n, part in enumerate(parts.path.split("/")):
            said = unquote(part)
            if not _is_name(said):
                self._add(False, n, "path", said)
        for n, pair in enumerate(parts.query.split("&") if parts.query else ()):
            name, _, value = pair.partition("=")
            if value and not skipped(unquote_plus(name), catalogue().query):
                self._add(True, n, unquote_plus(name), unquote_plus(value))

    def _add(self, query: bool, place: int, name: str, said: str) -> None:
        self.places.append((query, place))
        self.texts.append({name: said})

    def written(self, texts: Sequence[dict[str, str]]) -> str:
        """The URL with these texts; the very same if none has changed."""
        if list(texts) == self.texts:
            return self.url
        parts = urlsplit(self.url)
        path, query = parts.path.split("/"), parts.query.split("&")
        for (in_query, place), before, item in zip(self.places, self.texts, texts, strict=True):
            (value,) = item.values()
            if item == before:
                continue
            if in_query:
                query[place] = f"{query[place].partition('=')[0]}={quote_plus(str(value))}"
            else:
                path[place] = quote(str(value), safe="")
        return urlunsplit(parts._replace(path="/".join(path), query="&".join(query)))


def answered(headers: Headers) -> list[tuple[str, str]]:
    """The headers of an answer whose body is restored."""
    return [(name, value) for name, value in headers if name.lower() not in _FRAMING]


@cache
def default_redactor() -> Redactor:
    """One for the process, by the nearest configuration."""
    return Redactor()


def _metering(redactor: Redactor) -> Metering | None:
    if redactor.meter is None:
        return None
    from prodworthy_redact.usage.metering import Metering

    return Metering(redactor.meter)


def _is_signed(headers: Mapping[str, str]) -> bool:
    return headers.get("authorization", "").startswith("AWS4-HMAC")


def _is_name(text: str) -> bool:
    return all(c.isalnum() or c in "-._~:" for c in text) and not text.isspace()
