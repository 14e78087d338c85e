"""Sorts incoming tickets into queues."""

from openai import OpenAI

from support_bot.config import get_settings

QUEUES = ("delivery", "returns", "payment", "product", "other")

INSTRUCTIONS = f"Name the queue that the ticket belongs to. Answer with one of: {', '.join(QUEUES)}."

EXAMPLES = [
    {
        "role": "user",
        "content": "Hi, Henrike Osterkamp here (h.osterkamp@fernweh-camping.shop, +49 30 5682 4419). "
        "My tent was charged twice to my card.",
    },
    {"role": "assistant", "content": "payment"},
    {"role": "user", "content": "The stove I got on Monday has a dent, can I send it back?"},
    {"role": "assistant", "content": "returns"},
]


def queue_of(ticket: str) -> str:
    """The queue for ``ticket``, ``other`` if the model answers with none of them."""
    client = OpenAI(api_key=get_settings().openai_key, timeout=10)
    answer = client.chat.completions.create(
        model=get_settings().chat_model,
        messages=[
            {"role": "system", "content": INSTRUCTIONS},
            *EXAMPLES,
            {"role": "user", "content": ticket},
        ],
        max_completion_tokens=5,
        temperature=0,
    )
    name = (answer.choices[0].message.content or "").strip().lower()
    return name if name in QUEUES else "other"
