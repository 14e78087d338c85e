"""How messages say where something around a call stands."""

from __future__ import annotations

from prodworthy.call import LlmCall
from prodworthy.finding import Span


def place(call: LlmCall, span: Span) -> str:
    """`` in line 12``, `` in app/llm.py:12`` where that is another file than the call's."""
    if span.path != call.span.path or span.cell != call.span.cell:
        return f" in {span.path}:{span.line}"
    return f" in line {span.line}"
