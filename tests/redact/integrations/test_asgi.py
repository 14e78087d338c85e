from __future__ import annotations

from collections.abc import Callable

import pytest
from redact.support import redactor

from prodworthy_redact import Redactor, Session
from prodworthy_redact.current import current_session

pytest.importorskip("fastapi", reason="FastAPI is not installed")
from fastapi import Depends, FastAPI, WebSocket
from fastapi.testclient import TestClient

from prodworthy_redact.integrations.asgi import SessionMiddleware, by_header, session_dependency

ME = {"authorization": "Bearer mine", "x-prodworthy-session": "talk"}
OTHER = {"authorization": "Bearer other", "x-prodworthy-session": "talk"}


def with_middleware(tool: Redactor) -> FastAPI:
    app = FastAPI()
    app.add_middleware(SessionMiddleware, redactor=tool)

    @app.post("/{what}")
    def work(what: str, text: str) -> str:  # in a thread of its own
        session = current_session()
        assert session is not None
        return session.redact(text) if what == "redact" else session.restore(text)

    return app


def with_dependency(tool: Redactor) -> FastAPI:
    app = FastAPI()
    talk = Depends(session_dependency(tool))

    @app.post("/{what}")
    async def work(what: str, text: str, session: Session = talk) -> str:
        return session.redact(text) if what == "redact" else session.restore(text)

    return app


@pytest.fixture(params=[with_middleware, with_dependency])
def client(request: pytest.FixtureRequest) -> TestClient:
    build: Callable[[Redactor], FastAPI] = request.param
    return TestClient(build(redactor()))


def ask(client: TestClient, what: str, text: str, headers: dict[str, str]) -> str:
    answer = client.post(f"/{what}", params={"text": text}, headers=headers)
    assert answer.status_code == 200
    return str(answer.json())


def test_a_conversation_is_one_session(client: TestClient) -> None:
    assert ask(client, "redact", "Maria Gonzalez", ME) == "<PERSON_1>"
    assert ask(client, "redact", "Bob O'Neil", ME) == "<PERSON_2>"
    assert ask(client, "restore", "<PERSON_1>, <PERSON_2>", ME) == "Maria Gonzalez, Bob O'Neil"


def test_nobody_comes_into_anothers_by_its_name(client: TestClient) -> None:
    ask(client, "redact", "Maria Gonzalez", ME)
    assert ask(client, "restore", "<PERSON_1>", OTHER) == "<PERSON_1>"


def test_without_a_name_nothing_is_kept(client: TestClient) -> None:
    assert ask(client, "redact", "Maria Gonzalez", {}) == "<PERSON_1>"
    assert ask(client, "restore", "<PERSON_1>", {}) == "<PERSON_1>"


def test_the_middleware_holds_for_dependencies_and_streams() -> None:
    tool = redactor()
    app = with_dependency(tool)
    app.add_middleware(SessionMiddleware, redactor=tool, name=lambda scope: scope["path"])
    client = TestClient(app)
    assert ask(client, "redact", "Maria", {}) == "<PERSON_1>"
    with tool.session("/redact") as session:
        assert session.restore("<PERSON_1>") == "Maria"


def test_websockets() -> None:
    app = FastAPI()
    app.add_middleware(SessionMiddleware, redactor=redactor())

    @app.websocket("/")
    async def talk(socket: WebSocket) -> None:
        await socket.accept()
        session = current_session()
        assert session is not None
        await socket.send_text(session.redact(await socket.receive_text()))

    with TestClient(app).websocket_connect("/") as socket:
        socket.send_text("Maria")
        assert socket.receive_text() == "<PERSON_1>"


def test_a_name_is_no_secret_but_credentials_are() -> None:
    name = by_header()({"headers": [(b"authorization", b"Bearer mine"), (b"x-prodworthy-session", b"talk")]})
    assert name is not None
    assert name.endswith(":talk")
    assert "mine" not in name
