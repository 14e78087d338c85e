"""LangChain agents: a middleware that redacts what a model is given and restores what it answers.

agent = create_agent(model, tools, middleware=[RedactionMiddleware(redactor)], checkpointer=...)
"""

from __future__ import annotations

import dataclasses
from collections.abc import Awaitable, Callable, Sequence
from typing import TYPE_CHECKING, Any, TypeAlias, TypeVar, cast

from langchain.agents.middleware import AgentMiddleware
from langchain.agents.middleware.types import ExtendedModelResponse, ModelRequest, ModelResponse
from langchain_core.messages import AIMessage, AnyMessage, BaseMessage, SystemMessage
from langchain_core.utils.function_calling import convert_to_openai_tool
from pydantic import BaseModel

from prodworthy_redact.current import session_for

if TYPE_CHECKING:
    from prodworthy_redact.redactor import Redactor
    from prodworthy_redact.session import Session

Answer: TypeAlias = ModelResponse[Any] | AIMessage | ExtendedModelResponse[Any]
M = TypeVar("M", bound=BaseMessage)
_ROLES = {"human": "user", "ai": "assistant"}
_FIELDS = ("content", "tool_calls", "invalid_tool_calls", "additional_kwargs", "name")


class RedactionMiddleware(AgentMiddleware[Any, Any]):
    """Models see placeholders; the agent's state, its tools and whoever asks see values.

    The session is the agent's thread (``configurable.thread_id``), else the current conversation, else a new
    one for each call. The tokens of ``stream_mode="messages"`` are those of the model: for streams, protect
    the model's client instead, or as well.

    Args:
        redactor: redacts and restores.
        name: names the session of a request, instead of the thread.
    """

    def __init__(
        self, redactor: Redactor, name: Callable[[ModelRequest[Any]], str | None] | None = None
    ) -> None:
        super().__init__()
        self._redactor = redactor
        self._session_name = name or _thread

    def wrap_model_call(
        self, request: ModelRequest[Any], handler: Callable[[ModelRequest[Any]], ModelResponse[Any]]
    ) -> Answer:
        """Redact the request, restore the answer."""
        with session_for(self._redactor, self._session_name(request)) as session:
            return _restored(session, handler(_redacted(session, request)))

    async def awrap_model_call(
        self,
        request: ModelRequest[Any],
        handler: Callable[[ModelRequest[Any]], Awaitable[ModelResponse[Any]]],
    ) -> Answer:
        """The same, where the agent is asynchronous."""
        with session_for(self._redactor, self._session_name(request)) as session:
            return _restored(session, await handler(_redacted(session, request)))


def _thread(request: ModelRequest[Any]) -> str | None:  # noqa: ARG001
    from langgraph.config import get_config

    try:
        thread = get_config().get("configurable", {}).get("thread_id")
    except RuntimeError:  # outside of a graph
        return None
    return None if thread is None else f"langchain:{thread}"


def _redacted(session: Session, request: ModelRequest[Any]) -> ModelRequest[Any]:
    system = [] if request.system_message is None else [request.system_message]
    described = [t if isinstance(t, dict) else convert_to_openai_tool(t) for t in request.tools]
    safe = session.redact({"messages": _plain([*system, *request.messages]), "tools": described})
    messages: list[AnyMessage] = [
        _with(message, fields)
        for message, fields in zip([*system, *request.messages], safe["messages"], strict=True)
    ]
    tools = [
        tool if before == after else after
        for tool, before, after in zip(request.tools, described, safe["tools"], strict=True)
    ]
    return request.override(
        system_message=cast(SystemMessage, messages[0]) if system else None,
        messages=messages[len(system) :],
        tools=tools,
    )


def _plain(messages: Sequence[BaseMessage]) -> list[dict[str, Any]]:
    return [
        {"role": _ROLES.get(message.type, message.type)}
        | {name: value for name in _FIELDS if (value := getattr(message, name, None))}
        for message in messages
    ]


def _with(message: M, fields: dict[str, Any]) -> M:
    return message.model_copy(update={name: value for name, value in fields.items() if name != "role"})


def _restored(session: Session, answer: Answer) -> Answer:
    if isinstance(answer, ExtendedModelResponse):
        inner = cast(ModelResponse[Any], _restored(session, answer.model_response))
        return dataclasses.replace(answer, model_response=inner)
    if isinstance(answer, AIMessage):
        return _message(session, answer)
    return dataclasses.replace(
        answer,
        result=[_message(session, message) for message in answer.result],
        structured_response=_value(session, answer.structured_response),
    )


def _message(session: Session, message: M) -> M:
    return _with(message, session.restore(_plain([message])[0]))


def _value(session: Session, value: Any) -> Any:
    """A structured response of any of the kinds that agents make."""
    if isinstance(value, BaseModel):
        return type(value).model_validate(session.restore(value.model_dump()))
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        return type(value)(**session.restore(dataclasses.asdict(value)))
    return session.restore(value) if isinstance(value, str | dict | list) else value
