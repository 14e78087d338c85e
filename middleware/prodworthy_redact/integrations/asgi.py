"""Web applications: a session for each conversation, by ASGI middleware or a dependency of FastAPI.

app.add_middleware(SessionMiddleware, redactor=redactor)

@app.post("/chat")
async def chat(question: str, session: Annotated[Session, Depends(session_dependency(redactor))]): ...
"""

from __future__ import annotations

import hashlib
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable, MutableMapping
from typing import TYPE_CHECKING, Any

from prodworthy_redact.current import conversation

if TYPE_CHECKING:
    from starlette.requests import Request

    from prodworthy_redact.redactor import Redactor
    from prodworthy_redact.session import Session

Scope = MutableMapping[str, Any]
Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]
Application = Callable[[Scope, Receive, Send], Awaitable[None]]
Naming = Callable[[Scope], str | None]

HEADER = "x-prodworthy-session"
_CREDENTIALS = (b"authorization", b"x-api-key", b"api-key", b"cookie")


class SessionMiddleware:
    """Opens the session of a request's conversation around it, as the current one.

    Args:
        app: the application.
        redactor: whose sessions they are.
        name: which conversation a request belongs to, from its ASGI scope; by default `by_header`. None: no
            other request does, and what it knows is forgotten when the answer has been sent.
    """

    def __init__(self, app: Application, redactor: Redactor, name: Naming | None = None) -> None:
        self._app = app
        self._redactor = redactor
        self._name = name or by_header()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request."""
        if scope["type"] not in ("http", "websocket"):
            await self._app(scope, receive, send)
            return
        with self._redactor.session(self._name(scope)) as session, conversation(session):
            scope.setdefault("state", {})["prodworthy_session"] = session
            await self._app(scope, receive, send)


def session_dependency(
    redactor: Redactor, name: Naming | None = None
) -> Callable[[Request], AsyncIterator[Session]]:
    """A dependency for FastAPI's ``Depends`` that gives the session of a request's conversation.

    Args:
        redactor: whose sessions they are.
        name: as of `SessionMiddleware`.
    """
    naming = name or by_header()

    async def dependency(request: Request) -> AsyncIterator[Session]:
        known: Session | None = request.scope.get("state", {}).get("prodworthy_session")
        if known is not None:
            yield known
            return
        with redactor.session(naming(request.scope)) as session, conversation(session):
            yield session

    from starlette.requests import Request

    dependency.__annotations__["request"] = Request  # FastAPI evaluates it where `Request` is not known
    return dependency


def by_header(header: str = HEADER) -> Naming:
    """Names a conversation by a header, together with the caller's credentials.

    The credentials (``Authorization``, an API key, cookies) are part of the name, as a digest: nobody comes
    into the conversation of somebody else by naming it. An application whose cookies or tokens change within
    a conversation names it by its own idea of who calls.
    """
    wanted = header.lower().encode()

    def name(scope: Scope) -> str | None:
        headers: Iterable[tuple[bytes, bytes]] = scope["headers"]
        given = {key.lower(): value for key, value in headers}
        told = given.get(wanted, b"").decode("latin-1").strip()
        return conversation_name(told, *(given.get(one, b"") for one in _CREDENTIALS)) if told else None

    return name


def conversation_name(told: str, *credentials: bytes) -> str:
    """The name of the session that a caller with these credentials calls ``told``."""
    digest = hashlib.blake2b(digest_size=16, person=b"prodworthy owner")
    for credential in credentials:
        digest.update(len(credential).to_bytes(8, "big") + credential)
    return f"{digest.hexdigest()}:{told}"
