"""How messages say where something around a call stands."""

from __future__ import annotations

from prodworthy.call import LlmCall
from prodworthy.finding import Span
from prodworthy_rules._wording import spot


def place(call: LlmCall, span: Span) -> str:
    """`` in line 12``, `` in app/llm.py:12`` where that is another file than the call's."""
    return f" in {spot(call, span)}"
