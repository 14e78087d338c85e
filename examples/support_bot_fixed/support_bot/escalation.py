"""Hands a conversation over to a person."""

import sqlite3

from anthropic import Anthropic

from support_bot import prompts
from support_bot.config import get_settings
from support_bot.privacy import redact

client = Anthropic(timeout=30)


def briefing(database: sqlite3.Connection, customer_id: int, transcript: str) -> str:
    """What an agent should know before the first word with this customer."""
    database.row_factory = sqlite3.Row
    customer = database.execute("SELECT orders FROM customers WHERE id = ?", (customer_id,)).fetchone()
    context = f"Orders so far: {customer['orders']}\n\n{redact(transcript)}"
    message = client.messages.create(
        model=get_settings().summary_model,
        max_tokens=500,
        system=prompts.SUMMARY,
        messages=[{"role": "user", "content": context}],
    )
    return "".join(block.text for block in message.content if block.type == "text")
