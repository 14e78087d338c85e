"""What customers see: a conversation, streamed."""

from fastapi import APIRouter, Request
from fastapi.responses import StreamingResponse
from pydantic import BaseModel

from support_bot.llm import Assistant
from support_bot.retrieval import ArticleIndex

router = APIRouter(prefix="/chat", tags=["chat"])


class Turn(BaseModel):
    """One more message, with those before it."""

    history: list[dict[str, str]] = []
    message: str


@router.post("")
def chat(turn: Turn, request: Request) -> StreamingResponse:
    """Answer a customer's message."""
    assistant: Assistant = request.app.state.assistant
    index: ArticleIndex = request.app.state.index
    history = [*turn.history, {"role": "user", "content": turn.message}]
    return StreamingResponse(assistant.answer(history, index.search(turn.message)), media_type="text/plain")
