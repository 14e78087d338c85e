"""Event hooks of boto3's bedrock-runtime: requests are redacted before they are signed, answers restored.

Hooks(Wire(redactor)).register(boto3.client("bedrock-runtime"))
"""

from __future__ import annotations

import io
from collections.abc import Iterator, Mapping, MutableMapping
from typing import Protocol

from botocore.awsrequest import AWSResponse
from botocore.eventstream import EventStream
from botocore.response import StreamingBody

from prodworthy_redact.wire.exchange import Exchange, Wire
from prodworthy_redact.wire.restoring import Restoring

__all__ = ["Hooks"]

_EXCHANGE = "prodworthy_exchange"
_SERVICE = "bedrock-runtime"


class _Raw(Protocol):
    def stream(self) -> Iterator[bytes]: ...
    def close(self) -> None: ...


class Hooks:
    """Redacts and restores by the events of a client.

    A request that botocore sends again goes out as it was redacted the first time.
    """

    def __init__(self, wire: Wire) -> None:
        self.wire = wire

    def register(self, client: object) -> None:
        """Hook into a client of bedrock-runtime; once, however often this is called."""
        events = client.meta.events  # type: ignore[attr-defined]
        for name, handler in (
            ("before-call", self.before_call),
            ("after-call", self.after_call),
            ("after-call-error", self.after_call_error),
        ):
            events.register_first(f"{name}.{_SERVICE}", handler, unique_id=f"prodworthy-{name}")

    def before_call(
        self, params: MutableMapping[str, object], context: MutableMapping[str, object], **_: object
    ) -> None:
        """Redact the body and the headers of a request."""
        exchange = self.wire.exchange(None, [])
        assert exchange is not None
        context[_EXCHANGE] = exchange
        try:
            headers = params["headers"]
            assert isinstance(headers, MutableMapping)
            sent = exchange.send(str(params["url"]), list(headers.items()), _body(params["body"]))
        except BaseException as error:
            exchange.close(error)
            raise
        params["body"] = sent.body
        for name in list(headers):
            del headers[name]
        for name, value in sent.headers:
            if name.lower() != "content-length":
                headers[name] = value

    def after_call(
        self,
        http_response: AWSResponse,
        parsed: MutableMapping[str, object],
        context: MutableMapping[str, object],
        **_: object,
    ) -> None:
        """Restore an answer, or have its stream restored as it is read."""
        exchange = context.get(_EXCHANGE)
        if not isinstance(exchange, Exchange):
            return
        streams = False
        try:
            told = {name: value for name, value in parsed.items() if name != "ResponseMetadata"}
            for name, value in told.items():
                if isinstance(value, EventStream):
                    streams = _restore_stream(value, exchange) or streams
                elif isinstance(value, StreamingBody):
                    parsed[name] = _restored_body(value, exchange, _content_type(parsed))
            if all(isinstance(value, dict | list | str | int | float | None) for value in told.values()):
                parsed.update(exchange.value(told, http_response.status_code))
        except BaseException:
            exchange.close()
            raise
        if not streams:
            exchange.close()

    def after_call_error(
        self, exception: BaseException, context: MutableMapping[str, object], **_: object
    ) -> None:
        """End an exchange that was not answered."""
        exchange = context.get(_EXCHANGE)
        if isinstance(exchange, Exchange):
            exchange.close(exception)


class _Restored:
    """The raw bytes of an event stream, restored."""

    def __init__(self, raw: _Raw, exchange: Exchange, restoring: Restoring) -> None:
        self._raw = raw
        self._exchange = exchange
        self._restoring = restoring

    def stream(self) -> Iterator[bytes]:
        try:
            for chunk in self._raw.stream():
                yield self._restoring.feed(chunk)
            yield self._restoring.finish()
        finally:
            self._exchange.close()

    def close(self) -> None:
        try:
            self._raw.close()
        finally:
            self._exchange.close()


def _restore_stream(stream: EventStream, exchange: Exchange) -> bool:
    restoring = exchange.answer([("content-type", "application/vnd.amazon.eventstream")])
    if restoring is None:
        return False
    stream._raw_stream = _Restored(stream._raw_stream, exchange, restoring)
    return True


def _restored_body(body: StreamingBody, exchange: Exchange, content_type: str) -> StreamingBody:
    data = body.read()
    restoring = exchange.answer([("content-type", content_type)])
    if restoring is not None:
        data = restoring.feed(data) + restoring.finish()
    return StreamingBody(io.BytesIO(data), len(data))


def _content_type(parsed: Mapping[str, object]) -> str:
    found = parsed.get("contentType")
    return found if isinstance(found, str) else "application/json"


def _body(body: object) -> bytes:
    if isinstance(body, bytes | bytearray):
        return bytes(body)
    if isinstance(body, str):
        return body.encode()
    read = getattr(body, "read", None)
    data = read() if callable(read) else b""
    assert isinstance(data, bytes)
    return data
