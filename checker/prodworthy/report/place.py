"""Where a finding stands, as editors and terminals make a link of it."""

from __future__ import annotations

from prodworthy.finding import Span


def place(span: Span) -> str:
    """``path:line:column``, and for a notebook ``path:cell 3:line:column``."""
    cell = f"cell {span.cell}:" if span.cell else ""
    return f"{span.path}:{cell}{span.line}:{span.column}"
