"""What customers see: a conversation, streamed."""

from typing import Annotated, Literal

from fastapi import APIRouter, Request
from fastapi.responses import StreamingResponse
from pydantic import BaseModel, Field

from support_bot.llm import Assistant
from support_bot.retrieval import ArticleIndex

router = APIRouter(prefix="/chat", tags=["chat"])


class Said(BaseModel):
    """A message of the conversation so far. Nobody outside writes a system message."""

    role: Literal["user", "assistant"]
    content: Annotated[str, Field(max_length=8000)]


class Turn(BaseModel):
    """One more message, with those before it."""

    history: Annotated[list[Said], Field(max_length=40)] = []
    message: Annotated[str, Field(min_length=1, max_length=2000)]


@router.post("")
def chat(turn: Turn, request: Request) -> StreamingResponse:
    """Answer a customer's message."""
    assistant: Assistant = request.app.state.assistant
    index: ArticleIndex = request.app.state.index
    history = [*(said.model_dump() for said in turn.history), {"role": "user", "content": turn.message}]
    return StreamingResponse(assistant.answer(history, index.search(turn.message)), media_type="text/plain")
