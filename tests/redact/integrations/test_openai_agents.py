from __future__ import annotations

import asyncio
from typing import Any

import pytest
from redact.support import redactor

pytest.importorskip("agents", reason="openai-agents is not installed (it needs openai 3)")
from agents import Agent, ModelProvider, RunConfig, Runner, function_tool
from agents.testing import ScriptedModel, assistant_message, function_call

from prodworthy_redact.integrations.openai_agents import RedactionProvider

ASKED = "I am Maria Gonzalez, write to maria@example.com"
mailed: list[str] = []


@function_tool
def mail(to: str) -> str:
    """Send a mail; for questions ask Bob O'Neil."""
    mailed.append(to)
    return f"sent to {to}"


class Scripted(ModelProvider):
    def __init__(self, *steps: Any) -> None:
        self.model = ScriptedModel(steps)

    def get_model(self, model_name: str | None) -> Any:  # noqa: ARG002
        return self.model


def scripted() -> Scripted:
    mailed.clear()
    call = function_call("mail", {"to": "<EMAIL_ADDRESS_1>"}, call_id="c1")
    return Scripted([call], [assistant_message("Told <PERSON_1>.")])


def config(provider: Scripted) -> RunConfig:
    return RunConfig(model_provider=RedactionProvider(redactor(), provider), tracing_disabled=True)


AGENT = Agent(name="desk", instructions="You work for maria@example.com", tools=[mail])


def check(provider: Scripted) -> None:
    assert mailed == ["maria@example.com"]
    told = repr(provider.model.calls)
    for value in ("Maria", "maria@example.com", "O'Neil"):
        assert value not in told
    assert "EMAIL_ADDRESS_1" in told


def test_tools_and_callers_see_values_and_the_model_placeholders() -> None:
    provider = scripted()
    result = asyncio.run(Runner.run(AGENT, ASKED, run_config=config(provider)))
    assert result.final_output == "Told Maria Gonzalez."
    check(provider)


def test_streams() -> None:
    provider = scripted()

    async def run() -> tuple[str, Any]:
        result = Runner.run_streamed(AGENT, ASKED, run_config=config(provider))
        told = ""
        async for event in result.stream_events():
            if event.type == "raw_response_event" and event.data.type == "response.output_text.delta":
                told += event.data.delta
        return told, result.final_output

    assert asyncio.run(run()) == ("Told Maria Gonzalez.", "Told Maria Gonzalez.")
    check(provider)
