"""OpenAI Agents SDK: models that see placeholders, for agents that see values.

config = RunConfig(model_provider=RedactionProvider(redactor), trace_include_sensitive_data=False)
result = await Runner.run(agent, question, run_config=config)
"""

from __future__ import annotations

import dataclasses
from collections.abc import AsyncIterator, Callable
from typing import TYPE_CHECKING, Any

from agents import Handoff, Model, ModelProvider, ModelResponse, MultiProvider

from prodworthy_redact.current import session_for
from prodworthy_redact.integrations.objects import Pieces, restored

if TYPE_CHECKING:
    from agents import AgentOutputSchemaBase, ModelSettings, ModelTracing, Tool, TResponseInputItem
    from agents.items import TResponseStreamEvent

    from prodworthy_redact.redactor import Redactor
    from prodworthy_redact.session import Session

Naming = Callable[[], str | None]
_DESCRIBED = ("description", "params_json_schema", "tool_description", "input_json_schema")


class RedactionProvider(ModelProvider):
    """Models of another provider, each redacted.

    The session is what ``name`` says, else the current conversation, else a new one for each request, which
    has the whole history with it. Name it where the provider keeps the history.

    Args:
        redactor: redacts and restores.
        provider: whose models they are; by default the SDK's own.
        name: names the session.
    """

    def __init__(
        self, redactor: Redactor, provider: ModelProvider | None = None, name: Naming | None = None
    ) -> None:
        self._redactor = redactor
        self._provider = provider or MultiProvider()
        self._name = name

    def get_model(self, model_name: str | None) -> Model:
        """A model by its name."""
        return RedactionModel(self._redactor, self._provider.get_model(model_name), self._name)

    async def aclose(self) -> None:
        """Close the provider."""
        await self._provider.aclose()


class RedactionModel(Model):
    """A model that is given placeholders, and whose answers are restored, streams included.

    Args:
        redactor: redacts and restores.
        model: which one.
        name: names the session, as in `RedactionProvider`.
    """

    def __init__(self, redactor: Redactor, model: Model, name: Naming | None = None) -> None:
        self._redactor = redactor
        self._model = model
        self._name = name

    async def get_response(
        self,
        system_instructions: str | None,
        input: str | list[TResponseInputItem],  # noqa: A002 - the SDK's name
        model_settings: ModelSettings,
        tools: list[Tool],
        output_schema: AgentOutputSchemaBase | None,
        handoffs: list[Handoff[Any, Any]],
        tracing: ModelTracing,
        **more: Any,
    ) -> ModelResponse:
        """Redact the request, restore the answer."""
        with session_for(self._redactor, self._asked()) as session:
            safe = _redacted(session, system_instructions, input, tools, handoffs, more.pop("prompt", None))
            instructions, items, tools, handoffs, prompt = safe
            response = await self._model.get_response(
                instructions,
                items,
                model_settings,
                tools,
                output_schema,
                handoffs,
                tracing,
                prompt=prompt,
                **more,
            )
            return dataclasses.replace(response, output=[restored(session, item) for item in response.output])

    async def stream_response(
        self,
        system_instructions: str | None,
        input: str | list[TResponseInputItem],  # noqa: A002 - the SDK's name
        model_settings: ModelSettings,
        tools: list[Tool],
        output_schema: AgentOutputSchemaBase | None,
        handoffs: list[Handoff[Any, Any]],
        tracing: ModelTracing,
        **more: Any,
    ) -> AsyncIterator[TResponseStreamEvent]:
        """The same for an answer in pieces."""
        with session_for(self._redactor, self._asked()) as session:
            safe = _redacted(session, system_instructions, input, tools, handoffs, more.pop("prompt", None))
            instructions, items, tools, handoffs, prompt = safe
            pieces = Pieces(session)
            async for event in self._model.stream_response(
                instructions,
                items,
                model_settings,
                tools,
                output_schema,
                handoffs,
                tracing,
                prompt=prompt,
                **more,
            ):
                for piece in pieces.feed(event):
                    yield piece
            for piece in pieces.finish():
                yield piece

    async def close(self) -> None:
        """Close the model."""
        await self._model.close()

    def get_retry_advice(self, request: Any) -> Any:
        """The model's own."""
        return self._model.get_retry_advice(request)

    def _asked(self) -> str | None:
        return self._name() if self._name else None


def _redacted(
    session: Session, instructions: str | None, items: Any, tools: list[Any], handoffs: list[Any], prompt: Any
) -> tuple[str | None, Any, list[Any], list[Any], Any]:
    described = [_described(one) for one in (*tools, *handoffs)]
    asked = {"instructions": instructions, "input": items, "tools": described, "prompt": prompt}
    safe = session.redact(asked)
    changed = [
        one if before == after else dataclasses.replace(one, **after)
        for one, before, after in zip((*tools, *handoffs), described, safe["tools"], strict=True)
    ]
    return safe["instructions"], safe["input"], changed[: len(tools)], changed[len(tools) :], safe["prompt"]


def _described(one: object) -> dict[str, Any]:
    """What a tool or handoff tells the model."""
    if not dataclasses.is_dataclass(one):
        return {}
    known = {field.name for field in dataclasses.fields(one) if field.init}
    return {name: getattr(one, name) for name in _DESCRIBED if name in known}
