from __future__ import annotations

from typing import Any

import pytest
from redact.support import redactor

pytest.importorskip("langchain", reason="langchain is not installed")
from langchain.agents import create_agent
from langchain.agents.structured_output import ToolStrategy
from langchain_core.callbacks import CallbackManagerForLLMRun
from langchain_core.language_models import BaseChatModel
from langchain_core.messages import AIMessage, BaseMessage, HumanMessage, ToolMessage
from langchain_core.outputs import ChatGeneration, ChatResult
from langchain_core.runnables import Runnable
from langchain_core.tools import tool
from langgraph.checkpoint.memory import InMemorySaver
from pydantic import BaseModel

from prodworthy_redact.integrations.langchain import RedactionMiddleware


class Model(BaseChatModel):
    """Answers from a script, and remembers what it was given."""

    script: list[AIMessage]
    seen: list[list[BaseMessage]]
    tools: list[Any]

    @property
    def _llm_type(self) -> str:
        return "scripted"

    def bind_tools(self, tools: Any, **_: Any) -> Runnable[Any, AIMessage]:
        self.tools.extend(tools)
        return self

    def _generate(
        self,
        messages: list[BaseMessage],
        stop: list[str] | None = None,  # noqa: ARG002
        run_manager: CallbackManagerForLLMRun | None = None,  # noqa: ARG002
        **kwargs: Any,  # noqa: ARG002
    ) -> ChatResult:
        self.seen.append(messages)
        return ChatResult(generations=[ChatGeneration(message=self.script.pop(0))])


def scripted(*answers: AIMessage) -> Model:
    return Model(script=list(answers), seen=[], tools=[])


def call(tool: str, /, **arguments: str) -> AIMessage:
    return AIMessage("", tool_calls=[{"name": tool, "args": arguments, "id": "call_1"}])


mailed: list[str] = []


@pytest.fixture(autouse=True)
def nothing_mailed() -> None:
    mailed.clear()


@tool
def send_mail(to: str) -> str:
    """Sends a mail; for questions ask maria@example.com."""
    mailed.append(to)
    return f"sent to {to} for Bob O'Neil"


async def _run(agent: Any, text: str, asynchronous: bool, config: dict[str, Any]) -> Any:
    asked = {"messages": [HumanMessage(text)]}
    return await agent.ainvoke(asked, config) if asynchronous else agent.invoke(asked, config)


@pytest.mark.parametrize("asynchronous", [False, True])
def test_tools_and_callers_see_values_and_the_model_placeholders(asynchronous: bool) -> None:
    import asyncio

    model = scripted(call("send_mail", to="<EMAIL_ADDRESS_1>"), AIMessage("Told <PERSON_1> and <PERSON_2>."))
    agent = create_agent(
        model,
        [send_mail],
        system_prompt="You work for maria@example.com",
        middleware=[RedactionMiddleware(redactor())],
        checkpointer=InMemorySaver(),
    )
    config = {"configurable": {"thread_id": "t"}}
    out = asyncio.run(_run(agent, "Write to maria@example.com, Maria Gonzalez", asynchronous, config))
    assert mailed == ["maria@example.com"]
    assert out["messages"][-1].content == "Told Maria Gonzalez and Bob O'Neil."
    assert isinstance(out["messages"][2], ToolMessage)
    assert out["messages"][2].content == "sent to maria@example.com for Bob O'Neil"
    told = repr(model.seen) + repr(model.tools)
    for value in ("maria@example.com", "Maria", "O'Neil"):
        assert value not in told
    assert "EMAIL_ADDRESS_1" in repr(model.tools)


def test_without_a_thread_every_call_is_by_itself() -> None:
    model = scripted(AIMessage("Hello <PERSON_1>"))
    agent = create_agent(model, [], middleware=[RedactionMiddleware(redactor())])
    out = agent.invoke({"messages": [HumanMessage("I am Maria Gonzalez")]})
    assert out["messages"][-1].content == "Hello Maria Gonzalez"
    assert model.seen[0][0].content == "I am <PERSON_1>"


class Card(BaseModel):
    """Somebody."""

    name: str


def test_structured_answers() -> None:
    model = scripted(call("Card", name="<PERSON_1>"))
    agent = create_agent(
        model, [], middleware=[RedactionMiddleware(redactor())], response_format=ToolStrategy(Card)
    )
    out = agent.invoke({"messages": [HumanMessage("I am Maria Gonzalez")]})
    assert out["structured_response"] == Card(name="Maria Gonzalez")


def test_content_in_parts() -> None:
    model = scripted(AIMessage([{"type": "text", "text": "Hello <PERSON_1>"}]))
    agent = create_agent(model, [], middleware=[RedactionMiddleware(redactor())])
    out = agent.invoke({"messages": [HumanMessage([{"type": "text", "text": "I am Maria Gonzalez"}])]})
    assert out["messages"][-1].content == [{"type": "text", "text": "Hello Maria Gonzalez"}]
    assert model.seen[0][0].content == [{"type": "text", "text": "I am <PERSON_1>"}]
