"""Endpoints of the two APIs, and their errors in the shape that clients of each expect."""

from __future__ import annotations

import json
from dataclasses import dataclass

from prodworthy_redact.errors import BlockedError, BudgetExceeded, CountersError, RedactError, VaultError
from prodworthy_redact.gateway.config import Api


@dataclass(frozen=True, slots=True)
class Endpoint:
    """A path that is passed on, with the methods it knows; ``api`` None: of both, by the headers."""

    path: str
    methods: tuple[str, ...]
    api: Api | None = "openai"
    billed: bool = False


ENDPOINTS = (
    Endpoint("/v1/chat/completions", ("POST",), billed=True),
    Endpoint("/v1/completions", ("POST",), billed=True),
    Endpoint("/v1/responses", ("POST",), billed=True),
    Endpoint("/v1/responses/{id}", ("GET", "DELETE")),
    Endpoint("/v1/responses/{id}/cancel", ("POST",)),
    Endpoint("/v1/responses/{id}/input_items", ("GET",)),
    Endpoint("/v1/embeddings", ("POST",), billed=True),
    Endpoint("/v1/moderations", ("POST",)),
    Endpoint("/v1/messages", ("POST",), "anthropic", billed=True),
    Endpoint("/v1/messages/count_tokens", ("POST",), "anthropic"),
    Endpoint("/v1/models", ("GET",), None),
    Endpoint("/v1/models/{id:path}", ("GET",), None),
)


class Problem(Exception):  # noqa: N818 - it is an answer
    """What is answered instead of the upstream's answer; the message holds no value.

    Attributes:
        status: of HTTP.
        message: what is wrong and what to do.
        code: for programs; only OpenAI's errors have one.
        retry_after: seconds.
        final: whether trying again is of no use.
    """

    def __init__(
        self, status: int, message: str, code: str = "", *, retry_after: int | None = None, final: bool = True
    ) -> None:
        super().__init__(message)
        self.status = status
        self.message = message
        self.code = code
        self.retry_after = retry_after
        self.final = final


_KINDS = {
    400: "invalid_request_error",
    401: "authentication_error",
    404: "not_found_error",
    413: "request_too_large",
}
_ANTHROPIC = {**_KINDS, 429: "rate_limit_error", 503: "overloaded_error", 529: "overloaded_error"}
_OPENAI = {400: "invalid_request_error", 401: "invalid_request_error", 404: "invalid_request_error",
           405: "invalid_request_error", 413: "invalid_request_error", 415: "invalid_request_error",
           429: "insufficient_quota"}  # fmt: skip


def body(api: Api, problem: Problem) -> bytes:
    """The JSON of an error, as the provider writes it."""
    return json.dumps(_object(api, problem), ensure_ascii=False, separators=(",", ":")).encode()


def event(api: Api, problem: Problem) -> bytes:
    """The same within a stream."""
    data = body(api, problem)
    return (b"event: error\n" if api == "anthropic" else b"") + b"data: " + data + b"\n\n"


def headers(problem: Problem) -> list[tuple[bytes, bytes]]:
    """Headers beside it; SDKs of both providers know ``x-should-retry``."""
    out = [(b"content-type", b"application/json")]
    if problem.retry_after is not None:
        out.append((b"retry-after", str(problem.retry_after).encode()))
    if problem.final:
        out.append((b"x-should-retry", b"false"))
    return out


def problem_of(error: RedactError) -> Problem:
    """What a caller is told when the request could not be sent."""
    if isinstance(error, BlockedError) and error.kinds:
        return Problem(400, str(error), "blocked_by_policy")
    if isinstance(error, BlockedError):
        return Problem(400, str(error), "not_scanned")
    if isinstance(error, BudgetExceeded):
        return Problem(429, str(error), "budget_exceeded")
    if isinstance(error, VaultError | CountersError):
        return Problem(503, f"{error}; nothing was sent".replace("; nothing was sent; nothing", "; nothing"),
                       "store_unavailable", retry_after=1, final=False)  # fmt: skip
    return Problem(500, f"{type(error).__name__}: the request could not be redacted; nothing was sent")


def _object(api: Api, problem: Problem) -> dict[str, object]:
    if api == "anthropic":
        kind = _ANTHROPIC.get(problem.status, "api_error" if problem.status >= 500 else _KINDS[400])
        return {"type": "error", "error": {"type": kind, "message": problem.message}}
    kind = _OPENAI.get(problem.status, "server_error")
    return {"error": {"message": problem.message, "type": kind, "param": None, "code": problem.code or None}}
