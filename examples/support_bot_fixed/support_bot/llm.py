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
        self._client = OpenAI(api_key=settings.openai_key.get_secret_value(), max_retries=3, timeout=20)

    def answer(self, history: Sequence[Message], articles: Sequence[str]) -> Iterator[str]:
        """Stream the answer to the last message of ``history``."""
        system = prompts.ANSWER.format(articles="\n\n".join(articles))
        stream = self._client.chat.completions.create(
            model=self._model,
            messages=[{"role": "system", "content": system}, *history],
            max_completion_tokens=700,
            temperature=0.2,
            stream=True,
        )
        for chunk in stream:
            if chunk.choices and chunk.choices[0].delta.content:
                yield chunk.choices[0].delta.content

    def suggest_replies(self, history: Sequence[Message]) -> list[str]:
        """Offer a few replies that an agent can pick from, one to a line of a single answer."""
        answer = self._client.chat.completions.create(
            model=self._model,
            messages=[*history, {"role": "system", "content": prompts.SUGGEST}],
            max_completion_tokens=240,
        )
        return [line for line in (answer.choices[0].message.content or "").splitlines() if line.strip()]

    def summarize(self, history: Sequence[Message]) -> str:
        """Summarise a long conversation for the agent who takes over."""
        patient = self._client.with_options(timeout=90)
        answer = patient.chat.completions.create(
            model=self._model,
            messages=[*history, {"role": "system", "content": prompts.SUMMARY}],
            **self._limits(400),
        )
        return answer.choices[0].message.content or ""

    def _limits(self, tokens: int) -> dict[str, Any]:
        return {"max_completion_tokens": tokens, "temperature": 0}
