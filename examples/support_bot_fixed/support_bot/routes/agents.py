"""What the support agents see: drafts, queues and hand-overs."""

import sqlite3
from typing import Annotated, Literal

from fastapi import APIRouter, Depends, HTTPException
from openai import APIError, OpenAI
from pydantic import BaseModel, Field

from support_bot.config import Settings, get_settings
from support_bot.escalation import briefing
from support_bot.triage import queue_of

router = APIRouter(prefix="/agents", tags=["agents"])


class DraftRequest(BaseModel):
    """A ticket and how the reply should sound."""

    ticket: Annotated[str, Field(min_length=1, max_length=8000)]
    tone: Literal["friendly", "formal", "apologetic"] = "friendly"


class Handover(BaseModel):
    """A conversation that a person takes over."""

    customer_id: int
    transcript: Annotated[str, Field(max_length=50_000)]


@router.post("/draft")
def draft(body: DraftRequest, settings: Annotated[Settings, Depends(get_settings)]) -> dict[str, str]:
    """Draft a reply for an agent to edit."""
    client = OpenAI(api_key=settings.openai_key.get_secret_value(), timeout=20)
    try:
        response = client.responses.create(
            model=settings.chat_model,
            instructions=f"You draft replies for the support team. Write in a {body.tone} tone.",
            input=f"Draft a reply to this ticket:\n\n{body.ticket}",
            max_output_tokens=600,
        )
    except APIError as error:
        raise HTTPException(503, "The assistant is not available at the moment.") from error
    return {"queue": queue_of(body.ticket), "draft": response.output_text}


@router.post("/handover")
def handover(body: Handover, settings: Annotated[Settings, Depends(get_settings)]) -> dict[str, str]:
    """Brief the agent who takes over."""
    with sqlite3.connect(settings.database) as database:
        return {"briefing": briefing(database, body.customer_id, body.transcript)}
